"""Concluding a contract."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.models import AwardDecision
from portal.bidding.models import OpenedPrice
from portal.contracts.models import Contract
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.core.words import london, london_date
from portal.extensions import db
from portal.regulation.working_days import months_later
from portal.tendering.states import IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import Award, announce, let_standstill_pass, publish_of, standstill_row
from tests.factories.contracts import conclude


def test_the_terms_are_those_that_were_published(free: Award) -> None:
    """Value, term and break points come from the winning bid and the ITT, counted from the first day."""
    starts = clock.today() + timedelta(days=60)
    contract = conclude(free, starts=starts)
    price = select(OpenedPrice.price).where(OpenedPrice.bid_id == free.decision.places[0].bid_id)
    assert contract.value == db.session.scalar(price)
    assert contract.provider_id == free.decision.places[0].bid.provider_id
    assert contract.end_until == months_later(starts, 30)
    assert [(point.months, point.on_date) for point in contract.break_points] == [
        (12, months_later(starts, 12)),
        (18, months_later(starts, 18)),
    ]
    assert free.itt.status is IttStatus.CONTRACTED
    last = db.session.scalars(select(Event).where(Event.chain == str(free.itt.id)).order_by(Event.seq.desc())).first()
    assert last is not None
    assert (last.kind, last.object_id) == (EventKind.CONTRACT_CONCLUDED, contract.id)


def test_not_before_the_award_notice(unannounced: Award) -> None:
    """Above the threshold nothing is signed without its award notice, though no standstill was offered (s.50(1))."""
    unannounced.itt.estimated_value = Decimal(700_000)
    with pytest.raises(WrongState, match="award notice has not been published"):
        conclude(unannounced)
    announce(unannounced)
    assert conclude(unannounced).reference.startswith("CON-")


def test_below_the_threshold_no_award_notice_is_needed(unannounced: Award) -> None:
    """The Act asks for none there (s.84), so the contract waits for nothing but what was offered."""
    assert conclude(unannounced).reference.startswith("CON-")


def test_another_awards_notice_does_not_count(unannounced: Award, free: Award) -> None:
    """What was announced is this decision, not just some award."""
    assert free.decision.announced_date is not None
    unannounced.itt.estimated_value = Decimal(700_000)
    publish_of(unannounced.itt, EventKind.ITT_PUBLISHED)
    with pytest.raises(WrongState):
        conclude(unannounced)


def test_not_inside_the_standstill(waiting: Award) -> None:
    """Inside the standstill the refusal names its last day, and from when on, with date, time and zone."""
    row = standstill_row(waiting)
    with pytest.raises(WrongState) as refused:
        conclude(waiting)
    assert refused.value.message == (
        f"The standstill runs until the end of {london_date(row.last_date)}. "
        f"The contract can be concluded from {london(row.ends_until)}."
    )
    assert db.session.scalars(select(Contract)).all() == []


def test_not_in_the_seconds_before_a_standstill_has_started(waiting: Award) -> None:
    """An award that offers a standstill cannot be signed though its row is not there yet."""
    db.session.delete(standstill_row(waiting))
    db.session.flush()
    with pytest.raises(WrongState, match="has not started yet"):
        conclude(waiting)


def test_after_the_standstill(waiting: Award) -> None:
    """Once it is over the contract is concluded; whether the worker has noted its end does not matter."""
    let_standstill_pass(waiting)
    assert standstill_row(waiting).ended_at is None
    assert conclude(waiting).value > 0


def test_not_signed_inside_the_standstill(waiting: Award) -> None:
    """A signature dated inside the standstill is refused beside its field."""
    let_standstill_pass(waiting)
    row = standstill_row(waiting)
    row.last_date = clock.today()
    db.session.flush()
    with pytest.raises(InvalidInput, match="within the standstill") as refused:
        conclude(waiting)
    assert refused.value.field == "signed_date"


@pytest.mark.parametrize(
    ("signed", "starts", "field"),
    [(1, 60, "signed_date"), (-1, 60, "signed_date"), (0, -1, "start_date"), (0, 365 * 6, "start_date")],
)
def test_dates_that_cannot_be(free: Award, signed: int, starts: int, field: str) -> None:
    """Signed tomorrow or before the notice, begun before it was signed or in six years: refused beside the field."""
    today = clock.today()
    with pytest.raises(InvalidInput) as refused:
        conclude(free, signed=today + timedelta(days=signed), starts=today + timedelta(days=starts))
    assert refused.value.field == field


def test_only_once(free: Award) -> None:
    """A lot has one contract; a second attempt finds the ITT under contract."""
    conclude(free)
    with pytest.raises(WrongState):
        conclude(free)
    free.itt.status = IttStatus.AWARDED
    db.session.flush()
    with pytest.raises(Conflict):
        conclude(free)


def test_an_undecided_award_is_no_award(free: Award) -> None:
    """A lot without a decision in force cannot be signed."""
    db.session.execute(
        AwardDecision.__table__.update().where(AwardDecision.id == free.decision.id).values(status="refused")
    )
    db.session.expire_all()
    with pytest.raises(WrongState, match="has not been decided"):
        conclude(free)


@pytest.mark.parametrize(
    ("role", "error"),
    [(Role.APPROVER, NotAllowed), (Role.AUDITOR, NotAllowed), (Role.OPENER, NotAllowed), (Role.SUBMITTER, NotFound)],
)
def test_who_may_not(free: Award, role: Role, error: type[Exception]) -> None:
    """Neither the approver nor anybody outside the authority concludes a contract."""
    actor = actor_of(make_person(role, authority=free.itt.authority if role is not Role.SUBMITTER else None))
    with pytest.raises(error):
        conclude_contract(
            place=free.decision.places[0], actor=actor, signed_date=clock.today(), start_date=clock.today()
        )
