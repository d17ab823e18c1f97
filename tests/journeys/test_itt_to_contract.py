"""The whole road through the running portal: over plain HTTP, and the same story in Chromium with axe on every page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.journeys.cast import Cast
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import ChromiumPerson, HttpPerson, Person
from tests.journeys.story import Story
from tests.portal_process import RunningPortal, start_portal
from tests.services import open_folder

pytestmark = pytest.mark.journey

DEBIAN_POSTGRESQL_15 = Path("/usr/lib/postgresql/15/bin")


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


@contextmanager
def told(seat: Callable[[], Person], clock: MovingClock, state: Path, folder: Path) -> Iterator[Story]:
    """Tell the story to people who sit down at browsers that `seat` makes, and close these at the end."""
    seats: list[Person] = []

    def sit() -> Person:
        seats.append(seat())
        return seats[-1]

    try:
        story = Story(Cast(clock, sit, state), folder)
        story.tell()
        yield story
    finally:
        for person in seats:
            person.leave()


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """An invitation becomes a published contract through real PostgreSQL, Redis, Celery and SMTP."""
    with told(lambda: HttpPerson(portal.url), clock, state, folder) as story:
        check_open_data(portal)
        check_mail(portal, story)


def test_in_chromium(
    chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path, folder: Path
) -> None:
    """The same story in a browser, and axe finds no violation on any page of it."""

    def seat() -> Person:
        return ChromiumPerson(chromium.new_context(viewport={"width": 1280, "height": 900}), portal.url)

    with told(seat, clock, state, folder):
        check_open_data(portal)


@pytest.mark.long
def test_over_http_on_debians_postgresql(clock: MovingClock, state: Path, folder: Path) -> None:
    """The story runs on Debian's PostgreSQL 15 as well."""
    if not DEBIAN_POSTGRESQL_15.exists():
        pytest.skip("no PostgreSQL 15 on this machine (on Debian 12: apt install postgresql-15)")
    environment = clock.environment | {"PORTAL_POSTGRES_BIN": str(DEBIAN_POSTGRESQL_15)}
    with (
        start_portal(environment=environment, state=state) as portal,
        told(lambda: HttpPerson(portal.url), clock, state, folder),
    ):
        check_open_data(portal)


def check_open_data(portal: RunningPortal) -> None:
    """Tender, award and contract are published as releases of one process, without anything that was sealed."""
    package = httpx.get(f"{portal.url}/ocds/releases.json", timeout=30)
    for _ in range(60):
        if len(package.json()["releases"]) == 3:
            break
        time.sleep(0.5)
        package = httpx.get(f"{portal.url}/ocds/releases.json", timeout=30)
    releases = package.json()["releases"]
    assert [tag for release in releases for tag in release["tag"]] == ["tender", "award", "contract"]
    assert len({release["ocid"] for release in releases}) == 1
    assert "heron" not in package.text
    assert "Wren" not in package.text
    record = httpx.get(f"{portal.url}/ocds/records/{releases[0]['ocid']}.json", timeout=30).json()
    assert record["records"][0]["compiledRelease"]["contracts"][0]["value"]["amount"] == 204000


def check_mail(portal: RunningPortal, story: Story) -> None:
    """Everybody who was to be told has mail, and none of it before the opening names a bidder to the council."""
    messages = httpx.get(f"{portal.ready['mailbox_url']}/messages.json", timeout=30).json()
    text = json.dumps(messages)
    for name in story.providers.values():
        assert name.email in text
