"""What there is to do next on a procurement, and who may do it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for

from portal.core.approval import is_first_person
from portal.core.permissions import Actor, Role, Verb, policy
from portal.core.words import counted, listed, london_date
from portal.corresponding.writing import can_write
from portal.dashboards.proposals import FirstPeople, Waits
from portal.dashboards.situation import Situation, Wait
from portal.judging.models import JUDGED_WHILE
from portal.regulation import procurement_law
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus


@dataclass(frozen=True)
class Step:
    """One thing to do or to read: what, where, the policy's verb for it, and a word on it."""

    text: str
    endpoint: str
    verb: Verb
    hint: str = ""
    is_act: bool = False
    """Whether something waits for this person; else there is only something to read."""
    timetable: str = ""
    """The column of the procurement that says by when."""
    tag: str = "To read"
    """What its row says of it, where nothing waits for this person."""

    def href(self, itt: InvitationToTender) -> str:
        """The page of this step for this procurement."""
        return url_for(self.endpoint, reference=itt.reference)

    def due_on(self, itt: InvitationToTender) -> date | None:
        """By when the procurement's own timetable has it done; None where it names no day."""
        due = getattr(itt, self.timetable) if self.timetable else None
        return local_date(due) if isinstance(due, datetime) else due


DRAFT = Step("Finish the draft and publish it", "itts.draft", Verb.EDIT, is_act=True)
PANELS = Step(
    "Appoint the panels",
    "evaluation_desk.panels",
    Verb.APPOINT_PANEL,
    "A panel has nobody yet. Nobody on a panel sees a bid before the opening.",
    is_act=True,
    timetable="closes_at",
)
LEAD = Step(
    "Name a safeguarding lead",
    "evaluation_desk.panels",
    Verb.NAME_SAFEGUARDING_LEAD,
    "No young person gets a card before.",
    is_act=True,
    timetable="closes_at",
)
ANSWER = Step(
    "Answer what bidders ask",
    "clarification_desk.index",
    Verb.PUBLISH_ANSWERS,
    is_act=True,
    timetable="answers_by_date",
)
HELP = Step(
    "Help a bidder who cannot send its bid",
    "help_desk.index",
    Verb.PUBLISH_ANSWERS,
    is_act=True,
    timetable="closes_at",
)
ASKED = Step("Read what bidders asked, and your answers", "clarification_desk.index", Verb.READ)
CHANGE = Step(
    "Change what is published", "addenda.index", Verb.READ, "With a reason, by two people.", tag="When needed"
)
DECIDE_CHANGE = Step(
    "Decide a proposed change",
    "addenda.index",
    Verb.READ,
    "A colleague has proposed it.",
    is_act=True,
    timetable="closes_at",
)
REPLY = Step("Answer what bidders wrote", "bidder_messages.index", Verb.READ, is_act=True)
MESSAGES = Step("Messages from and to bidders", "bidder_messages.index", Verb.READ, tag="When needed")
OPEN = Step(
    "Open the bids",
    "openings.show",
    Verb.OPEN_BIDS,
    "Two openers, at most 15 minutes apart.",
    is_act=True,
    timetable="closes_at",
)
OPEN_PRICES = Step(
    "Open the prices",
    "openings.prices",
    Verb.OPEN_PRICES,
    "Two openers, at most 15 minutes apart. The result follows.",
    is_act=True,
)
SEATED = Step("See who sits on the panels", "evaluation_desk.panels", Verb.SEE_PANELS)
FOLLOW = Step("See how far the panels are", "evaluation_desk.panels", Verb.SEE_PANELS, "Counts only, no scores.")
JUDGE = Step("Judge what officers check", "compliance.index", Verb.JUDGE, is_act=True)
CHECK = Step("Check the bidders", "compliance.index", Verb.JUDGE, is_act=True)
DECLARE = Step(
    "Declare your interests",
    "interests.declare",
    Verb.DECLARE_INTEREST,
    "You have a part in it. Nothing is awarded before you have.",
    is_act=True,
)
CONFLICTS = Step(
    "Settle interests and conflicts", "interests.index", Verb.ASSESS_CONFLICTS, is_act=True, timetable="award_date"
)
CHECKED = Step("Read what officers check, and how it was judged", "compliance.index", Verb.READ_COMPLIANCE)
DECIDE_JUDGEMENT = Step(
    "Decide whether a bid stays in", "compliance.index", Verb.READ_COMPLIANCE, "A colleague has judged it.", is_act=True
)
RESULT = Step("Read the result", "evaluation_desk.result", Verb.SEE_RESULT, "Every figure of the calculation.")
NO_RESULT = Step("See why there is no result yet", "evaluation_desk.result", Verb.SEE_RESULT)
LOOK = Step(
    "Look again at the scores that decide alone", "firmness.show", Verb.LOOK_AGAIN, is_act=True, timetable="award_date"
)
PROPOSE = Step(
    "Propose the award",
    "awards.show",
    Verb.PROPOSE_AWARD,
    "To the bid that the published ranking says.",
    is_act=True,
    timetable="award_date",
)
DECIDE = Step(
    "Decide the award",
    "awards.show",
    Verb.SEE_AWARD,
    "A colleague has proposed it.",
    is_act=True,
    timetable="award_date",
)
PROPOSED = Step("Read the proposed award", "awards.show", Verb.SEE_AWARD, "It waits for an approver.")
AWARD = Step("Read the award and the summaries", "awards.show", Verb.SEE_AWARD)
CONCLUDE = Step(
    "Conclude the contract",
    "contract_desk.conclude",
    Verb.CONCLUDE_CONTRACT,
    is_act=True,
    timetable="contract_start_date",
)
PLACE = Step(
    "Publish the {notice} on Find a Tender",
    "notice_desk.show",
    Verb.PLACE_NOTICE,
    "Then record its number: until then it does not appear here.",
    is_act=True,
)
NOTICE = Step("See which notice waits for its number", "notice_desk.show", Verb.SEE_NOTICES)
WAIT = Step("Wait for the standstill to end", "contract_desk.conclude", Verb.SEE_CONTRACT_DESK, tag="Waiting")
CONTRACT = Step("Read the contract", "contract_desk.conclude", Verb.SEE_CONTRACT_DESK)
END = Step("End it without an award", "endings.show", Verb.PROPOSE_NO_AWARD, "Nobody can be awarded it.", is_act=True)
LEAVE_EMPTY = Step(
    "Leave a place empty",
    "setting_aside.show",
    Verb.PROPOSE_SETTING_ASIDE,
    "Its bidder withdrew, and no bid is left for it.",
    is_act=True,
)
DRAW = Step("Draw a lot", "draws.show", Verb.DRAW_LOT, "Bids are tied for a place. Two people do it.", is_act=True)
DECIDE_TIE = Step(
    "Decide between tied bids",
    "awards.show",
    Verb.PROPOSE_AWARD,
    "The published method does not part them. Two people do, with a reason, or it ends without an award.",
    is_act=True,
)
SET_ASIDE = Step(
    "Set the award aside",
    "setting_aside.show",
    Verb.PROPOSE_SETTING_ASIDE,
    "Where the winner withdraws, or panels agree their scores again.",
    tag="When needed",
)
DECIDE_ASIDE = Step(
    "Decide whether the award falls", "setting_aside.show", Verb.READ, "It has been proposed.", is_act=True
)
PROPOSED_ASIDE = Step(
    "Read the proposal to set the award aside", "setting_aside.show", Verb.READ, "It waits for an approver."
)
DECIDE_END = Step("Decide whether it ends", "endings.show", Verb.READ, "A colleague has proposed it.", is_act=True)
PROPOSED_END = Step("Read the proposal to end it", "endings.show", Verb.READ, "It waits for an approver.")
APPROVE = Step(
    "Approve a draft before it is published",
    "itts.approve",
    Verb.APPROVE_PUBLICATION,
    "A colleague asks you to look at it.",
    is_act=True,
)
ANSWER_INTEREST = Step("Say what follows from an interest", "interests.index", Verb.ASSESS_CONFLICTS, is_act=True)
DECIDE_INTEREST = Step(
    "Decide what follows from an interest", "interests.index", Verb.READ, "A colleague has declared it.", is_act=True
)
PROPOSE_LATE = Step(
    "Say what is to become of a late bid",
    "late_box.index",
    Verb.PROPOSE_LATE,
    "It came after the closing time and is no bid yet.",
    is_act=True,
)
DECIDE_LATE = Step(
    "Decide about a late bid", "late_box.index", Verb.DECIDE_LATE, "A colleague has proposed it.", is_act=True
)
DECIDE_REMOVAL = Step(
    "Decide who leaves a panel",
    "evaluation_desk.panels",
    Verb.APPOINT_PANEL,
    "A colleague proposes to take somebody off.",
    is_act=True,
)
TELL = Step(
    "Tell young people what you did",
    "evaluation_desk.panels",
    Verb.TELL_PANEL,
    "They know what their marks changed, and not yet what you did with their words.",
    is_act=True,
)
PROPOSALS: Mapping[Waits, tuple[Step, Step | None]] = {
    Waits.CHANGE: (DECIDE_CHANGE, None),
    Waits.ENDING: (DECIDE_END, PROPOSED_END),
    Waits.SETTING_ASIDE: (DECIDE_ASIDE, PROPOSED_ASIDE),
    Waits.PUBLICATION: (APPROVE, None),
    Waits.INTEREST: (DECIDE_INTEREST, None),
    Waits.PANEL_REMOVAL: (DECIDE_REMOVAL, None),
    Waits.LATE_BID: (DECIDE_LATE, None),
    Waits.IN_THE_LATE_BOX: (PROPOSE_LATE, None),
}
"""Where something is decided, and where others read that it waits; None where another step leads there anyway."""
SECOND: Mapping[Waits, Role] = {Waits.PANEL_REMOVAL: Role.COMMISSIONER}
"""Who is the second person where that is not an approver."""
ENDED_BY = Step("Read who ended it, and why", "endings.show", Verb.READ)
RECORD = Step("Read the opening record", "openings.show", Verb.SEE_OPENING)


