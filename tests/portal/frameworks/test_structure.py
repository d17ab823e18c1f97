"""Lots, bandings, award criteria and conditions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Actor, Role
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import AnswerKind, Judged, Question, read
from portal.frameworks.structure import (
    CriterionDetails,
    LotDetails,
    add_criterion,
    add_lot,
    change_criterion,
    change_lot,
    conditions_of,
    remove_condition,
    remove_criterion,
    remove_lot,
    save_condition,
)
from portal.frameworks.terms import TermsFrozen
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework, tiny_questionnaire

HOMES = LotDetails(
    "Children’s homes",
    "Homes for up to four children.",
    areas=["Demotown"],
    placement_types=["Residential"],
    bands=[("A", "Some need"), ("B", "")],
    largest_contract=Decimal(250_000),
)
GARDEN = Question("", "Do you have a garden?", AnswerKind.YES_NO, judged=Judged.ITSELF, passes="yes")


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def test_a_lot_has_the_next_number_and_the_wholes_codes(db_session: object) -> None:
    """Unless it names some of them."""
    framework = draft_framework()
    lot = add_lot(framework=framework, details=HOMES, actor=lead(framework))
    assert (lot.number, lot.cpv_codes, lot.largest_contract) == (2, ["85311300"], Decimal(250_000))
    assert [(band.position, band.title, band.description) for band in lot.bands] == [
        (1, "A", "Some need"),
        (2, "B", ""),
    ]


def test_bandings_that_stay_keep_their_rows(db_session: Any) -> None:
    """Moved and described anew, so that nothing which names them loses its place."""
    framework = draft_framework(bands=2)
    lot, actor = framework.lots[0], lead(framework)
    before = {band.title: band.id for band in lot.bands}
    wanted = [("Band 2", "More need"), ("Band 3", ""), ("Band 1", "Less need")]
    change_lot(framework=framework, lot=lot, details=replace(HOMES, bands=wanted), actor=actor)
    db_session.expire_all()
    assert [(band.title, band.description) for band in lot.bands] == wanted
    assert {band.title: band.id for band in lot.bands if band.title in before} == before
    change_lot(framework=framework, lot=lot, details=replace(HOMES, bands=[]), actor=actor)
    assert lot.bands == []


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"title": " "}, "title"),
        ({"definition": ""}, "definition"),
        ({"cpv_codes": ["80340000"]}, "cpv_codes"),
        ({"cpv_codes": ["x"]}, "cpv_codes"),
        ({"areas": ["Demotown", "demotown"]}, "areas"),
        ({"placement_types": ["x" * 121]}, "placement_types"),
        ({"bands": [("A", ""), ("A", "again")]}, "bands"),
        ({"bands": [(str(number), "") for number in range(31)]}, "bands"),
        ({"largest_contract": Decimal(-1)}, "largest_contract"),
    ],
)
def test_a_lot_that_cannot_be_is_refused(db_session: object, details: dict[str, Any], field: str) -> None:
    """Beside its field; a lot's codes are some of the whole's, so that light touch is decided once."""
    framework = draft_framework()
    with pytest.raises(InvalidInput) as refused:
        change_lot(framework=framework, lot=framework.lots[0], details=replace(HOMES, **details), actor=lead(framework))
    assert refused.value.field == field


def test_lots_move_up_and_conditions_follow(db_session: object) -> None:
    """What was for the lot that goes alone goes with it, what was for later ones is for them still."""
    framework = draft_framework(lots=4)
    actor = lead(framework)
    for lots in ((2,), (2, 3), (4,), ()):
        save_condition(framework=framework, question=replace(GARDEN, lots=lots), actor=actor)
    remove_lot(framework=framework, lot=framework.lots[1], actor=actor)
    assert [(lot.number, lot.title) for lot in framework.lots] == [
        (1, "Lot title 1"),
        (2, "Lot title 3"),
        (3, "Lot title 4"),
    ]
    assert {question.key: question.lots for question in conditions_of(framework)} == {
        "insurance": (),
        "condition_2": (2,),
        "condition_3": (3,),
        "condition_4": (),
    }
    with pytest.raises(NotFound):
        remove_lot(framework=framework, lot=draft_framework().lots[0], actor=actor)


def test_criteria_have_ranges_of_weights(db_session: object) -> None:
    """Added at the end, changed and removed."""
    framework = draft_framework()
    actor = lead(framework)
    details = CriterionDetails(" What young people think ", "", Decimal(10), Decimal(40))
    criterion = add_criterion(framework=framework, details=details, actor=actor)
    assert (criterion.title, criterion.position) == ("What young people think", 3)
    changed = replace(details, lowest_weight=Decimal(20))
    change_criterion(framework=framework, criterion=criterion, details=changed, actor=actor)
    assert (criterion.lowest_weight, criterion.highest_weight) == (20, 40)
    remove_criterion(framework=framework, criterion=criterion, actor=actor)
    assert [one.title for one in framework.criteria] == ["Quality", "Price"]
    with pytest.raises(NotFound):
        remove_criterion(framework=framework, criterion=criterion, actor=actor)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (CriterionDetails(" ", "", Decimal(0), Decimal(100)), "title"),
        (CriterionDetails("quality", "", Decimal(0), Decimal(100)), "title"),
        (CriterionDetails("Care", "", None, Decimal(100)), "lowest_weight"),
        (CriterionDetails("Care", "", Decimal(-1), Decimal(100)), "lowest_weight"),
        (CriterionDetails("Care", "", Decimal(0), None), "highest_weight"),
        (CriterionDetails("Care", "", Decimal(0), Decimal(0)), "highest_weight"),
        (CriterionDetails("Care", "", Decimal(0), Decimal(101)), "highest_weight"),
        (CriterionDetails("Care", "", Decimal(50), Decimal(40)), "highest_weight"),
    ],
)
def test_a_criterion_that_cannot_be_is_refused(db_session: object, details: CriterionDetails, field: str) -> None:
    """A doubled title, or a range that is none."""
    framework = draft_framework()
    with pytest.raises(InvalidInput) as refused:
        add_criterion(framework=framework, details=details, actor=lead(framework))
    assert refused.value.field == field


def test_conditions_are_added_changed_and_removed(db_session: object) -> None:
    """Each with a key of its own that stays; the standard questions are not touched."""
    framework = draft_framework(questionnaire=tiny_questionnaire(1))
    actor = lead(framework)
    first = save_condition(framework=framework, question=GARDEN, actor=actor)
    second = save_condition(framework=framework, question=replace(GARDEN, prompt="A kitchen?"), actor=actor)
    save_condition(framework=framework, question=replace(first, prompt="Is there a garden?"), actor=actor)
    assert [(one.key, one.prompt) for one in conditions_of(framework)[1:]] == [
        ("condition_1", "Is there a garden?"),
        ("condition_2", "A kitchen?"),
    ]
    remove_condition(framework=framework, key=first.key, actor=actor)
    assert save_condition(framework=framework, question=GARDEN, actor=actor).key == "condition_1"
    assert second.key == "condition_2"
    assert read(framework.questionnaire).question("convicted").passes == "no"
    for key in ("convicted", "condition_9"):
        with pytest.raises(NotFound):
            remove_condition(framework=framework, key=key, actor=actor)
        with pytest.raises(NotFound):
            save_condition(framework=framework, question=replace(GARDEN, key=key), actor=actor)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"prompt": " "}, "prompt"),
        ({"kind": AnswerKind.CHOICE, "choices": ("one",)}, "choices"),
        ({"passes": ""}, "passes"),
        ({"passes": "perhaps"}, "passes"),
        ({"kind": AnswerKind.TEXT}, "judged"),
        ({"kind": AnswerKind.EVIDENCE}, "judged"),
        ({"kind": AnswerKind.NUMBER, "passes": "two"}, "passes"),
        ({"lots": (2,)}, "lots"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(db_session: object, details: dict[str, Any], field: str) -> None:
    """A rule that cannot judge, or a lot that is not there."""
    framework = draft_framework()
    with pytest.raises(InvalidInput) as refused:
        save_condition(framework=framework, question=replace(GARDEN, **details), actor=lead(framework))
    assert refused.value.field == field


def test_nothing_of_it_changes_once_it_is_live(db_session: object) -> None:
    """Conditions may not be modified during a market's term (PA2023 s.36(7))."""
    framework = live_framework()
    actor = lead(framework)
    lot, criterion = framework.lots[0], framework.criteria[0]
    details = CriterionDetails("Care", "", Decimal(0), Decimal(100))
    for act in (
        lambda: add_lot(framework=framework, details=HOMES, actor=actor),
        lambda: change_lot(framework=framework, lot=lot, details=HOMES, actor=actor),
        lambda: remove_lot(framework=framework, lot=lot, actor=actor),
        lambda: add_criterion(framework=framework, details=details, actor=actor),
        lambda: change_criterion(framework=framework, criterion=criterion, details=details, actor=actor),
        lambda: remove_criterion(framework=framework, criterion=criterion, actor=actor),
        lambda: save_condition(framework=framework, question=GARDEN, actor=actor),
        lambda: remove_condition(framework=framework, key="insurance", actor=actor),
    ):
        with pytest.raises(TermsFrozen, match=r"PA2023 s\.36\(7\)"):
            act()
