"""Who may do what with an award, and what must hold first."""

from __future__ import annotations

from portal.awarding.states import DecisionStatus
from portal.bidding.states import BidStatus
from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, Verb, permit, policy
from portal.tendering.states import AFTER_MODERATION, ENDED, IttStatus

READERS = (
    Role.COMMISSIONER,
    Role.APPROVER,
    Role.CONTRACT_MANAGER,
    Role.AUDITOR,
)
STILL_TO_AWARD = (IttStatus.OPENED, IttStatus.MODERATED)

policy.declare(
    [
        permit("itt", Verb.PROPOSE_AWARD, [Role.COMMISSIONER], [IttStatus.MODERATED], half=True),
        permit("itt", Verb.SEE_AWARD, READERS, [*AFTER_MODERATION, *ENDED]),
        permit("itt", Verb.ASK_FOR_VALIDITY, [Role.COMMISSIONER], STILL_TO_AWARD),
        permit("bid", Verb.ANSWER_VALIDITY, SUBMITTING_ROLES, [BidStatus.SUBMITTED]),
        permit("award", Verb.DECIDE, [Role.APPROVER], [DecisionStatus.PROPOSED], half=True),
        permit("summary", Verb.READ, [*PROVIDER_ROLES, *READERS]),
    ]
)
