"""Whatever is done on a panel, in whichever order: no mark, reason, consent, movement or meeting is lost of it.

A state machine tries what people may do, refused or not, and after each act compares the portal with what a witness
noted who stood beside them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal.audit.verifying import verify_ledger
from portal.awarding.models import SettingAside
from portal.core import clock
from portal.core.errors import PortalError
from portal.ending.setting_aside import propose_correction
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.consenting import answer_score
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import Declaration, ModeratedScore, PanelMember, PanelWork, Result, Scorecard
from portal.evaluation.moderation import agree_score, change_attendance, close_moderation, start_moderation
from portal.evaluation.moderation_models import Movement
from portal.evaluation.moving import note_movement
from portal.evaluation.noting import notes_of, save_notes
from portal.evaluation.published_method import Leaf
from portal.evaluation.removing import decide_panel_removal, propose_panel_removal, remove_panel_member, takes_two
from portal.evaluation.results import calculate_result
from portal.evaluation.scoring import save_score, submit_scorecards
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.extensions import db
from tests.factories.evaluation import (
    LOCAL,
    NOT_HIGHER,
    NOT_LOWER,
    OUTSIDE,
    PARENTS,
    WHY_NOT,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    appoint,
    close,
    declare,
    recuse,
    score_all,
    scoring_itt,
    start,
)
from tests.factories.made_once import made_once
from tests.factories.setting_aside import agree as decide_to_reopen
from tests.factories.setting_aside import propose_to_reopen
from tests.factories.tendering import make_commissioner
from tests.portal.evaluation.witness import Witness
from tests.prepared import Prepared, in_savepoint

_words = count(1)

WHO, SCORE = st.sampled_from([0, 0, 1, 1, 2, 3]), st.integers(0, 5)
BID = QUESTION = st.sampled_from([0, 0, 0, 1])
"""Often the same: what is written where something stands already is what could be lost."""

BEGINNINGS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "scored": ("all_score",),
    "agreed": ("all_score", "all_agree"),
    "closed": ("all_score", "all_close"),
    "reopened": ("all_score", "all_close", "all_close_again"),
    "corrected": ("all_score", "all_close", "one_is_corrected"),
}
"""What everybody has done before: chance alone would seldom lead to a panel that closes."""

TOP = 5


@made_once
def others_have_closed() -> Evaluation:
    """Two bids, a chair and two members who have declared; young people and parents have closed."""
    evaluation = scoring_itt(2, professionals=3)
    for key in (YOUNG, PARENTS):
        for seat in evaluation.scorers(key):
            score_all(evaluation, seat)
        start(evaluation, key)
        agree_all(evaluation, key)
        close(evaluation, key)
    return evaluation


def tried(act: Callable[..., None]) -> Callable[..., None]:
    """Let an act be refused, and leave no trace then; before the first act of the sequence nothing may be."""

    @wraps(act)
    def attempt(self: Room, *args: Any, **kwargs: Any) -> None:
        seats = self.evaluation.seats[LOCAL]
        there = list(seats)
        try:
            with db.session.begin_nested():
                act(self, *args, **kwargs)
        except PortalError:
            if self.beginning:
                raise
            seats[:] = there
            db.session.expire_all()

    return attempt


class Room(RuleBasedStateMachine):
    """The professionals' panel, and everything that is tried on it."""

    def __init__(self, app: Flask, beginning: str) -> None:
        super().__init__()
        self.beginning = beginning
        self.undone = ExitStack()
        self.undone.enter_context(in_savepoint(app, Prepared(db.engine, None)))
        self.evaluation = others_have_closed()
        self.itt, self.panel = self.evaluation.itt, self.evaluation.seats[LOCAL][0].panel
        self.bids = self.evaluation.bids()
        self.leaves = leaves_for(self.work, self.bids[0])
        self.colleague = make_commissioner(self.itt.authority)
        self.witness = Witness()
        for seat in self.evaluation.seats[LOCAL]:
            self._declared(seat, None)

    def teardown(self) -> None:
        """Undo everything: the hundredth sequence finds no more than the first."""
        self.undone.close()

    @initialize()
    def begin(self) -> None:
        """Bring the panel to where the sequence begins."""
        for step in BEGINNINGS[self.beginning]:
            getattr(self, step)()
            self.nothing_is_lost()
        self.beginning = ""

    @property
    def work(self) -> PanelWork:
        """The panel's work."""
        return db.session.get_one(PanelWork, self.panel.id, populate_existing=True)

    def all_score(self) -> None:
        """Everybody scores everything and submits."""
        for who, _ in enumerate(self.evaluation.seats[LOCAL]):
            for bid in range(len(self.bids)):
                for question in range(len(self.leaves)):
                    self.save(who, bid, question, 3 + who % 2)
            self.submit(who)

    def all_agree(self) -> None:
        """The panel meets, agrees everything; one changes their mind twice, and one agreed score is changed."""
        self.moderate(0)
        self.move(0, 1, 0, 0, 5)
        self.move(1, 1, 0, 0, 2)
        for bid in range(len(self.bids)):
            for question in range(len(self.leaves)):
                self.agree(0, bid, question, 3)
        self.agree(0, 0, 0, 4)
        self.dissent(1, 0, 0)
        self.consent(1, 0, 0)

    def all_close(self) -> None:
        """It closes as well."""
        self.all_agree()
        self.close(0)
        self.calculate()

    def all_close_again(self) -> None:
        """Opened again by two people it closes with another record of its meeting."""
        self.reopen()
        self.close(0)

    def one_is_corrected(self) -> None:
        """One score is agreed again after everything, and nothing else."""
        self.correct(0, 0)
        self.agree(0, 0, 0, 3)
        self.close(0)
        self.calculate()

    @rule(who=WHO, bid=BID, question=QUESTION, score=SCORE)
    @tried
    def save(self, who: int, bid: int, question: int, score: int) -> None:
        """A member gives a mark and a reason, or gives others."""
        seat, about, leaf, reason = self._seat(who), *self._cell(bid, question), self._text()
        cell = {"bid_id": about, "criterion": leaf.key, "score": str(score), "reason": reason}
        save_score(work=self.work, actor=seat.actor, now=clock.now(), **cell)
        assert seat.member.id not in self.witness.submitted
        self.witness.marks[seat.member.id, about, leaf.criterion.id] = (score, reason)

    @rule(who=WHO)
    @tried
    def submit(self, who: int) -> None:
        """A member submits."""
        seat = self._seat(who)
        submit_scorecards(work=self.work, actor=seat.actor, now=clock.now())
        self.witness.submitted.add(seat.member.id)

    @rule(who=WHO)
    @tried
    def declare(self, who: int) -> None:
        """A member declares no interest, again."""
        seat = self._seat(who)
        declare(seat)
        self._declared(seat, None)

    @rule(who=WHO, bid=BID)
    @tried
    def recuse(self, who: int, bid: int) -> None:
        """A member declares an interest and steps back: what the panel agrees is agreed again."""
        seat, work = self._seat(who), self.work
        moderating, corrects = work.status is PanelWorkStatus.MODERATING, work.corrects
        recuse(seat, self.bids[bid])
        self._declared(seat, self.bids[bid].bid_id)
        if moderating and corrects is not None:
            self.witness.agreed_now.pop((corrects.bid_id, corrects.criterion_id), None)
        elif moderating:
            self.witness.agreed_now.clear()

    @rule(who=WHO, bid=BID)
    @tried
    def link(self, who: int, bid: int) -> None:
        """A member declares an interest, and two people have still to decide what follows."""
        seat = self._seat(who)
        declare(seat, interest_in=self.bids[bid])
        self._declared(seat, self.bids[bid].bid_id)

    @rule(who=WHO)
    @tried
    def leave(self, who: int) -> None:
        """Somebody is taken off the panel, by two people where it takes two."""
        member, why = self._seat(who).member, self._text()
        asked: dict[str, Any] = {"itt": self.itt, "member": member, "now": clock.now()}
        if takes_two(self.work, member):
            propose_panel_removal(reason=why, actor=self.evaluation.commissioner, **asked)
            decide_panel_removal(agreed=True, actor=self.colleague, **asked)
            self.witness.removals[member.id] = why
        else:
            remove_panel_member(actor=self.evaluation.commissioner, **asked)

    @rule(role=st.sampled_from([MemberRole.CHAIR, MemberRole.MEMBER]))
    @tried
    def come(self, role: MemberRole) -> None:
        """Somebody new is appointed and declares."""
        seat = appoint(self.evaluation, LOCAL, role)
        declare(seat)
        self._declared(seat, None)

    @rule(who=WHO)
    @tried
    def moderate(self, who: int) -> None:
        """The panel begins to moderate."""
        start_moderation(work=self.work, actor=self._seat(who).actor, now=clock.now())

    @rule(who=WHO, whose=WHO, bid=BID, question=QUESTION, score=SCORE)
    @tried
    def move(self, who: int, whose: int, bid: int, question: int, score: int) -> None:
        """Somebody is written down to have come round."""
        member, about, leaf, why = self._seat(whose).member, *self._cell(bid, question), self._text()
        moved = note_movement(
            work=self.work,
            bid_id=about,
            criterion=leaf.key,
            member_id=member.id,
            moved_to=str(score),
            why=why,
            actor=self._seat(who).actor,
            now=clock.now(),
        )
        place = (member.id, about, leaf.criterion.id)
        self.witness.movements[moved.id] = (*place, self.witness.marks[place][0], score, why)
        self.witness.movements_now[place] = moved.id

    @rule(who=WHO, bid=BID, question=QUESTION, score=SCORE)
    @tried
    def agree(self, who: int, bid: int, question: int, score: int) -> None:
        """A score is agreed, or agreed anew."""
        about, leaf, reason = *self._cell(bid, question), self._text()
        seat = self._seat(who)
        agreed = agree_score(
            work=self.work,
            bid_id=about,
            criterion=leaf.key,
            score=str(score),
            reason=reason,
            actor=seat.actor,
            now=clock.now(),
            **WHY_NOT,
        )
        given = [
            mark for (member, *cell), (mark, _) in self.witness.marks.items() if self._counts(member, cell, agreed)
        ]
        outside = OUTSIDE if given and not min(given) <= score <= max(given) else ""
        higher, lower = NOT_HIGHER if score < TOP else "", NOT_LOWER if score > 0 else ""
        cell = (about, leaf.criterion.id)
        self.witness.agreed[agreed.id] = (*cell, score, reason, outside, higher, lower, seat.user.id)
        self.witness.agreed_now[cell] = agreed.id

    @rule(who=WHO, bid=BID, question=QUESTION)
    @tried
    def consent(self, who: int, bid: int, question: int) -> None:
        """A member consents to what is agreed."""
        self._answer(who, bid, question, "")

    @rule(who=WHO, bid=BID, question=QUESTION)
    @tried
    def dissent(self, who: int, bid: int, question: int) -> None:
        """A member says why they do not agree."""
        self._answer(who, bid, question, self._text())

    @rule(who=WHO)
    @tried
    def close(self, who: int) -> None:
        """The panel closes with a record of its meeting."""
        words, today = self._text(), clock.today()
        close_moderation(
            work=self.work, meeting_record=words, met_first_date=today, actor=self._seat(who).actor, now=clock.now()
        )
        self.witness.meetings.add(words)

    @rule()
    @tried
    def reopen(self) -> None:
        """Two people open it again."""
        decide_to_reopen(propose_to_reopen(self.itt, self.panel))

    @rule()
    @tried
    def calculate(self) -> None:
        """The result is calculated."""
        self.witness.results |= {result.id for result in calculate_result(itt_id=self.itt.id, now=clock.now())}

    @rule(bid=BID, question=QUESTION)
    @tried
    def correct(self, bid: int, question: int) -> None:
        """Two people let one agreed score be agreed again, and no other."""
        about, leaf = self._cell(bid, question)
        agreed_id = self.witness.agreed_now.get((about, leaf.criterion.id))
        if agreed_id is not None:
            agreed, why = db.session.get_one(ModeratedScore, agreed_id), self._text()
            proposal = propose_correction(
                itt=self.itt, agreed=agreed, actor=self.evaluation.commissioner, reason=why, now=clock.now()
            )
            decide_to_reopen(proposal)

    @rule(who=WHO, there=st.sets(WHO))
    @tried
    def attend(self, who: int, there: set[int]) -> None:
        """Somebody writes down who is in the room."""
        present = {self._seat(one).member.id for one in there}
        change_attendance(work=self.work, present=present, actor=self._seat(who).actor, now=clock.now())

    @rule(who=WHO, bid=BID, question=QUESTION)
    @tried
    def note(self, who: int, bid: int, question: int) -> None:
        """A member notes something for themselves."""
        seat, (about, leaf), words = self._seat(who), self._cell(bid, question), self._text()
        save_notes(work=self.work, bid_id=about, notes={leaf.key: words}, actor=seat.actor, now=clock.now())
        self.witness.notes[seat.member.id, about, leaf.criterion.id] = words

    @rule()
    def read_the_ledger(self) -> None:
        """Everything that happened so far is in it, unbroken."""
        assert verify_ledger().findings == ()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Everything that the witness noted is there as it was noted, and nothing else."""
        db.session.flush()
        db.session.expire_all()
        for kept in (self._marks, self._agreed, self._movements, self._said, self.witness.read_everything):
            kept()

    def _marks(self) -> None:
        seats = select(PanelMember.id).where(PanelMember.panel_id == self.panel.id)
        cards = db.session.scalars(select(Scorecard).where(Scorecard.panel_member_id.in_(seats))).all()
        assert self.witness.marks == {
            (card.panel_member_id, card.bid_id, score.criterion_id): (score.score, score.reason)
            for card in cards
            for score in card.scores
        }
        assert self.witness.submitted == {card.panel_member_id for card in cards if card.submitted_at is not None}
        made = db.session.scalars(select(Declaration).where(Declaration.panel_member_id.in_(seats)))
        assert self.witness.interests == {(one.panel_member_id, one.bid_id): one.detail for one in made}
        left = select(PanelMember.id, PanelMember.removal_reason).where(PanelMember.panel_id == self.panel.id)
        noted = {
            (seat, bid.bid_id, criterion): words
            for seat in {seat for seat, *_ in self.witness.notes}
            for bid in self.bids
            for criterion, words in notes_of(db.session.get_one(PanelMember, seat), bid.bid_id).items()
        }
        assert self.witness.notes == noted
        assert self.witness.removals == {seat: why for seat, why in db.session.execute(left) if why}

    def _agreed(self) -> None:
        found = db.session.scalars(select(ModeratedScore).where(ModeratedScore.panel_id == self.panel.id)).all()
        assert self.witness.agreed == {
            one.id: (
                *(one.bid_id, one.criterion_id, one.score),
                *(one.reason, one.outside_reason, one.not_higher, one.not_lower, one.agreed_by_id),
            )
            for one in found
        }
        in_force = [one for one in found if one.superseded_at is None]
        assert self.witness.agreed_now == {(one.bid_id, one.criterion_id): one.id for one in in_force}

    def _movements(self) -> None:
        seats = select(PanelMember.id).where(PanelMember.panel_id == self.panel.id)
        found = db.session.scalars(select(Movement).where(Movement.panel_member_id.in_(seats))).all()
        places = {one.id: (one.panel_member_id, one.bid_id, one.criterion_id) for one in found}
        assert self.witness.movements == {
            one.id: (*places[one.id], one.moved_from, one.moved_to, one.why) for one in found
        }
        in_force = [one for one in found if one.superseded_at is None]
        assert self.witness.movements_now == {places[one.id]: one.id for one in in_force}

    def _said(self) -> None:
        agreed = select(ModeratedScore.id).where(ModeratedScore.panel_id == self.panel.id)
        said = db.session.scalars(select(ScoreConsent).where(ScoreConsent.moderated_score_id.in_(agreed)))
        found = [(one.moderated_score_id, one.panel_member_id, one.dissent) for one in said]
        assert sorted(self.witness.answers) == sorted(found)
        reopened = db.session.scalars(select(SettingAside).where(SettingAside.itt_id == self.itt.id))
        kept = {meetings.get(self.panel.key, "") for one in reopened if (meetings := one.meetings)}
        assert self.witness.meetings == {*kept, self.work.meeting_record or ""} - {""}
        assert self.witness.results == set(db.session.scalars(select(Result.id).where(Result.itt_id == self.itt.id)))

    def _seat(self, who: int) -> Seat:
        seats = self.evaluation.seats[LOCAL]
        return seats[who % len(seats)]

    def _cell(self, bid: int, question: int) -> tuple[uuid.UUID, Leaf]:
        return self.bids[bid].bid_id, self.leaves[question % len(self.leaves)]

    def _text(self) -> str:
        return f"The answer names who does what in part {next(_words)}, and when."

    def _declared(self, seat: Seat, interest_in: uuid.UUID | None) -> None:
        for bid in self.bids:
            said = "My sister works there." if bid.bid_id == interest_in else ""
            self.witness.interests[seat.member.id, bid.bid_id] = said

    def _counts(self, member_id: uuid.UUID, cell: list[uuid.UUID], agreed: ModeratedScore) -> bool:
        member = db.session.get_one(PanelMember, member_id)
        return member.may_score and cell == [agreed.bid_id, agreed.criterion_id]

    def _answer(self, who: int, bid: int, question: int, dissent: str) -> None:
        about, leaf = self._cell(bid, question)
        agreed_id = self.witness.agreed_now.get((about, leaf.criterion.id))
        if agreed_id is None:
            return
        seat = self._seat(who)
        before = [
            said for score, member, said in self.witness.answers if (score, member) == (agreed_id, seat.member.id)
        ]
        answer_score(work=self.work, agreed_id=agreed_id, dissent=dissent or None, actor=seat.actor, now=clock.now())
        if before[-1:] != [dissent]:
            self.witness.answers.append((agreed_id, seat.member.id, dissent))


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_sequence_of_acts_loses_a_mark_a_reason_or_a_movement(
    app: Flask, db_session: object, beginning: str
) -> None:
    """Whoever scores, leaves, moves, agrees, closes and reopens in which order: all of it stays as it was written."""
    few = settings(max_examples=2, stateful_step_count=12, phases=[Phase.generate])
    run_state_machine_as_test(lambda: Room(app, beginning), settings=few)  # type: ignore[no-untyped-call]


@pytest.mark.long
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_longer_sequence_loses_anything(app: Flask, db_session: object, beginning: str) -> None:
    """The same, with more and longer ones."""
    many = settings(max_examples=10, stateful_step_count=30)
    run_state_machine_as_test(lambda: Room(app, beginning), settings=many)  # type: ignore[no-untyped-call]
