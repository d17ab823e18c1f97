"""A bid's files in the file store: each sealed with a key of its own, bound to its bid."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from portal.bidding.contents import Placed, context_of
from portal.bidding.models import BidFile
from portal.core import keeping
from portal.core.columns import db
from portal.core.errors import NotFound, SealBroken
from portal.core.seals import decrypt, encrypt, new_content_key, pad, unpad
from portal.core.storage import FileStore

NOT_SCANNED = "not_scanned"
"""No virus scanner looked at the file: never shown as clean."""


def store_file(
    *, bid: Placed, name: str, question: str, media_type: str, content: bytes, files: FileStore
) -> dict[str, Any]:
    """Seal the bytes with a new key, store them durably, add the BidFile row, and return the file's entry.

    The entry, key included, belongs into the sealed draft and nowhere else. The sealed bytes are flushed to
    the disk before the row is written, and removed again should the transaction be rolled back.
    """
    file_id, key, digest = uuid.uuid4(), new_content_key(), hashlib.sha256(content).hexdigest()
    sealed = encrypt(pad(content), key, context_of(bid, "file", str(file_id), digest))
    stored_as = keeping.keep_file(sealed, files=files)
    db.session.add(
        BidFile(id=file_id, bid_id=bid.id, stored_as=stored_as, sealed_sha256=hashlib.sha256(sealed).hexdigest())
    )
    return {
        "id": str(file_id),
        "question": question,
        "name": name,
        "size": len(content),
        "sha256": digest,
        "media_type": media_type,
        "key": key.hex(),
        "scan": NOT_SCANNED,
    }


def read_stored_file(*, bid: Placed, entry: Mapping[str, Any], files: FileStore) -> bytes:
    """Read one file back by its entry, and compare it with its SHA-256.

    Raises `NotFound` when row or bytes are missing, `SealBroken` when they are not what was stored.
    """
    row = db.session.get(BidFile, uuid.UUID(entry["id"]))
    if row is None or row.bid_id != bid.id:
        raise NotFound("That file is not part of this bid.")
    context = context_of(bid, "file", entry["id"], entry["sha256"])
    content = unpad(decrypt(files.get(row.stored_as), bytes.fromhex(entry["key"]), context))
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise SealBroken("The stored file is not the one that was uploaded.")
    return content


def discard_file(*, row: BidFile, files: FileStore) -> None:
    """Delete the row, and the bytes once the transaction has committed."""
    db.session.delete(row)
    keeping.discard_file(row.stored_as, files=files)
