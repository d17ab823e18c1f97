"""Who may do what on a panel, and in which state of its work."""

from __future__ import annotations

from portal.core.permissions import Role, permit, policy
from portal.tendering.states import AFTER_OPENING, AFTER_PUBLICATION, IttStatus

SCORERS = (Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER)
SEATED = (*SCORERS, Role.FACILITATOR)
MODERATORS = (Role.CHAIR, Role.FACILITATOR)
OVERSIGHT = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)

WAITING = "waiting"
SCORING = "scoring"
MODERATING = "moderating"
CLOSED = "closed"

policy.declare(
    [
        permit("itt", "appoint panel", [Role.COMMISSIONER], [IttStatus.PUBLISHED, IttStatus.OPENED]),
        permit("itt", "see panels", [*OVERSIGHT, Role.OPENER], AFTER_PUBLICATION),
        permit("itt", "see result", [*OVERSIGHT, Role.CONTRACT_MANAGER], AFTER_OPENING),
        permit("panel", "see", [*SEATED, *OVERSIGHT]),
        # Procurement Act 2023 s.81: whoever influences the decision declares, a facilitator as well.
        permit("panel", "declare", SEATED, [SCORING, MODERATING]),
        permit("panel", "read bids", SEATED, [SCORING, MODERATING]),
        permit("panel", "score", SCORERS, [SCORING]),
        permit("panel", "issue card", [Role.FACILITATOR], [SCORING]),
        permit("panel", "see progress", [*MODERATORS, *OVERSIGHT]),
        permit("panel", "start moderation", MODERATORS, [SCORING]),
        # A member reads the others' scores once all are submitted; a young person does in the room.
        permit("panel", "see scores", [Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR], [MODERATING, CLOSED]),
        permit("panel", "see scores", [Role.COMMISSIONER, Role.AUDITOR], [CLOSED]),
        permit("panel", "agree", MODERATORS, [MODERATING]),
        permit("panel", "close moderation", MODERATORS, [MODERATING]),
    ]
)