def steps_for(itt: InvitationToTender, situation: Situation, actor: Actor, now: datetime) -> list[Step]:
    """The steps that the policy allows this actor at `now`, what waits for them first; a page is led to once."""
    found = (*_steps_at(itt, situation, actor, now), *_messages(itt, situation, actor))
    steps = [step for step in found if policy.allows(actor, step.verb, itt)]
    acts = [step for step in steps if step.is_act]
    led_to = {step.endpoint for step in acts}
    return acts + [step for step in steps if not step.is_act and step.endpoint not in led_to]


def _steps_at(itt: InvitationToTender, situation: Situation, actor: Actor, now: datetime) -> tuple[Step, ...]:
    judged = (CHECKED,) if itt.opened_at is not None else ()
    # Young people cannot sit: nothing waits longer than they do.
    led = (LEAD,) if situation.lacks_lead and itt.status is IttStatus.OPENED else ()
    return (
        *led,
        *_proposals(situation, actor),
        *_judging(itt, situation, actor),
        *_interests(itt, situation, actor),
        *_notices(situation),
        *_by_stage(itt, situation, actor, now),
        *((TELL,) if situation.has_untold_panel else ()),
        *judged,
    )


def _by_stage(itt: InvitationToTender, situation: Situation, actor: Actor, now: datetime) -> tuple[Step, ...]:
    if itt.has_ended:
        opened, read = (RECORD,) if itt.opened_at else (), (RESULT,) if situation.has_result else ()
        return (ENDED_BY, *read, SEATED, *opened)
    if itt.status is IttStatus.PUBLISHED:
        helping = (
            (replace(HELP, hint=f"{counted(situation.helps, 'request')} not answered."),) if situation.helps else ()
        )
        panels = PANELS if situation.has_empty_panel else LEAD if situation.lacks_lead else SEATED
        asked = replace(ANSWER, hint=_questions_in_words(itt, situation)) if situation.questions else ASKED
        return (*helping, *((OPEN,) if itt.has_closed(now) else ()), asked, CHANGE, panels)
    if itt.status is IttStatus.MODERATED:
        sealed = (OPEN_PRICES,) if itt.prices_are_sealed else ()
        result = RESULT if situation.has_result else NO_RESULT
        sign = (CONCLUDE,) if situation.has_lot_to_sign else ()
        return (*sealed, *_awarding(situation, actor), *sign, result, SET_ASIDE, FOLLOW, RECORD)
    if itt.status is IttStatus.AWARDED:
        return (_concluding(itt, situation), AWARD, RESULT, SET_ASIDE, FOLLOW, RECORD)
    return {
        IttStatus.DRAFT: (DRAFT,),
        IttStatus.OPENED: (
            *((END,) if situation.has_lot_to_end else ()),
            PANELS if situation.has_empty_panel else FOLLOW,
            RECORD,
        ),
        IttStatus.CONTRACTED: (CONTRACT, AWARD, RESULT, FOLLOW, RECORD),
        IttStatus.DISCARDED: (),
    }[itt.status]


