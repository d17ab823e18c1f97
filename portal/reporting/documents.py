"""The report of an evaluation as a document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.core.pdf import Document, Facts, Heading, Part, Text
from portal.core.words import counted, london
from portal.reporting.cells import cells_of, cells_section
from portal.reporting.firmness import diagnostics_section
from portal.reporting.gathering import Evaluation
from portal.reporting.marks import given_marks, how_many_marks
from portal.reporting.result_sections import (
    prices_section,
    ranking_section,
)
from portal.reporting.sections import (
    bids_section,
    interests_section,
    method_section,
    panels_section,
    reopened_section,
    viewings_section,
)

OWN_MARKS_AT_MOST = 1500
"""With more marks of members than that a document would have hundreds of pages: the workbook has them all."""
AGREED_AT_MOST = 3000


def report_document(found: Evaluation, *, now: datetime) -> Document:
    """The whole report, for those in the authority who may read it."""
    itt = found.itt
    lead = (
        f"How {counted(len(found.bids), 'bid was', 'bids were')} judged, by whom, and why each mark is what it is. "
        f"As the record stood at {london(now)}. Confidential: it names people and bidders."
    )
    return Document(f"Evaluation report: {itt.title}", lead, itt.reference, tuple(_parts(found)), now)


def _parts(found: Evaluation) -> Iterator[Part]:
    itt = found.itt
    yield Facts(
        (
            ("Invitation", f"{itt.reference}: {itt.title}"),
            ("Buyer", itt.buyers_called),
            ("Closing time", london(itt.closes_at)),
            ("Opened", london(itt.opened_at)),
        )
    )
    yield from method_section(itt)
    yield from panels_section(itt.panels, list(found.seats.values()), found.works, found.shared, found.names)
    yield from reopened_section(found.set_aside, found.names)
    yield from interests_section(found.interests, found.names)
    yield from viewings_section(found.viewings, len(found.bids))
    yield Heading("What came of it")
    for outcome in found.outcomes:
        yield from bids_section(outcome)
        yield from ranking_section(outcome, itt)
        yield from prices_section(outcome)
        yield from diagnostics_section(outcome, is_known=itt.has_outcome)
    yield from _marks(found)


def _marks(found: Evaluation) -> Iterator[Part]:
    own, agreed = how_many_marks(found.itt.id), len(found.agreed)
    if agreed > AGREED_AT_MOST or own > OWN_MARKS_AT_MOST:
        yield Heading("Where every mark is")
        yield Text(
            f"The panels’ members gave {counted(own, 'mark')}, and {counted(agreed, 'mark was', 'marks were')} agreed. "
            "That is more than a document can show: the workbook of this report has every one with its reason, and who "
            "gave it when."
        )
    if agreed <= AGREED_AT_MOST:
        given = given_marks(found) if own <= OWN_MARKS_AT_MOST else ()
        yield from cells_section(cells_of(found.agreed, given, found.bids), found)
