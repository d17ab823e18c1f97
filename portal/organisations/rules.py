"""Who may do what with an organisation."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, Role, Verb, permit, policy

RULES = [
    permit("provider", Verb.CHANGE, {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", Verb.CHOOSE_ALERTS, {Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER}),
    permit(
        "provider",
        Verb.VERIFY,
        {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR},
        {"not_yet_verified"},
    ),
    permit("setting", Verb.CHANGE, PROVIDER_ROLES),
]

policy.declare(RULES)
