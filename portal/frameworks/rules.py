"""Who may do what with frameworks, by role and state."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, Role, permit, policy
from portal.frameworks.states import FrameworkStatus

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
    ]
)
