"""Who may do what with a bid and with an opening, by role and state."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, permit, policy
from portal.tendering.states import AFTER_PUBLICATION, IttStatus

READING_ROLES = frozenset({Role.COMMISSIONER, Role.APPROVER, Role.OPENER, Role.CONTRACT_MANAGER, Role.AUDITOR})

# A bid's own people are the only ones with a role towards it, so for everybody else it does not exist (404).
policy.declare(
    [
        permit("bid", "start", PROVIDER_ROLES),
        permit("bid", "read", PROVIDER_ROLES),
        permit("bid", "draft", PROVIDER_ROLES),
        permit("bid", "submit", SUBMITTING_ROLES),
        permit("bid", "withdraw", SUBMITTING_ROLES, ["submitted"]),
        permit("itt", "open_bids", {Role.OPENER}, [IttStatus.PUBLISHED]),
        permit("itt", "explain_undecided", {Role.COMMISSIONER}, [IttStatus.PUBLISHED]),
        permit("itt", "see_opening", READING_ROLES, AFTER_PUBLICATION),
    ]
)
