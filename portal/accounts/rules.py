"""Who may bring people in and let them go."""

from __future__ import annotations

from portal.core.permissions import Role, permit, policy

RULES = [
    permit("provider", "invite", {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", "end_membership", {Role.PROVIDER_ADMINISTRATOR}),
    permit("authority", "invite", {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR}),
    permit("authority", "end_membership", {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR}),
]

policy.declare(RULES)
