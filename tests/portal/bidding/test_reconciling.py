"""Reconciling names every byte and every version that does not fit (L-08)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.bidding.models import Bid, BidFile, BidVersion
from portal.bidding.reconciling import Discrepancy, reconcile_files
from portal.core.storage import FileStore
from portal.extensions import db
from tests.factories.bidding import submitted_bid
from tests.factories.tendering import published_itt


@pytest.fixture
def bid(app: Flask, db_session: object, tmp_path: Path) -> Iterator[Bid]:
    """A submitted bid with one file, in a store of its own."""
    shared, app.extensions["files"] = app.extensions["files"], FileStore(tmp_path)
    yield submitted_bid(published_itt())
    app.extensions["files"] = shared


def test_a_sound_store_gives_no_finding(app: Flask, bid: Bid) -> None:
    """Files and versions are counted, and nothing is found."""
    found = reconcile_files(files=app.extensions["files"])
    assert (found.files, found.versions, found.findings) == (1, 1, ())


def test_missing_changed_and_unknown_files_are_named(app: Flask, bid: Bid) -> None:
    """Each of the three is one finding with the stored name."""
    files: FileStore = app.extensions["files"]
    row = db.session.scalars(select(BidFile)).one()
    path = files._path(row.stored_as)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert reconcile_files(files=files).findings == (Discrepancy(row.stored_as, "the file was changed"),)
    path.unlink()
    assert reconcile_files(files=files).findings == (
        Discrepancy(row.stored_as, "the file is missing from the file store"),
    )
    path.write_bytes(whole)
    added = files.put(b"smuggled")
    assert reconcile_files(files=files).findings == (Discrepancy(added, "the file is not in the database"),)


def test_a_version_that_the_ledger_does_not_know_is_named(app: Flask, bid: Bid) -> None:
    """Somebody who writes a version into the table is found out."""
    version = db.session.scalars(select(BidVersion)).one()
    columns = (
        "seal_format",
        "method_version",
        "keys_for_draft",
        "commitment",
        "receipt",
        "received_at",
        "submitted_by_id",
    )
    forged = BidVersion(
        bid_id=bid.id,
        number=2,
        idempotency_key=uuid.uuid4(),
        **{name: getattr(version, name) for name in columns},
    )
    db.session.add(forged)
    db.session.flush()
    assert reconcile_files(files=app.extensions["files"]).findings == (
        Discrepancy(forged.id, "the ledger does not know this version"),
    )
