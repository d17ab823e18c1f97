"""Ending a procurement without a contract, for the people of the authority."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import names_by_id
from portal.core import clock
from portal.core.approval import may_decide
from portal.core.errors import WrongState
from portal.core.permissions import Role, Verb, policy
from portal.ending.deciding import decide_ending, refuse_ending
from portal.ending.forms import CANCEL, DecisionForm, EndingForm
from portal.ending.obstacles import obstacles
from portal.ending.proposing import propose_cancellation, propose_no_award, withdraw_ending
from portal.ending.queries import ending_of, endings_of
from portal.regulation.procurement_law import TERMINATION
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.states import AFTER_PUBLICATION
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("endings", __name__, url_prefix="/commissioning/itts/<reference>/ending")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """What of it was ended or is proposed to end, and a form to propose what can be ended now."""
    itt = _readable(reference)
    form = _offered(itt)
    if form is None:
        require_to_send(Verb.PROPOSE_CANCELLATION, itt)
    if itt.status not in AFTER_PUBLICATION:
        raise WrongState("A draft is discarded: nothing of it has begun that could be ended.")
    if form is not None and form.validate_on_submit() and form.carry_out(lambda: _propose(itt, form)):
        flash("It is proposed. An approver has been told; nothing changes until then.", "success")
        return redirect(url_for("endings.show", reference=itt.reference))
    return _page(itt, form), form.status_code if form is not None else 200


def _page(itt: InvitationToTender, form: EndingForm | None) -> str:
    endings = endings_of(itt.id)
    return render_template(
        "ending/commissioner/show.html",
        itt=itt,
        form=form,
        endings=endings,
        may_decide={one.id for one in endings if may_decide(one, actor())},
        may_withdraw={one.id for one in endings if policy.allows(actor(), Verb.WITHDRAW, one)},
        names=names_by_id(*(person for one in endings for person in (one.proposed_by_id, one.decided_by_id))),
        duty=itt.notice_duty(TERMINATION),
    )


@bp.route("/<uuid:ending_id>", methods=["GET", "POST"])
@for_authority(Role.APPROVER)
def decide(reference: str, ending_id: uuid.UUID) -> ResponseReturnValue:
    """The second person: end it, or refuse."""
    itt = _readable(reference)
    ending = ending_of(itt, ending_id)
    policy.require(actor(), Verb.DECIDE, ending)
    form = DecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, ending)):
        ended = form.verdict.data == "end"
        flash("It is ended. Everybody concerned is told now." if ended else "Refused: it goes on.", "success")
        return redirect(url_for("endings.show", reference=itt.reference))
    page = render_template(
        "ending/commissioner/decide.html",
        itt=itt,
        ending=ending,
        form=form,
        is_own=ending.is_own(actor()),
        names=names_by_id(ending.proposed_by_id),
        duty=itt.notice_duty(TERMINATION),
    )
    return page, form.status_code


@bp.post("/<uuid:ending_id>/withdraw")
@for_authority(Role.COMMISSIONER)
def withdraw(reference: str, ending_id: uuid.UUID) -> ResponseReturnValue:
    """Take the proposal back."""
    itt = _readable(reference)
    withdraw_ending(ending=ending_of(itt, ending_id), actor=actor(), now=clock.now())
    flash("The proposal is taken back: it goes on.", "success")
    return redirect(url_for(".show", reference=reference))


def _readable(reference: str) -> InvitationToTender:
    """The procurement, for whoever of its authority may read it."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return itt


def _offered(itt: InvitationToTender) -> EndingForm | None:
    """The form with what this person can propose now; None where there is nothing."""
    in_the_way = obstacles(itt)
    may_cancel = policy.allows(actor(), Verb.PROPOSE_CANCELLATION, itt) and None not in in_the_way
    may_end = policy.allows(actor(), Verb.PROPOSE_NO_AWARD, itt)
    lots = [lot for lot in itt.lots if lot.id not in in_the_way] if may_end else []
    if not (may_cancel or lots):
        return None
    form = EndingForm()
    form.offer(itt, may_cancel=may_cancel, lots=lots)
    return form


def _propose(itt: InvitationToTender, form: EndingForm) -> Ending:
    reason, now = form.reason.data or "", clock.now()
    if form.what.data == CANCEL:
        return propose_cancellation(itt=itt, actor=actor(), reason=reason, now=now)
    lot = next(lot for lot in itt.lots if str(lot.number) == form.what.data)
    return propose_no_award(itt=itt, lot=lot, actor=actor(), reason=reason, now=now)


def _decide(form: DecisionForm, ending: Ending) -> None:
    act = decide_ending if form.verdict.data == "end" else refuse_ending
    act(ending=ending, actor=actor(), note=form.note.data or "", now=clock.now())
