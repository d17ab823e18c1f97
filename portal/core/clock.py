"""The only reader of the clocks.

What a deadline decides is decided by the *database's* clock, read under the lock of the row that carries the
deadline: measured, a Python clock or SQL `now()` loses about a quarter of the bids that arrive at the deadline
(docs/decisions/0003-deadlines.md).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from portal.extensions import db

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The system's time as an aware UTC instant, for display and for acts that no deadline decides."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar date in Europe/London."""
    return now().astimezone(LONDON).date()


def database_time() -> datetime:
    """The database's wall clock at this statement (not the transaction's start), as an aware UTC instant.

    Call it after taking the row lock: only then is the answer later than whatever the lock waited for.
    """
    instant: datetime = db.session.execute(select(func.clock_timestamp())).scalar_one()
    return instant.astimezone(UTC)
