"""Who may bring people in and let them go."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Role, Verb, permit, policy

RULES = [
    permit("provider", Verb.INVITE, {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", Verb.CHANGE_ROLES, {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", Verb.PROPOSE_SUCCESSOR, {Role.PLATFORM_ADMINISTRATOR}, half=True),
    permit("authority", Verb.PROPOSE_SUCCESSOR, {Role.PLATFORM_ADMINISTRATOR}, half=True),
    permit("provider", Verb.NAME_DEPUTY, PROVIDER_ROLES),
    permit("authority", Verb.NAME_DEPUTY, AUTHORITY_ROLES),
    permit("absence", Verb.READ, AUTHORITY_ROLES | {Role.PLATFORM_ADMINISTRATOR}),
    # In a provider nobody confirms a deputy: it is agreed at once.
    permit("absence", Verb.READ, PROVIDER_ROLES, ["agreed", "withdrawn"]),
    permit(
        "absence", Verb.DECIDE, {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR}, ["proposed"], half=True
    ),
    permit("provider", Verb.END_ACCESS, {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", Verb.END_SESSIONS, {Role.PROVIDER_ADMINISTRATOR}),
    # Whoever confirms roles is half of that act, so administrators are themselves confirmed.
    permit("role", Verb.DECIDE, {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR}, ["proposed"], half=True),
    permit(
        "lost_factor",
        Verb.DECIDE,
        {Role.PROVIDER_ADMINISTRATOR, Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR},
        ["asked", "checked"],
    ),
    permit("authority", Verb.INVITE, {Role.AUTHORITY_ADMINISTRATOR}),
    permit("authority", Verb.CHANGE_ROLES, {Role.AUTHORITY_ADMINISTRATOR}),
    permit("authority", Verb.END_ACCESS, {Role.AUTHORITY_ADMINISTRATOR}),
    permit("authority", Verb.END_SESSIONS, {Role.AUTHORITY_ADMINISTRATOR}),
]

policy.declare(RULES)
