"""Lots are drawn up with a value each; the whole is worth what they are together, and limits make sense."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.core import clock
from portal.core.errors import InvalidInput, PortalError, WrongState
from portal.core.permissions import Actor
from portal.extensions import db
from portal.regulation.kinds import Size
from portal.tendering.asking import ask_for_lots
from portal.tendering.checking import Task, problems_of
from portal.tendering.drafting import set_value_and_term
from portal.tendering.lots import add_lot, change_lot, limit_words, move_lot_up, remove_lot, set_lot_rules
from portal.tendering.models import InvitationToTender, Question
from tests.factories.tendering import make_commissioner, published_itt, ready_itt


@pytest.fixture
def actor(db_session: object) -> Actor:
    return make_commissioner()


@pytest.fixture
def itt(actor: Actor) -> InvitationToTender:
    """A draft that lacks nothing, with one lot."""
    return ready_itt(actor=actor)


def add(itt: InvitationToTender, actor: Actor, title: str, value: str | None = "100000", said: str = "") -> None:
    add_lot(itt=itt, title=title, description=said, estimated_value=Decimal(value) if value else None, actor=actor)


def listed(itt: InvitationToTender) -> list[tuple[int, str]]:
    db.session.refresh(itt, ["lots"])
    return [(lot.number, lot.title) for lot in itt.lots]


def test_the_whole_is_worth_what_the_lots_are_together(itt: InvitationToTender, actor: Actor) -> None:
    """The first lot keeps the value of the whole until it gets its own; the law's size follows the sum."""
    whole = itt.estimated_value
    assert whole is not None
    add(itt, actor, "North", "200000.50")
    assert (itt.lots[0].worth, itt.estimated_value) == (whole, whole + Decimal("200000.50"))
    change_lot(
        itt=itt, lot=itt.lots[0], title="South", description="", estimated_value=Decimal(10), places=1, actor=actor
    )
    assert itt.estimated_value == Decimal("200010.50")
    before = itt.size
    add(itt, actor, "West", "9000000")
    assert (before, itt.size) == (Size.NOTIFIABLE, Size.ABOVE)


def test_the_value_of_several_lots_is_not_typed_elsewhere(itt: InvitationToTender, actor: Actor) -> None:
    """The page of value and term cannot let the sum and the whole disagree."""
    add(itt, actor, "North")
    told = itt.estimated_value
    set_value_and_term(itt=itt, estimated_value=Decimal(1), term_months=12, break_months=[], actor=actor)
    assert (itt.estimated_value, itt.term_months) == (told, 12)


def test_a_draft_without_a_value_for_a_lot_is_not_published(itt: InvitationToTender, actor: Actor) -> None:
    """What is missing is named with its lot."""
    itt.estimated_value = None
    add(itt, actor, "North", "800000")
    found = [(problem.task, problem.message) for problem in problems_of(itt, clock.now())]
    assert (found[0], [task for task, _ in found[1:]]) == ((Task.LOTS, "Say what lot 1 is worth."), [Task.APPROVAL])


def test_lots_are_reordered_and_removed_and_numbered_without_gaps(itt: InvitationToTender, actor: Actor) -> None:
    """Numbers are 1, 2, 3 whatever happened; the only lot is worth what the whole is."""
    first = itt.lots[0].title
    add(itt, actor, "North")
    add(itt, actor, "West")
    move_lot_up(itt=itt, lot=itt.lots[2], actor=actor)
    assert listed(itt) == [(1, first), (2, "West"), (3, "North")]
    move_lot_up(itt=itt, lot=itt.lots[0], actor=actor)
    assert listed(itt) == [(1, first), (2, "West"), (3, "North")]
    remove_lot(itt=itt, lot=itt.lots[0], actor=actor)
    assert listed(itt) == [(1, "West"), (2, "North")]
    remove_lot(itt=itt, lot=itt.lots[1], actor=actor)
    assert listed(itt) == [(1, "West")]
    assert (itt.lots[0].estimated_value, itt.lots[0].worth) == (None, itt.estimated_value)


Act = Callable[[InvitationToTender, Actor], Any]
REFUSED: dict[str, tuple[Act, str | None]] = {
    "no title": (lambda itt, actor: add(itt, actor, " "), "title"),
    "the same title": (lambda itt, actor: add(itt, actor, itt.lots[0].title.upper()), "title"),
    "no value": (lambda itt, actor: add(itt, actor, "North", None), "estimated_value"),
    "nothing": (lambda itt, actor: add(itt, actor, "North", "0"), "estimated_value"),
    "awarded to nobody": (lambda itt, actor: change(itt, actor, 0), "places"),
    "awarded to too many": (lambda itt, actor: change(itt, actor, 21), "places"),
    "awarded to nobody knows how many": (lambda itt, actor: change(itt, actor, None), "places"),
    "the last": (lambda itt, actor: remove_lot(itt=itt, lot=itt.lots[0], actor=actor), None),
    "limit 0": (lambda itt, actor: rules(itt, actor, 0, None), "max_lots_bid"),
    "limit above": (lambda itt, actor: rules(itt, actor, None, 2), "max_lots_awarded"),
    "wins more than it bids": (lambda itt, actor: rules(itt, actor, 1, 2), "max_lots_awarded"),
}


