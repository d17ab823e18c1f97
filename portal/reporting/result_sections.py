"""What came of it: ranking, every mark with its reasons, prices with their working."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from portal.core.pdf import Facts, Heading, Part, Table, Text
from portal.core.words import listed, london, london_short, marks, pounds
from portal.evaluation.explaining import eliminated_in_words, shown_steps
from portal.evaluation.models import ModeratedScore
from portal.reporting.gathering import Judged, LotOutcome
from portal.reporting.marks import Given
from portal.reporting.sections import ROLE
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.tie_breaks import TOLD, criterion_words


def ranking_section(outcome: LotOutcome, itt: InvitationToTender) -> Iterator[Part]:
    """The ranking of a lot with every total, what was ruled out, ties, and the hash of the inputs."""
    yield Heading(f"Lot {outcome.lot.number}: the ranking", 3)
    if outcome.result is None:
        yield Text("There is no result: the method could not be carried out, or it ended before.")
        return
    panels = [panel for panel in itt.panels if any(panel.key in entry["panels"] for entry in outcome.ranking)]
    rows = tuple(_ranked(entry, outcome, [panel.key for panel in panels]) for entry in outcome.ranking)
    if rows:
        columns = ("Rank", "Bid", *(panel.name for panel in panels), "Price", "Total")
        yield Table(columns, rows, (2, 7, *[4] * len(panels), 4, 4))
    else:
        yield Text("No bid stands: every one fell below a published minimum or above the ceiling.")
    yield from _out_and_tied(outcome, itt)
    yield Facts(
        (
            ("Calculated", london(outcome.result.calculated_at)),
            ("Hash of the method", f"\n{outcome.result.outcome['method_hash']}"),
            ("Hash of the inputs", f"\n{outcome.result.inputs_hash}"),
            *((f"Awarded {london_short(place.decision.decided_at)}", place.called) for place in outcome.places),
        )
    )


def _ranked(entry: Mapping[str, Any], outcome: LotOutcome, panels: Sequence[str]) -> tuple[str, ...]:
    bid = outcome.bids[entry["bid"]]
    by_panel = (entry["panels"].get(panel) for panel in panels)
    return str(entry["rank"]), bid.called, *map(marks, by_panel), pounds(bid.price), marks(entry["total"])


def _out_and_tied(outcome: LotOutcome, itt: InvitationToTender) -> Iterator[Part]:
    assert outcome.result is not None
    said = outcome.result.outcome
    for entry in said["eliminated"]:
        yield Text(f"{outcome.bids[entry['bid']].called} was ruled out. {eliminated_in_words(entry, outcome.names)}")
    for bids in said["ties"]:
        yield Text(f"A tie that the published rule does not part: {outcome.names.several(bids)}.")
    for broken in said["tie_broken_by"]:
        by = TOLD.get(broken["by"]) or f"the marks for {criterion_words(itt, broken['by'])}"
        yield Text(f"Equal totals of {outcome.names.several(broken['bids'])}: parted by {by}, as published.")
    if not said["eliminated"]:
        yield Text("No bid was ruled out by a minimum or a ceiling.")


def prices_section(outcome: LotOutcome) -> Iterator[Part]:
    """Each price with the working of its marks."""
    if not outcome.price_steps:
        return
    yield Heading(f"Lot {outcome.lot.number}: the prices", 3)
    rows = tuple(price_rows(outcome))
    yield Table(("Bid", "Figure", "Worked out", "Gives"), rows, (6, 5, 10, 3))


def price_rows(outcome: LotOutcome) -> Iterator[tuple[str, ...]]:
    """Each step of the prices, bid by bid: whose, which figure, from what, what it comes to."""
    order = {key: number for number, key in enumerate(outcome.bids)}
    ordered = sorted(outcome.price_steps, key=lambda step: order.get(_whose(step), -1))
    for raw, step in zip(ordered, shown_steps(ordered, outcome.names), strict=True):
        bid = outcome.bids.get(_whose(raw))
        inputs = "; ".join(f"{each['label']} {each['value']}" for each in step["inputs"])
        yield bid.called if bid else "All bids", step["rule"], f"{step['note']}\n({inputs})", step["shown"]


def _whose(step: Mapping[str, Any]) -> str:
    return str(step["id"].split("/")[1])


@dataclass(frozen=True)
class Cell:
    """What one panel made of one bid under one criterion."""

    bid: Judged
    criterion: AwardCriterion
    panel: str
    agreed: ModeratedScore | None
    """In force; None for a panel whose scores are averaged."""
    replaced: Sequence[ModeratedScore]
    given: Sequence[Given]


def cells_of(agreed: Iterable[ModeratedScore], given: Iterable[Given], bids: Mapping[uuid.UUID, Judged]) -> list[Cell]:
    """Put agreed marks and the members' own together, in the order of the agreed ones."""
    own: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], list[Given]] = {}
    for mark in given:
        own.setdefault((mark.bid.bid_id, mark.criterion.id, mark.seat.panel.id), []).append(mark)
    cells = []
    for (bid_id, _, panel_id), scores in groupby(agreed, lambda one: (one.bid_id, one.criterion_id, one.panel_id)):
        found = list(scores)
        first = found[0]
        cells.append(
            Cell(
                bids[bid_id],
                first.criterion,
                first.panel.name,
                None if first.superseded_at else first,
                [one for one in found if one.superseded_at],
                own.pop((bid_id, first.criterion_id, panel_id), []),
            )
        )
    cells += [
        Cell(marks_given[0].bid, marks_given[0].criterion, marks_given[0].seat.panel.name, None, [], marks_given)
        for marks_given in own.values()
    ]
    return cells


