"""Who says where a notice of a procurement was published."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.tendering.states import AFTER_PUBLICATION

policy.declare(
    [
        permit("itt", Verb.PLACE_NOTICE, [Role.COMMISSIONER, Role.CONTRACT_MANAGER], AFTER_PUBLICATION),
        permit(
            "itt",
            Verb.SEE_NOTICES,
            [Role.COMMISSIONER, Role.CONTRACT_MANAGER, Role.APPROVER, Role.AUDITOR],
            AFTER_PUBLICATION,
        ),
    ]
)
