"""Who says where a notice of a procurement was published."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.tendering.states import AFTER_OPENING, ENDED

AFTER_A_DECISION = (*AFTER_OPENING, *ENDED)
"""A lot that nobody bid for can end at the opening."""

policy.declare(
    [
        permit("itt", Verb.PLACE_NOTICE, [Role.COMMISSIONER, Role.CONTRACT_MANAGER], AFTER_A_DECISION),
        permit(
            "itt",
            Verb.SEE_NOTICES,
            [Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.APPROVER, Role.AUDITOR],
            AFTER_A_DECISION,
        ),
    ]
)
