"""Who declares, who reads the register, who answers an interest."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, Role, Verb, permit, policy
from portal.tendering.interests.states import MitigationStatus
from portal.tendering.states import BEFORE_CONTRACT, IttStatus

READERS = {Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR}
"""Interests are personal: openers, contract managers and administrators have no need of them."""
INFLUENCING = frozenset(
    {
        Verb.EDIT,
        Verb.PROPOSE_PUBLICATION,
        Verb.APPROVE_PUBLICATION,
        Verb.APPROVE_DIRECT_AWARD,
        Verb.APPOINT_PANEL,
        Verb.PROPOSE_ADDENDUM,
        Verb.ANSWER,
        Verb.PUBLISH_ANSWERS,
        Verb.WRITE,
        Verb.OPEN_BIDS,
        Verb.OPEN_PRICES,
        Verb.PROPOSE_LATE,
        Verb.DECIDE_LATE,
        Verb.JUDGE,
        Verb.DRAW_LOT,
        Verb.PROPOSE_NO_AWARD,
        Verb.PROPOSE_CANCELLATION,
        Verb.PROPOSE_SETTING_ASIDE,
        Verb.PROPOSE_AWARD,
        Verb.DECIDE,
    }
)
"""Whoever does one of these to a procurement, or to something of it, influences what is decided in it (s.81(3))."""
UNTIL_CONTRACT = (IttStatus.DRAFT, *BEFORE_CONTRACT)

ROWS = (
    permit("itt", Verb.DECLARE_INTEREST, AUTHORITY_ROLES, UNTIL_CONTRACT),
    permit("itt", Verb.SEE_INTERESTS, READERS),
    permit("itt", Verb.ASSESS_CONFLICTS, {Role.COMMISSIONER}, UNTIL_CONTRACT),
    permit("mitigation", Verb.READ, READERS),
    permit("mitigation", Verb.DECIDE, {Role.APPROVER}, (MitigationStatus.PROPOSED,), half=True),
)

policy.declare(ROWS)
