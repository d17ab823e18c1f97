"""Who declares, who reads the register, who answers an interest."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, Role, Verb, permit, policy
from portal.tendering.interests.states import MitigationStatus
from portal.tendering.states import BEFORE_CONTRACT, IttStatus

READERS = {Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR}
"""Interests are personal: openers, contract managers and administrators have no need of them."""
UNTIL_CONTRACT = (IttStatus.DRAFT, *BEFORE_CONTRACT)

ROWS = (
    permit("itt", Verb.DECLARE_INTEREST, AUTHORITY_ROLES, UNTIL_CONTRACT),
    permit("itt", Verb.SEE_INTERESTS, READERS),
    permit("itt", Verb.ASSESS_CONFLICTS, {Role.COMMISSIONER}, UNTIL_CONTRACT),
    permit("mitigation", Verb.READ, READERS),
    permit("mitigation", Verb.DECIDE, {Role.APPROVER}, (MitigationStatus.PROPOSED,), half=True),
)

policy.declare(ROWS)
