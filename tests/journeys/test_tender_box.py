"""An invitation is written from nothing, asked about, changed, answered, cancelled and ended: once over plain HTTP, and
once in Chromium with axe on every kind of page and the keyboard alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import ChromiumPerson, HttpPerson, Person
from tests.journeys.telling import mail_to, told
from tests.journeys.tender_story import CANARY, TITLE, TenderStory
from tests.portal_process import RunningPortal

pytestmark = [pytest.mark.journey, pytest.mark.long]


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """Without JavaScript, style sheets or pictures; a bidder hears once of the change, and no log holds an answer."""
    with told(TenderStory, lambda: HttpPerson(portal.url), portal, clock, state, folder) as story:
        told_of = [message["subject"] for message in mail_to(portal, story.alder.email)]
        assert told_of.count(f"Change 1: {TITLE}") == 1
        logs = {path.name: path.read_text(errors="replace") for path in (state / "logs").iterdir()}
        assert [name for name, text in logs.items() if CANARY in text] == []


def test_in_chromium_by_keyboard(
    chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path, folder: Path
) -> None:
    """Everything is reached with the tab key and typed, one provider's part on a phone; axe finds nothing."""

    def seat() -> Person:
        person = ChromiumPerson(chromium.new_context(viewport={"width": 1280, "height": 900}), portal.url)
        person.keyboard = True
        return person

    with told(TenderStory, seat, portal, clock, state, folder) as story:
        assert len(story.bids) == 3