def change(itt: InvitationToTender, actor: Actor, places: int | None) -> None:
    change_lot(itt=itt, lot=itt.lots[0], title="A", description="", estimated_value=None, places=places, actor=actor)


def rules(itt: InvitationToTender, actor: Actor, bid: int | None, awarded: int | None, why: str = "") -> None:
    set_lot_rules(itt=itt, max_lots_bid=bid, max_lots_awarded=awarded, no_lots_reason=why, actor=actor)


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused_beside_its_field(itt: InvitationToTender, actor: Actor, name: str) -> None:
    """Nothing of it is kept."""
    act, field = REFUSED[name]
    with pytest.raises(InvalidInput) as refused:
        act(itt, actor)
    assert refused.value.field == field
    assert len(itt.lots) == 1


def test_limits_go_when_there_are_too_few_lots_for_them(itt: InvitationToTender, actor: Actor) -> None:
    """A limit as high as the number of lots says nothing, so it is taken back with the lot."""
    add(itt, actor, "North")
    add(itt, actor, "West")
    rules(itt, actor, 2, 1)
    assert [words[:49] for words in limit_words(itt)] == [
        "One bidder may bid for at most 2 of the 3 lots.",
        "One bidder may win at most 1 of the 3 lots. Whoev",
    ]
    remove_lot(itt=itt, lot=itt.lots[2], actor=actor)
    assert (itt.max_lots_bid, itt.max_lots_awarded) == (None, 1)
    remove_lot(itt=itt, lot=itt.lots[1], actor=actor)
    assert (itt.max_lots_bid, itt.max_lots_awarded) == (None, None)


def test_why_there_is_one_lot_is_kept_for_one_lot_alone(itt: InvitationToTender, actor: Actor) -> None:
    """Several lots need no reason (PA2023 s.18)."""
    rules(itt, actor, None, None, why="One team must see every child.")
    assert itt.no_lots_reason == "One team must see every child."
    add(itt, actor, "North")
    rules(itt, actor, None, None, why="One team must see every child.")
    assert itt.no_lots_reason == ""


def test_published_lots_and_limits_stay(actor: Actor) -> None:
    """The activity refuses, and so does the database."""
    itt = published_itt(actor=actor)
    for act in (lambda: add(itt, actor, "North"), lambda: rules(itt, actor, 1, 1)):
        with pytest.raises((WrongState, PortalError)):
            act()
    with pytest.raises(IntegrityError, match="published limits"), db.session.begin_nested():
        db.session.execute(text("UPDATE itt SET max_lots_bid = 1"))
    with pytest.raises(IntegrityError, match="published method"), db.session.begin_nested():
        db.session.execute(text("UPDATE lot SET estimated_value = 1"))


def test_a_floor_that_no_price_of_a_lot_would_reach_is_a_problem(itt: InvitationToTender, actor: Actor) -> None:
    """The figures of every lot have to suit the smallest, or that has figures of its own."""
    add(itt, actor, "North", "50000")
    problem, approval = problems_of(itt, clock.now())
    assert (problem.task, approval.task) == (Task.PRICE, Task.APPROVAL)
    assert "Lot 2 is worth £50,000" in problem.message


def ask(itt: InvitationToTender, actor: Actor, key: str, *numbers: int) -> Question:
    """Ask a question for the lots with those numbers."""
    question = next(each for each in itt.questions if each.key == key)
    chosen = [lot for lot in itt.lots if lot.number in numbers]
    ask_for_lots(itt=itt, question=question, lots=chosen, actor=actor)
    return question


def test_a_question_is_asked_for_some_lots_or_for_all(itt: InvitationToTender, actor: Actor) -> None:
    """All lots is no restriction, none is refused, and every criterion needs a question in each lot."""
    add(itt, actor, "North", "800000")
    question = ask(itt, actor, "welcome", 2)
    assert [question.is_asked_for(lot.id) for lot in itt.lots] == [False, True]
    problems = [problem for problem in problems_of(itt, clock.now()) if problem.task is not Task.APPROVAL]
    assert [problem.message for problem in problems] == [
        "No question asks about “A place to feel welcome” in lot 1, so panels would have nothing to score it on."
    ]
    with pytest.raises(InvalidInput) as refused:
        ask(itt, actor, "welcome")
    assert refused.value.field == "lots"
    assert ask(itt, actor, "welcome", 1, 2).lot_ids == []


def test_a_lot_that_a_question_is_asked_for_alone_stays(itt: InvitationToTender, actor: Actor) -> None:
    """Its question would be asked for all the others unseen; one that is asked for others too just loses it."""
    for title in ("North", "West"):
        add(itt, actor, title, "800000")
    ask(itt, actor, "welcome", 3)
    with pytest.raises(InvalidInput, match="asked for this lot alone"):
        remove_lot(itt=itt, lot=itt.lots[2], actor=actor)
    question = ask(itt, actor, "welcome", 1, 3)
    remove_lot(itt=itt, lot=itt.lots[2], actor=actor)
    assert question.lot_ids == [itt.lots[0].id]
    remove_lot(itt=itt, lot=itt.lots[1], actor=actor)
    assert question.lot_ids == []
