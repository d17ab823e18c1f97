"""Who may do what with an organisation."""

from __future__ import annotations

from portal.core.permissions import PROVIDER_ROLES, Role, Verb, permit, policy

RULES = [
    permit("provider", Verb.CHANGE, {Role.PROVIDER_ADMINISTRATOR}),
    permit("provider", Verb.CHOOSE_ALERTS, {Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER}),
    permit("setting", Verb.CHANGE, PROVIDER_ROLES, ["open"]),
]

policy.declare(RULES)
