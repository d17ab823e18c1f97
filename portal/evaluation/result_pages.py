"""What the result pages show, made of the stored result: no individual score is read for the ranking."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.evaluation.explaining import Names, eliminated_in_words, shown_steps
from portal.evaluation.models import Result
from portal.evaluation.names import names_in
from portal.evaluation.reading import read_prices
from portal.evaluation.results import steps_of_bid
from portal.tendering.method import method_for
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.question_kinds.schedule import schedule_in
from portal.tendering.states import PanelKind
from portal.tendering.tie_breaks import TOLD, criterion_words
from tender_scoring import effective_weights

CHART_AT_MOST = 20
UNFOLD_AT_MOST = 8
CHIP = {
    PanelKind.LOCAL: "professional",
    PanelKind.YOUNG_PEOPLE: "young_people",
    PanelKind.PARENTS: "parents",
}


@dataclass(frozen=True)
class Bidder:
    """A bid as the result shows it: now with its bidder's name and its price (pounds over the whole term)."""

    bid_id: uuid.UUID
    reference: str
    label: str
    provider: str
    price: Decimal | None
    mark: str = ""
    """That it was answered before addenda."""


@dataclass(frozen=True)
class Column:
    """Whose marks a column holds: a counting panel's, or the price's; `worth` out of 100."""

    key: str
    name: str
    kind: str
    worth: str
    tone: int


@dataclass(frozen=True)
class Row:
    """One ranked bid; marks in the columns' order, each rounded from its own exact value."""

    rank: int
    bidder: Bidder
    total: str
    marks: tuple[str, ...]
    per_point: str | None
    steps: list[dict[str, Any]] | None = None


@dataclass(frozen=True)
class ResultPage:
    """The ranking of one lot with everything beside it."""

    result: Result
    lot: str
    has_rates: bool
    """Whether bidders for the lot gave rates, of which the price is worked out."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    bars: list[dict[str, Any]]
    eliminated: list[tuple[Bidder, str]]
    ties: list[str]
    tie_broken_by: list[tuple[str, str]]
    pilots: list[dict[str, Any]]

    @property
    def is_long(self) -> bool:
        """Whether there are more bids than the chart shows."""
        return len(self.rows) > len(self.bars)


def result_page(itt: InvitationToTender, result: Result, actor: Actor) -> ResultPage:
    """The page of one lot's result for the actor, in a fixed number of statements however many bids there are."""
    outcome = result.outcome
    bidders = _bidders(itt, result.lot_id, actor)
    names, panels = names_in(itt, {key: bidder.label for key, bidder in bidders.items()})
    method = method_for(result.lot)
    columns = tuple(_columns(method, panels))
    rows = _rows(outcome, columns, bidders, _price_keys(method))
    if len(rows) <= UNFOLD_AT_MOST:
        rows = _with_steps(rows, result, names)
    return ResultPage(
        result=result,
        lot=result.lot.title,
        has_rates=schedule_in(q.asked for q in itt.questions if q.is_asked_for(result.lot_id)) is not None,
        columns=columns,
        rows=rows,
        bars=[_bar(row, columns) for row in rows[:CHART_AT_MOST]],
        eliminated=[(bidders[entry["bid"]], eliminated_in_words(entry, names)) for entry in outcome["eliminated"]],
        ties=[names.several(bids) for bids in outcome["ties"]],
        tie_broken_by=[(names.several(e["bids"]), _breaker(e["by"], itt)) for e in outcome["tie_broken_by"]],
        pilots=_pilots(outcome, names),
    )


@dataclass(frozen=True)
class WorkingsPage:
    """Every figure behind one bid's total."""

    bidder: Bidder
    steps: list[dict[str, Any]]


def workings_page(itt: InvitationToTender, result: Result, bid: str, actor: Actor) -> WorkingsPage:
    """The workings of one bid, by its reference; `NotFound` for a bid that is not in the result."""
    bidders = _bidders(itt, result.lot_id, actor)
    if bid not in bidders:
        raise NotFound("There is no such bid in this result.")
    names, _ = names_in(itt, {key: bidder.label for key, bidder in bidders.items()})
    return WorkingsPage(bidders[bid], shown_steps(steps_of_bid(result.id, bid), names))


