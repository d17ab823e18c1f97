"""When an agreed score stands: whose consent its rule asks for, and what members say to it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.errors import Conflict, NotAllowed, WrongState
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.words import counted
from portal.evaluation.attending import arrive
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.correcting import require_open
from portal.evaluation.coverage import least_members
from portal.evaluation.declaring import require_declared
from portal.evaluation.held_states import HeldPlace
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork
from portal.evaluation.moderation_queries import present_members
from portal.evaluation.queries import agreed_scores, bid_to_score
from portal.evaluation.safeguarding.holding import kept_words
from portal.evaluation.standing import lots_left, require_to_judge
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.chairing import chairing_of

LONGEST_DISSENT = 4000


@dataclass(frozen=True)
class ConsentsNeeded:
    """Whose consent counts for an agreed score, and how many of them it takes."""

    of: Sequence[PanelMember]
    least: int
    chair_id: uuid.UUID | None = None
    """The seat of the young chair, who answers last."""

    def are_there(self, said: Mapping[uuid.UUID, ScoreConsent]) -> bool:
        """Whether enough of them have consented, and the young chair has answered, if only to say no."""
        return self.given(said) >= self.least and (self.chair_id is None or self.chair_id in said)

    def before(self, member_id: uuid.UUID, said: Mapping[uuid.UUID, ScoreConsent]) -> int:
        """How many others have still to consent before the member's turn: none, but for the young chair."""
        if member_id != self.chair_id:
            return 0
        others = self.given({seat: answer for seat, answer in said.items() if seat != member_id})
        return max(0, self.least - 1 - others)

    def given(self, said: Mapping[uuid.UUID, ScoreConsent]) -> int:
        """How many of them have consented."""
        return sum(member.id in said and said[member.id].consented_at is not None for member in self.of)


def consents_needed(
    work: PanelWork, agreed: ModeratedScore, present: Sequence[PanelMember], chair_id: uuid.UUID | None = None
) -> ConsentsNeeded:
    """The rule: whose consent an agreed score asks for before it stands, of the members who are present.

    Young people confirm each score themselves: most of those who are present and at least the panel's least number,
    every one of them where it lies outside the range that they gave, the young chair last where they have one.
    Adults: nobody beside whoever writes it down inside the range, and one other member outside it.
    """
    if work.panel.kind.is_young_people:
        most = len(present) if agreed.outside_reason else len(present) // 2 + 1
        return ConsentsNeeded(present, max(most, least_members(work.panel)), chair_id)
    others = [member for member in present if member.user_id != agreed.agreed_by_id]
    return ConsentsNeeded(others, 1 if agreed.outside_reason else 0)


def answers_to(*agreed: ModeratedScore) -> Mapping[uuid.UUID, Mapping[uuid.UUID, ScoreConsent]]:
    """What members say now to each of the agreed scores, by its identifier and their seat."""
    found = db.session.scalars(
        select(ScoreConsent)
        .where(ScoreConsent.superseded_at.is_(None))
        .where(ScoreConsent.moderated_score_id.in_([score.id for score in agreed]))
        .order_by(ScoreConsent.said_at, ScoreConsent.id)
    )
    by_score: dict[uuid.UUID, dict[uuid.UUID, ScoreConsent]] = {score.id: {} for score in agreed}
    for answer in found:
        by_score[answer.moderated_score_id][answer.panel_member_id] = answer
    return by_score


def consent_to(*, work: PanelWork, agreed_id: uuid.UUID, actor: Actor, now: datetime) -> ModeratedScore:
    """Consent, as a member who scored, to the agreed score with that identifier.

    Consequences: the member takes part in the meeting, if that is not written down; the score stands from now on if
    that was the last consent that its rule asks for; an answer from before is superseded and kept. Records
    SCORE_ANSWERED. Raises `Conflict` when it has been changed meanwhile, `NotAllowed` for whoever wrote it down as an
    adult, `NotFound` for another panel's, `WrongState` outside moderation.
    """
    return _answer(work, agreed_id, actor=actor, now=now)


