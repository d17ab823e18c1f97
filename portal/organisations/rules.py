"""Who may do what with an organisation."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, Role, permit, policy

RULES = [
    permit("provider", "change", {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", "choose_alerts", {Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER}),
    permit(
        "provider",
        "verify",
        {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR},
        {"not_yet_verified"},
    ),
    permit("setting", "change", PROVIDER_ROLES),
]

policy.declare(RULES)