def _bidders(itt: InvitationToTender, lot_id: uuid.UUID, actor: Actor) -> dict[str, Bidder]:
    opened = read_prices(itt=itt, lot_id=lot_id, reader=actor).values()
    return {
        found.bid.reference: Bidder(
            found.bid_id, found.bid.reference, found.label, found.bid.provider.name, found.price, found.mark
        )
        for found in opened
    }


def _columns(method: Mapping[str, Any], panels: Sequence[Panel]) -> Iterator[Column]:
    worth: dict[str | None, Any] = {}
    for weight in effective_weights(dict(method)):
        worth[weight.panel] = worth.get(weight.panel, 0) + weight.marks
    counting = [panel for panel in panels if panel.counts and panel.key in worth]
    for tone, panel in enumerate(counting):
        marks = Decimal(worth[panel.key].numerator) / Decimal(worth[panel.key].denominator)
        yield Column(panel.key, panel.name, CHIP[panel.kind], f"{marks:.2f}".rstrip("0").rstrip("."), tone)
    if None in worth:
        marks = Decimal(worth[None].numerator) / Decimal(worth[None].denominator)
        yield Column("", "Price", "other", f"{marks:.2f}".rstrip("0").rstrip("."), len(counting))


def _price_keys(method: Mapping[str, Any]) -> list[str]:
    def walk(nodes: list[dict[str, Any]]) -> Iterator[str]:
        for node in nodes:
            if "price" in node:
                yield node["id"]
            yield from walk(node.get("children", []))

    return list(walk(method.get("criteria", [])))


def _rows(
    outcome: Mapping[str, Any],
    columns: tuple[Column, ...],
    bidders: Mapping[str, Bidder],
    price_keys: list[str],
) -> tuple[Row, ...]:
    def marks(entry: Mapping[str, Any], column: Column) -> str:
        if column.key:
            return str(entry["panels"][column.key])
        if len(price_keys) == 1:
            return str(entry["marks"][price_keys[0]])
        return str(sum(Decimal(entry["marks"][key]) for key in price_keys))

    return tuple(
        Row(
            entry["rank"],
            bidders[entry["bid"]],
            entry["total"],
            tuple(marks(entry, column) for column in columns),
            entry.get("price_per_point"),
        )
        for entry in outcome["ranking"]
    )


def _with_steps(rows: tuple[Row, ...], result: Result, names: Names) -> tuple[Row, ...]:
    by_bid: dict[str, list[Any]] = {row.bidder.reference: [] for row in rows}
    for step in result.steps:
        key = step["id"].split("/")[1]
        if key in by_bid:
            by_bid[key].append(step)
    return tuple(
        Row(row.rank, row.bidder, row.total, row.marks, row.per_point, shown_steps(steps, names))
        for row, steps in zip(rows, by_bid.values(), strict=True)
    )


def _bar(row: Row, columns: tuple[Column, ...]) -> dict[str, Any]:
    return {
        "label": f"{row.rank}. {row.bidder.label}, {row.bidder.provider}",
        "total": Decimal(row.total),
        "segments": [
            {"label": column.name, "value": Decimal(marks), "tone": column.tone}
            for column, marks in zip(columns, row.marks, strict=True)
        ],
    }


def _breaker(by: str, itt: InvitationToTender) -> str:
    return TOLD.get(by) or f"the marks for {criterion_words(itt, by)}"


def _pilots(outcome: Mapping[str, Any], names: Names) -> list[dict[str, Any]]:
    """Each pilot panel's scores as percentages of the scale, by criterion and bid: shown, never counted."""
    found = []
    for panel, bids in outcome["pilots"].items():
        criteria = sorted({key for scores in bids.values() for key in scores})
        rows = [
            [names.bid(bid), *(f"{Decimal(scores[key]) * 100:.0f}%" for key in criteria)]
            for bid, scores in sorted(bids.items(), key=lambda item: names.bid(item[0]))
        ]
        columns = ["Bid", *({"text": names.criterion(key), "numeric": True} for key in criteria)]
        found.append({"name": names.panel(panel), "columns": columns, "rows": rows})
    return found
