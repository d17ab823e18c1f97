"""A draft's files: attach, replace, remove, read. What cannot be kept is refused by name and the rest is kept."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.bidding.closing import Entered, lock_bid, require_open
from portal.bidding.contents import Content
from portal.bidding.drafting import change_draft
from portal.bidding.models import Bid, BidFile, BidVersion
from portal.bidding.states import DraftAct
from portal.bidding.stored_files import discard_file, read_stored_file, store_file
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, SealBroken
from portal.core.inspecting import MEGABYTE, Inspected, shown_name
from portal.core.keeping import Upload, inspect_upload
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore

LARGEST_BID = 500 * MEGABYTE
MOST_FILES = 100
"""In one draft."""
MOST_STORED = 500
"""Ever stored for one bid, files of earlier versions included: those are evidence and stay."""


@dataclass(frozen=True)
class Attached:
    """The names of what was kept, what was refused with its reason, and what is there already under some name."""

    kept: tuple[str, ...]
    refused: tuple[str, ...]
    doubled: tuple[str, ...] = ()


def attach_files(
    *, bid: Bid, actor: Actor, keys: KeyFolder, files: FileStore, question: str, uploads: Sequence[Upload]
) -> Attached:
    """Attach files to a question of the draft; those that cannot be kept are named with the reason, the rest stays.

    Consequences: each kept file is sealed with its own key and durably stored before its row exists; its
    name, size, SHA-256 and key go into the sealed draft. The same file may be attached to many questions.
    What the virus scanner says is kept with it. Records BID_DRAFT_SAVED once. Raises `TooLate` from the closing
    instant on, `InvalidInput` for a question that takes no files.
    """
    policy.require(actor, Verb.DRAFT, bid)
    # Reading and checking may take seconds: not under the lock.
    checked = [_checked(upload, files) for upload in uploads]
    entered = lock_bid(bid)
    require_open(entered)
    require_file_question(entered, question)
    kept: list[str] = []
    doubled: list[str] = []
    refused = [found for found in checked if isinstance(found, str)]

    def change(content: Content) -> None:
        for found in checked:
            if isinstance(found, str):
                continue
            inspected, data = found
            double = _double(content, question, inspected.name, data)
            full = put_file(bid, entered, content, question, inspected, data, actor, files)
            if full:
                refused.append(full)
            else:
                doubled.extend(double)
                kept.append(inspected.name)

    change_draft(bid, entered, actor, keys, change, DraftAct.ATTACH)
    return Attached(tuple(kept), tuple(refused), tuple(doubled))


def put_file(
    bid: Bid,
    entered: Entered,
    content: Content,
    question: str,
    inspected: Inspected,
    data: bytes,
    actor: Actor,
    files: FileStore,
) -> str | None:
    """Store one file and put it into the content; why there is no room for it instead, in words."""
    full = no_room(bid, content, inspected.name, len(data))
    if full is None:
        content.files.append(_stored(entered, inspected, question, data, actor, files))
    return full


def replace_file(
    *, bid: Bid, actor: Actor, keys: KeyFolder, files: FileStore, file_id: uuid.UUID, upload: Upload
) -> str:
    """Replace one file of the draft, in its place, and return the new file's name.

    Consequences: as for `attach_files` and `remove_file` together. Raises `InvalidInput` (field "file") when
    the new file cannot be kept (the old one then stays), `NotFound` when the draft has no such file,
    `TooLate`.
    """
    policy.require(actor, Verb.DRAFT, bid)
    found = _checked(upload, files)
    if isinstance(found, str):
        raise InvalidInput(found, field="file")
    inspected, data = found
    entered = lock_bid(bid)
    require_open(entered)

    def change(content: Content) -> None:
        old = content.file(file_id)
        if old is None:
            raise NotFound("That file is not in the draft any more.")
        full = no_room(bid, content, inspected.name, len(data) - old["size"], more=0)
        if full:
            raise InvalidInput(full, field="file")
        content.files[content.files.index(old)] = _stored(entered, inspected, old["question"], data, actor, files)
        _discard_unless_submitted(bid, file_id, files)

    change_draft(bid, entered, actor, keys, change, DraftAct.REPLACE)
    return inspected.name


def remove_file(*, bid: Bid, actor: Actor, keys: KeyFolder, files: FileStore, file_id: uuid.UUID) -> None:
    """Remove one file from the draft.

    Consequences: its key is forgotten; its bytes are deleted after the commit unless a submitted version
    holds the file, which stays as evidence. Records BID_DRAFT_SAVED. Removing what is gone already changes
    nothing. Raises `TooLate` from the closing instant on.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)

    def change(content: Content) -> None:
        entry = content.file(file_id)
        if entry is not None:
            content.files.remove(entry)
            _discard_unless_submitted(bid, file_id, files)

    change_draft(bid, entered, actor, keys, change, DraftAct.REMOVE)


