"""What anybody may read of an evaluation: a type of its own that has no place for a person, a loser or a price of one.

Only `for_publication` makes it; whoever adds something to the whole report adds nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.core.pdf import Document, Facts, Heading, Part, Table, Text
from portal.core.words import counted, london, marks, pounds
from portal.evaluation.explaining import eliminated_in_words
from portal.evaluation.states import SCORING_ROLES
from portal.reporting.gathering import Evaluation, LotOutcome
from portal.reporting.sections import method_section
from portal.tendering.by_lot import formula_in
from portal.tendering.interests.states import Extent
from portal.tendering.models import InvitationToTender
from tender_scoring.prices import FORMULAS


@dataclass(frozen=True)
class PublicPanel:
    """A panel without its people."""

    name: str
    scored: int
    left: int


@dataclass(frozen=True)
class PublicMark:
    """An agreed mark of the winning bid, with the words that every bidder was sent."""

    criterion: str
    panel: str
    score: str
    reason: str


@dataclass(frozen=True)
class PublicWinner:
    """Who was chosen, as the award notice says it. `total` is "" where the price of another bid follows from it."""

    name: str
    price: str
    total: str
    marks: tuple[PublicMark, ...]


@dataclass(frozen=True)
class PublicLot:
    """One lot: how many bid, the places with the panels' marks alone, and who was chosen."""

    number: int
    title: str
    opened: int
    not_judged: int
    columns: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    """Each place with the marks of every panel; neither the bidder, its price nor its total."""
    ruled_out: tuple[str, ...]
    winners: tuple[PublicWinner, ...]
    inputs_hash: str


@dataclass(frozen=True)
class PublicEvaluation:
    """The whole of it."""

    itt: InvitationToTender
    """For its published method."""
    panels: tuple[PublicPanel, ...]
    declared: int
    with_interest: int
    stepped_back: int
    left_a_lot: int
    lots: tuple[PublicLot, ...]


def for_publication(found: Evaluation) -> PublicEvaluation:
    """Take out of an evaluation what anybody may read."""
    return PublicEvaluation(
        itt=found.itt,
        panels=tuple(_panels(found)),
        declared=len({one.user_id for one in found.interests if one.declared_at is not None}),
        with_interest=len({one.user_id for one in found.interests if one.has_interest}),
        stepped_back=len({one.user_id for one in found.interests if not one.may_take_part}),
        left_a_lot=len({one.user_id for one in found.interests if one.stepped_back_from is Extent.LOT}),
        lots=tuple(_lot(found, outcome) for outcome in found.outcomes),
    )


def _panels(found: Evaluation) -> Iterator[PublicPanel]:
    for panel in found.itt.panels:
        seats = [seat for seat in found.seats.values() if seat.panel is panel and seat.role in SCORING_ROLES]
        yield PublicPanel(panel.name, len(seats), sum(not seat.counts for seat in seats))


def _lot(found: Evaluation, outcome: LotOutcome) -> PublicLot:
    panels = [panel for panel in found.itt.panels if any(panel.key in entry["panels"] for entry in outcome.ranking)]
    return PublicLot(
        number=outcome.lot.number,
        title=outcome.lot.title,
        opened=len(outcome.bids),
        not_judged=sum(not bid.stands for bid in outcome.bids.values()),
        columns=("Place", *(panel.name for panel in panels)),
        places=tuple(
            (str(entry["rank"]), *(marks(entry["panels"].get(panel.key, "0")) for panel in panels))
            for entry in outcome.ranking
        ),
        ruled_out=tuple(_ruled_out(outcome)),
        winners=tuple(_winners(found, outcome)),
        inputs_hash=outcome.result.inputs_hash if outcome.result is not None else "",
    )


def _ruled_out(outcome: LotOutcome) -> Iterator[str]:
    """Why bids were ruled out, without saying which; a ceiling without the price above it."""
    for entry in outcome.result.outcome["eliminated"] if outcome.result is not None else ():
        if "ceiling" in entry:
            yield f"A price above the published ceiling of {pounds(entry['ceiling'])}."
        else:
            yield eliminated_in_words(entry, outcome.names)


def _winners(found: Evaluation, outcome: LotOutcome) -> Iterator[PublicWinner]:
    totals = {entry["bid"]: entry["total"] for entry in outcome.ranking}
    formula = formula_in(outcome.lot)
    compares = formula is not None and bool(FORMULAS[formula["formula"]].compares)
    references = {bid.bid_id: key for key, bid in outcome.bids.items()}
    for place in outcome.places:
        if place.decision.announced_date is None:
            continue
        key = references[place.bid_id]
        total = "" if compares or key not in totals else marks(totals[key])
        own = (score for score in found.agreed if score.bid_id == place.bid_id and not score.superseded_at)
        told = (PublicMark(one.criterion.title, one.panel.name, marks(one.score), one.reason) for one in own)
        yield PublicWinner(place.called, pounds(outcome.bids[key].price), total, tuple(told))


def public_document(public: PublicEvaluation, *, now: datetime) -> Document:
    """The edition for publication."""
    itt = public.itt
    lead = (
        "How the bids were judged, for everybody to read. It names no person, no bidder that was not chosen and none "
        "of their prices."
    )
    return Document(f"How we chose: {itt.title}", lead, itt.reference, tuple(_parts(public)), now)


def _parts(public: PublicEvaluation) -> Iterator[Part]:
    itt = public.itt
    about = (("Invitation", f"{itt.reference}: {itt.title}"), ("Buyer", itt.buyers_called))
    yield Facts((*about, ("Closing time", london(itt.closes_at))))
    yield from method_section(itt)
    yield Heading("Who judged")
    yield Facts(tuple((panel.name, _people(panel)) for panel in public.panels))
    yield Text(
        f"{counted(public.declared, 'person', 'people')} declared their interests. {public.with_interest} of them had "
        f"one, and {counted(public.stepped_back, 'person', 'people')} stepped back because of it."
        + (f" {counted(public.left_a_lot, 'person', 'people')} stepped back from one lot." if public.left_a_lot else "")
    )
    for lot in public.lots:
        yield from _lot_parts(lot)


def _people(panel: PublicPanel) -> str:
    left = f", {panel.left} of whom left it, so that their marks do not count" if panel.left else ""
    return f"{counted(panel.scored, 'person', 'people')} scored{left}."


def _lot_parts(lot: PublicLot) -> Iterator[Part]:
    yield Heading(f"Lot {lot.number}: {lot.title}")
    said = [f"{counted(lot.opened, 'bid was', 'bids were')} opened."]
    if lot.not_judged:
        said.append(f"{counted(lot.not_judged, 'was', 'were')} not judged.")
    yield Text(" ".join(said))
    for why in lot.ruled_out:
        yield Text(f"A bid was ruled out. {why}")
    if lot.places:
        yield Heading("Places, with the marks of each panel", 3)
        yield Table(lot.columns, lot.places, (2, *[4] * (len(lot.columns) - 1)))
        yield Text("Totals and marks for the price are left out: prices of bids that were not chosen follow from them.")
    for winner in lot.winners:
        yield Heading(f"Chosen: {winner.name}", 3)
        total = (("Total", f"{winner.total} of 100 marks"),) if winner.total else ()
        yield Facts((("Price for the whole term", winner.price), *total))
        yield Facts(tuple((f"{one.criterion}, {one.panel}: {one.score}", one.reason) for one in winner.marks))
    if not lot.winners:
        yield Text("Nobody was chosen, or it is not announced yet.")
    if lot.inputs_hash:
        yield Facts((("Hash of what the result was worked out from", f"\n{lot.inputs_hash}"),))
