"""Who may ask about an invitation, and who answers."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, Role, Verb, permit, policy
from portal.tendering.clarifying.states import WAITING, ClarificationStatus
from portal.tendering.states import IttStatus

ROWS = (
    permit("clarification", Verb.ASK, PROVIDER_ROLES, (ClarificationStatus.ASKED,)),
    permit("clarification", Verb.TAKE_BACK_QUESTION, PROVIDER_ROLES, WAITING),
    permit("clarification", Verb.ANSWER, {Role.COMMISSIONER}, WAITING),
    permit("itt", Verb.PUBLISH_ANSWERS, {Role.COMMISSIONER}, (IttStatus.PUBLISHED,)),
)

policy.declare(ROWS)
