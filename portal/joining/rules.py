"""Who may do what with applications, and with what a provider keeps for them, by role and state."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, permit, policy
from portal.frameworks.rules import READING_ROLES
from portal.joining.states import EDITABLE, ApplicationStatus

policy.declare(
    [
        permit("application", "start", PROVIDER_ROLES),
        permit("application", "read", PROVIDER_ROLES | READING_ROLES),
        permit("application", "draft", PROVIDER_ROLES, EDITABLE),
        permit("application", "submit", SUBMITTING_ROLES, EDITABLE),
        permit(
            "application",
            "withdraw",
            SUBMITTING_ROLES,
            (*EDITABLE, ApplicationStatus.REFUSAL_PROPOSED),
        ),
        permit("application", "ask", {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED]),
        permit("application", "take_back_question", {Role.COMMISSIONER}, [ApplicationStatus.CLARIFICATION]),
        permit(
            "application", "extend", {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED, ApplicationStatus.CLARIFICATION]
        ),
        permit("application", "admit", {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED]),
        permit("application", "propose_refusal", {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED]),
        permit("application", "decide_refusal", {Role.APPROVER}, [ApplicationStatus.REFUSAL_PROPOSED]),
        permit("provider", "keep_profile", PROVIDER_ROLES),
        permit("provider", "keep_evidence", PROVIDER_ROLES),
    ]
)
