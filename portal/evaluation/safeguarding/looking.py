"""Looking at held words: the lead reads and records what was done, an adult in the room releases what only names."""

from __future__ import annotations

import hashlib
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.held_states import HELD, Action, HeldStatus
from portal.evaluation.models import HeldWords

LONGEST_NOTE = 4000
"""Characters."""


def read_held_words(*, held: HeldWords, actor: Actor, now: datetime) -> HeldWords:
    """Note who reads the words first, and when: from then on nobody else is called. Records WORDS_READ once.

    Raises `NotFound`, `NotAllowed`, `WrongState` as the policy does.
    """
    take(held, Verb.SEE_HELD_WORDS, actor=actor)
    if held.read_at is None:
        held.read_at, held.read_by_id = now, actor.user_id
        record(EventKind.WORDS_READ, held, actor=actor)
    return held


def decide_held_words(
    *,
    held: HeldWords,
    release: bool,
    seen: str,
    action: Action | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> HeldWords:
    """Release the words to whoever may read the scores, or keep them back; of a disclosure say what was done.

    `seen` is the digest of the words that were on the page (`digest_of`). Consequences: released, they stand in the
    moderation, the record and the workings from now on; kept back, a sentence stands there. The mark is what it was.
    Records WORDS_DECIDED. Raises `InvalidInput` (fields "action" and "note") where a lead says nothing about what may
    be about harm, `WrongState` when their author has written on since, or somebody has decided, `NotAllowed`.
    """
    take(held, Verb.DECIDE_HELD_WORDS, actor=actor)
    if seen != digest_of(held):
        raise WrongState("The young person has written more since you looked. Read it again, then decide.")
    if held.status is HeldStatus.WITH_LEAD:
        if action is None:
            raise InvalidInput("Choose what was done.", field="action")
        held.action = action
        held.note = require_reason(note, "Write down what was done, when and by whom", field="note", most=LONGEST_NOTE)
    held.status = HELD.move(held.status, HeldStatus.RELEASED if release else HeldStatus.WITHHELD)
    held.decided_at, held.decided_by_id = now, actor.user_id
    if held.read_at is None:
        held.read_at, held.read_by_id = now, actor.user_id
    record(EventKind.WORDS_DECIDED, held, actor=actor, released=release)
    return held


def digest_of(held: HeldWords) -> str:
    """What the words were, in a form that a page can carry without them."""
    return hashlib.sha256(held.words.encode()).hexdigest()
