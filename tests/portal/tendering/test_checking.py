"""What still stands between a draft and its publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from portal.core import clock
from portal.core.drafts import Problem
from portal.regulation.kinds import PublicationBasis
from portal.tendering.checking import Task, blank_tasks, problems_of
from portal.tendering.models import InvitationToTender, PanelShare
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import QuestionKind
from tests.factories.tendering import criterion_named, draft_itt, panel_named, ready_itt

Break = Callable[[InvitationToTender], object]


def test_a_ready_draft_has_no_problem(db_session: object) -> None:
    """Nothing is missing in the example once timetable and publication basis are there."""
    itt = ready_itt()
    assert problems_of(itt, clock.now()) == []
    assert blank_tasks(itt) == {Task.DOCUMENTS, Task.JOINT}


def test_an_empty_draft_lacks_everything_but_a_price(db_session: object) -> None:
    """Every task has a problem or, where there is nothing to share out or price yet, none; all are invited."""
    itt = draft_itt(start=StartingPoint.EMPTY)
    whole = set(Task) - {Task.INVITED}
    without = {Task.OUTCOMES, Task.JOINT, Task.SHARES, Task.PRICE, Task.DOCUMENTS}
    assert {problem.task for problem in problems_of(itt, clock.now())} == whole - without
    assert blank_tasks(itt) == whole


def _pilot_shares(itt: InvitationToTender) -> None:
    parents = panel_named(itt, "parents")
    parents.counts = False
    node = criterion_named(itt, "outcomes")
    node.shares[0].share = Decimal(50)
    node.shares.append(PanelShare(panel=parents, panel_id=parents.id, share=Decimal(50)))


def _heading_alone(itt: InvitationToTender) -> None:
    node = criterion_named(itt, "parents-view")
    node.scale, node.scale_id, node.shares = None, None, []


def _set(owner: str, key: str, **values: object) -> Break:
    find = {"criterion": criterion_named, "panel": panel_named}[owner]

    def change(itt: InvitationToTender) -> None:
        for name, value in values.items():
            setattr(find(itt, key), name, value)

    return change


def _set_itt(**values: object) -> Break:
    return lambda itt: [setattr(itt, name, value) for name, value in values.items()]


def _no_words(itt: InvitationToTender) -> None:
    itt.scales[0].bands[2].descriptor = " "


def _silent_panel(itt: InvitationToTender) -> None:
    criterion_named(itt, "parents-view").shares[0].panel = panel_named(itt, "local")
    criterion_named(itt, "parents-view").shares[0].panel_id = panel_named(itt, "local").id


def _only_files(itt: InvitationToTender) -> None:
    for question in itt.questions:
        question.kind = QuestionKind.FILES


def _unasked(itt: InvitationToTender) -> None:
    for question in itt.questions:
        if question.key == "welcome":
            question.criterion, question.criterion_id = None, None


BROKEN: dict[str, tuple[Break, Problem]] = {
    "no title": (_set_itt(title=" "), Problem(Task.SERVICE, "Give the procurement a title.")),
    "no description": (_set_itt(description=""), Problem(Task.SERVICE, "Describe the service.")),
    "no code": (
        _set_itt(cpv_codes=[]),
        Problem(Task.SERVICE, "Give at least one CPV code, such as 85311300."),
    ),
    "no value": (
        _set_itt(estimated_value=None),
        Problem(Task.VALUE, "Give the estimated value in pounds, such as 240000."),
    ),
    "break outside": (
        _set_itt(term_months=18),
        Problem(
            Task.VALUE,
            "The break point at 18 months is outside the contract: it must come after the start and before the end "
            "at 18 months.",
        ),
    ),
    "closing past": (
        _set_itt(closes_at=clock.now() - timedelta(minutes=1)),
        Problem(Task.TIMETABLE, "The closing time must be in the future."),
    ),
    "silent panel": (
        _silent_panel,
        Problem(Task.PANELS, "Parents’ panel scores nothing. Give it a share of a criterion, or remove it."),
    ),
    "no words": (_no_words, Problem(Task.SCALES, "Say what 1 of the 6 points of the scale 0-5 mean.")),
    "weights": (
        _set("criterion", "price", weight=Decimal(15)),
        Problem(Task.CRITERIA, "The weights of the four parts total 95, they must total 100."),
    ),
    "empty heading": (
        _heading_alone,
        Problem(
            Task.CRITERIA,
            "“Support for parents and carers” is a heading with nothing under it. Add a part, or remove it.",
        ),
    ),
    "pilot weighs": (
        _set("panel", "parents", counts=False),
        Problem(
            Task.CRITERIA,
            "Only a pilot panel scores “Support for parents and carers”, so its weight must be 0.",
        ),
    ),
    "no weight": (
        _set("criterion", "welcome", weight=Decimal(0)),
        Problem(Task.CRITERIA, "“A place to feel welcome” has no weight. Give it one, or remove it."),
    ),
    "minimum": (
        _set("criterion", "safeguarding", minimum=Decimal(6)),
        Problem(
            Task.CRITERIA,
            "The minimum 6 is not on the scale 0-5: it runs from 0 to 5 in steps of 1.",
        ),
    ),
    "shares": (
        _set("criterion", "welcome", shares=[]),
        Problem(
            Task.SHARES,
            "No panel scores “A place to feel welcome” yet. Give the panels shares that total 100.",
        ),
    ),
    "pilot shares": (
        _pilot_shares,
        Problem(
            Task.SHARES,
            "Parents’ panel is a pilot: it cannot share “Better lives for children, young people and families”. "
            "Give it a criterion of its own.",
        ),
    ),
    "formula": (
        _set("criterion", "price", price_formula={"formula": "benchmark", "floor": "9", "ceiling": "5"}),
        Problem(
            Task.PRICE,
            "The price formula is not complete. The floor is at least 0 and below the ceiling.",
        ),
    ),
    "formula without figures": (
        _set("criterion", "price", price_formula={"formula": "benchmark"}),
        Problem(Task.PRICE, "The price formula is not complete. Choose it and give its figures."),
    ),
    "tie": (
        _set_itt(tie_break=["nobody"]),
        Problem(Task.TIE_BREAK, "“nobody” is neither a criterion nor the lowest price."),
    ),
    "no tie": (
        _set_itt(tie_break=[]),
        Problem(Task.TIE_BREAK, "Say what decides when two bids have the same total."),
    ),
    "only files": (
        _only_files,
        Problem(Task.QUESTIONS, "Add at least one question for bidders to answer in words."),
    ),
    "unasked": (
        _unasked,
        Problem(
            Task.QUESTIONS,
            "No question asks about “A place to feel welcome”, so panels would have nothing to score it on.",
        ),
    ),
    "basis": (
        _set_itt(publication_basis=PublicationBasis.NOT_REQUIRED, central_reference=None),
        Problem(
            Task.PUBLICATION,
            "A contract of £30,000 or more that is advertised starts with a tender notice, so it needs its notice on "
            "Find a Tender first (PA2023 s.87(1), (4)).",
        ),
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_is_named_at_its_task(db_session: object, fault: str) -> None:
    """One thing made wrong in a ready draft is reported in the commissioner's words, at the task that mends it."""
    change, problem = BROKEN[fault]
    itt = ready_itt()
    change(itt)
    assert problem in problems_of(itt, clock.now())


def test_a_pilot_panel_with_a_criterion_of_weight_0_is_sound(db_session: object) -> None:
    """A parents' panel that is only being tried out does not hinder publication."""
    itt = ready_itt()
    panel_named(itt, "parents").counts = False
    criterion_named(itt, "parents-view").weight = Decimal(0)
    criterion_named(itt, "price").weight = Decimal(30)
    assert problems_of(itt, clock.now()) == []