def _messages(itt: InvitationToTender, situation: Situation, actor: Actor) -> Iterator[Step]:
    """What bidders wrote, once the bids are opened."""
    if situation.messages and Role.COMMISSIONER in actor.authority_roles:
        yield replace(REPLY, hint=f"{counted(situation.messages, 'bidder')} wrote last.")
    elif can_write(itt):
        yield MESSAGES


def _is_for(actor: Actor, waiting: Iterable[FirstPeople], role: Role = Role.APPROVER) -> bool:
    """Whether something of these waits for this person: somebody with the role who is none of its first people."""
    return role in actor.authority_roles and any(not is_first_person(actor, *first) for first in waiting)


def _questions_in_words(itt: InvitationToTender, situation: Situation) -> str:
    """How many there are, and by when they are to be answered: never whose they are."""
    waiting = f"{counted(situation.questions, 'question')} without a published answer."
    return f"{waiting} You said: by {london_date(itt.answers_by_date)}." if itt.answers_by_date else waiting


def _judging(itt: InvitationToTender, situation: Situation, actor: Actor) -> Iterator[Step]:
    """Which bidders are still to be checked, what is to be judged or decided: no award can be proposed before."""
    if itt.status not in JUDGED_WHILE:
        return
    if situation.to_check:
        words = counted(situation.to_check, "bidder is", "bidders are")
        yield replace(CHECK, hint=f"{words} not checked yet, or not against the newest debarment list.")
    waits = situation.judging
    if waits is None:
        return
    if waits.to_judge:
        yield replace(JUDGE, hint=f"{counted(waits.to_judge, 'answer is', 'answers are')} not judged yet.")
    if _is_for(actor, ((half,) for half in waits.proposers)):
        yield DECIDE_JUDGEMENT


