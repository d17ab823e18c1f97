"""What a young person writes is held where something is found in it; the mark counts, others read a sentence."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.evaluation.consenting import answers_to, dissent_from
from portal.evaluation.declaring import Interest, declarations_of, declare_interest
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import AWAITED, ModeratedScore, Score
from portal.evaluation.moderation import agree_score
from portal.evaluation.queries import opened_bids, opinions_of
from portal.evaluation.scoring import Entry, digest_of, save_scores, submit_scorecards
from portal.evaluation.scoring_input import case_for
from portal.evaluation.sittings import sitting_of
from portal.extensions import db
from portal.safeguarding.help_lines import HELP_LINES
from portal.tendering.interests.states import LinkKind
from tests.factories.evaluation import AGREED_REASON, LOCAL, YOUNG, Evaluation, moderating_itt, score_all, scoring_itt
from tests.portal.evaluation.safeguarding.held import CRITERION, HARM, NAMING, ORDINARY, held, write

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def evaluation() -> Evaluation:
    """One bid that is scored."""
    return scoring_itt(1)


def test_an_ordinary_comment_is_read_by_everybody(evaluation: Evaluation) -> None:
    """Nothing is held, and the words stand where they stood."""
    score = write(evaluation, ORDINARY)
    assert (score.reason, score.written, held(evaluation)) == (ORDINARY, ORDINARY, [])


@pytest.mark.parametrize(("words", "status"), [(NAMING, "waiting"), (HARM, "with_lead")])
def test_flagged_words_wait_and_the_mark_counts(evaluation: Evaluation, words: str, status: str) -> None:
    """Others read a sentence, the author their own words; the score is stored at once."""
    score = write(evaluation, words)
    assert (score.score, score.reason, score.written) == (3, AWAITED, words)
    assert [(one.words, one.status.value) for one in held(evaluation)] == [(words, status)]


def test_no_reader_gets_flagged_words(evaluation: Evaluation) -> None:
    """Neither the opinions of a moderation, nor the engine's case, nor any query of `Score.reason` has them."""
    seat = evaluation.scorers(YOUNG)[0]
    score_all(evaluation, seat, submit=False)
    write(evaluation, HARM, seat)
    submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now())
    db.session.expire_all()
    bid = evaluation.bids()[0]
    opinions = [one.reason for many in opinions_of(seat.panel.id, bid.bid_id).values() for one in many]
    case = case_for(evaluation.itt, evaluation.itt.lots[0])
    queried = db.session.scalars(select(Score.reason)).all()
    for read in (opinions, [entry["reason"] for entry in case["scores"]], queried):
        assert AWAITED in read
        assert not any(HARM in reason for reason in read)
    assert "stepdad" not in str(case)


def test_the_ledger_says_neither_words_nor_whose(evaluation: Evaluation) -> None:
    """WORDS_HELD is the portal's own act, with whether it is for the lead and nothing else."""
    write(evaluation, HARM)
    events = [event for event in events_of(evaluation.itt.id) if event.kind == "words_held"]
    assert [(event.actor_id, event.data) for event in events] == [(None, {"for_lead": True})]


def test_typing_on_is_one_version_and_a_disclosure_goes_to_the_lead_as_it_appears(evaluation: Evaluation) -> None:
    """Autosaves that go on with the same words tell the lead once, from the moment that they are about harm."""
    for words in ("I know Zebedee", NAMING, f"{NAMING} My dad hits me", f"{NAMING} My dad hits me a lot"):
        write(evaluation, words)
    assert [(one.words, one.status.value) for one in held(evaluation)] == [
        (f"{NAMING} My dad hits me a lot", "with_lead")
    ]
    told = [event.data["for_lead"] for event in events_of(evaluation.itt.id) if event.kind == "words_held"]
    assert told == [False, True]


def test_what_was_flagged_stays_with_the_lead_after_an_edit(evaluation: Evaluation) -> None:
    """The new words are read at once; the lead keeps the disclosure, and a mere name waits for nobody any more."""
    write(evaluation, HARM)
    score = write(evaluation, ORDINARY)
    assert (score.reason, score.held_id) == (ORDINARY, None)
    assert [one.status.value for one in held(evaluation)] == ["with_lead"]
    write(evaluation, NAMING)
    write(evaluation, ORDINARY)
    assert [one.status.value for one in held(evaluation)] == ["with_lead", "replaced"]


