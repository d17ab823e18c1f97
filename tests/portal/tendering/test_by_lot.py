"""Lots that are judged in different ways: weights, criteria and a price formula of their own, frozen and hashed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.alike import alike_lots
from portal.tendering.asking import ask_for_lots
from portal.tendering.by_lot import counting_in, formula_in
from portal.tendering.checking import Task, problems_of
from portal.tendering.copying import copy_itt
from portal.tendering.criteria import DoesNotTotal, lot_weight_field, remove_criterion, save_lot_weights, save_weights
from portal.tendering.lots import PLACES_RULE, add_lot, award_words, remove_lot
from portal.tendering.method import hash_for, method_for, method_of
from portal.tendering.method_versions import versions_of_method
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.pricing import set_lot_price
from portal.tendering.public_record import published
from portal.tendering.tie_breaks import PASSED_OVER, tie_break_words
from portal.tendering.weighing import effective_in
from tender_scoring import effective_weights, method_hash
from tests.factories.tendering import (
    criterion_named,
    judge_otherwise,
    make_commissioner,
    published_in_lots,
    ready_itt,
)


@pytest.fixture
def actor(db_session: object) -> Actor:
    return make_commissioner()


@pytest.fixture
def itt(actor: Actor) -> InvitationToTender:
    """A draft that lacks nothing but approval, with three lots that are worth the same."""
    made = ready_itt(actor=actor)
    for title in ("North", "West"):
        add_lot(itt=made, title=title, description="", estimated_value=made.lots[0].worth, actor=actor)
    return made


def weigh(lot: Lot, actor: Actor, **weights: str | None) -> None:
    named = {criterion_named(lot.itt, key.replace("_", "-")).id: weight for key, weight in weights.items()}
    given = {key: None if weight is None else Decimal(weight) for key, weight in named.items()}
    save_lot_weights(lot=lot, weights=given, actor=actor)


def said(itt: InvitationToTender) -> list[tuple[Task, str]]:
    return [(each.task, each.message) for each in problems_of(itt, clock.now()) if each.task is not Task.APPROVAL]


def test_a_lot_that_says_nothing_is_judged_as_every_lot(itt: InvitationToTender, actor: Actor) -> None:
    """Boxes that repeat what holds in every lot make no difference, and no second group on a page."""
    before = method_of(itt)
    weigh(itt.lots[1], actor, service="30", price=None)
    assert (itt.lots[1].weights, said(itt)) == ({}, [])
    assert [alike.words for alike in alike_lots(itt)] == [""]
    assert [method_of(itt, lot) for lot in itt.lots] == [before] * 3


def test_lots_that_differ_are_told_in_groups(itt: InvitationToTender, actor: Actor) -> None:
    """Each group with its own table and formula; a criterion that weighs 0 is in none of them."""
    judge_otherwise(itt.lots[1], actor)
    assert said(itt) == []
    usual, other = alike_lots(itt)
    assert [usual.words, other.words] == ["Lots 1 and 3", "Lot 2"]
    assert {row.criterion.key: row.marks for row in other.weights.rows} == {
        "safeguarding": 12, "outcomes": 18, "our-voice": 30, "welcome": 10, "parents-view": 10, "price": 20,
    }  # fmt: skip
    assert (formula_in(itt.lots[1]), formula_in(itt.lots[2])) == ({"formula": "lowest_relative"}, usual.stated)
    keys = [node.key for node in counting_in(itt, itt.lots[1])]
    assert ("working-together" in keys, "service" in keys) == (False, True)


def test_publication_freezes_a_method_and_a_hash_for_each_lot_that_differs(db_session: object) -> None:
    """The others share the invitation's, which is as it would be without lots; the version has them all."""
    itt = published_in_lots(2, otherwise=True)
    usual, other = itt.lots
    assert (usual.method, usual.method_hash) == (None, None)
    assert (method_for(usual), hash_for(usual)) == (itt.method, itt.method_hash)
    assert hash_for(other) == method_hash(method_for(other)) == method_hash(method_of(itt, other)) != itt.method_hash
    assert itt.method_hash == published_in_lots(1).method_hash
    stated = versions_of_method(itt.id)[0].stated
    assert (stated["method"], stated["methods_of_lots"]) == (itt.method, {"2": other.method})
    [noted] = db.session.scalars(
        select(Event.data).where(Event.kind == EventKind.ITT_PUBLISHED, Event.data["reference"].astext == itt.reference)
    )
    assert (noted["method_hash"], noted["method_hashes_of_lots"]) == (itt.method_hash, {"2": other.method_hash})
    assert "methods_of_lots" not in versions_of_method(published_in_lots(2).id)[0].stated
    assert other.method is not None
    assert other.method["tie_break"] == ["young-people", "safeguarding", "lowest_price", "drawn_lot"]


