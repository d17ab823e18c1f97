"""Compare the file store with the rows, both ways, and every digest: what `portal reconcile` reports."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.audit.models import Event
from portal.bidding.envelopes import evidence_of
from portal.bidding.models import BidFile, BidVersion, FilePart
from portal.bidding.received import differences
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.keeping import KeptFile
from portal.core.storage import FileStore


@dataclass(frozen=True)
class Discrepancy:
    """One thing that does not fit: the file or version, and what is wrong with it."""

    identifier: uuid.UUID
    finding: str


@dataclass(frozen=True)
class Reconciliation:
    """How much was compared, and what was found."""

    files: int
    versions: int
    findings: tuple[Discrepancy, ...]


def reconcile_files(*, files: FileStore) -> Reconciliation:
    """Compare stored bytes with the rows that know them and submitted versions with their ledger entries.

    Finds bytes that are missing, changed or known to no row, versions whose sealed envelopes are not those that
    their BID_SUBMITTED entry names, and bids whose rows do not say what the ledger says was received. Reads
    everything, changes nothing, opens nothing.
    """
    digests = _digests()
    findings = []
    stored = set(files.identifiers())
    findings += [Discrepancy(known, "the file is not in the database") for known in sorted(stored - digests.keys())]
    for stored_as, digest in sorted(digests.items()):
        finding = _file_finding(stored_as, digest, files)
        if finding:
            findings.append(Discrepancy(stored_as, finding))
    versions, broken = _compare_versions()
    lost = [Discrepancy(found.bid_id, found.finding) for found in differences()]
    return Reconciliation(len(digests), versions, (*findings, *broken, *lost))


def _digests() -> dict[uuid.UUID, str]:
    """SHA-256 of the stored bytes of every file that a row knows: bids, documents, providers' evidence."""
    known = (
        select(BidFile.stored_as, BidFile.sealed_sha256),
        select(FilePart.stored_as, FilePart.sealed_sha256),
        *(select(kept.stored_as, kept.sha256) for kept in KeptFile.__subclasses__()),
    )
    return {stored_as: digest for query in known for stored_as, digest in db.session.execute(query)}


def _file_finding(stored_as: uuid.UUID, digest: str, files: FileStore) -> str | None:
    try:
        content = files.get(stored_as)
    except NotFound:
        return "the file is missing from the file store"
    return None if hashlib.sha256(content).hexdigest() == digest else "the file was changed"


def _compare_versions() -> tuple[int, list[Discrepancy]]:
    entries = db.session.execute(
        select(Event.object_id, Event.data).where(
            Event.kind.in_(("bid_submitted", "bid_admitted_late")), Event.object_type == "bid"
        )
    )
    told = {(entry.object_id, entry.data["version"]): entry.data for entry in entries}
    count, findings = 0, []
    versions = select(BidVersion).options(selectinload(BidVersion.envelopes)).execution_options(yield_per=100)
    for version in db.session.scalars(versions):
        count += 1
        data = told.pop((version.bid_id, version.number), None)
        if data is None:
            findings.append(Discrepancy(version.id, "the ledger does not know this version"))
        elif evidence_of(version) != {name: said for name, said in data.items() if _is_evidence(name)}:
            findings.append(Discrepancy(version.id, "the version is not the one that the ledger names"))
    findings += [Discrepancy(bid_id, f"version {number} is missing") for bid_id, number in sorted(told)]
    return count, findings


def _is_evidence(name: str) -> bool:
    return name == "commitment" or name.endswith("_sha256")
