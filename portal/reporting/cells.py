"""Every mark of an evaluation with its reasons: what members gave, what they agreed, what each said to that."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from portal.core.pdf import Facts, Heading, Part, Table
from portal.core.words import listed, london_short, marks
from portal.evaluation.models import ModeratedScore
from portal.reporting.gathering import Evaluation, Judged, Said
from portal.reporting.marks import Given
from portal.reporting.sections import ROLE
from portal.tendering.models import AwardCriterion, InvitationToTender

NOT_HIGHER, NOT_LOWER = "Why not one step higher", "Why not one step lower"
OUTSIDE, CONSENTED, DISSENTED = "Outside what anybody gave, because", "Consented", "Did not agree"


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


def cells_section(cells: Sequence[Cell], found: Evaluation) -> Iterator[Part]:
    """Every mark of every bid: why, by whom, when, and on which answers and documents."""
    yield Heading("Every mark, and why")
    by_bid: dict[uuid.UUID, list[Cell]] = {}
    for cell in cells:
        by_bid.setdefault(cell.bid.bid_id, []).append(cell)
    for of_bid in by_bid.values():
        for number, cell in enumerate(of_bid):
            yield Heading(f"{cell.bid.called}: {cell.criterion.title}, {cell.panel}", 3)
            if number == 0 or of_bid[number - 1].criterion is not cell.criterion:
                yield Facts((("Judged on", judged_on(cell.bid, cell.criterion, found.itt)),))
            yield from _cell(cell, found)


def _cell(cell: Cell, found: Evaluation) -> Iterator[Part]:
    if cell.agreed is not None:
        yield Facts(((f"Agreed: {marks(cell.agreed.score)}", _how(cell.agreed, found)),))
    for old in cell.replaced:
        how = f"{_how(old, found)}\nReplaced {london_short(old.superseded_at)}"
        yield Facts(((f"Agreed before: {marks(old.score)}", how),))
    if cell.given:
        rows = tuple(
            (
                f"{mark.seat.name}, {ROLE[mark.seat.role].lower()}",
                marks(mark.score),
                f"{mark.reason}\n({mark.why_not})" if mark.why_not else mark.reason,
                london_short(mark.submitted_at),
            )
            for mark in cell.given
        )
        yield Table(("Member", "Mark", "Reason", "Submitted"), rows, (5, 2, 11, 5))


def _how(score: ModeratedScore, found: Evaluation) -> str:
    """Why it is what it is, who wrote it down, and what each member said to it."""
    said = found.said.get(score.id, ())
    told = {
        NOT_HIGHER: score.not_higher,
        NOT_LOWER: score.not_lower,
        OUTSIDE: score.outside_reason,
        CONSENTED: consents(said),
        DISSENTED: dissents(said),
    }
    written = f"Written down by {found.names[score.agreed_by_id]}, {london_short(score.agreed_at)}"
    return "\n".join([score.reason, written, *(f"{name}: {words}" for name, words in told.items() if words)])


def consents(said: Sequence[Said]) -> str:
    """Who consented to an agreed mark, and when."""
    return "; ".join(f"{_by(one)}, {london_short(one.at)}" for one in said if one.consents)


def dissents(said: Sequence[Said]) -> str:
    """Who did not, when, and why."""
    told = ((one, f", “{one.words}”" if one.words else "") for one in said if not one.consents)
    return "; ".join(f"{_by(one)}, {london_short(one.at)}{why}" for one, why in told)


def _by(one: Said) -> str:
    return f"{one.name} (taken back later)" if one.taken_back else one.name


def judged_on(bid: Judged, criterion: AwardCriterion, itt: InvitationToTender) -> str:
    """On which answers and files of which version a criterion was judged."""
    asked = [question for question in itt.questions if question.criterion_id == criterion.id]
    keys = {question.key for question in asked}
    files = [f"{file.name} (SHA-256 {file.sha256})" for file in bid.files if file.question in keys]
    answers = listed(f"“{question.prompt}”" for question in asked) or "the whole bid"
    return "\n".join([f"Version {bid.version} of {bid.reference}: the answer to {answers}", *files])