def test_how_many_a_lot_is_awarded_to_is_part_of_its_method(db_session: object) -> None:
    """Of one lot that of the whole; of several a method of its own, and the others keep the hash that they had."""
    alone, several = published_in_lots(1, places=2), published_in_lots(2, places=3)
    assert alone.method is not None
    assert (alone.method["winners"], alone.lots[0].method) == (2, None)
    usual, other = several.lots
    assert (usual.method, method_for(other)["winners"]) == (None, 3)
    assert hash_for(usual) == published_in_lots(1).method_hash != hash_for(other)
    with pytest.raises(IntegrityError, match="published method"), db.session.begin_nested():
        db.session.execute(text("UPDATE lot SET places = 1"))


def test_how_many_a_lot_is_awarded_to_is_published_with_the_rule(db_session: object) -> None:
    """In words and data; an invitation whose lots go to one bidder each says nothing of it."""
    itt = published_in_lots(2, places=3, awarded=1)
    said = award_words(itt)
    assert said[:2] == ["Lot 2 is awarded to 3 bidders, in the order of their ranks.", PLACES_RULE]
    assert "Whoever has a place in more lots gets those" in said[2]
    assert published(itt, clock.now(), [])["places"] == {"by_lot": {"1": 1, "2": 3}, "words": said[:2]}
    assert award_words(published_in_lots(2)) == []


def test_a_copy_goes_to_as_many(db_session: object) -> None:
    """Also of the only lot, which takes the title of its draft."""
    for source in (published_in_lots(1, places=2), published_in_lots(2, places=2)):
        actor = make_commissioner(source.authority)
        copied = copy_itt(source=source, authority=source.authority, title="Again", actor=actor, now=clock.now())
        assert [lot.places for lot in copied.lots] == [lot.places for lot in source.lots]


def test_a_tie_break_that_does_not_count_in_a_lot_is_passed_over_there(itt: InvitationToTender, actor: Actor) -> None:
    """Its method does not name it, and the rule says so."""
    before = tie_break_words(itt)
    judge_otherwise(itt.lots[1], actor)
    assert tie_break_words(itt) == before
    itt.tie_break = ["working-together", "lowest_price"]
    assert PASSED_OVER in tie_break_words(itt)
    told = [method_of(itt, lot)["tie_break"] for lot in itt.lots[:2]]
    assert told == [["working-together", "lowest_price", "drawn_lot"], ["lowest_price", "drawn_lot"]]


def test_the_public_data_of_a_lot_has_its_method(db_session: object) -> None:
    """Where it differs: with hash and marks; a lot that does not says nothing of its own."""
    itt = published_in_lots(2, otherwise=True)
    usual, other = published(itt, clock.now(), [])["lots"]
    assert not {"method", "method_hash", "effective_weights"} & set(usual)
    assert (other["method"], other["method_hash"]) == (itt.lots[1].method, itt.lots[1].method_hash)
    assert {row["criterion"]: row["marks"] for row in other["effective_weights"]}["our-voice"] == "30"


def test_what_is_published_of_a_lot_stays(db_session: object) -> None:
    """The database refuses another weight, formula, method or hash."""
    published_in_lots(2, otherwise=True)
    for change in ("weights = '{}'", "price_formula = NULL", "method = NULL, method_hash = NULL", "method_hash = 'x'"):
        with pytest.raises(IntegrityError, match="published method"), db.session.begin_nested():
            db.session.execute(text(f"UPDATE lot SET {change} WHERE number = 2"))


def test_weights_of_a_lot_that_do_not_total_100_are_refused_beside_their_group(
    itt: InvitationToTender, actor: Actor
) -> None:
    """With what they total, the inherited ones counted in; nothing is saved."""
    with pytest.raises(DoesNotTotal) as refused:
        weigh(itt.lots[1], actor, working_together="0")
    field = lot_weight_field(criterion_named(itt, "safeguarding"))
    assert list(refused.value.faults) == [field]
    assert "total 75, they must total 100" in refused.value.faults[field]
    assert itt.lots[1].weights == {}
    with pytest.raises(InvalidInput, match="from 0 to 100"):
        weigh(itt.lots[1], actor, price="-1")


def test_weights_of_every_lot_that_no_longer_fit_a_lot_are_a_problem(itt: InvitationToTender, actor: Actor) -> None:
    """A lot keeps its own figures, and the check names it."""
    weigh(itt.lots[2], actor, price="25", parents_view="5")
    weights = {node.id: node.weight for node in itt.criteria}
    weights[criterion_named(itt, "service").id] += 5
    weights[criterion_named(itt, "price").id] -= 5
    save_weights(itt=itt, weights=weights, actor=actor)
    faults = dict(said(itt))
    assert faults[Task.CRITERIA] == "Lot 3: The weights of the four parts total 105, they must total 100."


