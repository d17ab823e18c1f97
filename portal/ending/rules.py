"""Who may end a procurement without a contract, or set its award aside: one proposes, another decides."""

from __future__ import annotations

from portal.awarding.states import SettingAsideStatus
from portal.core.permissions import SUBMITTING_ROLES, Role, Verb, permit, policy
from portal.tendering.states import BEFORE_CONTRACT, EndingStatus, IttStatus

policy.declare(
    [
        permit("itt", Verb.PROPOSE_CANCELLATION, [Role.COMMISSIONER], BEFORE_CONTRACT, half=True),
        permit("itt", Verb.PROPOSE_NO_AWARD, [Role.COMMISSIONER], [IttStatus.OPENED, IttStatus.MODERATED], half=True),
        permit("ending", Verb.WITHDRAW, [Role.COMMISSIONER], [EndingStatus.PROPOSED]),
        permit("ending", Verb.DECIDE, [Role.APPROVER], [EndingStatus.PROPOSED], half=True),
        permit(
            "itt",
            Verb.PROPOSE_SETTING_ASIDE,
            [Role.COMMISSIONER],
            [IttStatus.MODERATED, IttStatus.AWARDED],
            half=True,
        ),
        permit("bid", Verb.WITHDRAW_FROM_AWARD, SUBMITTING_ROLES, ["submitted"]),
        permit("setting_aside", Verb.DECIDE, [Role.APPROVER], [SettingAsideStatus.PROPOSED], half=True),
    ]
)
