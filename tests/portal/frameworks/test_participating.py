"""Authorities that take part."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.frameworks.ceasing import cease_framework
from portal.frameworks.models import Framework
from portal.frameworks.participating import commit_participant, withdraw_participant
from portal.frameworks.terms import AgainstTerms
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework
from tests.factories.organisations import make_authority
from tests.factories.tendering import make_commissioner


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def commit(framework: Framework, authority: ContractingAuthority, actor: Actor | None = None, **details: Any) -> None:
    """Record a commitment of last month."""
    commit_participant(
        **{
            "framework": framework,
            "authority": authority,
            "committed_on": clock.today() - timedelta(days=30),
            "commitment": "Cabinet, minute 12",
            "actor": actor or lead(framework),
            "now": clock.now(),
        }
        | details
    )


def taking_part(framework: Framework) -> set[Any]:
    """The identifiers of those that take part now."""
    return {one.authority_id for one in framework.participants if one.withdrawn_on is None}


def test_an_authority_takes_part_withdraws_and_comes_back(db_session: object) -> None:
    """Each step in the ledger, by identifier alone; its row is one."""
    framework, other = live_framework(), make_authority()
    commit(framework, other)
    assert taking_part(framework) == {framework.authority_id, other.id}
    withdraw_participant(framework=framework, authority=other, actor=lead(framework), now=clock.now())
    assert taking_part(framework) == {framework.authority_id}
    commit(framework, other, commitment="Cabinet, minute 30")
    assert (taking_part(framework), len(framework.participants)) == ({framework.authority_id, other.id}, 2)
    events = events_of(framework.id)
    assert [event.kind for event in events] == [
        "participant_committed",
        "participant_withdrew",
        "participant_committed",
    ]
    assert events[0].data == {
        "authority_id": str(other.id),
        "committed_on": str(clock.today() - timedelta(days=30)),
    }


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"committed_on": None}, "committed_on"),
        ({"committed_on": date(2999, 1, 1)}, "committed_on"),
        ({"commitment": " "}, "commitment"),
    ],
)
def test_a_commitment_that_is_none_is_refused(db_session: object, details: dict[str, Any], field: str) -> None:
    """Not made yet, or not written down."""
    framework = draft_framework()
    with pytest.raises(InvalidInput) as refused:
        commit(framework, make_authority(), **details)
    assert refused.value.field == field


def test_one_that_takes_part_already_is_refused(db_session: object) -> None:
    """The lead authority does from the start."""
    framework = draft_framework()
    with pytest.raises(InvalidInput, match="takes part already") as refused:
        commit(framework, framework.authority)
    assert refused.value.field == "authority"
    with pytest.raises(NotFound):
        withdraw_participant(framework=framework, authority=make_authority(), actor=lead(framework), now=clock.now())


def test_a_live_framework_takes_no_further_authority(db_session: object) -> None:
    """Those of an ordinary one are named from the start (PA2023 s.45(5)); one that withdrew may come back."""
    framework = live_framework(kind=FrameworkKind.FRAMEWORK, light_touch=False)
    with pytest.raises(AgainstTerms, match=r"PA2023 s\.45\(5\)"):
        commit(framework, make_authority())
    withdraw_participant(framework=framework, authority=framework.authority, actor=lead(framework), now=clock.now())
    commit(framework, framework.authority)
    for kind in (FrameworkKind.DPS, FrameworkKind.DYNAMIC_MARKET):
        commit(live_framework(kind=kind, light_touch=False), make_authority())


def test_only_the_lead_names_and_not_after_the_end(db_session: object) -> None:
    """Another role, the authority itself, and what has ended."""
    framework, other = live_framework(), make_authority()
    with pytest.raises(NotFound):
        commit(framework, other, make_commissioner(other))
    with pytest.raises(NotAllowed):
        commit(framework, other, actor_of(make_person(Role.APPROVER, authority=framework.authority)))
    cease_framework(framework=framework, reason="No need.", actor=lead(framework), now=clock.now())
    with pytest.raises(WrongState):
        commit(framework, other)
