"""Concluding a contract, for the people of the authority."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.awarding.models import AwardPlace
from portal.awarding.queries import standstill_of
from portal.contracts.forms import ContractForm
from portal.contracts.models import Contract
from portal.contracts.queries import contracts_of_itt, places_to_sign
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.regulation.procurement_law import AWARD
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("contract_desk", __name__, url_prefix="/commissioning/itts/<reference>/contract")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def conclude(reference: str) -> ResponseReturnValue:
    """Wait out the standstill, then conclude the contract of the first award that still has none."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_CONTRACT_DESK, itt)
    require_to_send(Verb.CONCLUDE_CONTRACT, itt)
    place = next(iter(places_to_sign(itt.id)), None)
    form = ContractForm() if place is not None and policy.allows(actor(), Verb.CONCLUDE_CONTRACT, itt) else None
    if (
        form is not None
        and place is not None
        and form.validate_on_submit()
        and form.carry_out(lambda: _conclude(place, form))
    ):
        flash("The contract is concluded and stands in the public register.", "success")
        return redirect(url_for("contract_desk.conclude", reference=itt.reference))
    return _page(itt, place, form)


def _conclude(place: AwardPlace, form: ContractForm) -> Contract:
    return conclude_contract(
        place=place,
        actor=actor(),
        signed_date=form.signed_date.data,
        start_date=form.start_date.data,
    )


def _page(itt: InvitationToTender, place: AwardPlace | None, form: ContractForm | None) -> ResponseReturnValue:
    decision = place.decision if place is not None else None
    standstill = standstill_of(decision.id) if decision is not None else None
    now = clock.now()
    page = render_template(
        "contracts/commissioner/conclude.html",
        itt=itt,
        lot=decision.lot if decision is not None else None,
        place=place,
        decision=decision,
        standstill=standstill,
        award_duty=itt.notice_duty(AWARD),
        waiting=standstill is not None and now < standstill.ends_until,
        contracts=contracts_of_itt(itt.id),
        form=form,
        now=now,
    )
    return page, (form.status_code if form is not None else 200)
