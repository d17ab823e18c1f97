"""Who may do what to an invitation to tender while it is drawn up and published."""

from __future__ import annotations

from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Role, Verb, permit, policy
from portal.tendering.states import IttStatus

DRAFT = (IttStatus.DRAFT,)

ROWS = (
    permit("authority", Verb.DRAFT_ITT, {Role.COMMISSIONER}),
    # Where another authority runs the invitation: to read its draft, and to agree.
    permit("authority", Verb.BUY_TOGETHER, {Role.COMMISSIONER, Role.APPROVER}),
    permit("itt", Verb.READ, AUTHORITY_ROLES),
    permit("itt", Verb.EDIT, {Role.COMMISSIONER}, DRAFT),
    permit("itt", Verb.PROPOSE_PUBLICATION, {Role.COMMISSIONER}, DRAFT, half=True),
    permit("itt", Verb.APPROVE_PUBLICATION, {Role.APPROVER}, DRAFT, half=True),
    permit("itt", Verb.PUBLISH, {Role.COMMISSIONER}, DRAFT),
    permit("itt", Verb.DISCARD_DRAFT, {Role.COMMISSIONER}, DRAFT),
    permit("itt", Verb.HAND_OVER, {Role.COMMISSIONER}, set(IttStatus) - {IttStatus.DISCARDED}),
    permit("itt", Verb.APPROVE_DIRECT_AWARD, {Role.APPROVER}, DRAFT, half=True),
    permit("decline", Verb.DECLINE, PROVIDER_ROLES),
    permit("undertaking", Verb.SIGN, PROVIDER_ROLES),
)

policy.declare(ROWS)
policy.goes_through(
    "itt",
    {
        IttStatus.DRAFT: "once it is drafted",
        IttStatus.PUBLISHED: "once it is published",
        IttStatus.OPENED: "once bidding has closed and two people have opened the bids",
        IttStatus.MODERATED: "once every panel has closed its moderation",
        IttStatus.AWARDED: "once the award is decided",
        IttStatus.CONTRACTED: "once the contract is concluded",
    },
)
