"""Codes that are handed over and work once: how they are made, and how they are taken back in."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.accounts.models import AccessCard, CardPurpose
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
) -> str:
    """Make a code for the person and withdraw the unused ones before it; only its hash is stored."""
    db.session.execute(
        update(AccessCard)
        .where(
            AccessCard.user_id == user_id,
            AccessCard.purpose == purpose,
            AccessCard.used_at.is_(None),
            AccessCard.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    code = new_code()
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


def take_in(
    *, code: str, purpose: CardPurpose, origin: Origin, keys: KeyFolder, now: datetime, field: str
) -> AccessCard | None:
    """Use the code up and return its card, or None when there is no such code that still works.

    A right code always works: it has 60 random bits, so that nobody comes upon one, and a classroom behind one
    address is never kept out by what somebody else there types. Records CODE_REFUSED for a wrong one; raises
    `TooManyTries` (field `field`) when very many came from one address.
    """
    hashed = _code_hash(code, purpose, keys)
    # The lock makes two requests with one code take turns: the second finds it used.
    card = db.session.scalar(select(AccessCard).where(AccessCard.code_hash == hashed).with_for_update())
    if card is None or card.used_at or card.withdrawn_at or card.expires_at <= now:
        record(EventKind.CODE_REFUSED, _wrong(purpose, origin, keys, now, field), actor=SYSTEM, purpose=purpose)
        return None
    card.used_at = now
    return card


def _wrong(purpose: CardPurpose, origin: Origin, keys: KeyFolder, now: datetime, field: str) -> Guess:
    """Count a wrong code for its address."""
    at = f"{purpose}:{origin.network}"
    with guess(at=at, origin=origin, keys=keys, now=now, field=field, free=WRONG_FROM_ONE_ADDRESS) as tried:
        return tried


def _code_hash(code: str, purpose: CardPurpose, keys: KeyFolder) -> bytes:
    return keys.keyed_hash(f"{purpose}:{normalise_code(code)}")
