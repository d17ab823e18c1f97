"""The authority's page of an opening: agree to it, and its record afterwards. Before it there is nothing to see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.queries import names_by_id
from portal.bidding.forms.bids import OpeningForm, UndecidedForm
from portal.bidding.late_box import waiting_late_bids
from portal.bidding.models import BidOpening
from portal.bidding.openers import APART, OpeningRefused, record_refused_opening
from portal.bidding.opening import open_bids
from portal.bidding.opening_prices import open_prices
from portal.bidding.queries import (
    agreement_waiting,
    in_order,
    late_attempts_of,
    opening_of,
    opening_of_prices,
    own_itt,
    prices_that_are_broken,
    set_aside_of,
)
from portal.bidding.setting_aside import explain_undecided, undecided_bidders
from portal.bidding.states import Opens
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_MODERATION
from portal.web.access import actor, for_authority

bp = Blueprint("openings", __name__)


@bp.route("/commissioning/itts/<reference>/opening", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """The opening of one invitation's bids: two people, one after the other."""
    itt = own_itt(reference, actor())
    form = OpeningForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: open_bids(itt=itt, actor=actor(), keys=current_app.extensions["keys"], factor_at=current_user.factor_at)
    ):
        done = form.outcome.done
        flash("The bids are open." if done else "You have agreed. Now a second person has to.", "success")
        return redirect(url_for("openings.show", reference=itt.reference))
    if isinstance(form.refusal, OpeningRefused):
        record_refused_opening(itt=itt, actor=actor(), refusal=form.refusal)
    return render_template("bidding/commissioner/opening.html", form=form, itt=itt, **_found(itt)), form.status_code


@bp.route("/commissioning/itts/<reference>/opening/prices", methods=["GET", "POST"])
@for_authority()
def prices(reference: str) -> ResponseReturnValue:
    """The opening of prices that are opened apart, once every panel has closed."""
    itt, form = own_itt(reference, actor()), OpeningForm()
    if request.method == "POST":
        policy.require(actor(), Verb.OPEN_PRICES, itt)
    if not itt.prices_apart:
        raise NotFound("Prices are opened with the bids here.")
    if form.validate_on_submit() and form.carry_out(
        lambda: open_prices(
            itt=itt, actor=actor(), keys=current_app.extensions["keys"], factor_at=current_user.factor_at
        )
    ):
        done = form.outcome.done
        flash("The prices are open." if done else "You have agreed. Now a second person has to.", "success")
        return redirect(url_for("openings.prices", reference=itt.reference))
    if isinstance(form.refusal, OpeningRefused):
        record_refused_opening(itt=itt, actor=actor(), refusal=form.refusal)
    page = render_template("bidding/commissioner/prices.html", form=form, itt=itt, **_of_prices(itt))
    return page, form.status_code


@bp.route("/commissioning/itts/<reference>/opening/undecided", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def undecided(reference: str) -> ResponseReturnValue:
    """Say why applications of bidders cannot be decided before the opening."""
    itt = own_itt(reference, actor())
    policy.require(actor(), Verb.EXPLAIN_UNDECIDED, itt)
    form = UndecidedForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: explain_undecided(itt=itt, actor=actor(), reason=form.reason.data)
    ):
        flash("Recorded. The bids can be opened; those of the undecided applicants stay sealed.", "success")
        return redirect(url_for("openings.show", reference=itt.reference))
    count = undecided_bidders(itt, clock.now()) if itt.has_closed(clock.now()) else 0
    page = render_template("bidding/commissioner/undecided.html", form=form, itt=itt, undecided=count)
    return page, form.status_code


def _of_prices(itt: InvitationToTender) -> dict[str, Any]:
    now = clock.now()
    opening = opening_of_prices(itt.id)
    waiting = agreement_waiting(itt.id, Opens.PRICES) if opening is None else None
    return {
        **_agreed(waiting, now),
        "opening": opening,
        "broken": prices_that_are_broken(itt.id) if opening else [],
        "closed_by_panels": itt.reached in AFTER_MODERATION,
        "names": _names(opening or waiting),
        "may_open": policy.allows(actor(), Verb.OPEN_PRICES, itt),
    }


def _agreed(waiting: BidOpening | None, now: datetime) -> dict[str, Any]:
    """How the first person's agreement stands: in time for a second one, or lapsed."""
    in_time = waiting is not None and now - waiting.proposed_at <= APART
    return {
        "now": now,
        "waiting": waiting if in_time else None,
        "lapsed": waiting if not in_time else None,
        "open_until": waiting.proposed_at + APART if waiting else None,
        "is_first": waiting is not None and in_time and waiting.is_own(actor()),
    }


def _names(people: BidOpening | None) -> Mapping[uuid.UUID, str]:
    return names_by_id(people.proposed_by_id, people.decided_by_id) if people else {}


def _found(itt: InvitationToTender) -> dict[str, Any]:
    now = clock.now()
    opening = opening_of(itt.id)
    waiting = agreement_waiting(itt.id, Opens.BIDS) if opening is None else None
    return {
        **_agreed(waiting, now),
        "closed": itt.has_closed(now),
        "opening": opening,
        "bids": in_order(opening.bids) if opening else [],
        "late": late_attempts_of(opening) if opening else [],
        "set_aside": set_aside_of(opening) if opening and itt.framework_lot_id is not None else [],
        "late_bids": len(waiting_late_bids(itt)) if opening is None and itt.has_closed(now) else 0,
        "undecided": undecided_bidders(itt, now) if opening is None and itt.has_closed(now) else 0,
        "may_explain": policy.allows(actor(), Verb.EXPLAIN_UNDECIDED, itt),
        "names": _names(opening or waiting),
        "may_open": policy.allows(actor(), Verb.OPEN_BIDS, itt),
        "may_check": policy.allows(actor(), Verb.READ_COMPLIANCE, itt),
    }
