"""A dynamic market through the running portal, over plain HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.market_story import MarketStory
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson
from tests.journeys.telling import told
from tests.portal_process import RunningPortal

pytestmark = pytest.mark.journey


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """Apply, be refused with a reason, put it right, be admitted, and answer a call-off that was open before."""
    with told(MarketStory, lambda: HttpPerson(portal.url), clock, state, folder) as story:
        assert story.bid