def dissent_from(*, work: PanelWork, agreed_id: uuid.UUID, words: str, actor: Actor, now: datetime) -> ModeratedScore:
    """Say, as a member who scored, why one does not agree with an agreed score: it is on record beside it.

    A score that stands already goes on standing. A young person's words are looked through like a reason.
    Records and raises as `consent_to`; `InvalidInput` (field "words").
    """
    said = require_text(words, "Say in your own words why you do not agree.", field="words", most=LONGEST_DISSENT)
    return _answer(work, agreed_id, dissent=said, actor=actor, now=now)


@dataclass(frozen=True)
class Asked:
    """An agreed score with the consents that it asks for, and what members say to it."""

    agreed: ModeratedScore
    needed: ConsentsNeeded
    said: Mapping[uuid.UUID, ScoreConsent]

    @property
    def given(self) -> int:
        """How many of the consents are there."""
        return self.needed.given(self.said)

    def before(self, member: PanelMember) -> int:
        """How many others have still to consent before the member's turn."""
        return self.needed.before(member.id, self.said)

    def may_answer(self, member: PanelMember) -> bool:
        """Whether the member can consent to it."""
        return any(asked.id == member.id for asked in self.needed.of)


def asked_for(work: PanelWork, *agreed: ModeratedScore) -> list[Asked]:
    """The agreed scores, each with whose consent it asks for and what is said to it."""
    present, said = present_members(work), answers_to(*agreed)
    chairing = chairing_of(work.panel_id) if work.panel.kind.is_young_people else None
    chair = db.session.get_one(PanelMember, chairing.member_id) if chairing else None
    left = lots_left(work.itt_id)
    lots = _lots_of(agreed) if left else {}

    def needed(score: ModeratedScore) -> ConsentsNeeded:
        gone = {person for person, own in left.items() if lots.get(score.bid_id) in own}
        judging = [one for one in present if one.user_id not in gone]
        # A young chair who has left the lot answers nothing of it, so nobody waits for them there.
        return consents_needed(work, score, judging, chair.id if chair and chair.user_id not in gone else None)

    return [Asked(score, needed(score), said[score.id]) for score in agreed]


def _lots_of(agreed: Sequence[ModeratedScore]) -> Mapping[uuid.UUID, uuid.UUID]:
    rows = db.session.execute(select(Bid.id, Bid.lot_id).where(Bid.id.in_({score.bid_id for score in agreed})))
    return {row.id: row.lot_id for row in rows}


def first_that_waits(panel_id: uuid.UUID) -> uuid.UUID | None:
    """The agreed score of the panel that has waited longest for a consent."""
    waiting = select(ModeratedScore.id).where(ModeratedScore.panel_id == panel_id, _is_waiting())
    return db.session.scalar(waiting.order_by(ModeratedScore.agreed_at, ModeratedScore.id).limit(1))


def counts_of_waiting(seats: Collection[PanelMember]) -> Mapping[uuid.UUID, int]:
    """For each seat how many agreed scores of its panel wait for it; a facilitator's wait for the young people."""
    score, seat = ModeratedScore, PanelMember
    said = exists().where(
        ScoreConsent.moderated_score_id == score.id,
        ScoreConsent.panel_member_id == seat.id,
        ScoreConsent.superseded_at.is_(None),
    )
    own = and_(seat.role != MemberRole.FACILITATOR, score.agreed_by_id == seat.user_id)
    waiting = (
        select(seat.id, func.count())
        .join(score, score.panel_id == seat.panel_id)
        .where(seat.id.in_([one.id for one in seats]), _is_waiting(), ~said, ~own)
        .group_by(seat.id)
    )
    return {row[0]: row[1] for row in db.session.execute(waiting)}


