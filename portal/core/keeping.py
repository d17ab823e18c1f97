"""Files in the store that follow the transaction: kept only if it commits, deleted only once it has.

A file of which anybody may know the name is a row with the columns of `KeptFile`; a bid's are sealed
(`bidding.stored_files`).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapped

from portal.core.columns import db
from portal.core.errors import InvalidInput, SealBroken
from portal.core.inspecting import Inspected, inspect_file
from portal.core.storage import FileStore

Upload = tuple[str, Callable[[], bytes]]
"""A file's name as the browser gave it, and how to read its bytes."""


class KeptFile:
    """What is known of a file beside its bytes."""

    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    stored_as: Mapped[uuid.UUID]


def inspect_upload(upload: Upload, *, files: FileStore) -> tuple[Inspected, bytes]:
    """What an upload is, its bytes, and what the scanner says; `InvalidInput` (field "file") when it cannot be kept."""
    name, read = upload
    try:
        content = read()
        inspected = inspect_file(name, content)
        return replace(inspected, scan=files.scanner.scan(inspected.name, content)), content
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, field="file") from refusal


def keep_inspected(inspected: Inspected, content: bytes, *, files: FileStore) -> dict[str, Any]:
    """Store the bytes durably, and return the columns of the row that will know them."""
    return {
        "file_name": inspected.name,
        "media_type": inspected.media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "stored_as": keep_file(content, files=files),
    }


def read_kept(row: KeptFile, *, files: FileStore) -> bytes:
    """Read a file back; raises `NotFound`, and `SealBroken` when the bytes are not those that were kept."""
    content = files.get(row.stored_as)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise SealBroken("The stored document is not the one that was kept.")
    return content


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
