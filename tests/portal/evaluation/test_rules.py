"""Who may do what on a panel, in every role and state."""

from __future__ import annotations

import uuid

import pytest

from portal.core.errors import NotAllowed, NotFound, NotYet
from portal.core.permissions import Actor, Role, policy
from portal.evaluation import rules  # noqa: F401  (declares the rows)
from portal.evaluation.models import PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import AFTER_OPENING, ENDED, IttStatus, PanelKind

STATES = ("waiting", "scoring", "moderating", "closed", "ended")
PANEL_ROLES = (Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER, Role.FACILITATOR)
OTHERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.OPENER, Role.SUBMITTER)

# verb: {role: the states in which it may}; who is not listed never may
TABLE: dict[str, dict[Role, tuple[str, ...]]] = {
    "read": dict.fromkeys(PANEL_ROLES, STATES),
    "declare": dict.fromkeys(PANEL_ROLES, ("scoring", "moderating")),
    "read_bids": dict.fromkeys(PANEL_ROLES, ("scoring", "moderating")),
    "score": dict.fromkeys((Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER), ("scoring",)),
    "issue_card": {Role.FACILITATOR: ("scoring", "moderating", "closed")},
    "see_progress": dict.fromkeys(
        (Role.CHAIR, Role.FACILITATOR, Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR), STATES
    ),
    "start_moderation": dict.fromkeys((Role.CHAIR, Role.FACILITATOR), ("scoring",)),
    "see_scores": {
        **dict.fromkeys((Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR), ("moderating", "closed")),
        **dict.fromkeys((Role.COMMISSIONER, Role.AUDITOR), ("closed",)),
    },
    "agree": dict.fromkeys((Role.CHAIR, Role.FACILITATOR), ("moderating",)),
    "consent": dict.fromkeys((Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER), ("moderating",)),
    "close_moderation": dict.fromkeys((Role.CHAIR, Role.FACILITATOR), ("moderating",)),
}

ITT_TABLE: dict[str, dict[Role, tuple[IttStatus, ...]]] = {
    "appoint_panel": {Role.COMMISSIONER: (IttStatus.PUBLISHED, IttStatus.OPENED)},
    "see_panels": dict.fromkeys(
        (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.OPENER),
        tuple(state for state in IttStatus if state not in (IttStatus.DRAFT, IttStatus.DISCARDED)),
    ),
    "see_result": dict.fromkeys(
        (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.CONTRACT_MANAGER),
        (*AFTER_OPENING, *ENDED),
    ),
}


def panel_in(state: str, panel_id: uuid.UUID, authority_id: uuid.UUID) -> PanelWork:
    """A panel's work in a policy state."""
    status = {
        "waiting": IttStatus.PUBLISHED,
        "ended": IttStatus.CANCELLED,
    }.get(state, IttStatus.OPENED)
    work = PanelWork(panel_id=panel_id, panel=Panel(kind=PanelKind.LOCAL), status=PanelWorkStatus.SCORING)
    work.itt = InvitationToTender(authority_id=authority_id, status=status)
    if state in ("moderating", "closed"):
        work.status = PanelWorkStatus(state)
    return work


def holder(role: Role, panel_id: uuid.UUID, authority_id: uuid.UUID) -> Actor:
    """Somebody with one role, held where it can be held."""
    me = uuid.uuid4()
    if role in PANEL_ROLES:
        return Actor(me, panels={panel_id: frozenset({role})})
    if role is Role.SUBMITTER:
        return Actor(me, provider_id=uuid.uuid4(), provider_roles=frozenset({role}))
    return Actor(me, authority_id=authority_id, authority_roles=frozenset({role}))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", TABLE)
def test_panel_acts_are_allowed_exactly_as_the_table_says(verb: str, state: str) -> None:
    """Each role may do the act in the listed states and in no other."""
    panel_id, authority_id = uuid.uuid4(), uuid.uuid4()
    work = panel_in(state, panel_id, authority_id)
    for role in (*PANEL_ROLES, *OTHERS):
        allowed = policy.allows(holder(role, panel_id, authority_id), verb, work)
        assert allowed is (state in TABLE[verb].get(role, ())), (role, verb, state)


@pytest.mark.parametrize("verb", ITT_TABLE)
def test_acts_on_the_itt_are_allowed_exactly_as_the_table_says(verb: str) -> None:
    """Appointing, following the panels and reading the result: each role in the listed states only."""
    authority_id = uuid.uuid4()
    for state in IttStatus:
        itt = InvitationToTender(authority_id=authority_id, status=state)
        for role in (*OTHERS, Role.CONTRACT_MANAGER, *PANEL_ROLES):
            allowed = policy.allows(holder(role, uuid.uuid4(), authority_id), verb, itt)
            assert allowed is (state in ITT_TABLE[verb].get(role, ())), (role, verb, state)


def test_refusals_say_which_kind_they_are() -> None:
    """Another panel's member finds nothing, a wrong role is not allowed, a wrong moment is a wrong state."""
    panel_id, authority_id = uuid.uuid4(), uuid.uuid4()
    scoring = panel_in("scoring", panel_id, authority_id)
    with pytest.raises(NotFound):
        policy.require(holder(Role.CHAIR, uuid.uuid4(), uuid.uuid4()), "score", scoring)
    with pytest.raises(NotAllowed):
        policy.require(holder(Role.FACILITATOR, panel_id, authority_id), "score", scoring)
    with pytest.raises(NotYet, match="once the bids are opened"):
        policy.require(holder(Role.CHAIR, panel_id, authority_id), "score", panel_in("waiting", panel_id, authority_id))
