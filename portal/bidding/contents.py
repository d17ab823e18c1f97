"""What a bid says, where it belongs, and how it is written down before it is sealed.

Shapes: answers {question key: text}; files [{"id", "question", "name", "size" (bytes), "sha256",
"media_type", "key" (hexadecimal), "scan"}]; price in pounds over the whole term, as text ("118000.00"), or
None.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from portal.core.canonical import bytes_of
from portal.core.errors import SealBroken
from portal.core.seals import KeyFolder, decrypt, encrypt, pad, unpad


class Placed(Protocol):
    """A bid, or the row of one that a lock was taken on."""

    @property
    def id(self) -> uuid.UUID:
        """Its identifier."""

    @property
    def itt_id(self) -> uuid.UUID:
        """The invitation that it answers."""

    @property
    def lot_id(self) -> uuid.UUID:
        """The lot that it is for."""

    @property
    def provider_id(self) -> uuid.UUID:
        """Whose it is."""


@dataclass
class Content:
    """A bid's content."""

    answers: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    price: str | None = None
    confidential: dict[str, str] = field(default_factory=dict)
    """What its bidder asks to be kept confidential, and why: {question key, or "" of the price: the reason}."""
    partners: list[dict[str, str]] = field(default_factory=list)
    """Who else stands behind the bid (`bidding.partners.Partner`, as it is stored)."""
    declared: tuple[str, ...] = ()
    """What was declared when it was submitted; a draft declares nothing."""

    def files_of(self, question: str) -> list[dict[str, Any]]:
        """The files attached to one question."""
        return [entry for entry in self.files if entry["question"] == question]

    def file(self, file_id: uuid.UUID) -> dict[str, Any] | None:
        """One file's entry, or None."""
        return next((entry for entry in self.files if entry["id"] == str(file_id)), None)

    def canonical(self) -> bytes:
        """The content as bytes, the same for the same content."""
        said = {"answers": self.answers, "files": self.files, "price": self.price}
        more = {"confidential": self.confidential, "partners": self.partners}
        return bytes_of(said | {name: held for name, held in more.items() if held})


def context_of(bid: Placed, *parts: str) -> bytes:
    """What a seal is bound to: invitation, lot, bid, provider, and what it is of the bid."""
    return "|".join(["fairlot", str(bid.itt_id), str(bid.lot_id), str(bid.id), str(bid.provider_id), *parts]).encode()


def key_of_drafts(bid: Placed, keys: KeyFolder) -> bytes:
    """The bid's own key, derived from the installation's draft key."""
    return hashlib.blake2b(bid.id.bytes, key=keys.draft_key(), person=b"fairlot bid", digest_size=32).digest()


def seal_draft(bid: Placed, content: Content, revision: int, keys: KeyFolder) -> bytes:
    """Seal the working draft; bound to its revision, so that an older draft cannot be put back unseen."""
    return encrypt(pad(content.canonical()), key_of_drafts(bid, keys), context_of(bid, f"draft {revision}"))


def read_sealed_draft(bid: Placed, sealed: bytes | None, revision: int, keys: KeyFolder) -> Content:
    """Reverse `seal_draft`; raises `SealBroken`."""
    if sealed is None:
        return Content()
    held = from_sealed(sealed, key_of_drafts(bid, keys), context_of(bid, f"draft {revision}"))
    # Drafts of release 0.1.0 say as well in which revision each answer changed.
    more = {name: held[name] for name in ("confidential", "partners") if name in held}
    return Content(held["answers"], held["files"], held["price"], **more)


def from_sealed(sealed: bytes, key: bytes, context: bytes) -> dict[str, Any]:
    """Decrypt and read one sealed JSON document; raises `SealBroken` whatever is wrong with it."""
    try:
        document = json.loads(unpad(decrypt(sealed, key, context)))
    except ValueError as broken:
        raise SealBroken("The sealed content cannot be read.") from broken
    if not isinstance(document, dict):
        raise SealBroken("The sealed content cannot be read.")
    return document
