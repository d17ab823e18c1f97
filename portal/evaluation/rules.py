"""Who may do what on a panel, and in which state of its work."""

from __future__ import annotations

from portal.core.permissions import Role, Verb, permit, policy
from portal.evaluation.held_states import HeldStatus
from portal.tendering.states import (
    AFTER_MODERATION,
    AFTER_OPENING,
    AFTER_PUBLICATION,
    BEFORE_CONTRACT,
    ENDED,
    IttStatus,
)

SCORERS = (Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER)
SEATED = (*SCORERS, Role.FACILITATOR)
MODERATORS = (Role.CHAIR, Role.FACILITATOR)
OVERSIGHT = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)

SCREENED = [status for status in HeldStatus if status is not HeldStatus.UNSCREENED]
WAITING = "waiting"
SCORING = "scoring"
MODERATING = "moderating"
CLOSED = "closed"
IN_THE_ROOM = frozenset({SCORING, MODERATING})
"""When there is something for young people to do."""

policy.declare(
    [
        permit("itt", Verb.APPOINT_PANEL, [Role.COMMISSIONER], [IttStatus.PUBLISHED, IttStatus.OPENED]),
        # At every stage: who is named may leave.
        permit("itt", Verb.NAME_SAFEGUARDING_LEAD, [Role.COMMISSIONER], BEFORE_CONTRACT),
        permit("itt", Verb.SEE_PANELS, [*OVERSIGHT, Role.OPENER], AFTER_PUBLICATION),
        # What officers check is for them alone: a panel scores without it, and they check it without the price.
        permit("itt", Verb.READ_COMPLIANCE, OVERSIGHT, AFTER_OPENING),
        # Whoever hides a name reads where it stands, and whoever answers for the award what was hidden.
        permit("itt", Verb.READ_ANSWERS, OVERSIGHT, AFTER_OPENING),
        # Side by side answers read as a ranking: whoever awards compares them once nobody scores any more.
        permit("itt", Verb.COMPARE_ANSWERS, OVERSIGHT, AFTER_MODERATION),
        permit("itt", Verb.HIDE_WORDS, [Role.COMMISSIONER], [IttStatus.OPENED]),
        permit("itt", Verb.SEE_RESULT, [*OVERSIGHT, Role.CONTRACT_MANAGER], [*AFTER_OPENING, *ENDED]),
        # No price weighs on a score: people see them once the last panel has closed (`reading.read_prices`).
        permit("itt", Verb.SEE_PRICES, [*OVERSIGHT, Role.CONTRACT_MANAGER], [*AFTER_MODERATION, *ENDED]),
        # Which single mark decides is a map for whoever would nudge: those who answer for the award read it once the
        # last panel has closed, and each look is on record.
        permit("itt", Verb.SEE_FIRMNESS, OVERSIGHT, [*AFTER_MODERATION, *ENDED]),
        permit("itt", Verb.LOOK_AGAIN, [Role.COMMISSIONER, Role.APPROVER], [IttStatus.MODERATED]),
        # Of those who see the result: the page of a draw says which bids are tied.
        permit("itt", Verb.DRAW_LOT, [Role.COMMISSIONER, Role.APPROVER, Role.CONTRACT_MANAGER], [IttStatus.MODERATED]),
        permit("panel", Verb.READ, SEATED),
        # Procurement Act 2023 s.81: whoever influences the decision declares, a facilitator as well.
        permit("panel", Verb.DECLARE, SEATED, [SCORING, MODERATING]),
        permit("panel", Verb.READ_BIDS, SEATED, [SCORING, MODERATING]),
        permit("panel", Verb.SCORE, SCORERS, [SCORING]),
        # By alias alone; the commissioner appoints them one by one as well.
        permit("panel", Verb.ADD_YOUNG_PEOPLE, [Role.FACILITATOR], [WAITING, SCORING]),
        # Consents are gathered before the bids are there.
        permit("panel", Verb.PREPARE_SITTINGS, [Role.FACILITATOR], [WAITING, SCORING, MODERATING]),
        # While it moderates a card opens the page on which young people confirm what is agreed, and once it has closed
        # the one that tells what came of their marks.
        permit("panel", Verb.ISSUE_CARD, [Role.FACILITATOR], [SCORING, MODERATING, CLOSED]),
        # Of the authority's safeguarding leads whoever is named for the panel (`PanelWork.policy_roles`).
        permit("panel", Verb.SEE_HELD_WORDS, [Role.SAFEGUARDING_LEAD], half=True),
        # Not the facilitator, who prints the cards: with both, one adult could sit for a child.
        permit("panel", Verb.FORGET_PIN, [Role.SAFEGUARDING_LEAD]),
        permit("panel", Verb.SEE_HELD_WORDS, [Role.FACILITATOR]),
        # Names and the like are for an adult in the room; what may be about harm is for the lead alone.
        permit("held_words", Verb.SEE_HELD_WORDS, [Role.SAFEGUARDING_LEAD], SCREENED),
        permit("held_words", Verb.DECIDE_HELD_WORDS, [Role.FACILITATOR], [HeldStatus.WAITING]),
        permit(
            "held_words", Verb.DECIDE_HELD_WORDS, [Role.SAFEGUARDING_LEAD], [HeldStatus.WAITING, HeldStatus.WITH_LEAD]
        ),
        permit("authority", Verb.ASK_FOR_TRAINING, [Role.AUTHORITY_ADMINISTRATOR]),
        permit("authority", Verb.RECORD_TRAINING, [Role.COMMISSIONER, Role.AUTHORITY_ADMINISTRATOR]),
        permit("authority", Verb.SET_EMERGENCY_LINE, [Role.AUTHORITY_ADMINISTRATOR, Role.SAFEGUARDING_LEAD]),
        permit("panel", Verb.SEE_PROGRESS, [*MODERATORS, *OVERSIGHT]),
        permit("panel", Verb.START_MODERATION, MODERATORS, [SCORING]),
        # A member reads the others' scores once all are submitted; a young person does in the room.
        permit("panel", Verb.SEE_SCORES, [Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR], [MODERATING, CLOSED]),
        permit("panel", Verb.SEE_SCORES, [Role.COMMISSIONER, Role.AUDITOR], [CLOSED]),
        permit("panel", Verb.AGREE, MODERATORS, [MODERATING]),
        # Who scored consents or dissents; a facilitator writes down and has no say.
        permit("panel", Verb.CONSENT, SCORERS, [MODERATING]),
        # Two of them read the same from a signed sheet before it counts: nobody says yes for a child.
        permit(
            "panel",
            Verb.KEY_SHEET,
            [Role.FACILITATOR, Role.COMMISSIONER, Role.SAFEGUARDING_LEAD],
            [MODERATING],
        ),
        permit("panel", Verb.CLOSE_MODERATION, MODERATORS, [MODERATING]),
    ]
)

policy.goes_through(
    "panel",
    {
        WAITING: "once the panel is appointed",
        SCORING: "once the bids are opened, and young people have a safeguarding lead",
        MODERATING: "once everybody on the panel has submitted their scores and its moderation has started",
        CLOSED: "once the panel has closed its moderation",
    },
)
