"""The only reader of the clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from portal.core import clock


def test_both_clocks_give_utc(db_session: object) -> None:
    """Aware instants, close to each other on one machine."""
    system, database = clock.now(), clock.database_time()
    assert (system.tzinfo, database.tzinfo) == (UTC, UTC)
    assert abs(system - database) < timedelta(seconds=5)


def test_the_database_s_time_moves_within_a_transaction(db_session: object) -> None:
    """It is the time of the statement, not of the transaction's start: what a lock waited for lies before it."""
    before = clock.database_time()
    time.sleep(0.02)
    assert clock.database_time() - before >= timedelta(milliseconds=20)


@pytest.mark.parametrize(
    ("instant", "day"), [((2026, 7, 1, 22, 59), 1), ((2026, 7, 1, 23, 0), 2), ((2026, 12, 1, 23, 59), 1)]
)
def test_today_is_london_s(monkeypatch: pytest.MonkeyPatch, instant: tuple[int, ...], day: int) -> None:
    """In summer the day begins at 11pm UTC."""
    monkeypatch.setattr(clock, "now", lambda: datetime(*instant, tzinfo=UTC))  # type: ignore[misc]
    assert clock.today().day == day
