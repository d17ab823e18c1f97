"""Hiding from panels the words of a bid that say whose it is: they score the answer, and not the name.

Panels read bids under labels. What officers hide is taken out of what members read (`reading.read_bid`); the sealed
bid stays as it is, officers read the original, and what was hidden, by whom and when stays on record.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.parsing.text import one_line, require_length, words_in
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.hiding_models import HiddenWords
from portal.evaluation.masking import can_be_found, texts_of, times_in
from portal.evaluation.opened import Answer
from portal.evaluation.reading import read_answers
from portal.organisations.models import FormerIdentity, Provider
from portal.tendering.models import InvitationToTender

LONGEST_NAME, MOST_WORDS = 120, 10
"""Names and addresses of pages are hidden, and not what a bidder answers."""

_LEGAL = re.compile(r"[\s,(]+(ltd|limited|plc|llp|cic|c\.i\.c|cio|community interest company)\.?\)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Hint:
    """Words by which the bidder is known, and how often they stand in the bid."""

    words: str
    times: int
    is_whole: bool
    """A name or number of its own, not the first word of one, which may be a common word."""


def hints_for(provider: Provider, answers: Sequence[Answer], hidden: Iterable[str] = ()) -> list[Hint]:
    """What the answers say of whose they are that is not hidden: the bidder's names now and before, and its numbers."""
    known: dict[str, bool] = {}
    everything: list[Provider | FormerIdentity] = [provider, *provider.former]
    for one in everything:
        for number in (one.company_number, one.charity_number):
            known.setdefault(number or "", True)
        for name in (one.name, one.parent):
            short = _LEGAL.sub("", name)
            known.setdefault(name, True)
            known.setdefault(short, True)
            known.setdefault(short.split(" ")[0], False)
    done = {words.casefold() for words in hidden}
    texts = texts_of(answers)
    found = [
        Hint(words, times_in(texts, words), whole)
        for words, whole in known.items()
        if can_be_found(words) and words.casefold() not in done
    ]
    return [hint for hint in found if hint.times]


def hide_words(
    *, itt: InvitationToTender, bid_id: uuid.UUID, words: Sequence[str], actor: Actor, now: datetime
) -> list[HiddenWords]:
    """Hide words from everybody who reads the bid on a panel, wherever they stand in it.

    Consequences: members read “[name hidden]” instead, in answers and names of files, from now on; what stands inside
    a file stays. Hidden already, nothing changes. Records WORDS_HIDDEN without the words. Raises `InvalidInput` (field
    "others") for none, for more than a name, and for words that stand nowhere in the bid; `NotFound`, `NotAllowed`,
    `WrongState` before the opening and once every panel has closed.
    """
    take(itt, Verb.HIDE_WORDS, actor=actor)
    texts = texts_of(read_answers(itt=itt, bid_id=bid_id, actor=actor).answers)
    names = list(dict.fromkeys(_checked(name, texts) for name in map(one_line, words) if name))
    if not names:
        raise InvalidInput("Choose a name that was found, or type the words that you hide.", field="others")
    there = {one.words.casefold() for one in hidden_words_of(bid_id) if one.shown_again_at is None}
    new = [
        HiddenWords(bid_id=bid_id, words=name, hidden_by_id=actor.user_id, hidden_at=now)
        for name in names
        if name.casefold() not in there
    ]
    db.session.add_all(new)
    db.session.flush()
    if new:
        bid = db.session.get_one(Bid, bid_id)
        record(EventKind.WORDS_HIDDEN, bid, actor=actor, hidden=[str(one.id) for one in new])
    return new


def show_again(*, itt: InvitationToTender, hidden_id: uuid.UUID, actor: Actor, now: datetime) -> HiddenWords:
    """Let panels read hidden words again; that they were hidden stays on record.

    Records WORDS_SHOWN_AGAIN. Raises `NotFound` for what is not hidden in a bid of the invitation; as `hide_words`.
    """
    take(itt, Verb.HIDE_WORDS, actor=actor)
    of_itt = select(HiddenWords).join(Bid, Bid.id == HiddenWords.bid_id).where(Bid.itt_id == itt.id)
    found = db.session.scalars(of_itt.where(HiddenWords.id == hidden_id)).one_or_none()
    if found is None or found.shown_again_at is not None:
        raise NotFound("These words are not hidden.")
    found.shown_again_at, found.shown_again_by_id = now, actor.user_id
    record(EventKind.WORDS_SHOWN_AGAIN, db.session.get_one(Bid, found.bid_id), actor=actor, hidden=[str(found.id)])
    return found


def hidden_words_of(bid_id: uuid.UUID) -> Sequence[HiddenWords]:
    """Everything that is or was hidden of a bid, in order: for whoever may read the original."""
    rows = select(HiddenWords).where(HiddenWords.bid_id == bid_id)
    people = (joinedload(HiddenWords.hidden_by), joinedload(HiddenWords.shown_again_by))
    return db.session.scalars(rows.options(*people).order_by(HiddenWords.hidden_at, HiddenWords.id)).all()


def _checked(name: str, texts: Sequence[str]) -> str:
    require_length(name, LONGEST_NAME, field="others")
    if words_in(name) > MOST_WORDS:
        raise InvalidInput("Hide names, and not what the bidder answers: ten words at most.", field="others")
    if not can_be_found(name) or not times_in(texts, name):
        raise InvalidInput(f"“{name}” stands nowhere in this bid’s answers.", field="others")
    return name