def _interests(itt: InvitationToTender, situation: Situation, actor: Actor) -> Iterator[Step]:
    """Who has still to declare, and what keeps an award back of what was declared and assessed."""
    if situation.register is None:
        return
    if situation.register.is_silent(actor):
        yield DECLARE
    if itt.status is IttStatus.OPENED and (waiting := [one for one in situation.register.unanswered if one.bid_id]):
        who = listed(sorted({one.user.display_name for one in waiting}))
        yield replace(ANSWER_INTEREST, hint=f"Of {who}: nobody scores a bidder they have a link with before that.")
    if itt.status is IttStatus.MODERATED and (fault := next(situation.register.faults(), "")):
        yield replace(CONFLICTS, hint=f"No award can be proposed before. {fault}")


def _awarding(situation: Situation, actor: Actor) -> Iterator[Step]:
    register = situation.register
    waits = bool(situation.to_check) or (situation.judging is not None and situation.judging.is_anything)
    waits = waits or situation.wants_look or (register is not None and any(register.faults()))
    if situation.wants_look:
        yield LOOK
    if situation.has_result and situation.has_lot_to_propose and not waits:
        yield PROPOSE
    if situation.has_tie and situation.draws_lots:
        yield DRAW
    elif situation.has_tie and not waits:
        yield DECIDE_TIE
    if situation.has_lot_to_end:
        yield END
    if situation.has_place_to_leave:
        yield LEAVE_EMPTY
    if situation.proposers:
        yield DECIDE if _is_for(actor, ((half,) for half in situation.proposers)) else PROPOSED


def _proposals(situation: Situation, actor: Actor) -> Iterator[Step]:
    """What waits for its second person; for whoever is none, where it can be read."""
    for what, first in situation.proposals.items():
        decide, read = PROPOSALS[what]
        if what is Waits.IN_THE_LATE_BOX or _is_for(actor, first, SECOND.get(what, Role.APPROVER)):
            yield decide
        elif read is not None:
            yield read


def _notices(situation: Situation) -> Iterator[Step]:
    """The first notice that waits for its number: to place, or, for whoever may not, to read about."""
    for name in situation.notices_waiting[:1]:
        yield replace(PLACE, text=PLACE.text.format(notice=name.lower()))
        yield NOTICE


def _concluding(itt: InvitationToTender, situation: Situation) -> Step:
    if situation.has_lot_to_sign:
        return CONCLUDE
    duty = itt.notice_duty(procurement_law.AWARD)
    if duty.before_signing and not situation.is_announced:
        return replace(WAIT, text="Wait for the contract award notice", hint=f"{duty.words} ({duty.law}).")
    if situation.standstill is Wait.WAITING:
        return replace(WAIT, hint="It begins once every bidder has been told.")
    if situation.standstill is Wait.RUNNING:
        return replace(WAIT, hint=f"It runs to the end of {london_date(situation.last_date)}.")
    return CONCLUDE
