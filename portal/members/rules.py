"""Who may do what with memberships, by role and state."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, permit, policy
from portal.frameworks.rules import READING_ROLES
from portal.frameworks.states import CURRENT, AdmissionStatus

policy.declare(
    [
        permit("admission", "read", PROVIDER_ROLES | READING_ROLES),
        permit("admission", "pause", SUBMITTING_ROLES, CURRENT),
        permit("admission", "renew", SUBMITTING_ROLES, CURRENT),
        permit("admission", "leave", SUBMITTING_ROLES, CURRENT),
        permit("admission", "ask_renewal", {Role.COMMISSIONER}, CURRENT),
        permit("admission", "suspend", {Role.COMMISSIONER}, CURRENT),
        permit("admission", "propose_removal", {Role.COMMISSIONER}, [AdmissionStatus.ACTIVE]),
        permit("admission", "note_reasons_sent", {Role.COMMISSIONER}, [AdmissionStatus.REMOVAL_PROPOSED]),
        permit("admission", "decide_removal", {Role.APPROVER}, [AdmissionStatus.REMOVAL_PROPOSED]),
    ]
)
