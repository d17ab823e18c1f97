"""Who may end a procurement without a contract: one proposes, another decides."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.tendering.states import BEFORE_CONTRACT, EndingStatus, IttStatus

policy.declare(
    [
        permit("itt", Verb.PROPOSE_CANCELLATION, [Role.COMMISSIONER], BEFORE_CONTRACT, half=True),
        permit("itt", Verb.PROPOSE_NO_AWARD, [Role.COMMISSIONER], [IttStatus.OPENED, IttStatus.MODERATED], half=True),
        permit("ending", Verb.DECIDE, [Role.APPROVER], [EndingStatus.PROPOSED], half=True),
    ]
)
