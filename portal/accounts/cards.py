"""A young panel member's card: the facilitator issues it, its code opens one sitting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.handed_codes import hand_out, take_in
from portal.accounts.models import CardPurpose, HeldRole, User
from portal.accounts.sessions import end_sessions_of, start_session
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import NotAllowed, NotFound
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder

CARD_LASTS = timedelta(days=14)
SITTING_LASTS = timedelta(hours=2)
WRONG = (
    "That code did not work. Check each letter and number on your card. "
    "A card works one time, so if you used it before, ask for a new one."
)


@dataclass(frozen=True)
class IssuedCard:
    """What is printed on the card. The code cannot be read back later."""

    code: str
    expires_at: datetime


def issue_card(*, member_user: User, issued_by: Actor, keys: KeyFolder, now: datetime) -> IssuedCard:
    """Issue a card to a young panel member; an unused one from before stops working.

    The code works once, within 14 days. Only the facilitator of a panel that the young person is on may
    issue it, and the person must hold no other role: a card alone never opens an adult's account. Records
    ACCESS_CARD_ISSUED. Raises `NotFound` (no young member of a panel that the actor is on), `NotAllowed`.
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
    )
    record(EventKind.ACCESS_CARD_ISSUED, member_user, actor=issued_by)
    return IssuedCard(code=code, expires_at=now + CARD_LASTS)


def use_card(*, code: str, origin: Origin, keys: KeyFolder, now: datetime) -> str | None:
    """Open a sitting with the code from a card; return its token, or None when the code does not work.

    Consequences: the card is used up, a sitting of the same person on another device ends, the new one
    lasts two hours, and then an hour from each time that somebody says they are still there
    (`sessions.extend_session`). Records ACCESS_CARD_USED. Raises `TooManyTries` (field "code") for a wrong
    code among very many from one address.
    """
    card = take_in(code=code, purpose=CardPurpose.SITTING, origin=origin, keys=keys, now=now, field="code")
    member = db.session.get_one(User, card.user_id) if card else None
    if card is None or member is None or not member.is_active or not _held_roles(member):
        return None
    end_sessions_of(user_id=member.id, now=now)
    token = start_session(user_id=member.id, now=now, lasts=SITTING_LASTS)
    record(EventKind.ACCESS_CARD_USED, member, actor=Actor(user_id=member.id), card=card.id)
    return token


def _held_roles(person: User) -> list[HeldRole]:
    return list(db.session.scalars(select(HeldRole).where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None))))
