"""Reading what a service is to achieve: for pages, as data, and as a document."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.pdf import Document, Facts, Heading, Part, Table, Text, make_pdf
from portal.core.words import counted, london
from portal.tendering.models import InvitationToTender
from portal.tendering.specification_models import LineKind, SpecificationLine

DOCUMENTS_KEPT = 64
"""Printed documents that a process remembers: everybody may ask for one, and printing takes a second."""


@dataclass(frozen=True)
class Outcome:
    """An outcome under its number, with its outputs and its activities in their order."""

    number: int
    line: SpecificationLine
    parts: list[SpecificationLine] = field(default_factory=list)

    @property
    def groups(self) -> list[tuple[str, list[SpecificationLine]]]:
        """Outputs, then activities, each with its title; only those that there are."""
        titles = {LineKind.OUTPUT: "Outputs", LineKind.ACTIVITY: "Activities"}
        found = [(title, [part for part in self.parts if part.kind is kind]) for kind, title in titles.items()]
        return [(title, lines) for title, lines in found if lines]


def specification_of(itt_id: uuid.UUID) -> list[Outcome]:
    """The outcomes of an invitation in their order, in one statement."""
    lines = db.session.scalars(
        select(SpecificationLine)
        .where(SpecificationLine.itt_id == itt_id)
        .order_by(SpecificationLine.position, SpecificationLine.id)
    ).all()
    heads = [line for line in lines if line.outcome_id is None]
    outcomes = {line.id: Outcome(number, line) for number, line in enumerate(heads, 1)}
    for line in lines:
        if line.outcome_id is not None:
            outcomes[line.outcome_id].parts.append(line)
    return list(outcomes.values())


def line_of(itt: InvitationToTender, line_id: uuid.UUID) -> SpecificationLine:
    """One line as it is now; raises `NotFound`."""
    found = db.session.scalars(
        select(SpecificationLine)
        .where(SpecificationLine.id == line_id, SpecificationLine.itt_id == itt.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("That part of the draft is not there any more.")
    return found


def measured_in(outcomes: Sequence[Outcome]) -> int:
    """How many lines can become measures of the contract."""
    return sum(line.is_measured for outcome in outcomes for line in (outcome.line, *outcome.parts))


def state_specification(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Write down what is to be achieved, as JSON values."""
    return [
        _stated(outcome.line) | {"parts": [{"kind": part.kind.value} | _stated(part) for part in outcome.parts]}
        for outcome in outcomes
    ]


def specification_pdf(itt: InvitationToTender, outcomes: Sequence[Outcome], *, now: datetime) -> bytes:
    """The specification as a PDF: of a draft as it is at `now`, which it says; else as it was published."""
    return _printed(_document(itt, outcomes, itt.published_at or now))


@lru_cache(maxsize=DOCUMENTS_KEPT)
def _printed(document: Document) -> bytes:
    return make_pdf(document)


def _document(itt: InvitationToTender, outcomes: Sequence[Outcome], at: datetime) -> Document:
    lead = f"As published at {london(at)}." if itt.published_at else f"A draft, as it was at {london(at)}."
    rows = tuple(row for outcome in outcomes for row in _rows(outcome))
    measured = measured_in(outcomes)
    parts: tuple[Part, ...] = (
        Facts((("Buyer", itt.buyers_called), ("Reference", itt.reference))),
        Heading("What is needed"),
        Text(itt.description or "Not described yet."),
        Heading("What is to be achieved"),
        Text(f"{counted(len(outcomes), 'outcome')}; {counted(measured, 'line')} measured during the contract."),
        Table(("No.", "Outcome, output or activity", "Measured by"), rows, (2, 10, 6)),
    )
    return Document(f"Specification: {itt.title}", lead, itt.reference, parts, at)


def _rows(outcome: Outcome) -> Iterator[tuple[str, str, str]]:
    yield f"{outcome.number}", f"Outcome: {outcome.line.words}", outcome.line.measure_words or "–"
    ordered = [line for _title, lines in outcome.groups for line in lines]
    for place, line in enumerate(ordered, 1):
        kind = line.kind.value.capitalize()
        yield f"{outcome.number}.{place}", f"{kind}: {line.words}", line.measure_words or "–"


def _stated(line: SpecificationLine) -> dict[str, Any]:
    if line.target is None or line.side is None or line.period is None:
        return {"words": line.words, "measure": None}
    target = format(line.target.normalize(), "f")
    measure = {"unit": line.unit, "target": target, "side": line.side.value, "period": line.period.value}
    return {"words": line.words, "measure": measure}
