"""Reading a bid: only the answers to the panel's own questions, and each reading is recorded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.bidding.stored_files import read_stored_file
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.core.storage import FileStore
from portal.evaluation.declaring import require_declared
from portal.evaluation.models import PanelWork
from portal.evaluation.published_method import Leaf, scored_keys
from portal.evaluation.queries import bid_to_score, leaves_of
from portal.tendering.models import Question


@dataclass(frozen=True)
class Answer:
    """A question of the panel's, what the bidder wrote, the files given with it (manifest entries)."""

    question: Question
    text: str
    files: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class File:
    """A bid's file: what its bidder called it, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Reading:
    """One bid as a panel reads it: no price, no bidder's name, no other panel's questions."""

    bid: OpenedBid
    leaves: tuple[Leaf, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    """By criterion key."""

    def leaf(self, key: str) -> Leaf:
        """The question with that criterion key, or `NotFound` when the panel does not score it."""
        for leaf in self.leaves:
            if leaf.key == key:
                return leaf
        raise NotFound("Your panel does not score that question.")


def note_reading(*, work: PanelWork, bid_id: uuid.UUID, actor: Actor, criterion: str | None = None) -> None:
    """Note that the actor reads one bid's answers to the panel's questions (to one of them when it is given).

    The page that shows them commits this first, in a transaction of its own, and reads afterwards. Records
    BID_FILE_VIEWED with the version. Raises `NotAllowed` until interests are declared for each bidder,
    `NotFound` for a bid that is not there or whose seal did not match and for another panel's question,
    `WrongState` before the opening and after the panel has closed.
    """
    policy.require(actor, Verb.READ_BIDS, work)
    require_declared(work, actor)
    bid = bid_to_score(work.itt_id, bid_id)
    keys = scored_keys(work.itt.method or {}, work.panel.key)
    if criterion is not None and criterion not in keys:
        raise NotFound("Your panel does not score that question.")
    _note(work, bid, actor, what="answers", criteria=[criterion] if criterion else keys)


def plain_reading(work: PanelWork, bid_id: uuid.UUID) -> Reading:
    """One bid with the panel's questions and without any answer: what the record of a closed panel needs."""
    bid = bid_to_score(work.itt_id, bid_id)
    return Reading(bid, tuple(leaves_of(work.itt, work.panel)), {})


def reading_of(work: PanelWork, bid_id: uuid.UUID) -> Reading:
    """One bid with the answers to the panel's questions."""
    bid = bid_to_score(work.itt_id, bid_id)
    leaves = tuple(leaves_of(work.itt, work.panel))
    return Reading(bid, leaves, {leaf.key: _answers(bid, leaf) for leaf in leaves})


def read_file(*, work: PanelWork, bid_id: uuid.UUID, file_id: uuid.UUID, actor: Actor, files: FileStore) -> File:
    """Read a file that a bid gave with one of the panel's questions, unsealed and compared with its SHA-256.

    Records BID_FILE_VIEWED with the version and the SHA-256. Raises as `note_reading`, `NotFound` for a file
    of another bid or of another panel's question, `SealBroken` when the bytes are not what was sealed.
    """
    policy.require(actor, Verb.READ_BIDS, work)
    require_declared(work, actor)
    bid = bid_to_score(work.itt_id, bid_id)
    own = {question.key for leaf in leaves_of(work.itt, work.panel) for question in leaf.questions}
    for entry in _manifest(bid):
        if entry["id"] == str(file_id) and entry["question"] in own:
            content = read_stored_file(bid=bid.bid, entry=entry, files=files)
            _note(work, bid, actor, what="file", file=entry["id"], sha256=entry["sha256"])
            return File(entry["name"], entry["media_type"], content)
    raise NotFound("There is no such file here.")


def _answers(bid: OpenedBid, leaf: Leaf) -> tuple[Answer, ...]:
    texts = (bid.quality or {}).get("answers", {})
    manifest = _manifest(bid)
    return tuple(
        Answer(
            question,
            texts.get(question.key) or "",
            tuple(entry for entry in manifest if entry["question"] == question.key),
        )
        for question in leaf.questions
    )


def _manifest(bid: OpenedBid) -> Sequence[Mapping[str, Any]]:
    listed: Sequence[Mapping[str, Any]] = (bid.quality or {}).get("files", [])
    return listed


def _note(work: PanelWork, bid: OpenedBid, actor: Actor, **details: Any) -> None:
    record(EventKind.BID_FILE_VIEWED, bid, actor=actor, panel=work.panel.key, version=bid.version_id, **details)
