"""Codes that are handed over: how they are made, and how they are taken back in."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.accounts.card_models import AccessCard, CardPurpose
from portal.accounts.throttling import Guess, Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.core.references import new_code, normalise_code
from portal.core.seals import KeyFolder

WRONG_FROM_ONE_ADDRESS = 50
"""Wrong codes from one address before somebody there waits: a class of thirty mistypes more than one person does."""


def hand_out(
    *,
    user_id: uuid.UUID,
    purpose: CardPurpose,
    issued_by_id: uuid.UUID,
    lasts: timedelta,
    keys: KeyFolder,
    now: datetime,
    groups: int = 3,
) -> str:
    """Make a code for the person, `groups` of four signs, and withdraw those before it; only its hash is stored."""
    withdraw_codes(user_id=user_id, purpose=purpose, now=now)
    code = new_code(groups)
    db.session.add(
        AccessCard(
            user_id=user_id,
            purpose=purpose,
            code_hash=_code_hash(code, purpose, keys),
            issued_by_id=issued_by_id,
            issued_at=now,
            expires_at=now + lasts,
        )
    )
    return code


def withdraw_codes(*, user_id: uuid.UUID, purpose: CardPurpose, now: datetime) -> None:
    """Have no code work any more that the person was handed for this."""
    db.session.execute(
        update(AccessCard)
        .where(AccessCard.user_id == user_id, AccessCard.purpose == purpose, AccessCard.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def take_in(
    *, code: str, purpose: CardPurpose, origin: Origin, keys: KeyFolder, now: datetime, field: str
) -> AccessCard | None:
    """Use a code up that works once, and return its card or None, as `find_card` does."""
    card = find_card(code=code, purpose=purpose, origin=origin, keys=keys, now=now, field=field, once=True)
    if card is not None:
        card.used_at = now
    return card


def find_card(
    *,
    code: str,
    purpose: CardPurpose,
    origin: Origin,
    keys: KeyFolder,
    now: datetime,
    field: str,
    once: bool = False,
) -> AccessCard | None:
    """Return the card with that code, or None when there is none that still works (`once`: and was not used yet).

    A right code always works: it has 60 random bits, or 40 with a PIN behind it, so that nobody comes upon one; and a
    classroom behind one address is never kept out by what somebody else there types. Records CODE_REFUSED for a wrong
    one; raises `TooManyTries` (field `field`) when very many came from one address.
    """
    hashed = _code_hash(code, purpose, keys)
    found = select(AccessCard).where(AccessCard.code_hash == hashed)
    # What works once is locked: of two requests with one code the second finds it used.
    card = db.session.scalar(found.with_for_update() if once else found)
    if card is None or not card.works(now) or (once and card.used_at):
        record(EventKind.CODE_REFUSED, _wrong(purpose, origin, keys, now, field), actor=SYSTEM, purpose=purpose)
        return None
    return card


def _wrong(purpose: CardPurpose, origin: Origin, keys: KeyFolder, now: datetime, field: str) -> Guess:
    """Count a wrong code for its address."""
    at = f"{purpose}:{origin.network}"
    with guess(at=at, origin=origin, keys=keys, now=now, field=field, free=WRONG_FROM_ONE_ADDRESS) as tried:
        return tried


def _code_hash(code: str, purpose: CardPurpose, keys: KeyFolder) -> bytes:
    return keys.keyed_hash(f"{purpose}:{normalise_code(code)}")
