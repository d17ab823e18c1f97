"""How guessing is slowed: wrong tries count by what is guessed at and by where they come from (docs/guessing.md).

Whoever guesses waits, longer each time, and nobody else does. A browser from which the person has signed in before is
counted by itself, so that no stranger keeps its owner out; one address behind which many people sit is slowed only by
very many wrong tries, and never stopped. Right tries count as none, however many come at once. Everything is counted
in PostgreSQL, one guess at a time at the same thing: parallel guesses cannot overtake the count.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from portal.accounts.models import FailedGuess
from portal.audit.subjects import OnSystemChain
from portal.core.columns import db
from portal.core.errors import PortalError
from portal.core.seals import KeyFolder
from portal.core.words import counted

log = structlog.get_logger()

FREE = 5
"""Wrong tries at one thing from one place before anybody waits."""
DELAYS = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300))
"""What to wait after the last free try, and after each further one; the last for all that follow."""
REMEMBERED = timedelta(hours=1)
WINDOW = timedelta(minutes=5)
FREE_FROM_ONE_ADDRESS = 100
"""Wrong tries in five minutes at whatever, from one address, before its strangers go one after the other."""
SLOWEST_FROM_ONE_ADDRESS = 10
KEPT = timedelta(days=1)

_COUNT = text(
    """
    SELECT count(*) FILTER (WHERE target_hash = :target AND place_hash = :place) AS here,
    max(at) FILTER (WHERE target_hash = :target AND place_hash = :place) AS last_here,
    (array_agg(at ORDER BY at DESC) FILTER (WHERE target_hash = :target))[:most] AS filling,
    count(*) FILTER (WHERE place_hash = :place AND at > :window) AS of_place,
    max(at) FILTER (WHERE place_hash = :place) AS last_of_place
    FROM failed_guess WHERE (target_hash = :target OR place_hash = :place) AND at > :remembered
    """
)


class TooManyTries(PortalError):
    """Too many tries were wrong; this one was not looked at. `retry_after` says for how many seconds to wait."""

    code = "too_many_tries"
    status = 429

    def __init__(self, wait: timedelta, *, field: str | None = None) -> None:
        self.retry_after = max(1, -(-wait // timedelta(seconds=1)))
        number, unit = (
            (self.retry_after, "second") if self.retry_after <= 90 else (-(-self.retry_after // 60), "minute")
        )
        super().__init__(f"There were too many wrong tries. Wait {counted(number, unit)}, then try again.", field=field)


@dataclass(frozen=True)
class Origin:
    """Where a try comes from: the person's address, and what their browser keeps from signing in here before."""

    address: str
    device: str | None = None
    browser: str = ""
    """Roughly what browser it is, as its owner would recognise it; told to nobody else."""

    @property
    def network(self) -> str:
        """The address as it is counted: whoever has one IPv6 address has the whole /64 around it."""
        try:
            found = ip_address(self.address)
        except ValueError:
            return self.address
        return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else str(found)


@dataclass
class Guess(OnSystemChain):
    """One try that may be looked at; it counts as wrong until `succeed` is called."""

    id: uuid.UUID
    session: Session
    """A transaction of the try's own: what is written here stays, whatever becomes of the request."""
    right: bool = False

    ledger_object = "attempt"

    def succeed(self) -> None:
        """Say that the try was right: it does not count, and wrong ones on a device of the person's are forgotten."""
        self.right = True


@contextmanager
def guess(
    *,
    at: str,
    origin: Origin,
    keys: KeyFolder,
    now: datetime,
    known: bool = False,
    field: str | None = None,
    free: int = FREE,
) -> Iterator[Guess]:
    """Look at one try inside the block, alone among those at the same thing; raise `TooManyTries` before it instead.

    `at` names what is guessed at; `known` says that the origin's device is one of whoever it belongs to. After `free`
    wrong tries from one place each further one waits, and strangers together have twice as many in five minutes.
    Begin it before any row is locked. What is typed and where it came from are stored as keyed hashes, for at most a
    day after the next wrong try.
    """
    place = f"device:{origin.device}" if known else f"address:{origin.network}"
    target_hash = keys.keyed_hash(f"{at}:{place}" if known else at)
    place_hash = keys.keyed_hash(place)
    # A request's own transaction is begun first: it outlives this one.
    db.session.connection()
    with Session(db.engine) as own, own.begin():
        _alone(own, target_hash)
        wait, crowded = _wait(own, target_hash, place_hash, now, free)
        if crowded and not known:
            _alone(own, place_hash)
            wait, _ = _wait(own, target_hash, place_hash, now, free)
        if wait > timedelta(0):
            log.warning("guess_not_looked_at", at=at.partition(":")[0], known_device=known, wait=wait.total_seconds())
            raise TooManyTries(wait, field=field)
        tried = Guess(uuid.uuid4(), own)
        refusal = None
        try:
            yield tried
        except PortalError as refused:
            refusal = refused
        gone = FailedGuess.at < (now if tried.right and known else now - KEPT)
        from_here = delete(FailedGuess).where(FailedGuess.place_hash == place_hash, gone)
        own.execute(from_here, execution_options={"synchronize_session": False})
        if not tried.right:
            own.add(FailedGuess(id=tried.id, target_hash=target_hash, place_hash=place_hash, at=now))
    if refusal is not None:
        raise refusal


def _alone(own: Session, hashed: bytes) -> None:
    """Wait for whoever looks at the same just now. What is guessed at comes before a place: no circle can close."""
    own.execute(select(func.pg_advisory_xact_lock(int.from_bytes(hashed[:8], "big", signed=True))))


def _wait(own: Session, target: bytes, place: bytes, now: datetime, free: int) -> tuple[timedelta, bool]:
    """How long this try has to wait, and whether its address has used up what is free."""
    values = {
        "target": target,
        "place": place,
        "most": 2 * free,
        "window": now - WINDOW,
        "remembered": now - REMEMBERED,
    }
    row = own.execute(_COUNT, values).one()
    ends = [now]
    if row.here >= free:
        ends.append(row.last_here + DELAYS[min(row.here - free, len(DELAYS) - 1)])
    if row.filling is not None:
        ends.append(row.filling + WINDOW)
    pace = min(row.of_place // FREE_FROM_ONE_ADDRESS, SLOWEST_FROM_ONE_ADDRESS)
    if pace:
        ends.append(row.last_of_place + timedelta(seconds=pace))
    return max(ends).astimezone(UTC) - now, bool(pace)
