"""What young people are told of their marks: the truth, and nothing that the public may not know."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import InvalidInput, WrongState
from portal.extensions import db
from portal.reporting.influence import Influence, influence_of
from portal.reporting.models import PanelReply
from portal.reporting.replying import publish_reply, reply_to
from tests.factories.awarding import Award, announce, decided_award
from tests.factories.evaluation import YOUNG, Evaluation, agreed_reason, moderated_evaluation, result_of
from tests.factories.tendering import settle_interests

VOICE = ("our-voice", "welcome")
PAIRS = [("You want to be asked each month.", "The contract says so."), ("", ""), ("", "")]


def differing(number: int, criterion: str) -> int:
    """Adults like the first bid better, young people the second by far."""
    if criterion in VOICE:
        return {1: 1, 2: 5}.get(number, 3)
    return {1: 5, 2: 4}.get(number, 3)


@pytest.fixture
def evaluation(db_session: object) -> Evaluation:
    """Three bids, on which young people and adults do not agree."""
    return moderated_evaluation(3, give=differing)


def awarded(evaluation: Evaluation, *, announced: bool = True) -> Award:
    settle_interests(evaluation.itt, evaluation.commissioner)
    award = decided_award(evaluation.itt)
    if announced:
        announce(award)
    db.session.expire_all()
    return award


def told_to(evaluation: Evaluation) -> Influence:
    seat = evaluation.scorers(YOUNG)[0]
    return influence_of(seat.work, seat.actor)


def test_whom_their_marks_put_first(evaluation: Evaluation) -> None:
    """Places with and without their marks agree with the engine, whose decisive weight says from which share on."""
    first, second, _ = evaluation.bids()
    award = awarded(evaluation)
    (lot,) = told_to(evaluation).lots
    ranking = result_of(evaluation.itt).outcome["ranking"]
    assert [place.with_them for place in lot.places] == [entry["rank"] for entry in ranking] == [1, 2, 3]
    assert (lot.first, lot.first_without) == (f"{award.decision.awarded_to} ({second.label})", first.label)
    shares = result_of(evaluation.itt).diagnostics["decisive_weights"]  # type: ignore[index]
    (share,) = (entry for entry in shares if entry["panel"] == YOUNG)
    assert (lot.worth, lot.below) == ("40", f"{float(share['below']['shown']) * 100:.1f}")
    assert {mark.reason for mark in lot.own} == {agreed_reason(key) for key in VOICE}


def test_who_is_chosen_is_told_once_it_is_announced(evaluation: Evaluation) -> None:
    """Before the award notice nobody is named, afterwards only whoever was chosen."""
    award = awarded(evaluation, announced=False)
    before = told_to(evaluation)
    announce(award)
    db.session.expire_all()
    after = told_to(evaluation)
    names = [bid.bid.provider.name for bid in evaluation.bids()]
    assert not [name for name in names if name in repr(before.lots)]
    assert [name for name in names if name in repr(after.lots)] == [award.decision.awarded_to]
    assert (before.lots[0].chosen, after.lots[0].chosen) == ("", award.decision.awarded_to)


def test_nothing_is_told_before_it_is_decided(evaluation: Evaluation) -> None:
    """Neither the page nor an answer to the panel is there before."""
    with pytest.raises(WrongState, match="decided who is chosen"):
        told_to(evaluation)
    seat = evaluation.moderator(YOUNG)
    with pytest.raises(WrongState):
        publish_reply(itt=evaluation.itt, work=seat.work, lines=PAIRS, actor=evaluation.commissioner, now=clock.now())
    awarded(evaluation)


def test_an_answer_is_kept_when_another_replaces_it(evaluation: Evaluation) -> None:
    """The panel reads the newest, the earlier one stays on record, and the ledger notes both."""
    awarded(evaluation)
    work = evaluation.moderator(YOUNG).work
    for words in ("First words.", "Better words."):
        publish_reply(
            itt=evaluation.itt,
            work=work,
            lines=[("We want to be asked.", words)],
            actor=evaluation.commissioner,
            now=clock.now(),
        )
    newest = reply_to(work.panel_id)
    assert newest is not None
    assert newest.lines == [["We want to be asked.", "Better words."]]
    assert len(db.session.scalars(select(PanelReply)).all()) == 2
    assert len(db.session.scalars(select(Event).where(Event.kind == EventKind.PANEL_TOLD.value)).all()) == 2


@pytest.mark.parametrize(
    ("pair", "field"), [(("They said.", " "), "did_1"), (("", "We did."), "said_1"), (("", ""), "said_1")]
)
def test_half_an_answer_is_refused(evaluation: Evaluation, pair: tuple[str, str], field: str) -> None:
    """What was said without what was done, the other way round, and nothing at all: each beside its box."""
    awarded(evaluation)
    work = evaluation.moderator(YOUNG).work
    with pytest.raises(InvalidInput) as refused:
        publish_reply(itt=evaluation.itt, work=work, lines=[pair], actor=evaluation.commissioner, now=clock.now())
    assert refused.value.field == field
