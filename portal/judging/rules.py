"""Who judges bids between the opening and the award."""

from __future__ import annotations

from portal.core.permissions import SUBMITTING_ROLES, Role, Verb, permit, policy
from portal.judging.models import JUDGED_WHILE
from portal.judging.states import JudgementStatus

policy.declare(
    [
        permit("itt", Verb.JUDGE, [Role.COMMISSIONER], JUDGED_WHILE, half=True),
        permit("enquiry", Verb.ANSWER, SUBMITTING_ROLES, ["asked"]),
        permit("judgement", Verb.DECIDE, [Role.APPROVER], [JudgementStatus.PROPOSED], half=True),
    ]
)
