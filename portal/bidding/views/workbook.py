"""The provider's pages of a bid as a spreadsheet: taken away, filled in, compared with the draft, and put into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.contents import Content
from portal.bidding.drafting import earlier_of
from portal.bidding.forms.bids import ComparedForm, WorkbookForm, compared_form
from portal.bidding.models import Bid
from portal.bidding.progress import as_asked, questions_of
from portal.bidding.queries import own_bid
from portal.bidding.views.pages import carried_out, draft_of, key_folder, place_faults, shown
from portal.bidding.workbook import asked_in_rows, held_in, make_bid_workbook
from portal.bidding.workbook_reading import Difference, differences, read_filled, told
from portal.bidding.workbook_saving import save_filled
from portal.core import clock
from portal.core.inspecting import MEDIA_TYPES
from portal.core.permissions import Verb, policy
from portal.editing.comparing import digest_of
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.schedule import schedule_in
from portal.web.access import actor, for_provider
from portal.web.downloads import attachment
from portal.web.editing import field_text, locks_itself
from portal.web.uploads import takes_files

bp = Blueprint("bid_workbook", __name__, url_prefix="/provider/bids/<reference>/spreadsheet")

NAMED = 20
"""Rates that cannot be read, told one by one."""


@bp.get("/bid.xlsx")
@for_provider()
def file(reference: str) -> Response:
    """The bid as a spreadsheet to fill in, with what the draft says."""
    bid = own_bid(reference, actor())
    made = make_bid_workbook(bid, as_asked(questions_of(bid)), draft_of(bid), at=clock.now())
    return attachment(f"{bid.reference}.xlsx", made, MEDIA_TYPES["xlsx"])


@bp.route("", methods=["GET", "POST"])
@for_provider()
@takes_files(2)
def show(reference: str) -> ResponseReturnValue:
    """Take the spreadsheet away; send it filled in, and see what it would change."""
    bid = own_bid(reference, actor())
    form = WorkbookForm()
    questions = as_asked(questions_of(bid))
    if form.is_submitted():
        policy.require(actor(), Verb.DRAFT, bid)
    read = partial(read_filled, bid=bid, questions=questions)
    if carried_out(form, bid, "save", lambda: read(upload=form.file.upload)):
        found = differences(questions, draft_of(bid), form.outcome)
        if found:
            return _compared(bid, questions, found)
        flash("Your file says what your draft says already: nothing would change.", "success")
        return redirect(url_for("bids.show", reference=bid.reference))
    return shown("workbook", form, bid)


@bp.post("/take")
@for_provider()
@locks_itself
def take(reference: str) -> ResponseReturnValue:
    """Put what the file says into the draft, as it stands on the page."""
    bid = own_bid(reference, actor())
    questions = as_asked(questions_of(bid))
    form = compared_form(asked_in_rows(questions))
    save = partial(save_filled, bid=bid, actor=actor(), keys=key_folder())
    act = partial(save, answers=form.everything, loaded=form.all_loaded)
    if carried_out(form, bid, "save", act) and not (form.outcome.conflicts or form.undecided):
        flash("What your file says is in your draft. It is not submitted yet.", "success")
        return redirect(url_for("bids.show", reference=bid.reference))
    return _compared_again(bid, questions, form)


def _compared(bid: Bid, questions: Sequence[Asked], found: Sequence[Difference]) -> ResponseReturnValue:
    """The page with each difference, nothing of it saved."""
    keys = {each.key for each in asked_in_rows(questions)}
    boxes = [each for each in found if each.asked.key in keys]
    rates = [each for each in found if each.asked.key not in keys]
    page = _page(bid, [each.asked for each in boxes])
    page.fill({each.asked.key: each.file for each in boxes})
    page.rates.data = "\n".join(f"{each.asked.key}\t{digest_of(each.draft)}\t{each.file}" for each in rates)
    for each in boxes:
        page.answer(each.asked.key).errors = [each.fault] if each.fault else []
    return shown("compared", page, bid, found={each.asked.key: each for each in boxes}, **_about(told(found), rates))


def _compared_again(bid: Bid, questions: Sequence[Asked], form: ComparedForm) -> ResponseReturnValue:
    """The same page with what was typed, what was refused, and what somebody else changed meanwhile."""
    sent, held = form.answers, held_in(draft_of(bid))
    asked = [each for each in asked_in_rows(questions) if each.key in sent]
    page = _page(bid, asked)
    page.is_saved = form.outcome is not None
    page.show_conflicts()
    place_faults(page, asked)
    if form.refusal is not None:
        page.refuse(form.refusal)
    schedule = schedule_in(questions)
    parts = {part.key: part for part in (schedule.parts if schedule else ())}
    rates = [Difference(parts[key], held.get(key, ""), text) for key, _, text in form.rate_lines if key in parts]
    conflicts = set(form.outcome.conflicts if form.outcome else ()) & parts.keys()
    if conflicts:
        page.form_errors = [*page.form_errors, "Somebody else changed some of the rates meanwhile. Theirs are kept."]
    found = {each.key: Difference(each, held.get(each.key, ""), field_text(page.answer(each.key))) for each in asked}
    return shown("compared", page, bid, found=found, **_about("What your file says is not all saved yet.", rates))


def _page(bid: Bid, asked: Sequence[Asked]) -> ComparedForm:
    stored = Content(answers=held_in(draft_of(bid)))
    return compared_form(asked, stored, draft=earlier_of(bid))


def _about(lead: str, rates: Sequence[Difference]) -> Mapping[str, Any]:
    wrong = [each for each in rates if each.fault]
    return {
        "lead": lead,
        "rates": rates,
        "shown_rates": rates[:NAMED],
        "wrong": wrong[:NAMED],
        "more_wrong": max(0, len(wrong) - NAMED),
    }
