"""Concluding a contract: after the award notice, after the standstill, on the terms that were published."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.models import AwardDecision, AwardPlace, Standstill
from portal.awarding.queries import setting_aside_waits, standstill_of
from portal.contracts.models import BreakPoint, Contract
from portal.contracts.queries import is_to_sign
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.references import new_reference
from portal.core.taking import take
from portal.core.words import london, london_date
from portal.evaluation.reading import Purpose, read_prices
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import AWARD
from portal.regulation.working_days import months_later
from portal.tendering.models import InvitationToTender
from portal.tendering.states import ITT, IttStatus

LONGEST_LEAD = 60
"""Months between signature and first day; a mistyped year is the likely reason for more."""


def conclude_contract(*, place: AwardPlace, actor: Actor, signed_date: date, start_date: date) -> Contract:
    """Conclude the contract with one of the bidders that a lot was awarded to, and enter it into the public register.

    `signed_date` is the day both signed, not in the future; the term and its break points are those that were
    published with the ITT and run from `start_date`. Whether the standstill is over is decided by the
    database's clock under the lock on the ITT's row. The ITT becomes CONTRACTED with its last one. Records
    CONTRACT_CONCLUDED; the contract details notice follows. Raises `WrongState` before the contract award
    notice is published or the standstill is over (Procurement Act 2023 ss.50-51), `Conflict` when it is
    concluded already, `InvalidInput` for dates that cannot be (fields "signed_date", "start_date").
    """
    decision, itt = place.decision, place.decision.itt
    take(itt, Verb.CONCLUDE_CONTRACT, actor=actor)
    now = clock.database_time()
    _require_to_sign(place)
    _require_announced(itt, decision)
    standstill = standstill_of(decision.id)
    _require_standstill_over(decision, standstill, now)
    _check_dates(signed_date, start_date, decision, standstill, now)
    contract = _drawn_up(place, actor, signed_date, start_date, now)
    db.session.add(contract)
    db.session.flush()
    complete(itt)
    record(
        EventKind.CONTRACT_CONCLUDED,
        contract,
        actor=actor,
        lot=decision.lot.number,
        place=place.place,
        reference=contract.reference,
        value=contract.value,
        start=start_date,
        signed=signed_date,
    )
    return contract


def _drawn_up(place: AwardPlace, actor: Actor, signed_date: date, start_date: date, now: datetime) -> Contract:
    """The contract on the published terms, at the price of the bid."""
    itt, lot = place.decision.itt, place.decision.lot
    won = read_prices(itt=itt, lot_id=lot.id, reader=Purpose.CONTRACT)[place.bid_id]
    assert won.price is not None
    assert itt.term_months is not None
    return Contract(
        reference=new_reference("CON"),
        itt_id=itt.id,
        lot_id=lot.id,
        place=place,
        authority_id=itt.authority_id,
        provider_id=place.bid.provider_id,
        title=itt.title if len(itt.lots) == 1 else f"{itt.title}: {lot.title}",
        value=won.price,
        start_date=start_date,
        end_until=months_later(start_date, itt.term_months),
        signed_date=signed_date,
        concluded_at=now,
        concluded_by_id=actor.user_id,
        break_points=[
            BreakPoint(months=months, on_date=months_later(start_date, months)) for months in itt.break_months
        ],
    )


def _require_to_sign(place: AwardPlace) -> None:
    """Refuse what is not awarded (any more), is signed already, or may fall."""
    if not (place.decision.is_decided and place.status.is_awarded):
        raise WrongState("The award to this bidder has not been decided, or has been set aside.")
    if db.session.scalar(select(exists().where(Contract.place_id == place.id))):
        raise Conflict("The contract with this bidder has already been concluded.")
    if setting_aside_waits(place.decision.itt_id):
        raise Conflict("It is proposed to set this award aside. An approver has to decide that first.")


def _require_announced(itt: InvitationToTender, decision: AwardDecision) -> None:
    duty = itt.notice_duty(AWARD)
    if duty.before_signing and decision.announced_date is None:
        raise WrongState(
            f"The contract award notice has not been published yet, and nothing is signed before ({duty.law})."
        )


def _require_standstill_over(decision: AwardDecision, standstill: Standstill | None, now: datetime) -> None:
    if not decision.has_standstill:
        return
    if standstill is None:
        raise WrongState("The standstill has not started yet.")
    if now < standstill.ends_until:
        raise WrongState(
            f"The standstill runs until the end of {london_date(standstill.last_date)}. "
            f"The contract can be concluded from {london(standstill.ends_until)}."
        )


def _check_dates(
    signed_date: date,
    start_date: date,
    decision: AwardDecision,
    standstill: Standstill | None,
    now: datetime,
) -> None:
    if signed_date > local_date(now):
        raise InvalidInput("The day it was signed cannot be in the future.", field="signed_date")
    announced = decision.announced_date or local_date(decision.decided_at or now)
    if signed_date < announced:
        raise InvalidInput(
            f"It cannot have been signed before the award was announced, on {london_date(announced)}.",
            field="signed_date",
        )
    if standstill is not None and signed_date <= standstill.last_date:
        raise InvalidInput(
            f"It cannot have been signed within the standstill, which ran to {london_date(standstill.last_date)}.",
            field="signed_date",
        )
    if start_date < signed_date:
        raise InvalidInput("The first day of the contract cannot be before the day it was signed.", field="start_date")
    if start_date > months_later(signed_date, LONGEST_LEAD):
        raise InvalidInput(
            "The first day of the contract must be within five years of its signature.", field="start_date"
        )


def complete(itt: InvitationToTender) -> None:
    """Move the procurement to CONTRACTED once every award in it has its contract; the other lots have ended.

    The caller holds the row's lock.
    """
    db.session.flush()
    unsigned = select(AwardPlace.id).join(AwardPlace.decision).where(AwardDecision.itt_id == itt.id, is_to_sign())
    if itt.status is IttStatus.AWARDED and db.session.scalars(unsigned.limit(1)).first() is None:
        itt.status = ITT.move(itt.status, IttStatus.CONTRACTED)
