"""Who may do what in which state: the whole table of applications and memberships, role by role."""

from __future__ import annotations

import pytest

from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, SUBMITTING_ROLES, Actor, Role, policy
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.frameworks.rules import READING_ROLES
from portal.frameworks.states import AdmissionStatus
from portal.joining import rules as of_applications  # noqa: F401  (declares the rows)
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.members import rules as of_memberships  # noqa: F401  (declares the rows)
from portal.organisations.models import ContractingAuthority, Provider

AUTHORITY, PROVIDER = ContractingAuthority(name="Lead"), Provider(name="Applicant")

A = ApplicationStatus
SENDERS = SUBMITTING_ROLES
READERS = PROVIDER_ROLES | READING_ROLES
OFFICER, SECOND = frozenset({Role.COMMISSIONER}), frozenset({Role.APPROVER})
EVERY = frozenset(A)
EDITABLE = frozenset({A.DRAFT, A.SUBMITTED, A.CLARIFICATION, A.REFUSED})

APPLICATIONS = {
    "read": (READERS, EVERY),
    "draft": (PROVIDER_ROLES, EDITABLE),
    "submit": (SENDERS, EDITABLE),
    "call_submitters": (PROVIDER_ROLES, EDITABLE),
    "withdraw": (SENDERS, EDITABLE | {A.REFUSAL_PROPOSED}),
    "ask": (OFFICER, {A.SUBMITTED}),
    "take_back_question": (OFFICER, {A.CLARIFICATION}),
    "extend": (OFFICER, {A.SUBMITTED, A.CLARIFICATION}),
    "admit": (OFFICER, {A.SUBMITTED}),
    "propose_refusal": (OFFICER, {A.SUBMITTED}),
    "decide_refusal": (SECOND, {A.REFUSAL_PROPOSED}),
}
M = AdmissionStatus
MEMBERS = frozenset({M.ACTIVE, M.REMOVAL_PROPOSED})
ADMISSIONS = {
    "read": (READERS, frozenset(M)),
    "pause": (SENDERS, MEMBERS),
    "renew": (SENDERS, MEMBERS),
    "leave": (SENDERS, MEMBERS),
    "ask_renewal": (OFFICER, MEMBERS),
    "suspend": (OFFICER, MEMBERS),
    "propose_removal": (OFFICER, {M.ACTIVE}),
    "note_reasons_sent": (OFFICER, {M.REMOVAL_PROPOSED}),
    "decide_removal": (SECOND, {M.REMOVAL_PROPOSED}),
}


@pytest.fixture(scope="module", autouse=True)
def _identified() -> None:
    import uuid

    AUTHORITY.id, PROVIDER.id = uuid.uuid4(), uuid.uuid4()


def actor_with(role: Role) -> Actor:
    """Somebody with this one role, on the side that it belongs to."""
    if role in PROVIDER_ROLES:
        return Actor(user_id=None, provider_id=PROVIDER.id, provider_roles=frozenset({role}))
    return Actor(user_id=None, authority_id=AUTHORITY.id, authority_roles=frozenset({role}))


def outcome(actor: Actor, verb: str, thing: Application | Admission) -> str:
    """ "yes", or the name of the refusal."""
    try:
        policy.require(actor, verb, thing)
    except (NotFound, NotAllowed, WrongState) as refused:
        return type(refused).__name__
    return "yes"


def expected(role: Role, state: object, roles: frozenset[Role], states: object) -> str:
    if role not in roles:
        return "NotAllowed"
    return "yes" if state in states else "WrongState"  # type: ignore[operator]


@pytest.mark.parametrize("verb", APPLICATIONS)
def test_applications(verb: str) -> None:
    """Every role of both sides in every state; officers know nothing of what was never submitted."""
    roles, states = APPLICATIONS[verb]
    for state in A:
        application = Application(
            framework=Framework(authority_id=AUTHORITY.id),
            provider_id=PROVIDER.id,
            status=state,
            version=0 if state is A.DRAFT else 1,
        )
        for role in PROVIDER_ROLES | AUTHORITY_ROLES:
            hidden = state is A.DRAFT and role in AUTHORITY_ROLES
            said = "NotFound" if hidden else expected(role, state, frozenset(roles), states)
            assert outcome(actor_with(role), verb, application) == said, (role, state)


@pytest.mark.parametrize("verb", ADMISSIONS)
def test_memberships(verb: str) -> None:
    """Every role of both sides in every state."""
    roles, states = ADMISSIONS[verb]
    for state in M:
        admission = Admission(framework=Framework(authority_id=AUTHORITY.id), provider_id=PROVIDER.id, status=state)
        for role in PROVIDER_ROLES | AUTHORITY_ROLES:
            said = expected(role, state, frozenset(roles), states)
            assert outcome(actor_with(role), verb, admission) == said, (role, state)


def test_the_tables_are_whole() -> None:
    """Every row that is declared is in one of the tables here ("start" and "setting" are others')."""
    declared = {(row.object, row.verb) for row in policy.rows() if row.object in {"application", "admission"}}
    listed = {("application", verb) for verb in APPLICATIONS} | {("admission", verb) for verb in ADMISSIONS}
    assert declared - listed == {("application", "start")}
    assert listed <= declared


def test_strangers_find_nothing() -> None:
    """People of another provider or authority, and visitors, hold no role towards it."""
    import uuid

    application = Application(
        framework=Framework(authority_id=AUTHORITY.id), provider_id=PROVIDER.id, status=A.SUBMITTED, version=1
    )
    strangers = [
        Actor(user_id=None),
        Actor(user_id=None, provider_id=uuid.uuid4(), provider_roles=PROVIDER_ROLES),
        Actor(user_id=None, authority_id=uuid.uuid4(), authority_roles=AUTHORITY_ROLES),
    ]
    for stranger in strangers:
        assert [outcome(stranger, verb, application) for verb in APPLICATIONS] == ["NotFound"] * len(APPLICATIONS)
