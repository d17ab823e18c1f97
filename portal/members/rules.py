"""Who may do what with memberships, by role and state."""

from __future__ import annotations

from sqlalchemy import exists

from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, Verb, permit, policy
from portal.frameworks.member_models import Admission
from portal.frameworks.rules import READING_ROLES
from portal.frameworks.states import CURRENT, AdmissionStatus
from portal.members.states import ChangeStatus
from portal.organisations import commitments

policy.declare(
    [
        permit("provider", Verb.ASK_IDENTITY_CHANGE, {Role.PROVIDER_ADMINISTRATOR}),
        permit("identity_decision", Verb.READ, READING_ROLES | {Role.PLATFORM_ADMINISTRATOR}),
        permit(
            "identity_decision",
            Verb.DECIDE,
            {Role.COMMISSIONER, Role.PLATFORM_ADMINISTRATOR},
            [ChangeStatus.WAITING],
        ),
        permit("admission", Verb.READ, PROVIDER_ROLES | READING_ROLES),
        permit("admission", Verb.PAUSE, SUBMITTING_ROLES, CURRENT),
        permit("admission", Verb.RENEW, SUBMITTING_ROLES, CURRENT),
        permit("admission", Verb.LEAVE, SUBMITTING_ROLES, CURRENT),
        permit("admission", Verb.ASK_RENEWAL, {Role.COMMISSIONER}, CURRENT),
        permit("admission", Verb.SUSPEND, {Role.COMMISSIONER}, CURRENT),
        permit("admission", Verb.PROPOSE_REMOVAL, {Role.COMMISSIONER}, [AdmissionStatus.ACTIVE], half=True),
        permit("admission", Verb.NOTE_REASONS_SENT, {Role.COMMISSIONER}, [AdmissionStatus.REMOVAL_PROPOSED]),
        permit("admission", Verb.DECIDE_REMOVAL, {Role.APPROVER}, [AdmissionStatus.REMOVAL_PROPOSED], half=True),
    ]
)

commitments.declare(
    "membership", lambda provider: exists().where(Admission.provider_id == provider, Admission.status.in_(CURRENT))
)
