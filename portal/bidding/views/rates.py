"""The provider's pages of a price schedule: rates row by row, pasted from a spreadsheet, and as a file."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.drafting import earlier_of, save_answers, save_rates
from portal.bidding.forms.bids import PastedRatesForm, answers_form
from portal.bidding.models import Bid
from portal.bidding.progress import as_asked, questions_of
from portal.bidding.queries import own_bid
from portal.bidding.views.pages import about_price, beside, carried_out, draft_of, key_folder, place_faults, shown
from portal.core.errors import NotFound
from portal.core.words import counted
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.schedule import columns_of, rows_with_rates, schedule_in
from portal.tendering.question_kinds.schedule_rows import rows_of
from portal.web.access import actor, for_provider
from portal.web.downloads import csv_download
from portal.web.submissions import saves_a_draft

bp = Blueprint("bid_rates", __name__, url_prefix="/provider/bids/<reference>/rates")

ROWS = 25
"""Rows on one page: with ten years, 250 boxes."""


@bp.route("", methods=["GET", "POST"])
@bp.route("/<int:first>", methods=["GET", "POST"])
@for_provider()
@saves_a_draft
def show(reference: str, first: int = 1) -> ResponseReturnValue:
    """Rates for the rows from one on, and what the whole schedule comes to."""
    bid = own_bid(reference, actor())
    schedule = schedule_of(bid)
    form = answers_form(parts_from(schedule, first))
    form.beside = partial(beside, bid, [])
    save = partial(save_answers, bid=bid, actor=actor(), keys=key_folder())
    act = partial(save, answers=form.answers, loaded=form.loaded_answers)
    if carried_out(form, bid, "save", act) and not (form.outcome.conflicts or form.undecided):
        return _saved(bid, schedule, first)
    stored = draft_of(bid)
    page = answers_form(parts_from(schedule, first), stored, draft=earlier_of(bid))
    page.is_saved = form.outcome is not None
    page.show_conflicts()
    place_faults(page, parts_from(schedule, first))
    if form.refusal is not None:
        page.refuse(form.refusal)
    so_far = schedule.shown(stored.answers)
    return shown("rates", page, bid, so_far=so_far, **rows_shown(schedule, first), **about_price(bid.lot, stored.price))


@bp.route("/paste", methods=["GET", "POST"])
@for_provider()
def paste(reference: str) -> ResponseReturnValue:
    """Rates pasted from a spreadsheet."""
    bid = own_bid(reference, actor())
    schedule = schedule_of(bid)
    form = PastedRatesForm()
    save = partial(save_rates, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "save", lambda: save(pasted=form.pasted.data or "")):
        flash("Your rates are saved. They are not submitted yet.", "success")
        return redirect(url_for(".show", reference=bid.reference))
    return shown("paste_rates", form, bid, schedule=schedule)


@bp.get("/schedule.csv")
@for_provider()
def file(reference: str) -> Response:
    """The schedule with the rates of the draft, for a spreadsheet."""
    bid = own_bid(reference, actor())
    schedule = schedule_of(bid)
    rows = rows_with_rates(schedule, draft_of(bid).answers)
    return csv_download(f"rates-{bid.reference}.csv", columns_of(schedule), rows)


def schedule_of(bid: Bid) -> Asked:
    """The price schedule of the invitation; raises `NotFound` where bidders give one figure."""
    found = schedule_in(as_asked(questions_of(bid)))
    if found is None:
        raise NotFound("This invitation has no price schedule.")
    return found


def rows_shown(schedule: Asked, first: int) -> dict[str, Any]:
    """What a page of rows from one on shows of the schedule."""
    last = min(first + ROWS - 1, len(schedule.settings["rows"]))
    rows = rows_of(schedule.settings["rows"])[first - 1 : last]
    return {"schedule": schedule, "rows": rows, "first": first, "last": last, "per_page": ROWS}


def parts_from(schedule: Asked, first: int) -> list[Asked]:
    """The rates of the rows from one on that stand on a page; raises `NotFound` for rows that there are not."""
    if not 1 <= first <= len(schedule.settings["rows"]):
        raise NotFound("The price schedule has no such row.")
    return [part for part in schedule.parts if first <= _row(part) < first + ROWS]


def _row(part: Asked) -> int:
    return int(part.key.rsplit(".", 2)[1])


def _saved(bid: Bid, schedule: Asked, first: int) -> ResponseReturnValue:
    """On to the next rows or the bid; back to rates that cannot be read, or that something is to be said of."""
    stored = draft_of(bid)
    here = url_for(".show", reference=bid.reference, first=first)
    unread = sum(part.fault(stored.answers) is not None for part in parts_from(schedule, first))
    if unread:
        flash(f"Your rates are saved as you typed them. {counted(unread, 'rate')} cannot be read yet.")
        return redirect(here)
    flash("Your rates are saved. They are not submitted yet.", "success")
    if first + ROWS <= len(schedule.settings["rows"]):
        return redirect(url_for(".show", reference=bid.reference, first=first + ROWS))
    if about_price(bid.lot, stored.price)["remarks"]:
        return redirect(here)
    return redirect(url_for("bids.show", reference=bid.reference))
