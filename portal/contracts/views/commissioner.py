"""Concluding a contract, for the people of the authority."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.awarding.queries import decision_in_force, standstill_of
from portal.contracts.forms import ContractForm
from portal.contracts.models import Contract
from portal.contracts.queries import contracts_of_itt
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.regulation.procurement_law import AWARD
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("contract_desk", __name__, url_prefix="/commissioning/itts/<reference>/contract")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def conclude(reference: str) -> ResponseReturnValue:
    """Wait out the standstill, then conclude the contract of the first lot that still has none."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_CONTRACT_DESK, itt)
    require_to_send(Verb.CONCLUDE_CONTRACT, itt)
    concluded = contracts_of_itt(itt.id)
    lot = next((lot for lot in itt.lots if lot.id not in {contract.lot_id for contract in concluded}), None)
    form = ContractForm() if lot is not None and policy.allows(actor(), Verb.CONCLUDE_CONTRACT, itt) else None
    if (
        form is not None
        and lot is not None
        and form.validate_on_submit()
        and form.carry_out(lambda: _conclude(itt, lot, form))
    ):
        flash("The contract is concluded and stands in the public register.", "success")
        return redirect(url_for("contract_desk.conclude", reference=itt.reference))
    return _page(itt, lot, concluded, form)


def _conclude(itt: InvitationToTender, lot: Lot, form: ContractForm) -> Contract:
    return conclude_contract(
        itt=itt,
        lot=lot,
        actor=actor(),
        signed_date=form.signed_date.data,
        start_date=form.start_date.data,
    )


def _page(itt: InvitationToTender, lot: Lot | None, concluded: Any, form: ContractForm | None) -> ResponseReturnValue:
    decision = decision_in_force(lot.id) if lot is not None else None
    standstill = standstill_of(decision.id) if decision is not None else None
    now = clock.now()
    page = render_template(
        "contracts/commissioner/conclude.html",
        itt=itt,
        lot=lot,
        decision=decision,
        standstill=standstill,
        award_duty=itt.notice_duty(AWARD),
        waiting=standstill is not None and now < standstill.ends_until,
        contracts=concluded,
        form=form,
        now=now,
    )
    return page, (form.status_code if form is not None else 200)
