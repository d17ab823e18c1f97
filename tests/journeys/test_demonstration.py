"""The demonstration as somebody meets it who started it twice: whole, every stage of it, every page of it, and in use.

It is loaded once for all of this. A page that everybody reaches must be read on a phone (docs/design.md).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from portal.bidding.arriving import PART
from portal.scenarios import demo, market, story
from tests.journeys.accessibility import check_accessibility
from tests.journeys.lengths import WIDTHS, Measured, measure
from tests.portal_process import RunningPortal, portal_environment, start_portal
from tests.services import open_folder
from tests.worker_process import ROOT

pytestmark = [pytest.mark.long, pytest.mark.journey]

SCREEN = 844
FIVE_SCREENS = 5 * SCREEN

EXPECTED = {
    demo.DRAFT: "draft",
    story.JOINT: "draft",
    demo.OPEN: "published",
    demo.CHANGED: "published",
    demo.CLOSED: "published",
    demo.SCORING: "opened",
    demo.MODERATING: "opened",
    demo.RESULT: "moderated",
    demo.STANDSTILL: "awarded",
    demo.CONTRACT: "contracted",
    story.DIVIDED: "moderated",
    story.TIED: "moderated",
    story.WITHDRAWN: "moderated",
    story.REOPENED: "opened",
    demo.CANCELLED: "cancelled",
    demo.NOT_AWARDED: "not_awarded",
    market.CALL_OFF: "published",
}
"""Where each procurement of the demonstration stands."""

ALLOWED = {
    # Workbench: what is sworn to is read whole before it is sent, and what is written is seen while it is written.
    "applications.check": 6_000,
    "applications.section": 5_300,
    "bids.answers": 5_000,  # What an addendum changed stands in full above the question that it changed.
    "bids.check": 5_300,
    "itts.criteria": 5_300,
    "itts.preview": 5_200,  # With the places, weights and conditions of each lot.
    "itts.publish": 5_700,  # Everything that is about to be public, and what the notice says.
    "itts.shares": 5_400,
    # Document: the text is the buyer's, or what the law gives a bidder to read in the open.
    "opportunities.show": 6_500,
    "summaries.show": 7_500,
    "bids.submitted": 5_600,
    "notices.show": 5_400,
    "public_pages.how_we_protect_your_bid": 5_200,
    # Register: as many rows as a page of it has.
    "bids.index": 4_400,
    "opportunities.index": 5_600,
    "inbox.index": 5_300,
    # Desk: what waits, and then what one's organisation has.
    "provider_desk.index": 5_000,  # The latest six of each list, and a card for each thing that a provider keeps.
    "commissioning_desk.itt": 4_800,
    "admissions.show": 5_000,
    # Board: every figure of a total, one below the other, to be followed with a pencil.
    "evaluation_desk.workings": 6_700,
    # The demonstration's own: one part of the road open, the others folded.
    "start.index": 5_300,
}
"""The pixels at 390 that pages longer than five screens may take, by the pattern that each follows and why."""


@pytest.fixture(scope="module")
def state() -> Path:
    """Where the portal keeps everything."""
    return open_folder("fairlot-demonstration-") / "state"


@pytest.fixture(scope="module")
def portal(state: Path) -> Iterator[RunningPortal]:
    """The demonstration, loaded by a second start because somebody stopped the first one in the middle of it."""
    interrupt(state)
    with start_portal("--scenario", "demo", state=state, seconds=600) as started:
        yield started


@pytest.fixture(scope="module")
def pages(chromium: Browser, app: Flask, portal: RunningPortal) -> Sequence[Measured]:
    """Every kind of page of the demonstration, the longest first."""
    found = measure(chromium, portal.url, app.url_map.bind("localhost"))
    print("The pages longer than five screens:", *(page for page in found if page.height > FIVE_SCREENS), sep="\n")
    return found


def test_what_an_interrupted_start_left_is_thrown_away(portal: RunningPortal) -> None:
    """Ctrl-C in the middle of the first start leaves half a story; the next start throws it away and tells it whole."""
    assert "the scenario demo was interrupted" in portal.printed()
    with psycopg.connect(portal.ready["database_url"]) as connection:
        assert connection.execute("SELECT unfinished_scenario FROM installation").fetchone() == (None,)


def test_every_stage_is_occupied(portal: RunningPortal) -> None:
    """One procurement stands at each stage, and what people did is marked as seeded."""
    with psycopg.connect(portal.ready["database_url"]) as connection:
        found = dict(connection.execute("SELECT title, status FROM itt").fetchall())
        markets = connection.execute("SELECT title FROM framework").fetchall()
        unseeded = connection.execute(
            "SELECT DISTINCT kind FROM event WHERE NOT seeded AND actor_id IS NOT NULL"
        ).fetchall()
    assert found == EXPECTED
    assert markets == [(market.TITLE,)]
    assert unseeded == []


def test_no_page_scrolls_sideways(pages: Sequence[Measured]) -> None:
    """Whatever is wide scrolls within the page, at both widths."""
    wider = [
        str(page) for page in pages if any(wide > width for width, (_, wide) in zip(WIDTHS, page.sizes, strict=True))
    ]
    assert wider == []


def test_no_page_is_longer_than_its_pattern_allows(pages: Sequence[Measured]) -> None:
    """Five screens of a phone, or what is written above with its reason."""
    assert len({page.endpoint for page in pages}) > 150
    assert [str(page) for page in pages if page.height > ALLOWED.get(page.endpoint, FIVE_SCREENS)] == []


def test_a_line_that_breaks_costs_one_part(chromium: Browser, portal: RunningPortal, tmp_path: Path) -> None:
    """Chosen and sent with the keyboard; a part that was lost is sent again, a file stopped goes on, one is refused."""
    large, wrong = tmp_path / "large.txt", tmp_path / "wrong.exe"
    large.write_bytes(b"A line of a long policy.\n" * (3 * PART // 25))
    wrong.write_bytes(b"MZ")
    page = chromium.new_page()
    page.goto(f"{portal.url}/demonstration")
    page.get_by_role("button", name="Finish the bid").click()
    page.goto(f"{page.url}/documents")
    sent = losing_every(page, 3)
    page.locator("[type=file]").first.set_input_files([str(large), str(wrong)])
    with page.expect_navigation():
        page.get_by_role("button", name="Upload").first.press("Enter")
        expect(page.get_by_role("progressbar", name="large.txt")).to_be_visible()
        expect(page.get_by_role("button", name="Stop")).to_be_focused()
        check_accessibility(page)
    outcome = page.get_by_role("group", name="What became of your files")
    expect(outcome).to_be_focused()
    expect(outcome).to_contain_text("Attached: 1 of 2")
    expect(outcome).to_contain_text("wrong.exe is of a type that cannot be used.")
    check_accessibility(page)
    assert len(sent) == 7, "three parts and two questions, one of each lost and sent again"
    replace(page, large.rename(tmp_path / "newer.txt"))
    page.close()


def test_another_start_finds_it_loaded(portal: RunningPortal, state: Path) -> None:
    """What is there stays as it is, whatever scenario is asked for again."""
    seeded = "SELECT count(*) FROM event WHERE seeded"
    with psycopg.connect(portal.ready["database_url"]) as connection:
        whole = connection.execute(seeded).fetchone()
    assert portal.stop() == 0
    with start_portal("--scenario", "demo", state=state) as another:
        assert "is not loaded again" in another.printed()
        with psycopg.connect(another.ready["database_url"]) as connection:
            assert connection.execute(seeded).fetchone() == whole


def interrupt(state: Path) -> None:
    """Start the demonstration for the first time, and stop it while it is loaded."""
    output = state.parent / "first.txt"
    with output.open("wb") as sink:
        first = subprocess.Popen(
            [sys.executable, "-m", "portal", "up", "--port", "0", "--scenario", "demo"],
            cwd=ROOT,
            env=portal_environment(state),
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 120
    while "worker and beat" not in output.read_text():
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)
    time.sleep(4)
    os.kill(first.pid, signal.SIGINT)
    assert first.wait(60) == 0


def replace(page: Page, newer: Path) -> None:
    """Another file takes the place of the one that is there, in parts as well."""
    page.get_by_role("link", name="Replace large.txt").click()
    newer.write_bytes(newer.read_bytes() + b"One line more.\n")
    page.locator("[type=file]").set_input_files(str(newer))
    with page.expect_navigation():
        page.get_by_role("button", name="Replace the file").press("Enter")
        expect(page.get_by_role("progressbar", name="newer.txt")).to_be_visible()
        check_accessibility(page)
    expect(page.get_by_role("group", name="What became of your files")).to_contain_text("newer.txt is attached.")
    expect(page.get_by_role("link", name="Replace newer.txt")).to_be_visible()
    expect(page.get_by_role("link", name="Replace large.txt")).to_have_count(0)


def losing_every(page: Page, nth: int) -> list[str]:
    """Let each nth request with a part, or the question where to go on, get lost; returns what is sent."""
    sent: list[str] = []

    def lose(route, request) -> None:  # type: ignore[no-untyped-def]
        sent.append(request.url)
        if len(sent) % nth == 0:
            route.abort()
        else:
            route.continue_()

    page.route("**/documents/parts", lose)
    return sent
