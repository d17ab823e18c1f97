"""Suspending an organisation takes two people, and so does lifting that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.identity.suspending import (
    decide_suspension,
    keep_suspension,
    lift_organisation,
    propose_lifting,
    propose_suspension,
    refuse_suspension,
    suspensions_open_to,
)
from portal.organisations.models import ContractingAuthority, Provider, Suspension
from portal.organisations.standing import suspension_of
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority, make_provider

NOW = clock.now()
TODAY = clock.today()
REASON = "It gave false information in an application (section 57)."


class Case:
    """An organisation, an authority and two of its administrators."""

    def __init__(self) -> None:
        self.authority: ContractingAuthority = make_authority()
        self.provider: Provider = make_provider()
        self.first = self.administrator()
        self.second = self.administrator()

    def administrator(self) -> Actor:
        return actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=self.authority))

    def propose(self, actor: Actor | None = None, **changed: Any) -> Suspension:
        terms = {"reason": REASON, "first_day": None, "last_day": None, "review_date": TODAY + timedelta(days=30)}
        return propose_suspension(provider=self.provider, actor=actor or self.first, now=NOW, **(terms | changed))

    def suspend(self, **changed: Any) -> Suspension:
        found = self.propose(**changed)
        decide_suspension(suspension=found, actor=self.second, note="Looked at all the facts.", now=NOW)
        return found

    def is_kept(self, at: Any = NOW) -> bool:
        return suspension_of(self.provider.id, self.authority.id, at=at) is not None


@pytest.fixture
def case(db_session: object) -> Case:
    """Ready to propose."""
    return Case()


def test_nothing_is_stopped_before_a_second_person_decides(case: Case) -> None:
    """Who proposed cannot decide; the second person's decision begins it."""
    found = case.propose()
    assert not case.is_kept()
    with pytest.raises(NotAllowed):
        decide_suspension(suspension=found, actor=case.first, note="Looked at all the facts.", now=NOW)
    decide_suspension(suspension=found, actor=case.second, note="Looked at all the facts.", now=NOW)
    assert case.is_kept()
    kinds = [event.kind for event in events_of("system")]
    assert kinds == [EventKind.SUSPENSION_PROPOSED, EventKind.ORGANISATION_SUSPENDED]


def test_a_refused_proposal_stops_nothing_and_another_can_follow(case: Case) -> None:
    """Refused by the second person, with the reason in the record."""
    found = case.propose()
    refuse_suspension(suspension=found, actor=case.second, note="No ground in the law for it.", now=NOW)
    assert (case.is_kept(), found.decision_note) == (False, "No ground in the law for it.")
    assert case.propose().status.is_proposed


def test_it_lasts_from_its_first_day_to_its_last(case: Case) -> None:
    """Both days by the clocks of the United Kingdom; afterwards a new one can be proposed."""
    case.suspend(first_day=TODAY + timedelta(days=2), last_day=TODAY + timedelta(days=3))
    days = [case.is_kept(NOW + timedelta(days=ahead)) for ahead in range(6)]
    assert days in ([False, False, True, True, False, False], [False, True, True, True, False, False])
    later = propose_suspension(
        provider=case.provider,
        actor=case.first,
        now=NOW + timedelta(days=10),
        reason=REASON,
        first_day=None,
        last_day=None,
        review_date=TODAY + timedelta(days=40),
    )
    assert later.status.is_proposed


def test_lifting_takes_two_people_as_well(case: Case) -> None:
    """It goes on while the lifting waits; who proposed that cannot decide it; kept, it goes on; lifted, it is over."""
    found = case.suspend()
    propose_lifting(suspension=found, reason="The facts were put right.", actor=case.first, now=NOW)
    assert case.is_kept()
    with pytest.raises(NotAllowed):
        lift_organisation(suspension=found, actor=case.first, now=NOW)
    keep_suspension(suspension=found, actor=case.second)
    assert case.is_kept()
    propose_lifting(suspension=found, reason="The facts were put right.", actor=case.second, now=NOW)
    lift_organisation(suspension=found, actor=case.first, now=NOW)
    assert not case.is_kept()


def test_an_authority_s_reaches_its_own_procurements_the_platform_s_everybody_s(case: Case) -> None:
    """None keeps an organisation from what another council runs."""
    case.suspend()
    elsewhere = make_authority()
    assert suspension_of(case.provider.id, elsewhere.id, at=NOW) is None
    platform = [actor_of(make_person(Role.PLATFORM_ADMINISTRATOR)) for _ in range(2)]
    wide = case.propose(platform[0])
    decide_suspension(suspension=wide, actor=platform[1], note="Looked at all the facts.", now=NOW)
    assert suspension_of(case.provider.id, elsewhere.id, at=NOW) == wide


def test_another_authority_finds_nothing(case: Case) -> None:
    """Neither in its list nor to decide."""
    found = case.propose()
    stranger = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR))
    assert (list(suspensions_open_to(stranger)), list(suspensions_open_to(case.second))) == ([], [found])
    with pytest.raises(NotFound):
        decide_suspension(suspension=found, actor=stranger, note="Looked at all the facts.", now=NOW)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": "Because."}, "reason"),
        ({"first_day": TODAY - timedelta(days=1)}, "first_day"),
        ({"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ({"review_date": None}, "review_date"),
        ({"review_date": TODAY}, "review_date"),
        ({"review_date": TODAY + timedelta(days=200)}, "review_date"),
    ],
)
def test_terms_that_make_no_sense_are_refused_beside_their_field(
    case: Case, changed: dict[str, Any], field: str
) -> None:
    """A reason in words, days in order, and a day on which it is looked at again."""
    with pytest.raises(InvalidInput) as refusal:
        case.propose(**changed)
    assert refusal.value.field == field


def test_one_waits_or_runs_at_a_time(case: Case) -> None:
    """The second proposal is told of the first; what is decided is not decided again."""
    found = case.suspend()
    with pytest.raises(Conflict):
        case.propose()
    with pytest.raises(WrongState):
        decide_suspension(suspension=found, actor=case.second, note="Looked at all the facts.", now=NOW)
