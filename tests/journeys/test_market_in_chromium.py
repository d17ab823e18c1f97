"""The story of the market in Chromium, with axe on every kind of page that it visits."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.market_story import MarketStory
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import ChromiumPerson, Person
from tests.journeys.telling import told
from tests.portal_process import RunningPortal

# script/test tells the whole road over HTTP; `--all` tells both stories both ways.
pytestmark = [pytest.mark.journey, pytest.mark.long]


def test_in_chromium(chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """The same story in a browser, and axe finds no violation on any page of it."""

    def seat() -> Person:
        return ChromiumPerson(chromium.new_context(viewport={"width": 1280, "height": 900}), portal.url)

    with told(MarketStory, seat, portal, clock, state, folder) as story:
        assert story.bid
