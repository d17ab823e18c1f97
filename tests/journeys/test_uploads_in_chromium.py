"""Files of a bid go up in parts, in Chromium: the line breaks, the page goes on, and each file has its outcome."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.bidding.arriving import PART
from tests.journeys.accessibility import check_accessibility
from tests.portal_process import start_portal

pytestmark = [pytest.mark.journey, pytest.mark.long]


def test_a_line_that_breaks_costs_one_part(chromium: Browser, tmp_path: Path) -> None:
    """Chosen and sent with the keyboard; a part that was lost is sent again, a file stopped goes on, one is refused."""
    large, wrong = tmp_path / "large.txt", tmp_path / "wrong.exe"
    large.write_bytes(b"A line of a long policy.\n" * (3 * PART // 25))
    wrong.write_bytes(b"MZ")
    with start_portal("--scenario", "demo", seconds=600) as portal:
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