def _is_waiting() -> ColumnElement[bool]:
    return and_(ModeratedScore.superseded_at.is_(None), ModeratedScore.stands_at.is_(None))


def settle(work: PanelWork, *agreed: ModeratedScore, now: datetime) -> None:
    """Let each of the agreed scores stand whose consents are there, in a fixed number of statements."""
    for asked in asked_for(work, *(score for score in agreed if score.stands_at is None)):
        if asked.needed.are_there(asked.said):
            asked.agreed.stands_at = now


def settle_all(work: PanelWork, *, now: datetime) -> None:
    """Let every agreed score of the panel stand whose consents are there."""
    settle(work, *agreed_scores(work.panel_id).values(), now=now)


def _answer(work: PanelWork, agreed_id: uuid.UUID, *, actor: Actor, now: datetime, dissent: str = "") -> ModeratedScore:
    take(work, Verb.CONSENT, actor=actor)
    member = require_declared(work, actor)
    agreed = db.session.get(ModeratedScore, agreed_id, populate_existing=True)
    if agreed is None or agreed.panel_id != work.panel_id or agreed.superseded_at is not None:
        raise Conflict("This score has been changed since you opened the page. Look at it again before you answer.")
    require_to_judge(work, member, bid_to_score(work.itt_id, agreed.bid_id))
    if not dissent and agreed.agreed_by_id == actor.user_id:
        raise NotAllowed("You wrote this score down, so the consent has to be another member’s.", code="same_person")
    if not dissent and (waits := asked_for(work, agreed)[0].before(member)):
        raise WrongState(
            f"You are the chair, so you say yes last. {counted(waits, 'other person', 'other people')} of your group"
            " still have to say yes.",
            code="chair_is_last",
        )
    answer_for(work=work, agreed=agreed, member=member, dissent=dissent, actor=actor, now=now)
    return agreed


def answer_score(
    *, work: PanelWork, agreed_id: uuid.UUID, dissent: str | None, actor: Actor, now: datetime
) -> ModeratedScore:
    """Dissent from an agreed score in those words, or consent where there are none (`dissent_from`, `consent_to`)."""
    if dissent is None:
        return consent_to(work=work, agreed_id=agreed_id, actor=actor, now=now)
    return dissent_from(work=work, agreed_id=agreed_id, words=dissent, actor=actor, now=now)


def answer_for(
    *,
    work: PanelWork,
    agreed: ModeratedScore,
    member: PanelMember,
    dissent: str,
    actor: Actor,
    now: datetime,
    keyed_by: uuid.UUID | None = None,
) -> None:
    """Write down what a member says to an agreed score; `keyed_by`: who has read the same from the member's sheet."""
    before = answers_to(agreed)[agreed.id].get(member.id)
    if before is not None and before.written == dissent:
        return
    require_open(work, agreed.bid_id, agreed.criterion_id)
    arrive(work, member.id, now=now)
    _say(agreed, member, before, dissent, now)
    settle(work, agreed, now=now)
    record(
        EventKind.SCORE_ANSWERED,
        agreed,
        actor=actor,
        panel=work.panel.key,
        member=member.id,
        consents=not dissent,
        stands=agreed.stands_at is not None,
        keyed_by=keyed_by,
    )


def _say(agreed: ModeratedScore, member: PanelMember, before: ScoreConsent | None, dissent: str, now: datetime) -> None:
    if before is not None:
        before.superseded_at = now
        # The index allows one answer in force, so the old one goes before the new one comes.
        db.session.flush()
    cell = {"bid_id": agreed.bid_id, "criterion_id": agreed.criterion_id}
    kept = kept_words(member=member, words=dissent, place=HeldPlace.DISSENT, **cell, now=now)
    db.session.add(
        ScoreConsent(
            moderated_score_id=agreed.id,
            panel_member_id=member.id,
            consented_at=None if dissent else now,
            kept_dissent=kept.reason,
            held_id=kept.held_id,
            said_at=now,
        )
    )
    db.session.flush()
