"""Checking those behind a bid before an award: on the debarment list, and for grounds for exclusion."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.core.words import counted
from portal.evaluation.queries import itt_by_reference
from portal.evaluation.reading import read_compliance
from portal.judging.behind import behind_bid
from portal.judging.checking import check_bidder, list_for, look_again, looks_online
from portal.judging.forms import CheckForm
from portal.judging.views.commissioner import debarment_of
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.framework_law import EXCLUSIONS
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority

bp = Blueprint("bidder_checks", __name__, url_prefix="/commissioning/itts/<reference>/compliance")


@bp.route("/<uuid:bid_id>/check", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def check(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """Record who behind the bid was looked for, with what the portal found by itself beside it."""
    itt = _to_judge(reference)
    reading = read_compliance(itt=itt, bid_id=bid_id, actor=actor())
    form, core = CheckForm(), EXCLUSIONS[itt.regime].core_information
    online = looks_online(itt, list_for(itt), clock.now())
    form.offer(behind_bid(reading.bid.bid, reading.partners), asks_information=bool(core), asks_online=online)
    if form.validate_on_submit() and form.carry_out(
        lambda: check_bidder(itt=itt, bid_id=bid_id, actor=actor(), now=clock.now(), **form.said)
    ):
        flash("The check is recorded.", "success")
        return redirect(url_for("compliance.index", reference=itt.reference))
    page = render_template(
        "judging/commissioner/check.html",
        itt=itt,
        reading=reading,
        form=form,
        law=ASSESSING[itt.regime],
        core=core,
        **debarment_of(itt, reading.bid.bid, reading.partners),
    )
    return page, form.status_code


@bp.post("/look-again")
@for_authority(Role.COMMISSIONER)
def again(reference: str) -> ResponseReturnValue:
    """Look on the newest debarment list for everybody who was checked against an earlier one."""
    itt = _to_judge(reference)
    renewed = look_again(itt=itt, actor=actor(), now=clock.now())
    told = f"{counted(renewed, 'check')} made again: nobody behind these bids is on the newest list."
    flash(told if renewed else "Nothing was made again: look at each bid.", "success" if renewed else "info")
    return redirect(url_for("compliance.index", reference=itt.reference))


def _to_judge(reference: str) -> InvitationToTender:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.JUDGE, itt)
    return itt