def test_saving_the_same_again_neither_holds_nor_frees(evaluation: Evaluation) -> None:
    """An autosave without a change leaves one version, and tells nobody twice."""
    for _ in range(3):
        write(evaluation, HARM)
    assert len(held(evaluation)) == 1
    assert sum(event.kind == "words_held" for event in events_of(evaluation.itt.id)) == 1


def test_an_adults_words_are_theirs(evaluation: Evaluation) -> None:
    """A professional who names somebody is not held: only young people are looked after so."""
    seat, bid = evaluation.scorers(LOCAL)[0], evaluation.bids()[0]
    save_scores(
        work=seat.work,
        bid_id=bid.bid_id,
        entries={leaves_for(seat.work, bid)[0].key: Entry("3", HARM)},
        actor=seat.actor,
        now=clock.now(),
    )
    assert db.session.scalars(select(Score.reason)).all() == [HARM]


def test_the_digest_of_a_scorecard_is_of_what_was_written(evaluation: Evaluation) -> None:
    """What becomes of held words later does not change what the ledger says was submitted."""
    score = write(evaluation, NAMING)
    before = digest_of([score])
    held(evaluation)[0].status = "released"
    db.session.flush()
    db.session.expire_all()
    assert score.reason == NAMING
    assert digest_of([score]) == before


def test_what_connects_a_young_person_is_looked_through_too(evaluation: Evaluation) -> None:
    """The detail of a declaration that may be about harm goes to the lead, and stands nowhere else."""
    seat = evaluation.scorers(YOUNG)[0]
    bids = opened_bids(evaluation.itt.id)
    link = Interest(True, "My uncle works there and he hits me.", LinkKind.FAMILY)
    answers = {bid.bid_id: link for bid in bids}
    declare_interest(work=seat.work, answers=answers, actor=seat.actor, now=clock.now())
    assert [found.detail for found in declarations_of(seat.member).values()] == [AWAITED]
    assert [(one.place.value, one.status.value) for one in held(evaluation)] == [("declaration", "with_lead")]


def test_after_a_disclosure_the_sitting_offers_help(evaluation: Evaluation) -> None:
    """From the next screen on; a name alone offers nothing, for nothing is wrong."""
    seat = evaluation.scorers(YOUNG)[0]
    write(evaluation, NAMING, seat)
    assert sitting_of(seat.work, seat.member).help_lines == ()
    write(evaluation, HARM, seat)
    assert sitting_of(seat.work, seat.member).help_lines == HELP_LINES


def agree(evaluation: Evaluation, reason: str, *, nobody_named: bool = False) -> ModeratedScore:
    """Write down what young people agreed for the first bid."""
    seat = evaluation.moderator(YOUNG)
    return agree_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=CRITERION,
        score="5",
        reason=reason,
        nobody_named=nobody_named,
        actor=seat.actor,
        now=clock.now(),
    )


def test_a_reason_for_young_people_that_names_somebody_is_confirmed_first() -> None:
    """The facilitator is told beside the field, and confirms that nobody can be recognised."""
    evaluation = moderating_itt(1)
    named = f"{AGREED_REASON} We liked that the Hub has Zebedee the dog."
    with pytest.raises(InvalidInput) as refused:
        agree(evaluation, named)
    assert (refused.value.field, refused.value.code) == ("reason", "somebody_named")
    assert agree(evaluation, named, nobody_named=True).reason == named


def test_a_reason_for_young_people_that_is_about_harm_goes_to_the_lead_alone() -> None:
    """It is refused, whatever is confirmed, and the lead has it although the request came to nothing."""
    evaluation = moderating_itt(1)
    with pytest.raises(InvalidInput) as refused:
        agree(evaluation, f"{AGREED_REASON} One of us said: my dad hits me.", nobody_named=True)
    assert refused.value.field == "reason"
    assert [(one.place.value, one.status.value) for one in held(evaluation)] == [("agreed", "with_lead")]
    assert any(event.kind == "words_held" for event in events_of(evaluation.itt.id))


def test_why_a_young_person_does_not_agree_is_looked_through() -> None:
    """Others read that somebody says no and a sentence; the young person reads their own words; the no counts."""
    evaluation = moderating_itt(1)
    stored = agree(evaluation, AGREED_REASON)
    seat = evaluation.scorers(YOUNG)[0]
    dissent_from(work=seat.work, agreed_id=stored.id, words=HARM, actor=seat.actor, now=clock.now())
    db.session.expire_all()
    said = answers_to(stored)[stored.id][seat.member.id]
    assert (said.consented_at, said.dissent, said.written) == (None, AWAITED, HARM)
    assert [(one.place.value, one.status.value) for one in held(evaluation)] == [("dissent", "with_lead")]
