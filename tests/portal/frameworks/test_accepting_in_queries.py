"""Whether a framework takes applications is one answer, asked of a row or in a query."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.extensions import db
from portal.frameworks.models import Framework, JoiningWindow
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.validity import accepting, accepts_applications
from portal.regulation.kinds import FrameworkKind
from tests.factories.frameworks import live_framework

HOUR = timedelta(hours=1)
WINDOWS = {"none": (), "open": ((-1, 1),), "over": ((-2, -1),), "to come": ((1, 2),), "ends now": ((-1, 0),)}


def asked_both_ways(framework: Framework, instant: datetime) -> tuple[bool, bool]:
    """The row's answer, and the query's."""
    db.session.flush()
    queried = db.session.scalar(select(Framework.id).where(Framework.id == framework.id, accepting(instant)))
    return accepts_applications(framework, instant), queried is not None


@pytest.mark.parametrize("windows", WINDOWS)
@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_windows_decide_for_frameworks_alone(db_session: object, kind: FrameworkKind, windows: str) -> None:
    """Without a window that is open a framework takes nobody; a DPS and a market need none."""
    now = clock.now()
    framework = live_framework(kind=kind)
    framework.windows = [
        JoiningWindow(opens_at=now + opens * HOUR, closes_at=now + closes * HOUR) for opens, closes in WINDOWS[windows]
    ]
    expected = kind is not FrameworkKind.FRAMEWORK or windows == "open"
    assert asked_both_ways(framework, now) == (expected, expected)


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_the_end_of_the_validity_and_a_ceasing_decide_for_all(db_session: object, kind: FrameworkKind) -> None:
    """The instant of the end is outside, both ways."""
    now = clock.now()
    framework = live_framework(kind=kind)
    framework.windows = [JoiningWindow(opens_at=now - HOUR, closes_at=now + 9000 * HOUR)]
    assert framework.valid_until is not None
    assert asked_both_ways(framework, framework.valid_until) == (False, False)
    framework.status, framework.ceased_at = FrameworkStatus.CEASED, now
    assert asked_both_ways(framework, now) == (False, False)
    assert asked_both_ways(framework, now - timedelta(minutes=1)) == (True, True)
