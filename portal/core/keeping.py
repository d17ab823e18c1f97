"""Files in the store that follow the transaction: kept only if it commits, deleted only once it has."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy import event

from portal.core.columns import db
from portal.core.storage import FileStore


def keep_file(content: bytes, *, files: FileStore) -> uuid.UUID:
    """Store the bytes durably and return their identifier; they are removed again if the transaction is rolled back."""
    stored_as = files.put(content)
    _once(lambda: files.remove(stored_as), after="after_rollback", unless="after_commit")
    return stored_as


def discard_file(stored_as: uuid.UUID, *, files: FileStore) -> None:
    """Remove the bytes once the transaction has committed."""
    _once(lambda: files.remove(stored_as), after="after_commit", unless="after_rollback")


def _once(act: Callable[[], None], *, after: str, unless: str) -> None:
    """Run `act` at the end of this session's transaction, if it ends as `after` says."""
    session = db.session()
    pending = [act]

    def ended(_session: object) -> None:
        for waiting in pending:
            waiting()
        pending.clear()

    def ended_otherwise(_session: object) -> None:
        pending.clear()

    event.listen(session, after, ended, once=True)
    event.listen(session, unless, ended_otherwise, once=True)
