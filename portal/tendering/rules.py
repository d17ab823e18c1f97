"""Who may do what to an invitation to tender while it is drawn up and published."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Role, permit, policy
from portal.tendering.states import IttStatus

DRAFT = (IttStatus.DRAFT,)

ROWS = (
    permit("authority", "draft_itt", {Role.COMMISSIONER}),
    permit("itt", "view", AUTHORITY_ROLES),
    permit("itt", "edit", {Role.COMMISSIONER}, DRAFT),
    permit("itt", "publish", {Role.COMMISSIONER}, DRAFT),
    permit("itt", "cancel_draft", {Role.COMMISSIONER}, DRAFT),
    permit("itt", "approve_direct_award", {Role.APPROVER}, DRAFT),
    permit("invitation", "decline", PROVIDER_ROLES),
)

policy.declare(ROWS)
