"""Public pages in a browser: accessible, and within the screen of a phone. The journeys visit the others."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.accessibility import check_accessibility
from tests.portal_process import RunningPortal

PAGES = (
    "/",
    "/opportunities",
    "/frameworks",
    "/contracts",
    "/register",
    "/sign-in",
    "/sitting",
    "/how-we-protect-your-bid",
    "/accessibility",
)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.mark.journey
def test_public_pages(chromium: Browser, running_portal: RunningPortal) -> None:
    """axe finds nothing on any of them, and none is wider than the screen."""
    page = chromium.new_page(viewport=DESK)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(f"{running_portal.url}{path}")
        check_accessibility(page)
        for viewport in (DESK, PHONE):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, f"{path} is wider than {viewport['width']} pixels"
    page.close()


@pytest.mark.journey
def test_a_form_that_was_filled_in_badly(chromium: Browser, running_portal: RunningPortal) -> None:
    """The summary of errors leads to the field, by keyboard alone, and what was typed is still there."""
    page = chromium.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(f"{running_portal.url}/register")
    page.fill("[name=organisation_name]", "Demo Nonsense")
    page.fill("[name=company_number]", "not a number")
    page.press("[name=company_number]", "Enter")
    page.wait_for_load_state()
    assert page.title().startswith("Error: ")
    check_accessibility(page)
    assert page.input_value("[name=organisation_name]") == "Demo Nonsense"
    links = page.locator(".govuk-error-summary a")
    assert links.count() > 1
    target = links.last.get_attribute("href")
    links.last.focus()
    page.keyboard.press("Enter")
    assert f"#{page.evaluate('document.activeElement.id')}" == target
    page.close()


@pytest.mark.journey
def test_a_visitor_without_a_connection_keeps_the_page(chromium: Browser, running_portal: RunningPortal) -> None:
    """The button is answered beside it instead of by the browser's error page; with the connection back it sends."""
    page = chromium.new_page(viewport=PHONE)  # type: ignore[arg-type]
    page.goto(f"{running_portal.url}/register")
    page.fill("[name=organisation_name]", "Demo Tunnel")
    page.context.set_offline(True)
    page.press("[name=organisation_name]", "Enter")
    line = page.get_by_text("Nothing was sent: you are offline.")
    expect(line).to_be_visible()
    check_accessibility(page)
    assert page.input_value("[name=organisation_name]") == "Demo Tunnel"
    page.context.set_offline(False)
    expect(line).to_be_hidden()
    with page.expect_navigation():
        page.press("[name=organisation_name]", "Enter")
    assert page.title().startswith("Error: ")
    assert page.input_value("[name=organisation_name]") == "Demo Tunnel"
    page.close()