def test_a_question_and_its_criterion_count_in_the_same_lots(itt: InvitationToTender, actor: Actor) -> None:
    """A question without marks is refused, and so is a criterion without a question."""
    weigh(itt.lots[1], actor, working_together="0", outcomes="60")
    [(task, message)] = said(itt)
    assert task is Task.QUESTIONS
    assert "is asked in lot 2, where its criterion does not count" in message
    question = next(each for each in itt.questions if each.criterion and each.criterion.key == "working-together")
    with pytest.raises(InvalidInput, match="does not count in lot 2") as refused:
        ask_for_lots(itt=itt, question=question, lots=itt.lots[1:], actor=actor)
    assert refused.value.field == "lots"
    ask_for_lots(itt=itt, question=question, lots=[itt.lots[0], itt.lots[2]], actor=actor)
    assert said(itt) == []


def test_a_panel_that_would_score_nothing_in_a_lot_is_a_problem(itt: InvitationToTender, actor: Actor) -> None:
    """Every panel reads every bid; and what was promised to young people holds in every lot."""
    weigh(itt.lots[1], actor, young_people="0", price="60")
    messages = [message for _, message in said(itt)]
    assert "Young people’s panel scores nothing in lot 2. Give it a share of what counts there." in messages
    assert any("young people give 40 of the 100 marks" in each and "give 0 in lot 2" in each for each in messages)


def test_some_lot_is_judged_as_every_lot(itt: InvitationToTender, actor: Actor) -> None:
    """Otherwise the published method of the invitation would hold nowhere."""
    for lot in itt.lots:
        set_lot_price(lot=lot, formula={"formula": "lowest_relative"}, actor=actor)
    [(task, message)] = said(itt)
    assert (task, message.startswith("Every lot has weights or a price formula of its own.")) == (Task.CRITERIA, True)


def test_the_only_lot_has_nothing_of_its_own(itt: InvitationToTender, actor: Actor) -> None:
    """When the others are removed it is judged as the invitation says."""
    judge_otherwise(itt.lots[2], actor)
    for lot in list(itt.lots[:2]):
        for question in itt.questions:
            question.lot_ids = []
        remove_lot(itt=itt, lot=lot, actor=actor)
    [left] = itt.lots
    assert (left.weights, left.price_formula) == ({}, None)
    with pytest.raises(InvalidInput):
        weigh(left, actor, price="20")
    with pytest.raises(InvalidInput):
        set_lot_price(lot=left, formula=None, actor=actor)


def test_a_removed_criterion_is_forgotten_by_the_lots(itt: InvitationToTender, actor: Actor) -> None:
    """So is the price with its formulas."""
    judge_otherwise(itt.lots[1], actor)
    remove_criterion(itt=itt, criterion=criterion_named(itt, "welcome"), actor=actor)
    assert "welcome" not in itt.lots[1].weights
    remove_criterion(itt=itt, criterion=criterion_named(itt, "price"), actor=actor)
    assert itt.lots[1].price_formula is None


def test_a_copy_judges_its_lots_as_they_were_drawn_up(db_session: object) -> None:
    """Weights and formula are copied; what was published of them is not."""
    source = published_in_lots(2, otherwise=True)
    copied = copy_itt(
        source=source,
        authority=source.authority,
        title="Again",
        actor=make_commissioner(source.authority),
        now=clock.now(),
    )
    assert [lot.weights for lot in copied.lots] == [lot.weights for lot in source.lots]
    assert [(lot.method, lot.method_hash, lot.method_version) for lot in copied.lots] == [(None, None, 1)] * 2
    assert method_of(copied, copied.lots[1]) == method_of(source, source.lots[1])


PARTS = {
    "": ("service", "young-people", "parents-view", "price"),
    "service": ("safeguarding", "outcomes", "working-together"),
    "young-people": ("our-voice", "welcome"),
}


@st.composite
def balanced(draw: Any) -> dict[str, str]:
    """Weights of every group that total 100, some of them 0."""
    weights = {}
    for parts in PARTS.values():
        cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(parts) - 1, max_size=len(parts) - 1)))
        given = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
        weights |= dict(zip(parts, map(str, given), strict=True))
    return weights


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weights=st.lists(balanced(), min_size=2, max_size=2))
def test_the_marks_of_every_lot_total_100_and_panels_have_the_share_that_is_published(
    itt: InvitationToTender, actor: Actor, weights: list[dict[str, str]]
) -> None:
    """Whatever the weights: the table that is told and the method that is frozen are the same, lot by lot."""
    for lot, own in zip(itt.lots[1:], weights, strict=True):
        weigh(lot, actor, **own)
    for lot in itt.lots:
        table, engine = effective_in(lot), effective_weights(method_of(itt, lot))
        assert table.total == 100 == sum(weight.marks for weight in engine)
        for part in table.parts:
            key = part.panel.key if part.panel is not None else None
            assert part.value == sum((each.marks for each in engine if each.panel == key), Fraction(0))
        young = [part.value for part in table.parts if part.panel is not None and part.panel.key == "young-people"]
        assert young == [Decimal((lot.weights.get("young-people")) or "40")]
