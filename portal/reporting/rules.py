"""Who may take the report of an evaluation, and when."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.tendering.states import AFTER_MODERATION, ENDED, IttStatus

READERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.CONTRACT_MANAGER)
"""Whoever sees the result."""
OVER = (IttStatus.AWARDED, IttStatus.CONTRACTED, *ENDED)
"""It has been said who was chosen, or that nobody was."""

policy.declare(
    [
        permit("itt", Verb.TAKE_REPORT, READERS, [*AFTER_MODERATION, *ENDED]),
        permit("itt", Verb.TAKE_PUBLIC_REPORT, READERS, OVER),
    ]
)
