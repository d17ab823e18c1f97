"""Who may do what with frameworks, applications and memberships, by role and state."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Role, permit, policy
from portal.frameworks.states import CURRENT, EDITABLE, AdmissionStatus, ApplicationStatus, FrameworkStatus

SUBMITTING_ROLES = frozenset({Role.SUBMITTER, Role.PROVIDER_ADMINISTRATOR})
READING_ROLES = frozenset({Role.COMMISSIONER, Role.APPROVER, Role.CONTRACT_MANAGER, Role.AUDITOR})

DRAFT = (FrameworkStatus.DRAFT,)
LIVE = (FrameworkStatus.LIVE,)

policy.declare(
    [
        permit("authority", "draft_framework", {Role.COMMISSIONER}),
        permit("framework", "view", AUTHORITY_ROLES),
        permit("framework", "edit", {Role.COMMISSIONER}, DRAFT),
        permit("framework", "go_live", {Role.COMMISSIONER}, DRAFT),
        permit("framework", "cease", {Role.COMMISSIONER}, LIVE),
        permit("framework", "add_document", {Role.COMMISSIONER}, (*DRAFT, *LIVE)),
        permit("framework", "name_participants", {Role.COMMISSIONER}, (*DRAFT, *LIVE)),
        permit("framework", "open_window", {Role.COMMISSIONER}, (*DRAFT, *LIVE)),
        permit("framework", "import_members", {Role.COMMISSIONER}, LIVE),
        permit("framework", "see_applications", READING_ROLES),
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
        permit("admission", "read", PROVIDER_ROLES | READING_ROLES),
        permit("admission", "pause", SUBMITTING_ROLES, CURRENT),
        permit("admission", "renew", SUBMITTING_ROLES, CURRENT),
        permit("admission", "leave", SUBMITTING_ROLES, CURRENT),
        permit("admission", "ask_renewal", {Role.COMMISSIONER}, CURRENT),
        permit("admission", "suspend", {Role.COMMISSIONER}, CURRENT),
        permit("admission", "propose_removal", {Role.COMMISSIONER}, [AdmissionStatus.ACTIVE]),
        permit("admission", "note_reasons_sent", {Role.COMMISSIONER}, [AdmissionStatus.REMOVAL_PROPOSED]),
        permit("admission", "decide_removal", {Role.APPROVER}, [AdmissionStatus.REMOVAL_PROPOSED]),
        permit("provider", "keep_profile", PROVIDER_ROLES),
        permit("provider", "keep_evidence", PROVIDER_ROLES),
    ]
)