def read_file(
    *, bid: Bid, actor: Actor, content: Content, files: FileStore, file_id: uuid.UUID
) -> tuple[dict[str, Any], bytes]:
    """Read one file of the provider's own draft or version (`content`): its entry and its bytes."""
    policy.require(actor, Verb.READ, bid)
    entry = content.file(file_id)
    if entry is None:
        raise NotFound("That file is not part of this bid.")
    return entry, read_stored_file(bid=bid, entry=entry, files=files)


def unreadable_files(*, bid: Bid, content: Content, files: FileStore) -> list[str]:
    """Read every stored file back and compare it with its SHA-256; return the names of those that do not match."""
    broken = []
    for entry in content.files:
        try:
            read_stored_file(bid=bid, entry=entry, files=files)
        except (NotFound, SealBroken):
            broken.append(entry["name"])
    return broken


def _checked(upload: Upload, files: FileStore) -> tuple[Inspected, bytes] | str:
    try:
        return inspect_upload(upload, files=files)
    except InvalidInput as refusal:
        return refusal.message


def require_file_question(entered: Entered, question: str) -> None:
    if not any(asked.kind.takes_files for asked in entered.questions if asked.key == question):
        raise InvalidInput("That question does not take files.")


def _stored(
    entered: Entered, inspected: Inspected, question: str, data: bytes, actor: Actor, files: FileStore
) -> dict[str, Any]:
    return store_file(
        bid=entered,
        inspected=inspected,
        question=question,
        content=data,
        actor=actor,
        files=files,
    )


def _double(content: Content, question: str, name: str, data: bytes) -> list[str]:
    """Whether the same question has these bytes or this name already: said and never refused, since it may be meant."""
    digest, there = hashlib.sha256(data).hexdigest(), content.files_of(question)
    same = next((entry["name"] for entry in there if entry["sha256"] == digest), None)
    if same is not None:
        return [f"{name} has the same content as {same}, which is there already."]
    if any(entry["name"].casefold() == name.casefold() for entry in there):
        return [f"There are two files called {name} now, with different content."]
    return []


def no_room(bid: Bid, content: Content, name: str, size: int, more: int = 1) -> str | None:
    """Why the draft cannot take another file, or None."""
    if sum(entry["size"] for entry in content.files) + size > LARGEST_BID:
        return f"{shown_name(name)} would make this bid larger than 500 MB."
    if len(content.files) + more > MOST_FILES:
        return f"{shown_name(name)} would be one file too many: a bid can have {MOST_FILES}."
    stored = db.session.scalar(select(func.count()).select_from(BidFile).where(BidFile.bid_id == bid.id)) or 0
    if stored >= MOST_STORED:
        return f"{shown_name(name)} was not kept: this bid has stored {MOST_STORED} files already."
    return None


def _discard_unless_submitted(bid: Bid, file_id: uuid.UUID, files: FileStore) -> None:
    """Forget a file that no submitted version can hold: one that came after the last submission."""
    row = db.session.get(BidFile, file_id)
    submitted = db.session.scalar(select(func.max(BidVersion.received_at)).where(BidVersion.bid_id == bid.id))
    if row is not None and (submitted is None or row.created_at > submitted):
        discard_file(row=row, files=files)
