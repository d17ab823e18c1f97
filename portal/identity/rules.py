"""Who may prove, doubt and suspend an organisation."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.organisations.states import SuspensionStatus

CHECKERS = frozenset({Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})

policy.declare(
    [
        permit("provider", Verb.READ, CHECKERS),
        permit("provider", Verb.VERIFY, CHECKERS, {"not_yet_verified"}),
        permit("provider", Verb.PROVE, {Role.PROVIDER_ADMINISTRATOR}, {"not_yet_verified"}),
        permit("provider", Verb.WITHDRAW_VERIFICATION, CHECKERS, {"verified"}),
        permit("provider", Verb.SUSPEND_ORGANISATION, CHECKERS, half=True),
        permit("suspension", Verb.READ, CHECKERS),
        permit("suspension", Verb.DECIDE, CHECKERS, [SuspensionStatus.PROPOSED], half=True),
        permit("suspension", Verb.PROPOSE_LIFTING, CHECKERS, [SuspensionStatus.IN_FORCE], half=True),
        permit("suspension", Verb.LIFT, CHECKERS, [SuspensionStatus.LIFT_PROPOSED], half=True),
    ]
)
