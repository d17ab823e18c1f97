"""Files follow the transaction: kept only if it commits, deleted only once it has."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import text

from portal.core.keeping import discard_file, keep_file
from portal.core.storage import FileStore
from portal.extensions import db


def stored(files: FileStore) -> list[bytes]:
    return [files.get(identifier) for identifier in files.identifiers()]


def test_what_is_kept_goes_with_a_rollback_and_stays_with_a_commit(fresh_app: Flask, tmp_path: Path) -> None:
    """The bytes are on the disk at once; each transaction decides about its own."""
    files = FileStore(tmp_path)
    with fresh_app.app_context():
        for end, left in ((db.session.rollback, []), (db.session.commit, [b"kept"])):
            db.session.execute(text("SELECT 1"))
            keep_file(b"kept", files=files)
            assert stored(files) == [b"kept"]
            end()
            assert stored(files) == left
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
        assert stored(files) == [b"kept"], "a later rollback takes nothing that was committed"


def test_what_is_discarded_stays_with_a_rollback_and_goes_with_a_commit(fresh_app: Flask, tmp_path: Path) -> None:
    """A rolled back deletion has deleted nothing."""
    files = FileStore(tmp_path)
    identifier = files.put(b"there")
    with fresh_app.app_context():
        for end, left in ((db.session.rollback, [b"there"]), (db.session.commit, [])):
            db.session.execute(text("SELECT 1"))
            discard_file(identifier, files=files)
            assert stored(files) == [b"there"]
            end()
            assert stored(files) == left