def cells_section(cells: Sequence[Cell], itt: InvitationToTender, names: Mapping[uuid.UUID, str]) -> Iterator[Part]:
    """Every mark of every bid: why, by whom, when, and on which answers and documents."""
    yield Heading("Every mark, and why")
    by_bid: dict[uuid.UUID, list[Cell]] = {}
    for cell in cells:
        by_bid.setdefault(cell.bid.bid_id, []).append(cell)
    for of_bid in by_bid.values():
        for number, cell in enumerate(of_bid):
            yield Heading(f"{cell.bid.called}: {cell.criterion.title}, {cell.panel}", 3)
            if number == 0 or of_bid[number - 1].criterion is not cell.criterion:
                yield Facts((("Judged on", judged_on(cell.bid, cell.criterion, itt)),))
            yield from _cell(cell, names)


def _cell(cell: Cell, names: Mapping[uuid.UUID, str]) -> Iterator[Part]:
    if cell.agreed is not None:
        yield Facts(
            ((f"Agreed: {marks(cell.agreed.score)}", f"{cell.agreed.reason}\n{_agreed_by(cell.agreed, names)}"),)
        )
    for old in cell.replaced:
        until = f"{_agreed_by(old, names)}, replaced {london_short(old.superseded_at)}"
        yield Facts(((f"Agreed before: {marks(old.score)}", f"{old.reason}\n{until}"),))
    if cell.given:
        rows = tuple(
            (
                f"{mark.seat.name}, {ROLE[mark.seat.role].lower()}",
                marks(mark.score),
                mark.reason if mark.seat.counts else f"{mark.reason}\n({mark.seat.state})",
                london_short(mark.submitted_at),
            )
            for mark in cell.given
        )
        yield Table(("Member", "Mark", "Reason", "Submitted"), rows, (5, 2, 11, 5))


def _agreed_by(score: ModeratedScore, names: Mapping[uuid.UUID, str]) -> str:
    return f"Written down by {names[score.agreed_by_id]}, {london_short(score.agreed_at)}"


def judged_on(bid: Judged, criterion: AwardCriterion, itt: InvitationToTender) -> str:
    """On which answers and files of which version a criterion was judged."""
    asked = [question for question in itt.questions if question.criterion_id == criterion.id]
    keys = {question.key for question in asked}
    files = [f"{file.name} (SHA-256 {file.sha256})" for file in bid.files if file.question in keys]
    answers = listed(f"“{question.prompt}”" for question in asked) or "the whole bid"
    return "\n".join([f"Version {bid.version} of {bid.reference}: the answer to {answers}", *files])
