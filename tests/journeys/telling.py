"""Telling the story to people at browsers, and looking at what it leaves in public."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import httpx

from tests.journeys.cast import Cast
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import Person
from tests.journeys.story import Story
from tests.portal_process import RunningPortal


class Tellable(Protocol):
    """A story: it is made of its cast and a folder for what they upload, and then told."""

    def __init__(self, cast: Cast, folder: Path) -> None: ...

    def tell(self) -> None:
        """From its beginning to its end."""


Told = TypeVar("Told", bound=Tellable)


@contextmanager
def told(
    kind: type[Told], seat: Callable[[], Person], portal: RunningPortal, clock: MovingClock, state: Path, folder: Path
) -> Iterator[Told]:
    """Tell a story to people who sit down at browsers that `seat` makes, and close these at the end."""
    with seated(seat) as sit:
        story = kind(Cast(clock, sit, state, portal.ready["mailbox_url"]), folder)
        story.tell()
        yield story


@contextmanager
def seated(seat: Callable[[], Person]) -> Iterator[Callable[[], Person]]:
    """Let people sit down at browsers that `seat` makes, and close every one at the end."""
    seats: list[Person] = []

    def sit() -> Person:
        seats.append(seat())
        return seats[-1]

    try:
        yield sit
    finally:
        for person in seats:
            person.leave()


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


def mail_to(portal: RunningPortal, address: str) -> list[dict[str, str]]:
    """What was mailed to an address, the newest first."""
    found = httpx.get(f"{portal.ready['mailbox_url']}/messages.json", params={"to": address}, timeout=30)
    messages: list[dict[str, str]] = found.json()
    return messages


def check_mail(portal: RunningPortal, story: Story) -> None:
    """Everybody who was to be told has mail, and none of it before the opening names a bidder to the council."""
    messages = httpx.get(f"{portal.ready['mailbox_url']}/messages.json", timeout=30).json()
    text = json.dumps(messages)
    for name in story.providers.values():
        assert name.email in text


def check_logs(state: Path, typed: set[str]) -> None:
    """No log holds a name, an address or a sentence that somebody typed."""
    logs = {path.name: path.read_text(errors="replace") for path in (state / "logs").iterdir()}
    assert (len(logs) > 3, len(typed) > 40) == (True, True)
    assert [(name, word) for name, text in logs.items() for word in sorted(typed) if word in text] == []
