"""A bid's files in the file store: each sealed with a key of its own, bound to its bid."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import select

from portal.accounts.queries import names_by_id
from portal.bidding.contents import Content, Placed, context_of
from portal.bidding.models import Bid, BidFile, FilePart
from portal.core import keeping
from portal.core.columns import db
from portal.core.errors import NotFound, SealBroken
from portal.core.inspecting import Inspected
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import decrypt, encrypt, new_content_key, pad, unpad
from portal.core.storage import FileStore
from portal.core.words import to_the_second


def store_file(
    *, bid: Placed, inspected: Inspected, question: str, content: bytes, actor: Actor, files: FileStore
) -> dict[str, Any]:
    """Seal the bytes with a new key, store them durably, add the BidFile row, and return the file's entry.

    The entry, key included, belongs into the sealed draft and nowhere else. The sealed bytes are flushed to
    the disk before the row is written, and removed again should the transaction be rolled back.
    """
    file_id, key, digest = uuid.uuid4(), new_content_key(), hashlib.sha256(content).hexdigest()
    sealed = encrypt(pad(content), key, context_of(bid, "file", str(file_id), digest))
    stored_as = keeping.keep_file(sealed, files=files)
    db.session.add(
        BidFile(
            id=file_id,
            bid_id=bid.id,
            stored_as=stored_as,
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
            added_by_id=actor.user_id,
        )
    )
    return {
        "id": str(file_id),
        "question": question,
        "name": inspected.name,
        "size": len(content),
        "sha256": digest,
        "media_type": inspected.media_type,
        "key": key.hex(),
        "scan": inspected.scan.value,
    }


def read_stored_file(*, bid: Placed, entry: Mapping[str, Any], files: FileStore) -> bytes:
    """Read one file back by its entry, and compare it with its SHA-256.

    Raises `NotFound` when row or bytes are missing, `SealBroken` when they are not what was stored.
    """
    row = db.session.get(BidFile, uuid.UUID(entry["id"]))
    return _unsealed(row.stored_as if row and row.bid_id == bid.id else None, entry, _context(bid, entry), files)


def readers_of_files(
    *, bid: Bid, actor: Actor, content: Content, files: FileStore
) -> list[tuple[str, Callable[[], bytes]]]:
    """The name of each file of the provider's own draft or version, and what reads it later, without the database.

    Reading raises as `read_stored_file` does.
    """
    policy.require(actor, Verb.READ, bid)
    rows = select(BidFile.id, BidFile.stored_as).where(BidFile.bid_id == bid.id)
    places = {str(row.id): row.stored_as for row in db.session.execute(rows)}
    return [
        (entry["name"], partial(_unsealed, places.get(entry["id"]), entry, _context(bid, entry), files))
        for entry in content.files
    ]


def additions_of(bid: Bid) -> dict[str, str]:
    """Who added each file and when, in words, by the file's identifier: what tells files of one name apart."""
    found = db.session.execute(
        select(BidFile.id, BidFile.created_at, BidFile.added_by_id).where(BidFile.bid_id == bid.id)
    ).all()
    names = names_by_id(*{row.added_by_id for row in found})
    return {
        str(row.id): f"Added on {to_the_second(row.created_at)}"
        + (f" by {names[row.added_by_id]}" if row.added_by_id in names else "")
        for row in found
    }


def _context(bid: Placed, entry: Mapping[str, Any]) -> bytes:
    return context_of(bid, "file", entry["id"], entry["sha256"])


def _unsealed(stored_as: uuid.UUID | None, entry: Mapping[str, Any], context: bytes, files: FileStore) -> bytes:
    if stored_as is None:
        raise NotFound("That file is not part of this bid.")
    content = unpad(decrypt(files.get(stored_as), bytes.fromhex(entry["key"]), context))
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise SealBroken("The stored file is not the one that was uploaded.")
    return content


def discard_file(*, row: BidFile | FilePart, files: FileStore) -> None:
    """Delete the row, and the bytes once the transaction has committed."""
    db.session.delete(row)
    keeping.discard_file(row.stored_as, files=files)
