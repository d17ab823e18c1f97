"""Who may do what to an invitation, in every state."""

from __future__ import annotations

import uuid

import pytest

from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Actor, Role, policy
from portal.organisations.models import ContractingAuthority
from portal.tendering import rules
from portal.tendering.decline_models import Decline
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

AUTHORITY = uuid.uuid4()
SECOND = ("approve_direct_award", "approve_publication")
VERBS = ("read", "edit", "propose_publication", "publish", "discard_draft", "hand_over", *SECOND)


def expected(verb: str, role: Role, status: IttStatus) -> type[Exception] | None:
    """What the table of the product says, written a second time by hand."""
    if verb == "read":
        return None
    if role is not (Role.APPROVER if verb in SECOND else Role.COMMISSIONER):
        return NotAllowed
    if verb == "hand_over":
        return WrongState if status is IttStatus.DISCARDED else None
    return None if status is IttStatus.DRAFT else WrongState


@pytest.mark.parametrize("status", list(IttStatus))
@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES))
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(verb: str, role: Role, status: IttStatus) -> None:
    """A role without the verb is refused, the verb in another state is refused as such, the rest passes."""
    itt = InvitationToTender(authority_id=AUTHORITY, status=status)
    person = Actor(user_id=uuid.uuid4(), authority_id=AUTHORITY, authority_roles=frozenset({role}))
    refusal = expected(verb, role, status)
    if refusal is None:
        policy.require(person, verb, itt)
    else:
        with pytest.raises(refusal):
            policy.require(person, verb, itt)


@pytest.mark.parametrize("verb", VERBS)
def test_others_do_not_know_that_it_exists(verb: str) -> None:
    """For another authority's commissioner, a provider and a visitor there is nothing there."""
    itt = InvitationToTender(authority_id=AUTHORITY, status=IttStatus.DRAFT)
    strangers = (
        Actor(user_id=uuid.uuid4(), authority_id=uuid.uuid4(), authority_roles=AUTHORITY_ROLES),
        Actor(user_id=uuid.uuid4(), provider_id=uuid.uuid4(), provider_roles=PROVIDER_ROLES),
        Actor(user_id=None),
    )
    for stranger in strangers:
        with pytest.raises(NotFound):
            policy.require(stranger, verb, itt)


@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES))
def test_only_commissioners_start_a_draft(role: Role) -> None:
    """Everybody else in the authority is refused."""
    authority = ContractingAuthority(id=AUTHORITY, name="Demo County Council")
    person = Actor(user_id=uuid.uuid4(), authority_id=AUTHORITY, authority_roles=frozenset({role}))
    assert policy.allows(person, "draft_itt", authority) is (role is Role.COMMISSIONER)


def test_the_rows_are_declared() -> None:
    """Importing the module declares its rows, and each verb of the table above has one."""
    assert {row.verb for row in rules.ROWS if row.object == "itt"} == set(VERBS)
    assert all(row in policy.rows() for row in rules.ROWS)


@pytest.mark.parametrize("role", Role)
def test_a_decline_is_its_providers(role: Role) -> None:
    """All its people may say no and take it back; for everybody else, the authority included, it is not there."""
    said = Decline(provider_id=AUTHORITY)
    own = Actor(user_id=uuid.uuid4(), provider_id=AUTHORITY, provider_roles=frozenset({role} & PROVIDER_ROLES))
    officer = Actor(user_id=uuid.uuid4(), authority_id=AUTHORITY, authority_roles=frozenset({role} & AUTHORITY_ROLES))
    assert policy.allows(own, "decline", said) is (role in PROVIDER_ROLES)
    with pytest.raises(NotFound):
        policy.require(officer, "decline", said)
