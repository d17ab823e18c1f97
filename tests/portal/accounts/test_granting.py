"""Roles that are half of an act of two people are given by two people, neither of whom gets the role."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.accounts.changing_roles import end_access
from portal.accounts.granting import (
    confirm_role,
    missing_administrator,
    propose_role,
    refuse_role,
    takes_two_people,
    waiting_roles,
)
from portal.accounts.inviting import invite_colleague
from portal.accounts.models import GrantStatus, RoleGrant, User
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.openers import OpeningRefused
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import AUTHORITY_ROLES, Actor, Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.tendering.publishing import NotReady
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import close_now, open_itt
from tests.factories.organisations import make_authority
from tests.factories.tendering import make_commissioner, published_itt

NOW = clock.now()
REASON = "Nobody here knows this person."


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """An authority without any administrator but those that a test makes."""
    return make_authority(administrators=0)


def administrator(authority: ContractingAuthority) -> Actor:
    """An administrator of the authority."""
    return actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))


def proposed(authority: ContractingAuthority, actor: Actor, role: Role = Role.OPENER) -> RoleGrant:
    """A role that waits, for somebody new."""
    return propose_role(person=make_person(), role=role, authority=authority, actor=actor)


def test_the_roles_that_wait_are_those_of_acts_of_two_people(app: Flask) -> None:
    """The policy says which: whoever opens, proposes, decides, confirms or looks after children; looking takes one."""
    assert {role for role in AUTHORITY_ROLES if takes_two_people(role)} == {
        Role.OPENER,
        Role.APPROVER,
        Role.COMMISSIONER,
        Role.AUTHORITY_ADMINISTRATOR,
        Role.SAFEGUARDING_LEAD,
    }


def test_a_role_is_in_force_once_another_administrator_has_confirmed_it(authority: ContractingAuthority) -> None:
    """Before that it is nothing; the record names the role and all three."""
    first, second = administrator(authority), administrator(authority)
    waiting = proposed(authority, first)
    assert actor_of(waiting.user).roles == frozenset()
    confirm_role(role_id=waiting.id, actor=second, now=NOW)
    assert actor_of(waiting.user).towards_authority(authority.id) == {Role.OPENER}
    asked, confirmed = events_of("system")[-2:]
    assert (asked.kind, asked.actor_id) == (EventKind.ROLE_PROPOSED, first.user_id)
    assert (confirmed.kind, confirmed.actor_id) == (EventKind.ROLE_CONFIRMED, second.user_id)
    assert confirmed.data == {"place": str(authority.id), "person": str(waiting.user_id), "role": "opener"}
    with pytest.raises(WrongState):
        confirm_role(role_id=waiting.id, actor=administrator(authority), now=NOW)


def test_neither_the_proposer_nor_whoever_gets_the_role_confirms_it(authority: ContractingAuthority) -> None:
    """Not even a second administrator for their own further role, and nobody proposes one for themselves."""
    first = administrator(authority)
    grantee = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    waiting = propose_role(person=grantee, role=Role.OPENER, authority=authority, actor=first)
    for actor in (first, actor_of(grantee)):
        with pytest.raises(NotAllowed):
            confirm_role(role_id=waiting.id, actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        propose_role(person=grantee, role=Role.APPROVER, authority=authority, actor=actor_of(grantee))
    assert waiting.status is GrantStatus.PROPOSED


def test_strangers_and_people_with_other_roles_confirm_nothing(authority: ContractingAuthority) -> None:
    """Another authority's administrator finds nothing; one's own commissioner may not."""
    waiting = proposed(authority, administrator(authority))
    with pytest.raises(NotFound):
        confirm_role(role_id=waiting.id, actor=administrator(make_authority()), now=NOW)
    with pytest.raises(NotAllowed):
        confirm_role(role_id=waiting.id, actor=make_commissioner(authority), now=NOW)


def test_the_platform_s_administrator_stands_in_where_nobody_else_can(authority: ContractingAuthority) -> None:
    """The only administrator's proposals wait for the platform; a third person in the authority takes that back."""
    first, platform = administrator(authority), actor_of(make_person(Role.PLATFORM_ADMINISTRATOR))
    waiting = proposed(authority, first, Role.AUTHORITY_ADMINISTRATOR)
    assert [found.id for found in waiting_roles(platform)] == [waiting.id]
    confirm_role(role_id=waiting.id, actor=platform, now=NOW)
    later = proposed(authority, first)
    assert waiting_roles(platform) == []
    with pytest.raises(NotAllowed, match="another administrator"):
        confirm_role(role_id=later.id, actor=platform, now=NOW)
    confirm_role(role_id=later.id, actor=actor_of(waiting.user), now=NOW)


def test_a_refused_role_needs_a_reason_and_can_be_proposed_again(authority: ContractingAuthority) -> None:
    """Without twenty characters nothing is refused; refused, it gives nothing."""
    first, second = administrator(authority), administrator(authority)
    waiting = proposed(authority, first)
    with pytest.raises(InvalidInput) as refused:
        refuse_role(role_id=waiting.id, reason="No.", actor=second, now=NOW)
    assert refused.value.field == "note"
    refuse_role(role_id=waiting.id, reason=REASON, actor=second, now=NOW)
    assert (waiting.status, waiting.decision_note) == (GrantStatus.REFUSED, REASON)
    assert actor_of(waiting.user).roles == frozenset()
    propose_role(person=waiting.user, role=Role.OPENER, authority=authority, actor=first)


def test_roles_fall_away_with_the_access(authority: ContractingAuthority) -> None:
    """Whoever has left before the second person looked gets nothing any more."""
    first, second = administrator(authority), administrator(authority)
    made = invite_colleague(
        place=authority,
        name="Demo Colleague",
        email="colleague@people.example",
        roles={Role.OPENER, Role.AUDITOR},
        actor=first,
        now=NOW,
    )
    assert actor_of(made).roles == {Role.AUDITOR}
    [waiting] = waiting_roles(second)
    end_access(place=authority, person=made, actor=second, now=NOW)
    db.session.refresh(waiting)
    assert waiting.status is GrantStatus.WITHDRAWN
    with pytest.raises(WrongState):
        confirm_role(role_id=waiting.id, actor=second, now=NOW)


def test_the_database_refuses_a_role_given_to_oneself(authority: ContractingAuthority) -> None:
    """Past the application too: the grantee neither proposes nor decides."""
    waiting = proposed(authority, administrator(authority))
    for statement in (
        "UPDATE role_grant SET proposed_by_id = user_id",
        "UPDATE role_grant SET status = 'confirmed', decided_at = now(), decided_by_id = user_id",
        "UPDATE role_grant SET status = 'confirmed', decided_at = now(), decided_by_id = proposed_by_id",
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))
    assert waiting.status is GrantStatus.PROPOSED


def test_one_administrator_publishes_and_opens_nothing(authority: ContractingAuthority) -> None:
    """With one administrator neither is possible, and the refusal says what to do; with two both are."""
    administrator(authority)
    with pytest.raises(NotReady, match="needs a second administrator"):
        published_itt(authority=authority)
    second = administrator(authority)
    itt = published_itt(authority=authority)
    close_now(itt)
    db.session.get_one(User, second.user_id).is_active = False
    db.session.flush()
    assert missing_administrator(authority) is not None
    with pytest.raises(OpeningRefused) as refused:
        open_itt(itt)
    assert refused.value.reason == "one_administrator"
