"""A dynamic market through the running portal, over plain HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.market_story import MarketStory
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson
from tests.journeys.telling import told
from tests.portal_process import RunningPortal

# script/test tells the whole road over HTTP; `--all` tells this story too, and both in Chromium.
pytestmark = [pytest.mark.journey, pytest.mark.long]


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """Apply, be refused with a reason, put it right, be admitted, and answer a call-off that was open before."""
    with told(MarketStory, lambda: HttpPerson(portal.url), portal, clock, state, folder) as story:
        assert story.bid
