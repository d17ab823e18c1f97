"""The page that concludes a contract."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.contracts.models import Contract
from portal.contracts.queries import places_to_sign
from portal.core import clock
from portal.core.parsing.times import REAL_DAY
from portal.core.permissions import Role
from portal.core.words import london
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import (
    Award,
    announce,
    decided_award,
    let_standstill_pass,
    ready_with_places,
    standstill_row,
)
from tests.factories.contracts import conclude
from tests.filling import errors_of, fields_of, fill


def page(award: Award) -> str:
    return f"/commissioning/itts/{award.itt.reference}/contract"


def enter(client: CheckedClient, award: Award, role: Role = Role.CONTRACT_MANAGER) -> None:
    sign_in(client, make_person(role, authority=award.itt.authority))


def in_boxes(**days: date) -> dict[str, str]:
    """Dates as the three boxes of each field are filled in."""
    return {
        f"{name}-{part}": str(getattr(day, part)) for name, day in days.items() for part in ("day", "month", "year")
    }


def test_conclude(waiting: Award, client: CheckedClient) -> None:
    """After the standstill two dates conclude the contract."""
    let_standstill_pass(waiting)
    enter(client, waiting)
    today = clock.today()
    starts = today + timedelta(days=60)
    typed = in_boxes(signed_date=today, start_date=starts)
    assert fill(client, page(waiting), typed).status_code == 302
    contract = db.session.scalars(select(Contract)).one()
    assert (contract.signed_date, contract.start_date) == (today, starts)
    shown = client.get(page(waiting)).text
    assert contract.reference in shown
    assert "Conclude the contract" not in shown


@pytest.mark.usefixtures("db_session")
def test_what_is_sent_for_one_contract_is_never_taken_for_another(client: CheckedClient) -> None:
    """The first was signed meanwhile: the days that were typed for it conclude nothing with the second."""
    award = decided_award(ready_with_places())
    announce(award)
    let_standstill_pass(award)
    enter(client, award)
    first, second = award.decision.places
    asked = f"{page(award)}?award={first.id}"
    assert first.called in client.get(asked).text
    conclude(award, place=1)
    today = clock.today()
    assert fill(client, asked, in_boxes(signed_date=today, start_date=today)).status_code == 409
    assert [place.id for place in places_to_sign(award.itt.id)] == [second.id]


def test_refused_inside_the_standstill(waiting: Award, client: CheckedClient) -> None:
    """Before its end the page says from when on, and refuses whoever tries with the same words."""
    enter(client, waiting, Role.COMMISSIONER)
    when = london(standstill_row(waiting).ends_until)
    assert when in client.get(page(waiting)).text
    today = clock.today()
    refused = fill(client, page(waiting), in_boxes(signed_date=today, start_date=today))
    assert refused.status_code == 409
    assert errors_of(refused)[0].endswith(f"can be concluded from {when}.")
    assert db.session.scalars(select(Contract)).all() == []


def test_dates_that_nobody_can_read(free: Award, client: CheckedClient) -> None:
    """A day that is none is refused beside its field, however many digits it has, and stays in the box."""
    enter(client, free)
    typed = {"signed_date-day": "31" * 12, "signed_date-month": "2", "signed_date-year": "2027"}
    refused = fill(client, page(free), typed)
    assert refused.status_code == 422
    assert errors_of(refused) == [
        REAL_DAY,
        "Give the first day of the contract, such as 1 4 2027.",
    ]
    assert fields_of(refused)["signed_date-day"] == typed["signed_date-day"]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUDITOR, 200), (Role.APPROVER, 200), (Role.OPENER, 403), (Role.SUBMITTER, 403)]
)
def test_who_reads_it(free: Award, client: CheckedClient, role: Role, status: int) -> None:
    """Auditors and approvers read the page without its form; others do not reach it."""
    enter(client, free, role)
    answer = client.get(page(free))
    assert answer.status_code == status
    assert 'name="signed_date-day"' not in answer.text
