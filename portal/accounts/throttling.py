"""Throttling of guesses: ten failures in five minutes for an account, and ten for an address.

Counted in PostgreSQL under advisory locks, so that a burst of parallel guesses cannot overtake the count and
nothing opens when Redis is away.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts.models import SignInAttempt
from portal.audit.subjects import OnSystemChain
from portal.core.columns import db
from portal.core.errors import PortalError
from portal.core.seals import KeyFolder

LIMIT = 10
WINDOW = timedelta(minutes=5)
KEPT = timedelta(days=1)
TOO_MANY = "There were too many tries. Wait five minutes, then try again."


class TooManyTries(PortalError):
    """Ten tries failed in the last five minutes; this one was not looked at."""

    code = "too_many_tries"
    status = 429


@dataclass(frozen=True)
class Try(OnSystemChain):
    """One try that may be looked at; it counts as failed until `succeed` is called."""

    id: uuid.UUID

    ledger_object = "attempt"

    def succeed(self) -> None:
        """Note, in a transaction of its own, that the try was right: it no longer counts."""
        with Session(db.engine) as own, own.begin():
            own.execute(
                update(SignInAttempt).where(SignInAttempt.id == self.id).values(succeeded=True),
                execution_options={"synchronize_session": False},
            )


def begin_try(
    *,
    account: str,
    address: str,
    keys: KeyFolder,
    now: datetime,
    field: str | None = None,
    limit: int = LIMIT,
) -> Try:
    """Count one try for the account and the address, or raise `TooManyTries` without counting it.

    Runs in a short transaction of its own: the count survives whatever the request rolls back, and the
    locks are not held while a password is hashed. Account and address are stored as keyed hashes, for at
    most a day after the next try.
    """
    account_hash = keyed_hash(f"account:{account}", keys)
    address_hash = keyed_hash(f"address:{address}", keys)
    with Session(db.engine) as own, own.begin():
        # Both locks in one order, whoever asks: two tries can wait for each other but never in a circle.
        for lock in sorted({_lock_number(account_hash), _lock_number(address_hash)}):
            own.execute(select(func.pg_advisory_xact_lock(lock)))
        failed = SignInAttempt.succeeded.is_(False)
        recent = select(func.count()).select_from(SignInAttempt).where(failed, SignInAttempt.at > now - WINDOW)
        of_account = own.scalar(recent.where(SignInAttempt.account_hash == account_hash)) or 0
        of_address = own.scalar(recent.where(SignInAttempt.address_hash == address_hash)) or 0
        if max(of_account, of_address) >= limit:
            raise TooManyTries(TOO_MANY, field=field)
        identifier = uuid.uuid4()
        own.add(
            SignInAttempt(id=identifier, account_hash=account_hash, address_hash=address_hash, at=now, succeeded=False)
        )
        mine = or_(SignInAttempt.account_hash == account_hash, SignInAttempt.address_hash == address_hash)
        own.execute(
            delete(SignInAttempt).where(mine, SignInAttempt.at < now - KEPT),
            execution_options={"synchronize_session": False},
        )
    return Try(identifier)


def keyed_hash(value: str, keys: KeyFolder) -> bytes:
    """A hash that nobody without the key folder can look up, for what people type and where they are."""
    return hashlib.blake2b(value.encode(), digest_size=32, key=keys.factor_key(), person=b"fairlot-typed").digest()


def _lock_number(hashed: bytes) -> int:
    return int.from_bytes(hashed[:8], "big", signed=True)
