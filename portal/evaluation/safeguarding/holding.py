"""Holding what young people wrote, where something is found in it: the mark counts at once, the words wait."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.kinds import EventKind
from portal.audit.recording import record, record_apart
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import tidy
from portal.core.permissions import SYSTEM, Actor
from portal.evaluation.held_states import HELD, HeldPlace, HeldStatus
from portal.evaluation.models import AWAITED, HeldWords, PanelMember, PanelWork
from portal.evaluation.states import MemberRole
from portal.safeguarding.screening import Sign, screen

SAME_WORDS = frozenset({HeldStatus.UNSCREENED, HeldStatus.WAITING, HeldStatus.WITH_LEAD, HeldStatus.WITHHELD})
"""The same words, saved again, are as held as they were."""
TO_THE_LEAD = (
    "This may be about harm to a young person, and others would read it. Your safeguarding lead has been told. Write "
    "it without that, and speak with the lead now if you are worried."
)
NAMED = "Somebody may be recognised by this, and others will read it. Change it, or tick that nobody is named."


@dataclass(frozen=True)
class Kept:
    """What is stored where the words stand: what others may read, and the held words that it stands for."""

    reason: str
    held_id: uuid.UUID | None = None


def kept_words(
    *,
    member: PanelMember,
    words: str,
    place: HeldPlace,
    bid_id: uuid.UUID,
    criterion_id: uuid.UUID | None = None,
    now: datetime,
) -> Kept:
    """Look a panel member's words through and hold them where something is found; an adult's are kept as they are.

    Consequences: a version that was held before stays for whoever looks at it; typing on goes into the same version
    until somebody has read it. Records WORDS_HELD, without words and without who wrote them; what may be about harm
    goes to the safeguarding lead at once. Call it under the lock of what the words belong to.
    """
    if member.role is not MemberRole.YOUNG_MEMBER:
        return Kept(words)
    spot = HeldWords(
        panel_id=member.panel_id, author_id=member.user_id, place=place, bid_id=bid_id, criterion_id=criterion_id
    )
    last = _last_at(spot)
    if last is not None and last.words == words:
        if last.status is HeldStatus.RELEASED:
            return Kept(words)
        if last.status in SAME_WORDS:
            return Kept(AWAITED, last.id)
    signs = screen(words)
    if not signs:
        _replace(last)
        return Kept(words)
    if last is not None and _goes_on(last, words):
        held = last
        is_news = Sign.DISCLOSURE in signs and held.status is not HeldStatus.WITH_LEAD
        held.words, held.signs = words, sorted(signs)
        held.status = HELD.move(held.status, HeldStatus.WITH_LEAD) if is_news else held.status
    else:
        _replace(last)
        held, is_news = _added(spot, words, signs, now=now), True
    db.session.flush()
    if is_news:
        record_held(held)
    return Kept(AWAITED, held.id)


def settle(held: HeldWords, signs: frozenset[Sign], *, now: datetime) -> None:
    """Say who looks at the words: the lead alone where they may be about harm, else an adult in the room."""
    held.signs = sorted(signs)
    held.status = HeldStatus.WITH_LEAD if Sign.DISCLOSURE in signs else HeldStatus.WAITING
    held.held_at = now


def record_held(held: HeldWords) -> None:
    """Record that words are held, as the portal's own act: the ledger does not say whose they are."""
    record(EventKind.WORDS_HELD, held, actor=SYSTEM, for_lead=held.status is HeldStatus.WITH_LEAD)


def check_written_down(
    *,
    work: PanelWork,
    words: Iterable[str],
    field: str,
    nobody_named: bool,
    actor: Actor,
    now: datetime,
    bid_id: uuid.UUID | None = None,
    criterion_id: uuid.UUID | None = None,
) -> None:
    """Look through what an adult writes down for young people, which others will read, bidders among them.

    Raises `InvalidInput` (the field) where it may be about harm, and the lead has it whatever becomes of the
    request; with the code "somebody_named" where it names somebody or is foul, until `nobody_named` confirms it.
    """
    written = tidy("\n".join(words))
    signs = screen(written) if work.panel.kind.is_young_people else frozenset()
    if Sign.DISCLOSURE in signs:
        assert actor.user_id is not None
        held = HeldWords(
            panel_id=work.panel_id,
            author_id=actor.user_id,
            place=HeldPlace.AGREED,
            bid_id=bid_id,
            criterion_id=criterion_id,
            words=written,
        )
        settle(held, signs, now=now)
        with Session(db.engine) as own, own.begin():
            own.add(held)
            own.flush()
            record_apart(own, EventKind.WORDS_HELD, held, actor=SYSTEM, for_lead=True)
        raise InvalidInput(TO_THE_LEAD, field=field)
    if signs and not nobody_named:
        raise InvalidInput(NAMED, field=field, code="somebody_named")


def _last_at(spot: HeldWords) -> HeldWords | None:
    """The newest version that was held at this place, locked."""
    return db.session.scalars(
        select(HeldWords)
        .where(
            HeldWords.panel_id == spot.panel_id,
            HeldWords.author_id == spot.author_id,
            HeldWords.place == spot.place,
            HeldWords.bid_id == spot.bid_id,
            HeldWords.criterion_id.is_not_distinct_from(spot.criterion_id),
        )
        .order_by(HeldWords.held_at.desc(), HeldWords.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _goes_on(last: HeldWords, words: str) -> bool:
    """Whether somebody types on at words that nobody has read yet."""
    is_open = last.status in (HeldStatus.WAITING, HeldStatus.WITH_LEAD)
    return is_open and last.read_at is None and words.startswith(last.words)


def _replace(last: HeldWords | None) -> None:
    """What was flagged stays with the lead; what only waited for a release waits no more."""
    if last is not None and HELD.can(last.status, HeldStatus.REPLACED):
        last.status = HeldStatus.REPLACED


def _added(spot: HeldWords, words: str, signs: frozenset[Sign], *, now: datetime) -> HeldWords:
    spot.words = words
    settle(spot, signs, now=now)
    db.session.add(spot)
    return spot
