"""Recovery codes: ten on paper, each for once, where phone and key are out of reach."""

from __future__ import annotations

import uuid
from datetime import datetime

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.accounts import passwords
from portal.accounts.factor_models import RecoveryCode
from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.permissions import Actor
from portal.core.references import new_code, normalise_code
from portal.core.taking import lock

COUNT = 10
LENGTH = 12
"""Characters of a code: no code of an authenticator is as long, so both can be typed into one box."""


def make_recovery_codes(*, actor: Actor, now: datetime) -> list[str]:
    """Make the person ten new codes and return them, this once; the ones from before stop working.

    Only a salted, slow hash of each is stored (ASVS 5.0, 6.5.2). Records RECOVERY_CODES_MADE.
    """
    person = lock(User, actor.user_id)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    codes = [new_code() for _ in range(COUNT)]
    for code in codes:
        hashed = passwords.hasher.hash(normalise_code(code))
        db.session.add(RecoveryCode(user_id=person.id, code_hash=hashed, created_at=now))
    record(EventKind.RECOVERY_CODES_MADE, person, actor=actor)
    return codes


def looks_like_one(typed: str) -> bool:
    """Whether somebody means a recovery code, and not one of an authenticator app."""
    return len(normalise_code(typed)) == LENGTH


def use_recovery_code(own: Session, *, user_id: uuid.UUID, typed: str, now: datetime) -> bool:
    """Use up the code, if it is one of the person's that still works. The caller has locked the person."""
    unused = select(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    for kept in own.scalars(unused.order_by(RecoveryCode.id)):
        if _matches(kept.code_hash, typed):
            kept.used_at = now
            return True
    return False


def recovery_codes_left(user_id: uuid.UUID) -> int:
    """How many of the person's codes still work."""
    unused = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def _matches(stored: str, typed: str) -> bool:
    try:
        return passwords.hasher.verify(stored, normalise_code(typed))
    except (VerificationError, InvalidHashError):
        return False
