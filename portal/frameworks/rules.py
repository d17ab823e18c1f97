"""Who may do what with frameworks, by role and state."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, Role, Verb, permit, policy
from portal.frameworks.states import FrameworkStatus

READING_ROLES = frozenset({Role.COMMISSIONER, Role.APPROVER, Role.CONTRACT_MANAGER, Role.AUDITOR})

DRAFT = (FrameworkStatus.DRAFT,)
LIVE = (FrameworkStatus.LIVE,)

policy.declare(
    [
        permit("authority", Verb.DRAFT_FRAMEWORK, {Role.COMMISSIONER}),
        permit("framework", Verb.READ, AUTHORITY_ROLES),
        permit("framework", Verb.EDIT, {Role.COMMISSIONER}, DRAFT),
        permit("framework", Verb.GO_LIVE, {Role.COMMISSIONER}, DRAFT),
        permit("framework", Verb.CEASE, {Role.COMMISSIONER}, LIVE),
        permit("framework", Verb.ADD_DOCUMENT, {Role.COMMISSIONER}, (*DRAFT, *LIVE)),
        permit("framework", Verb.NAME_PARTICIPANTS, {Role.COMMISSIONER}, (*DRAFT, *LIVE)),
        permit("framework", Verb.OPEN_WINDOW, {Role.COMMISSIONER}, (*DRAFT, *LIVE)),
        permit("framework", Verb.IMPORT_MEMBERS, {Role.COMMISSIONER}, LIVE),
        permit("framework", Verb.SEE_APPLICATIONS, READING_ROLES),
    ]
)
