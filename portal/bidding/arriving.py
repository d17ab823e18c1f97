"""Files that arrive in parts: each is sealed and stored at once, so that a broken connection costs one part.

A file is known by its SHA-256, hashed with the bid's own key: the same file goes on where it stopped, whoever of the
bidder's people sends it and from whichever device. The last call attaches it as the plain form does.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.bidding.closing import lock_bid, require_open
from portal.bidding.contents import Content, Placed, context_of, key_of_drafts, read_sealed_draft
from portal.bidding.documents import LARGEST_BID, Attached, attach_files, no_room, replace_file, require_file_question
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid, FilePart
from portal.bidding.stored_files import discard_file
from portal.core import keeping
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.inspecting import MEGABYTE, require_usable, shown_name
from portal.core.keeping import Upload
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder, decrypt, encrypt, pad, unpad
from portal.core.storage import FileStore

PART = 2 * MEGABYTE
"""Bytes of each part; the last has what is left."""
MOST_PARTS = LARGEST_BID // PART
"""Waiting for one bid at the same time: as much as a whole bid may have."""


@dataclass(frozen=True)
class Arriving:
    """A file that is sent in parts: for which question, its name, its size in bytes, its SHA-256 in hexadecimal.

    `replaces`: the file of the draft whose place it takes.
    """

    question: str
    name: str
    size: int
    sha256: str
    replaces: uuid.UUID | None = None

    def known_as(self, bid: Placed, keys: KeyFolder) -> bytes:
        """What its parts are found by."""
        return hashlib.blake2b(bytes.fromhex(self.sha256), key=key_of_drafts(bid, keys), digest_size=32).digest()


@dataclass(frozen=True)
class Part:
    """One of them: its number from 0 on, its bytes, and their SHA-256 in hexadecimal as the sender worked it out."""

    number: int
    content: bytes
    sha256: str


def take_part(
    *, bid: Bid, actor: Actor, keys: KeyFolder, files: FileStore, arriving: Arriving, part: Part | None
) -> int:
    """Seal and store the next part of a file, and return how many are there: the number of the part to send next.

    One that is there already, is not the next or did not arrive as it was sent changes nothing; without a part this
    only tells where to go on. Raises `InvalidInput` for a file that the plain form would refuse for its name, its size
    or the room that is left in the bid, or for too much that is unfinished; `TooLate` from the closing instant on.
    """
    policy.require(actor, Verb.DRAFT, bid)
    name, _kind = require_usable(arriving.name, arriving.size)
    entered = lock_bid(bid)
    require_open(entered)
    require_file_question(entered, arriving.question)
    _require_room(bid, read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys), name, arriving)
    there = len(_parts(bid, arriving, keys))
    if part is None or part.number != there or hashlib.sha256(part.content).hexdigest() != part.sha256:
        return there
    if len(part.content) != min(PART, arriving.size - there * PART):
        raise InvalidInput(f"{name} has changed since you chose it. Choose it again.")
    if (db.session.scalar(select(func.count()).where(FilePart.bid_id == bid.id)) or 0) >= MOST_PARTS:
        raise InvalidInput(f"{name} has to wait: 500 MB of this bid’s files are on their way already.")
    sealed = encrypt(pad(part.content), key_of_drafts(bid, keys), _context(bid, arriving, there))
    db.session.add(
        FilePart(
            bid_id=bid.id,
            of_file=arriving.known_as(bid, keys),
            number=there,
            stored_as=keeping.keep_file(sealed, files=files),
            sealed_sha256=hashlib.sha256(sealed).hexdigest(),
        )
    )
    return there + 1


def finish_file(*, bid: Bid, actor: Actor, keys: KeyFolder, files: FileStore, arriving: Arriving) -> Attached:
    """Attach a file whose parts are there, as the plain forms do; its parts go, whether it is kept or refused.

    Once more for a file that was attached so gives the same. What has not arrived whole is refused by its name. Raises
    `TooLate` for a file that was begun before the closing instant and is finished after it.
    """
    policy.require(actor, Verb.DRAFT, bid)
    parts = _parts(bid, arriving, keys)
    name = shown_name(arriving.name)
    there = read_draft(bid=bid, actor=actor, keys=keys).files_of(arriving.question)
    if not parts and (name, arriving.sha256) in {(entry["name"], entry["sha256"]) for entry in there}:
        return Attached((name,), ())
    upload = (arriving.name, lambda: _joined(bid, arriving, parts, keys, files))
    known = {"bid": bid, "actor": actor, "keys": keys, "files": files}
    attached = _put(known, arriving, upload)
    for part in parts:
        discard_file(row=part, files=files)
    return attached


def _put(known: Mapping[str, Any], arriving: Arriving, upload: Upload) -> Attached:
    """Attach it, or put it in the place of another; what cannot take that is refused by name, and the other stays."""
    if arriving.replaces is None:
        return attach_files(**known, question=arriving.question, uploads=[upload])
    try:
        return Attached((replace_file(**known, file_id=arriving.replaces, upload=upload),), ())
    except (InvalidInput, NotFound) as refused:
        return Attached((), (refused.message,))


def _require_room(bid: Bid, content: Content, name: str, arriving: Arriving) -> None:
    """Raise `InvalidInput` where the draft cannot take the file, or has not the one any more that it replaces."""
    old = content.file(arriving.replaces) if arriving.replaces else None
    if arriving.replaces and old is None:
        raise InvalidInput("That file is not in the draft any more.")
    size, more = (arriving.size - old["size"], 0) if old else (arriving.size, 1)
    if full := no_room(bid, content, name, size, more=more):
        raise InvalidInput(full)


def _parts(bid: Bid, arriving: Arriving, keys: KeyFolder) -> Sequence[FilePart]:
    of_file = arriving.known_as(bid, keys)
    found = select(FilePart).where(FilePart.bid_id == bid.id, FilePart.of_file == of_file).order_by(FilePart.number)
    return db.session.scalars(found).all()


def _joined(bid: Bid, arriving: Arriving, parts: Sequence[FilePart], keys: KeyFolder, files: FileStore) -> bytes:
    key = key_of_drafts(bid, keys)
    content = b"".join(
        unpad(decrypt(files.get(part.stored_as), key, _context(bid, arriving, part.number))) for part in parts
    )
    if hashlib.sha256(content).hexdigest() != arriving.sha256:
        raise InvalidInput(f"{shown_name(arriving.name)} did not arrive whole. Choose it again.")
    return content


def _context(bid: Placed, arriving: Arriving, number: int) -> bytes:
    return context_of(bid, "part", arriving.sha256, str(number))
