"""Hiding from panels whose a bid is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.evaluation.hiding import hidden_words_of, hide_words, hints_for, show_again
from portal.evaluation.hiding_models import HiddenWords
from portal.evaluation.masking import HIDDEN, masked, masked_answers, parts_of, times_in
from portal.evaluation.opened import Answer
from portal.evaluation.reading import read_answers, read_bid
from portal.extensions import db
from portal.organisations.models import FormerIdentity
from portal.tendering.question_kinds.kind import Shown
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, scoring_itt
from tests.filling import errors_of, fill, press, text_of

NAME = "Listen First CIC"
SAID = "would listen first"
"""What every answer of the factories' bids says."""


def named_evaluation() -> Evaluation:
    """Two bids, of which the first one's bidder is called what its answers say."""
    evaluation = scoring_itt(2)
    evaluation.bids()[0].bid.provider.name = NAME
    db.session.flush()
    return evaluation


def read_by(evaluation: Evaluation, key: str) -> str:
    """Everything that a member of the panel reads of the first bid."""
    seat = evaluation.scorers(key)[0]
    reading = read_bid(work=seat.work, bid_id=evaluation.bids()[0].bid_id, actor=seat.actor)
    answers = [*reading.summary, *(answer for given in reading.answers.values() for answer in given)]
    return "\n".join(answer.shown.text for answer in answers)


def hide(evaluation: Evaluation, *words: str) -> list[HiddenWords]:
    """Hide the words in the first bid."""
    bid_id = evaluation.bids()[0].bid_id
    return hide_words(itt=evaluation.itt, bid_id=bid_id, words=words, actor=evaluation.commissioner, now=clock.now())


@pytest.mark.parametrize(
    ("text", "hidden", "read"),
    [
        ("At Harbour Families we listen.", ["Harbour Families"], f"At {HIDDEN} we listen."),
        ("HARBOUR  FAMILIES, harbour_families.pdf", ["Harbour Families"], f"{HIDDEN}, {HIDDEN}.pdf"),
        ("www.harbourfamilies.example", ["Harbour Families"], f"www.{HIDDEN}.example"),
        ("Harbourside and the harbour", ["Harbour"], f"Harbourside and the {HIDDEN}"),
        ("St Mary’s, and St. Mary's", ["St Mary's"], f"{HIDDEN}, and {HIDDEN}"),
        ("Harbour Families CIC", ["Harbour", "Harbour Families CIC"], HIDDEN),
        ("Cafe\u0301 Nord", ["Café"], f"{HIDDEN} Nord"),
        ("a+b (c)", ["(c) a+"], "a+b (c)"),
        ("Nothing is hidden.", [], "Nothing is hidden."),
        ("Nothing is hidden.", ["..."], "Nothing is hidden."),
    ],
)
def test_whole_words_go_however_they_are_written(text: str, hidden: list[str], read: str) -> None:
    """Whatever their case, and with a space, a hyphen or nothing between them; longer words stay."""
    assert masked(text, hidden) == read


WORDS = st.text(alphabet="abAB .-é(", max_size=12)


@given(text=st.text(alphabet="abAB .-é(", max_size=40), hidden=st.lists(WORDS, max_size=3))
def test_what_is_hidden_is_gone_and_everything_else_is_there(text: str, hidden: list[str]) -> None:
    """The parts are the text, and no part that stays holds the words."""
    parts = parts_of(text, hidden)
    assert "".join(part for part, _ in parts) == text
    assert not any(times_in([part], words) for part, is_hidden in parts if not is_hidden for words in hidden)


def test_names_of_files_and_what_is_said_beside_an_answer_go_too() -> None:
    """What holds none of the words is the same as it was."""
    question: Any = None
    named = Answer(
        question,
        Shown("Ours.", note="By Harbour Families."),
        ({"id": "1", "name": "harbour-families.pdf"},),
        meets_its_rule=True,
        confidential="A trade secret of Harbour Families.",
    )
    other = Answer(question, Shown("Ours."), (), meets_its_rule=True)
    read = masked_answers([named, other], ["Harbour Families"])
    assert read[0].shown == Shown("Ours.", note=f"By {HIDDEN}.")
    assert read[0].files == ({"id": "1", "name": f"{HIDDEN}.pdf"},)
    assert read[0].confidential == f"A trade secret of {HIDDEN}."
    assert (read[0].is_masked, read[1]) == (True, other)
    assert masked_answers([named], []) == (named,)


