"""What is recorded before an invitation is published: equality, consultation, small providers, one lot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import InvalidInput
from portal.tendering.checking import problems_of
from portal.tendering.groundwork import record_groundwork
from portal.tendering.groundwork_models import SUBJECTS, GroundworkOutcome, GroundworkSubject
from portal.tendering.groundwork_records import groundwork_of
from portal.tendering.models import InvitationToTender
from tests.factories.calling_off import ready_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.tendering import make_commissioner, ready_itt

pytestmark = pytest.mark.usefixtures("db_session")


def record(itt: InvitationToTender, **changed: Any) -> None:
    """Record something sound about equality, but for what is changed."""
    record_groundwork(
        **{
            "itt": itt,
            "subject": GroundworkSubject.EQUALITY,
            "outcome": GroundworkOutcome.DONE,
            "words": "We asked twelve families and two charities.",
            "on_date": clock.today(),
            "actor": make_commissioner(itt.authority),
            "now": clock.now(),
        }
        | changed
    )


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (GroundworkSubject.EQUALITY, "under way"),
        (GroundworkSubject.CONSULTATION, "still open"),
    ],
)
def test_what_is_under_way_keeps_an_invitation_back(subject: GroundworkSubject, said: str) -> None:
    """An assessment or consultation that is not finished is a problem of its own task, and needs no day."""
    itt = ready_itt()
    record(itt, subject=subject, outcome=GroundworkOutcome.OPEN, on_date=None)
    [problem] = [problem for problem in problems_of(itt, clock.now()) if problem.task == subject.value]
    assert said in problem.message


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "none"}, "words"),
        ({"on_date": None}, "on_date"),
        ({"on_date": clock.today() + timedelta(days=2)}, "on_date"),
        ({"subject": GroundworkSubject.SMALL_PROVIDERS, "outcome": GroundworkOutcome.NOT_NEEDED}, "outcome"),
    ],
)
def test_a_record_without_substance_is_refused(changed: dict[str, Any], field: str) -> None:
    """No words, no day, a day to come, or an answer that the subject does not have."""
    with pytest.raises(InvalidInput) as refused:
        record(ready_itt(), **changed)
    assert refused.value.field == field


def test_a_later_record_replaces_the_earlier() -> None:
    """There is one of each subject; an answer without a day drops the day."""
    itt = ready_itt()
    record(itt, outcome=GroundworkOutcome.NOT_NEEDED)
    kept = groundwork_of(itt.id)
    assert kept.keys() == set(SUBJECTS)
    assert (kept[GroundworkSubject.EQUALITY].on_date, kept[GroundworkSubject.EQUALITY].outcome) == (
        None,
        GroundworkOutcome.NOT_NEEDED,
    )


def test_one_lot_is_explained() -> None:
    """An invitation that is not divided says why (Procurement Act 2023 s.18)."""
    itt = ready_itt()
    itt.no_lots_reason = ""
    assert [problem.message for problem in problems_of(itt, clock.now())] == [
        "Divide it into lots, or say why it is one."
    ]


def test_a_call_off_rests_on_its_framework() -> None:
    """It asks neither for the records nor for lots; interests it does ask for."""
    lot = live_framework().lots[0]
    admit(lot)
    assert problems_of(ready_call_off(lot), clock.now()) == []
