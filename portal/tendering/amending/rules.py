"""Who may change a published invitation: two people."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, Role, Verb, permit, policy
from portal.tendering.amending.states import AddendumStatus
from portal.tendering.states import IttStatus

ROWS = (
    permit("itt", Verb.PROPOSE_ADDENDUM, {Role.COMMISSIONER}, (IttStatus.PUBLISHED,)),
    permit("addendum", Verb.READ, AUTHORITY_ROLES),
    permit("addendum", Verb.WITHDRAW, {Role.COMMISSIONER}, (AddendumStatus.PROPOSED,)),
    permit("addendum", Verb.DECIDE, {Role.APPROVER}, (AddendumStatus.PROPOSED,), half=True),
)

policy.declare(ROWS)
