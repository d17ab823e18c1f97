"""The whole portal under a clock that moves, for stories that cross days."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.moving_clock import MovingClock
from tests.portal_process import RunningPortal, start_portal
from tests.services import open_folder


@pytest.fixture
def folder() -> Path:
    """A folder that the portal's processes may enter, whoever they run as."""
    return open_folder("fairlot-journey-")


@pytest.fixture
def clock(folder: Path) -> MovingClock:
    """The clock that the whole stack lives by."""
    return MovingClock(folder)


@pytest.fixture
def state(folder: Path) -> Path:
    """Where the portal keeps everything."""
    return folder / "state"


@pytest.fixture
def portal(clock: MovingClock, state: Path) -> Iterator[RunningPortal]:
    """The whole portal with its embedded services."""
    with start_portal(environment=clock.environment, state=state) as running:
        yield running
