"""A young panel member's card: the facilitator issues it, its code opens sittings together with the PIN."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from portal.accounts.card_models import AccessCard, CardPurpose, SittingPin
from portal.accounts.handed_codes import find_card, hand_out, withdraw_codes
from portal.accounts.models import HeldRole, User
from portal.accounts.pins import choose_pin, pin_is_right
from portal.accounts.sessions import end_sessions_of, sessions_of, start_session
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import NotAllowed, NotFound
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder

CARD_LASTS = timedelta(days=14)
CODE_GROUPS = 2
"""Eight characters: 40 random bits, which a PIN stands behind (docs/decisions/0035-young-sittings.md)."""
SITTING_LASTS = timedelta(hours=2)
WRONG = (
    "That code did not work. Check each letter and number on your card. If you had a newer card since, use that one."
)
WRONG_PIN = "That is not your PIN. Try again. If you cannot think of it, tell the adult who helps your group."


@dataclass(frozen=True)
class IssuedCard:
    """What is printed on the card. The code cannot be read back later."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class SeenCard:
    """A card that works: whether its person has a PIN already, and the sitting's token once it was right."""

    has_pin: bool
    is_wrong: bool = False
    token: str | None = None


@dataclass(frozen=True)
class CardCount:
    """What shows that somebody else may sit for a young person: many cards, or one sitting that ended another."""

    issued: int = 0
    sittings: int = 0
    took_over: int = 0


def issue_card(*, member_user: User, issued_by: Actor, keys: KeyFolder, now: datetime) -> IssuedCard:
    """Issue a card to a young panel member; the one from before stops working.

    The code works for 14 days, with the PIN that the person chooses at its first use, or chose for an earlier card.
    Only the facilitator of a panel that the young person is on may issue it, and the person must hold no other role: a
    card never opens an adult's account. Records ACCESS_CARD_ISSUED. Raises `NotFound` (no young member of a panel that
    the actor is on), `NotAllowed`.
    """
    held = _held_roles(member_user)
    panels = {row.panel_id for row in held if row.role is Role.YOUNG_MEMBER and row.panel_id}
    towards = frozenset().union(*(issued_by.towards_panel(panel) for panel in panels))
    if not towards:
        raise NotFound("There is no such young person on a panel of yours.")
    if Role.FACILITATOR not in towards or issued_by.user_id is None:
        raise NotAllowed("Only the facilitator of the panel can issue cards.")
    if any(row.role is not Role.YOUNG_MEMBER for row in held) or not member_user.is_active:
        raise NotAllowed("Cards are only for young panel members.")
    code = hand_out(
        user_id=member_user.id,
        purpose=CardPurpose.SITTING,
        issued_by_id=issued_by.user_id,
        lasts=CARD_LASTS,
        keys=keys,
        now=now,
        groups=CODE_GROUPS,
    )
    record(EventKind.ACCESS_CARD_ISSUED, member_user, actor=issued_by)
    return IssuedCard(code=code, expires_at=now + CARD_LASTS)


def use_card(*, code: str, pin: str, again: str, origin: Origin, keys: KeyFolder, now: datetime) -> SeenCard | None:
    """Open a sitting with the code from a card and the person's PIN, or say what is still needed.

    None when the code does not work; without a PIN nothing opens. Whoever has none yet chooses it, typed twice.

    Consequences of the right PIN: a sitting of the same person on another device ends, the new one lasts two hours,
    and then an hour from each time that somebody says they are still there (`sessions.extend_session`). Records
    ACCESS_PIN_CHOSEN with the first, ACCESS_CARD_USED. Ten wrong PINs in a row stop the card. Raises `InvalidInput`
    (fields "pin", "again") for a PIN that cannot be chosen, `TooManyTries` (fields "code", "pin").
    """
    card = find_card(code=code, purpose=CardPurpose.SITTING, origin=origin, keys=keys, now=now, field="code")
    member = db.session.get_one(User, card.user_id) if card else None
    if card is None or member is None or not member.is_active or not _held_roles(member):
        return None
    has_pin = db.session.get(SittingPin, member.id) is not None
    if not pin:
        return SeenCard(has_pin=has_pin)
    if not has_pin:
        choose_pin(card=card, member=member, pin=pin, again=again, keys=keys, now=now)
    elif not pin_is_right(card=card, pin=pin, origin=origin, keys=keys, now=now):
        return SeenCard(has_pin=True, is_wrong=True)
    return SeenCard(has_pin=True, token=_begin(card, member, now))


def owner_typed_pin(*, person_id: uuid.UUID, pin: str, origin: Origin, keys: KeyFolder, now: datetime) -> bool:
    """Whether it is the PIN of a young person who is there beside another one's sitting, and has a card that works.

    A wrong one counts like one at the door (`pin_is_right`). Raises `TooManyTries` (field "pin").
    """
    newest = select(AccessCard).where(AccessCard.user_id == person_id, AccessCard.purpose == CardPurpose.SITTING)
    card = db.session.scalars(newest.order_by(AccessCard.issued_at.desc()).limit(1)).one_or_none()
    return card is not None and bool(pin) and pin_is_right(card=card, pin=pin, origin=origin, keys=keys, now=now)


def forget_pin(*, member_user: User, actor: Actor, now: datetime) -> None:
    """Forget a young person's PIN: the next card that is issued asks them for a new one.

    Consequences: every card of theirs stops working, or whoever finds an old one would choose the PIN; an open
    sitting ends. Records ACCESS_PIN_FORGOTTEN.
    """
    db.session.execute(delete(SittingPin).where(SittingPin.user_id == member_user.id))
    withdraw_codes(user_id=member_user.id, purpose=CardPurpose.SITTING, now=now)
    end_sessions_of(user_id=member_user.id, now=now)
    record(EventKind.ACCESS_PIN_FORGOTTEN, member_user, actor=actor)


def card_counts(person_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CardCount]:
    """How often each young person was given a card, and used one."""
    card = AccessCard
    counted = (func.count(card.id), func.sum(card.uses), func.sum(card.took_over))
    rows = db.session.execute(
        select(card.user_id, *counted)
        .where(card.user_id.in_(person_ids), card.purpose == CardPurpose.SITTING)
        .group_by(card.user_id)
    )
    return {person_id: CardCount(*figures) for person_id, *figures in rows}


def _begin(card: AccessCard, member: User, now: datetime) -> str:
    elsewhere = bool(sessions_of(member.id, now))
    end_sessions_of(user_id=member.id, now=now)
    token = start_session(user_id=member.id, now=now, lasts=SITTING_LASTS)
    card.used_at = card.used_at or now
    card.uses += 1
    card.took_over += elsewhere
    card.wrong_pins = 0
    record(EventKind.ACCESS_CARD_USED, member, actor=Actor(user_id=member.id), card=card.id, ended_another=elsewhere)
    return token


def _held_roles(person: User) -> list[HeldRole]:
    return list(db.session.scalars(select(HeldRole).where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None))))
