"""Who may prove, doubt and suspend an organisation."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.organisations.states import ClaimStatus, SuspensionStatus

CHECKERS = frozenset({Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})

ASKED = (ClaimStatus.HOLDER_ASKED, ClaimStatus.MOVE_PROPOSED)

policy.declare(
    [
        permit("provider", Verb.READ, CHECKERS),
        permit("provider", Verb.VERIFY, CHECKERS, {"not_yet_verified"}),
        permit("provider", Verb.PROVE, {Role.PROVIDER_ADMINISTRATOR}, {"not_yet_verified"}),
        permit("provider", Verb.WITHDRAW_VERIFICATION, CHECKERS, {"verified"}),
        permit("provider", Verb.SUSPEND_ORGANISATION, CHECKERS, half=True),
        permit("number_claim", Verb.READ, CHECKERS),
        permit("number_claim", Verb.ASK, CHECKERS, [ClaimStatus.OPEN]),
        permit("number_claim", Verb.ANSWER, {Role.PROVIDER_ADMINISTRATOR}, ASKED),
        permit("number_claim", Verb.DISMISS, CHECKERS, [ClaimStatus.OPEN, ClaimStatus.HOLDER_ASKED]),
        permit("number_claim", Verb.PROPOSE_MOVE, CHECKERS, [ClaimStatus.HOLDER_ASKED], half=True),
        permit("number_claim", Verb.DECIDE, CHECKERS, [ClaimStatus.MOVE_PROPOSED], half=True),
        permit("suspension", Verb.READ, CHECKERS),
        permit("suspension", Verb.DECIDE, CHECKERS, [SuspensionStatus.PROPOSED], half=True),
        permit("suspension", Verb.PROPOSE_LIFTING, CHECKERS, [SuspensionStatus.IN_FORCE], half=True),
        permit("suspension", Verb.LIFT, CHECKERS, [SuspensionStatus.LIFT_PROPOSED], half=True),
    ]
)
