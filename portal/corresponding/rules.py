"""Who writes to whom once the bids are opened."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Role, Verb, permit, policy

ROWS = (
    permit("correspondence", Verb.READ, PROVIDER_ROLES | AUTHORITY_ROLES),
    permit("correspondence", Verb.WRITE, PROVIDER_ROLES | {Role.COMMISSIONER}),
)

policy.declare(ROWS)