@pytest.mark.usefixtures("db_session")
def test_members_read_the_answer_without_the_name_and_officers_the_original() -> None:
    """Young people and adults alike, in this bid alone; the bid is as it was, and everything is on record."""
    evaluation = named_evaluation()
    bid_id, itt = evaluation.bids()[0].bid_id, evaluation.itt
    before = read_answers(itt=itt, bid_id=bid_id, actor=evaluation.commissioner)
    hints = hints_for(before.bid.bid.provider, before.answers)
    assert {(hint.words, hint.is_whole) for hint in hints} == {("Listen First", True), ("Listen", False)}
    (row,) = hide(evaluation, "Listen First")
    for key in (LOCAL, YOUNG):
        read = read_by(evaluation, key)
        assert f"Bid 1 would {HIDDEN}." in read
        assert SAID not in read
    after = read_answers(itt=itt, bid_id=bid_id, actor=evaluation.commissioner)
    assert after.answers == before.answers
    assert [hint.words for hint in hints_for(after.bid.bid.provider, after.answers, ["Listen First"])] == ["Listen"]
    assert hide(evaluation, "listen first") == [], "hidden already"
    show_again(itt=itt, hidden_id=row.id, actor=evaluation.commissioner, now=clock.now())
    assert SAID in read_by(evaluation, LOCAL)
    (kept,) = hidden_words_of(bid_id)
    assert (kept.words, kept.hidden_by_id, kept.shown_again_by_id) == (
        "Listen First",
        evaluation.commissioner.user_id,
        evaluation.commissioner.user_id,
    )
    kinds = (EventKind.WORDS_HIDDEN.value, EventKind.WORDS_SHOWN_AGAIN.value)
    events = db.session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.seq)).all()
    assert [(event.kind, event.data["hidden"]) for event in events] == [(kind, [str(row.id)]) for kind in kinds]
    assert not any("Listen" in str(event.data) for event in events)
    with pytest.raises(NotFound):
        show_again(itt=itt, hidden_id=row.id, actor=evaluation.commissioner, now=clock.now())


@pytest.mark.usefixtures("db_session")
def test_a_name_of_before_is_found_too() -> None:
    """What the bidder was called, its numbers, and who owns it."""
    evaluation = named_evaluation()
    provider = evaluation.bids()[0].bid.provider
    provider.name, provider.parent, provider.company_number = "Lighthouse Ltd", "", "01234567"
    before = FormerIdentity(provider_id=provider.id, name=NAME, until=clock.now() - timedelta(days=1))
    db.session.add(before)
    db.session.flush()
    db.session.refresh(provider)
    bid_id = evaluation.bids()[0].bid_id
    given_now = read_answers(itt=evaluation.itt, bid_id=bid_id, actor=evaluation.commissioner)
    assert "Listen First" in {hint.words for hint in hints_for(provider, given_now.answers)}


@pytest.mark.usefixtures("db_session")
@pytest.mark.parametrize(
    "words",
    [
        [],
        ["  "],
        ["a"],
        ["Somebody Else"],
        ["x" * 121],
        ["Bid 1 would listen first Bid 1 would listen first Bid 1"],
    ],
)
def test_what_is_no_name_of_the_bid_is_refused(words: list[str]) -> None:
    """Nothing, what stands nowhere in it, and what is more than a name."""
    evaluation = named_evaluation()
    with pytest.raises(InvalidInput) as refused:
        hide(evaluation, *words)
    assert refused.value.field == "others"
    assert hidden_words_of(evaluation.bids()[0].bid_id) == []


@pytest.mark.usefixtures("db_session")
def test_only_commissioners_hide_and_only_while_panels_work() -> None:
    """An approver and an auditor read the original; nobody on a panel does, nor anybody of another authority."""
    evaluation = named_evaluation()
    itt, bid_id, now = evaluation.itt, evaluation.bids()[0].bid_id, clock.now()
    for role in (Role.APPROVER, Role.AUDITOR):
        officer = actor_of(make_person(role, authority=itt.authority))
        assert SAID in read_answers(itt=itt, bid_id=bid_id, actor=officer).answers[0].shown.text
        with pytest.raises(NotAllowed):
            hide_words(itt=itt, bid_id=bid_id, words=["Listen"], actor=officer, now=now)
    for stranger in (evaluation.scorers(LOCAL)[0].actor, actor_of(make_person(Role.COMMISSIONER))):
        with pytest.raises(NotFound):
            read_answers(itt=itt, bid_id=bid_id, actor=stranger)
        with pytest.raises(NotFound):
            hide_words(itt=itt, bid_id=bid_id, words=["Listen"], actor=stranger, now=now)
    itt.status = type(itt.status).MODERATED
    with pytest.raises(WrongState):
        hide(evaluation, "Listen")


def test_two_presses_hide_a_name(client: CheckedClient) -> None:
    """The page has the names ticked: one press hides them, and the next page shows what is hidden and by whom."""
    evaluation = named_evaluation()
    itt, bid_id, seat = evaluation.itt, evaluation.bids()[0].bid_id, evaluation.scorers(LOCAL)[0]
    person = make_person(Role.COMMISSIONER, authority=itt.authority)
    sign_in(client, person)
    bid_page = client.get(f"/commissioning/itts/{itt.reference}/compliance/{bid_id}")
    path = f"/commissioning/itts/{itt.reference}/answers/{bid_id}"
    assert path in bid_page.text
    assert fill(client, path).status_code == 302
    page = client.get(path)
    assert "1 name is hidden from panels now." in page.text
    assert "<mark>listen first</mark>" in page.text
    assert person.display_name in text_of(page)
    refused = fill(client, path, {"found": [], "others": "Nobody Anywhere"})
    assert refused.status_code == 422
    assert errors_of(refused) == ["“Nobody Anywhere” stands nowhere in this bid’s answers."]
    sign_in(client, seat.user)
    read = client.get(f"/panel/{seat.panel.id}/bids/{bid_id}").text
    assert SAID not in read
    assert HIDDEN in read
    sign_in(client, person)
    (row,) = hidden_words_of(bid_id)
    press(client, path, f"{path}/show-again/{row.id}")
    sign_in(client, seat.user)
    assert SAID in client.get(f"/panel/{seat.panel.id}/bids/{bid_id}").text
