"""Making the report of an evaluation: each time is noted in the ledger, with the hash of what was handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import WrongState
from portal.core.pdf import make_pdf
from portal.core.permissions import Actor, Verb, policy
from portal.evaluation.results import newest_results
from portal.reporting.documents import report_document
from portal.reporting.gathering import gather
from portal.reporting.publication import for_publication, public_document
from portal.reporting.sheets import report_workbook
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_MODERATION


class Edition(StrEnum):
    """What there is of one evaluation: the whole as a document and as a workbook, and what anybody may read."""

    PDF = "pdf"
    XLSX = "xlsx"
    PUBLIC_PDF = "public_pdf"


@dataclass(frozen=True)
class Report:
    """A report as a file."""

    name: str
    content: bytes


def require_report(itt: InvitationToTender, actor: Actor, edition: Edition = Edition.PDF) -> None:
    """Raise unless the actor may take that edition now: `NotFound`, `NotAllowed`, or `WrongState` that says when."""
    is_public = edition is Edition.PUBLIC_PDF
    try:
        policy.require(actor, Verb.TAKE_PUBLIC_REPORT if is_public else Verb.TAKE_REPORT, itt)
    except WrongState:
        when = "it is decided who is chosen" if is_public else "every panel has closed its moderation"
        raise WrongState(f"There is a report once {when}.") from None
    if itt.reached not in AFTER_MODERATION:
        raise WrongState("This ended before every panel had closed its moderation, so there is nothing to report.")


def make_report(*, itt: InvitationToTender, edition: Edition, actor: Actor, now: datetime) -> Report:
    """Make one edition of the report.

    Consequences: none but that it is noted. Records EVALUATION_REPORT_TAKEN with the edition, the SHA-256 of the file
    and the hashes of the results' inputs. Raises as `require_report`, and `NotPrinted`.
    """
    require_report(itt, actor, edition)
    content = _MAKE[edition](itt, actor, now)
    record(
        EventKind.EVALUATION_REPORT_TAKEN,
        itt,
        actor=actor,
        edition=edition.value,
        sha256=hashlib.sha256(content).hexdigest(),
        inputs_sha256=[result.inputs_hash for result in newest_results(itt.id)],
    )
    kind = "xlsx" if edition is Edition.XLSX else "pdf"
    public = "-for-publication" if edition is Edition.PUBLIC_PDF else ""
    return Report(f"evaluation-report-{itt.reference}{public}.{kind}", content)


def _whole_pdf(itt: InvitationToTender, actor: Actor, now: datetime) -> bytes:
    return make_pdf(report_document(gather(itt, actor), now=now))


def _whole_xlsx(itt: InvitationToTender, actor: Actor, now: datetime) -> bytes:
    return report_workbook(gather(itt, actor), now=now)


def _public_pdf(itt: InvitationToTender, actor: Actor, now: datetime) -> bytes:
    return make_pdf(public_document(for_publication(gather(itt, actor)), now=now))


_MAKE: dict[Edition, Callable[[InvitationToTender, Actor, datetime], bytes]] = {
    Edition.PDF: _whole_pdf,
    Edition.XLSX: _whole_xlsx,
    Edition.PUBLIC_PDF: _public_pdf,
}
