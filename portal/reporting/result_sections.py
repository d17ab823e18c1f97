"""What came of it: ranking, every mark with its reasons, prices with their working."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from portal.core.pdf import Facts, Heading, Part, Table, Text
from portal.core.words import london, london_short, marks, pounds
from portal.evaluation.explaining import eliminated_in_words, shown_steps
from portal.reporting.gathering import LotOutcome
from portal.tendering.models import InvitationToTender
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
    for step in shown_steps(ordered, outcome.names):
        bid = outcome.bids.get(step["whose"])
        inputs = "; ".join(f"{each['label']} {each['value']}" for each in step["inputs"])
        yield bid.called if bid else "All bids", step["rule"], f"{step['note']}\n({inputs})", step["shown"]


def _whose(step: Mapping[str, Any]) -> str:
    return str(step["id"].split("/")[1])
