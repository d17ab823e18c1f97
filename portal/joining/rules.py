"""Who may do what with applications, and with what a provider keeps for them, by role and state."""

from __future__ import annotations

from sqlalchemy import exists

from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, Verb, permit, policy
from portal.frameworks.rules import READING_ROLES
from portal.joining.models import Application
from portal.joining.states import EDITABLE, PENDING, ApplicationStatus
from portal.organisations import commitments

policy.declare(
    [
        permit("application", Verb.START, PROVIDER_ROLES),
        permit("application", Verb.READ, PROVIDER_ROLES),
        # A draft is the applicant's alone.
        permit("application", Verb.READ, READING_ROLES, set(ApplicationStatus) - {ApplicationStatus.DRAFT}),
        permit("application", Verb.DRAFT, PROVIDER_ROLES, EDITABLE),
        permit("application", Verb.SUBMIT, SUBMITTING_ROLES, EDITABLE),
        permit("application", Verb.CALL_SUBMITTERS, PROVIDER_ROLES, EDITABLE),
        permit(
            "application",
            Verb.WITHDRAW,
            SUBMITTING_ROLES,
            (*EDITABLE, ApplicationStatus.REFUSAL_PROPOSED),
        ),
        permit("application", Verb.ASK, {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED]),
        permit("application", Verb.TAKE_BACK_QUESTION, {Role.COMMISSIONER}, [ApplicationStatus.CLARIFICATION]),
        permit(
            "application",
            Verb.EXTEND,
            {Role.COMMISSIONER},
            [ApplicationStatus.SUBMITTED, ApplicationStatus.CLARIFICATION],
        ),
        permit("application", Verb.ADMIT, {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED]),
        permit("application", Verb.PROPOSE_REFUSAL, {Role.COMMISSIONER}, [ApplicationStatus.SUBMITTED], half=True),
        permit("application", Verb.DECIDE_REFUSAL, {Role.APPROVER}, [ApplicationStatus.REFUSAL_PROPOSED], half=True),
        permit("provider", Verb.KEEP_PROFILE, PROVIDER_ROLES),
        permit("provider", Verb.KEEP_EVIDENCE, PROVIDER_ROLES),
    ]
)

commitments.declare(
    "application",
    lambda provider: exists().where(Application.provider_id == provider, Application.status.in_(PENDING)),
)
