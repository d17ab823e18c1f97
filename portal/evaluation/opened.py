"""What is read of an opened bid: the shapes that reading hands on, and the answers of an envelope.

Nothing here asks the database for what an opening revealed: `reading` does, which asks who reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.bidding.models import OpenedBid
from portal.bidding.partners import Partner
from portal.core.showing import ShownPage
from portal.evaluation.published_method import Leaf
from portal.tendering.amending.earlier_answers import before_in_words, stands
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.queries import changes_by_version
from portal.tendering.models import Question
from portal.tendering.question_kinds.kind import Asked, Shown


@dataclass(frozen=True)
class Answer:
    """A question of the panel's, what the bidder answered, the files given with it (manifest entries)."""

    question: Question
    shown: Shown
    files: tuple[Mapping[str, Any], ...]
    meets_its_rule: bool
    """Whether the rule that is published with the question says by itself that it passes."""
    confidential: str | None = None
    """Why its bidder asks to keep it confidential, where it does."""
    is_masked: bool = False
    """Whether words of it are hidden from whoever reads this."""
    before: str = ""
    """That it was answered before an addendum changed the question, and what the addendum says of that."""


@dataclass(frozen=True)
class File:
    """A bid's file: what its bidder called it, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class FilePage:
    """One page of a bid's file, to look at."""

    bid: OpenedBid
    name: str
    number: int
    shown: ShownPage


@dataclass(frozen=True)
class GivenFile:
    """A file that a bid gave for its panels, without its content."""

    file_id: str
    question: str
    """The question's key."""
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Reading:
    """One bid as a panel reads it: no price, no bidder's name, no other panel's questions."""

    bid: OpenedBid
    leaves: tuple[Leaf, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    """By criterion key."""
    summary: tuple[Answer, ...]
    """What young people read before anything else, whoever scores it."""


@dataclass(frozen=True)
class Given:
    """What one bid answered to everything that panels score, as its bidder wrote it, with its bidder."""

    bid: OpenedBid
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Compliance:
    """One bid as officers check it, with its bidder's name: no price, and nothing that a panel scores."""

    bid: OpenedBid
    answers: tuple[Answer, ...]
    declared: tuple[str, ...]
    """What was declared by submitting it."""
    partners: tuple[Partner, ...]
    """Who else stands behind it."""


@dataclass(frozen=True)
class Rates:
    """A bid's price schedule, and the rates that it gave, by key."""

    bid: OpenedBid
    schedule: Asked
    given: Mapping[str, str]


def answers_in(bid: OpenedBid, envelope: Mapping[str, Any] | None, questions: Sequence[Question]) -> tuple[Answer, ...]:
    """What an envelope says to each of the questions that its bid was asked."""
    texts = (envelope or {}).get("answers", {})
    files, marked = manifest(envelope), (envelope or {}).get("confidential", {})
    overtaken = _overtaken(bid)
    return tuple(
        _answer(question, texts, files, marked.get(question.key), overtaken.get(question.key, ()))
        for question in questions
        if question.is_asked_for(bid.bid.lot_id)
    )


def _answer(
    question: Question,
    texts: Mapping[str, str],
    files: Sequence[Mapping[str, Any]],
    confidential: str | None,
    changes: Sequence[MethodChange],
) -> Answer:
    """One answer; where addenda changed its question and nobody confirmed it, as those addenda say."""
    given = Answer(
        question,
        question.asked.shown(texts),
        tuple(entry for entry in files if entry["question"] == question.key),
        question.asked.meets_its_rule(texts),
        confidential,
    )
    if not changes:
        return given
    # What was answered before the question changed is judged by somebody who reads both.
    given = replace(given, meets_its_rule=False) if stands(changes) else Answer(question, Shown(), (), False)
    return replace(given, before=before_in_words(changes))


def _overtaken(bid: OpenedBid) -> Mapping[str, Sequence[MethodChange]]:
    """What changed after the bid was submitted and was not confirmed, by question; nothing of most bids."""
    found: dict[str, list[MethodChange]] = {}
    for change in changes_by_version(bid.bid.itt_id) if bid.answered_before else ():
        is_its = change.addendum is not None and change.addendum.number in bid.answered_before
        if is_its and change.part.is_question:
            found.setdefault(change.key, []).append(change)
    return found


def not_given(bid: OpenedBid) -> set[str]:
    """The questions whose answers in the bid count as not given."""
    return {key for key, changes in _overtaken(bid).items() if not stands(changes)}


def manifest(envelope: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """The files that an envelope lists."""
    listed: Sequence[Mapping[str, Any]] = (envelope or {}).get("files", [])
    return listed
