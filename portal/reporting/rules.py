"""Who may take the report of an evaluation, and when."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.evaluation.rules import CLOSED, SEATED
from portal.tendering.states import AFTER_MODERATION, ENDED, OUTCOME_KNOWN

READERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR, Role.CONTRACT_MANAGER)
"""Whoever sees the result."""

policy.declare(
    [
        permit("itt", Verb.TAKE_REPORT, READERS, [*AFTER_MODERATION, *ENDED]),
        permit("itt", Verb.TAKE_PUBLIC_REPORT, READERS, OUTCOME_KNOWN),
        permit("itt", Verb.TELL_PANEL, [Role.COMMISSIONER, Role.CONTRACT_MANAGER], OUTCOME_KNOWN),
        # Whoever answers the panel reads what the panel reads.
        permit("panel", Verb.READ_INFLUENCE, [*SEATED, *READERS], [CLOSED]),
    ]
)
