"""Concluding a contract, for the people of the authority."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.awarding.models import AwardPlace
from portal.awarding.queries import standstill_of
from portal.contracts.forms import ContractForm
from portal.contracts.models import Contract
from portal.contracts.queries import contracts_of_itt, places_to_sign
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.errors import Conflict
from portal.core.permissions import Verb, policy
from portal.regulation.procurement_law import AWARD
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("contract_desk", __name__, url_prefix="/commissioning/itts/<reference>/contract")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def conclude(reference: str) -> ResponseReturnValue:
    """Wait out the standstill, then conclude a contract that is still to sign (`?award=`, else the first of them)."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_CONTRACT_DESK, itt)
    require_to_send(Verb.CONCLUDE_CONTRACT, itt)
    to_sign = places_to_sign(itt.id)
    place = _chosen(to_sign)
    form = ContractForm() if place is not None and policy.allows(actor(), Verb.CONCLUDE_CONTRACT, itt) else None
    if (
        form is not None
        and place is not None
        and form.validate_on_submit()
        and form.carry_out(lambda: _conclude(place, form))
    ):
        flash("The contract is concluded and stands in the public register.", "success")
        return redirect(url_for("contract_desk.conclude", reference=itt.reference))
    return _page(itt, place, to_sign, form)


def _chosen(to_sign: Sequence[AwardPlace]) -> AwardPlace | None:
    """The asked one, else the first; what is sent for one that is signed by now is never taken for another."""
    asked = request.args.get("award")
    found = next((place for place in to_sign if str(place.id) == asked), None)
    if found is None and asked and request.method == "POST":
        raise Conflict("The contract with this bidder has been concluded meanwhile, or its award was set aside.")
    return found or next(iter(to_sign), None)


def _conclude(place: AwardPlace, form: ContractForm) -> Contract:
    return conclude_contract(
        place=place,
        actor=actor(),
        signed_date=form.signed_date.data,
        start_date=form.start_date.data,
    )


def _page(
    itt: InvitationToTender, place: AwardPlace | None, to_sign: Sequence[AwardPlace], form: ContractForm | None
) -> ResponseReturnValue:
    decision = place.decision if place is not None else None
    standstill = standstill_of(decision.id) if decision is not None else None
    now = clock.now()
    page = render_template(
        "contracts/commissioner/conclude.html",
        itt=itt,
        lot=decision.lot if decision is not None else None,
        place=place,
        others=[other for other in to_sign if other is not place],
        decision=decision,
        standstill=standstill,
        award_duty=itt.notice_duty(AWARD),
        waiting=standstill is not None and now < standstill.ends_until,
        contracts=contracts_of_itt(itt.id),
        form=form,
        now=now,
    )
    return page, (form.status_code if form is not None else 200)
