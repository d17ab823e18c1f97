"""How long and wide pages are: a page that everybody reaches must be read on a phone (docs/design.md)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.journeys.lengths import WIDTHS, Measured, measure
from tests.portal_process import start_portal

pytestmark = [pytest.mark.long, pytest.mark.journey]

SCREEN = 844
FIVE_SCREENS = 5 * SCREEN

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
    "your_data.show": 5_600,
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
def pages(chromium: Browser, app: Flask) -> Sequence[Measured]:
    """Every kind of page of the demonstration, the longest first."""
    with start_portal("--scenario", "demo", seconds=600) as portal:
        found = measure(chromium, portal.url, app.url_map.bind("localhost"))
    print("The pages longer than five screens:", *(page for page in found if page.height > FIVE_SCREENS), sep="\n")
    return found


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
