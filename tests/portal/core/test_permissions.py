"""Policy rows: default deny, and three different refusals."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest

import portal.tables  # noqa: F401  (every stage's rows)
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import (
    AUTHORITY_ROLES,
    PANEL_ROLES,
    PROVIDER_ROLES,
    SECOND_FACTOR_ROLES,
    SYSTEM,
    Actor,
    Permit,
    Policy,
    Role,
    Verb,
    permit,
)
from portal.core.permissions import policy as everything

PROVIDER, AUTHORITY, PANEL = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
SUBMITTER = Actor(uuid.uuid4(), provider_id=PROVIDER, provider_roles=frozenset({Role.SUBMITTER}))
OFFICER = Actor(uuid.uuid4(), authority_id=AUTHORITY, authority_roles=frozenset({Role.COMMISSIONER, Role.OPENER}))
CHAIR = Actor(uuid.uuid4(), panels={PANEL: frozenset({Role.CHAIR}), uuid.uuid4(): frozenset({Role.PANEL_MEMBER})})


@dataclass
class Thing:
    """Something that belongs to the provider, the authority and the panel."""

    policy_state: str = "open"
    policy_object: str = "thing"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles held towards it."""
        towards = actor.towards_provider(PROVIDER) | actor.towards_authority(AUTHORITY)
        return towards | actor.towards_panel(PANEL)


@pytest.fixture
def policy() -> Policy:
    """Submitters and commissioners may change while open; officers may read always."""
    made = Policy()
    made.declare(
        [
            permit("thing", Verb.CHANGE, {Role.SUBMITTER, Role.COMMISSIONER}, {"open"}),
            permit("thing", Verb.READ, AUTHORITY_ROLES),
            permit("other", Verb.CHANGE, {Role.CHAIR}),
        ]
    )
    return made


def test_a_row_permits_what_it_says(policy: Policy) -> None:
    """Role, object, verb and state all have to fit."""
    policy.require(SUBMITTER, Verb.CHANGE, Thing())
    policy.require(OFFICER, Verb.READ, Thing("closed"))


def test_no_role_towards_the_object_is_not_found(policy: Policy) -> None:
    """A stranger, somebody of another provider and the portal itself do not learn that it exists."""
    stranger = Actor(uuid.uuid4(), provider_id=uuid.uuid4(), provider_roles=frozenset({Role.SUBMITTER}))
    for actor in (stranger, Actor(None), SYSTEM):
        with pytest.raises(NotFound):
            policy.require(actor, Verb.CHANGE, Thing())


def test_a_role_without_the_verb_is_not_allowed(policy: Policy) -> None:
    """Whoever may know of it but not do this is told so."""
    with pytest.raises(NotAllowed):
        policy.require(CHAIR, Verb.CHANGE, Thing())
    with pytest.raises(NotAllowed):
        policy.require(SUBMITTER, Verb.READ, Thing())


def test_the_verb_in_another_state_is_the_wrong_state(policy: Policy) -> None:
    """The person's to do, but not now: the message names the state."""
    with pytest.raises(WrongState, match="it is awaiting approval"):
        policy.require(SUBMITTER, Verb.CHANGE, Thing("AWAITING_APPROVAL"))


def test_allows_answers_without_raising(policy: Policy) -> None:
    """What templates ask."""
    answers = [policy.allows(actor, Verb.CHANGE, Thing()) for actor in (SUBMITTER, OFFICER, CHAIR, SYSTEM)]
    assert answers == [True, True, False, False]
    assert not policy.allows(SUBMITTER, Verb.CHANGE, Thing("closed"))


def test_a_verb_that_no_row_speaks_of_is_a_mistake(policy: Policy) -> None:
    """A misspelt verb, or one of another kind of thing, is an error and never a refusal that hides a button."""
    for verb in (Verb.DECLARE, "chagne"):
        for ask in (policy.require, policy.allows):
            with pytest.raises(LookupError, match=f"may {verb} what is called thing"):
                ask(OFFICER, verb, Thing())


def test_a_row_speaks_only_of_verbs_that_exist() -> None:
    """A row for a verb that is declared nowhere cannot be written."""
    with pytest.raises(ValueError, match="chagne"):
        permit("thing", "chagne", AUTHORITY_ROLES)


def test_every_verb_has_a_row() -> None:
    """No verb is left that nobody may do anything with."""
    assert {row.verb for row in everything.rows()} == set(Verb)


def test_declaring_twice_changes_nothing(policy: Policy) -> None:
    """A module that is loaded twice adds no row; rows are listed by object and verb."""
    before = policy.rows()
    policy.declare([permit("thing", Verb.READ, AUTHORITY_ROLES)])
    assert policy.rows() == before
    assert [(row.object, row.verb) for row in before] == [
        ("other", Verb.CHANGE),
        ("thing", Verb.CHANGE),
        ("thing", Verb.READ),
    ]


def test_a_row_without_states_holds_in_every_state() -> None:
    """None is not the empty set."""
    assert permit("thing", Verb.READ, {Role.CHAIR}) == Permit("thing", Verb.READ, frozenset({Role.CHAIR}), None)
    assert permit("thing", Verb.READ, {Role.CHAIR}, []).states == frozenset()


def test_roles_count_only_where_they_are_held() -> None:
    """A role in one place is none in another, and nobody holds a role nowhere."""
    assert SUBMITTER.towards_provider(PROVIDER) == {Role.SUBMITTER}
    assert SUBMITTER.towards_provider(uuid.uuid4()) == frozenset()
    assert Actor(uuid.uuid4()).towards_provider(None) == frozenset()
    assert Actor(uuid.uuid4()).towards_authority(None) == frozenset()
    assert OFFICER.towards_authority(PROVIDER) == frozenset()
    assert CHAIR.towards_panel(PANEL) == {Role.CHAIR}
    assert CHAIR.roles == {Role.CHAIR, Role.PANEL_MEMBER}


def test_every_role_belongs_to_one_kind_of_place() -> None:
    """Provider, authority, panel, or the platform."""
    groups = [PROVIDER_ROLES, AUTHORITY_ROLES, PANEL_ROLES, {Role.PLATFORM_ADMINISTRATOR}]
    assert sorted(role for group in groups for role in group) == sorted(Role)


def test_who_needs_no_second_factor() -> None:
    """Only contributors, panel members and young people sign in without one."""
    assert frozenset(Role) - SECOND_FACTOR_ROLES == {Role.CONTRIBUTOR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER}
