"""Who decides about erasing somebody, and who asks for a young person."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.privacy.states import ErasureStatus

CHECKERS = frozenset({Role.AUTHORITY_ADMINISTRATOR, Role.PROVIDER_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})

policy.declare(
    [
        permit("erasure", Verb.DECIDE, CHECKERS, [ErasureStatus.ASKED]),
        # A young person has no account to ask with: the adult who helps their group does it for them.
        permit("panel", Verb.ASK_ERASURE, [Role.FACILITATOR]),
    ]
)
