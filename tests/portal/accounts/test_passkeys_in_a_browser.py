"""Passkeys in Chromium, with an authenticator that the browser plays (WebAuthn over the DevTools protocol)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from tests.journeys.accessibility import check_accessibility
from tests.portal_process import RunningPortal

PASSWORD = "three plain words"
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
pytestmark = pytest.mark.journey


@pytest.fixture
def url(running_portal: RunningPortal) -> str:
    """The portal by its name: a passkey is bound to one."""
    return f"http://localhost:{urlsplit(running_portal.url).port}"


@pytest.fixture
def email(running_portal: RunningPortal, request: pytest.FixtureRequest) -> str:
    """A platform administrator, made on the command line."""
    address = f"{request.node.name.replace('_', '-')}@people.example"
    subprocess.run(
        [sys.executable, "-m", "portal", "create-administrator", "--name", "Demo Administrator", "--email", address,
         "--password-stdin"],
        input=PASSWORD.encode(), check=True, capture_output=True, timeout=60,
        env={"PORTAL_STATE": str(Path(running_portal.ready_file).parent / "state"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return address


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of one's own."""
    made = chromium.new_context()
    made.set_default_timeout(10_000)
    yield made
    made.close()


def plugged_in(page: Page) -> tuple[CDPSession, str]:
    """A key in the page's browser, and how it is called there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return devtools, str(added["authenticatorId"])


def with_password(page: Page, url: str, email: str) -> None:
    """Type the password; the second factor is asked for next."""
    page.goto(f"{url}/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def add_key(page: Page, name: str) -> None:
    """Add the plugged-in key under that name, by keyboard."""
    page.fill("[name=name]", name)
    page.get_by_role("button", name="Add a passkey").focus()
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    """Leave."""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")


def test_a_passkey_is_all_that_it_takes(context: BrowserContext, url: str, email: str) -> None:
    """Set up first, without any phone; it signs in, confirms an important step, gets company and is removed."""
    page = context.new_page()
    devtools, blue = plugged_in(page)
    with_password(page, url, email)
    check_accessibility(page)
    page.get_by_role("link", name="Use a passkey").click()
    check_accessibility(page)
    add_key(page, "Blue key")
    page.get_by_role("heading", name="Print or save your recovery codes").wait_for()
    check_accessibility(page)
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    with_password(page, url, email)
    check_accessibility(page)
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url(lambda at: "/sign-in" not in at)
    page.goto(f"{url}/account/second-factor")
    check_accessibility(page)
    assert "Blue key" in page.inner_text("main")
    # Of two keys that are plugged in either may answer first, and the blue one is here already.
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": blue})
    plugged_in(page)
    page.get_by_role("link", name="Add a passkey").click()
    add_key(page, "Spare key")
    page.get_by_text("Your passkey is added.").wait_for()
    page.get_by_role("link", name="Remove Blue key").click()
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("The passkey is removed.").wait_for()
    assert "Blue key" not in page.inner_text("main")
    page.get_by_role("link", name="Remove Spare key").click()
    page.get_by_role("button", name="Remove it").click()
    assert "This is your only second factor." in page.inner_text("main")


def test_another_key_opens_nothing(context: BrowserContext, url: str, email: str) -> None:
    """A browser without the person's key finds none, says so, and the page stays."""
    page = context.new_page()
    devtools, key = plugged_in(page)
    with_password(page, url, email)
    page.get_by_role("link", name="Use a passkey").click()
    add_key(page, "Blue key")
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    plugged_in(page)
    with_password(page, url, email)
    page.get_by_role("button", name="Use a passkey instead").click()
    page.get_by_text("Press the button to try again.").wait_for()
    assert urlsplit(page.url).path == "/sign-in/code"


def test_without_javascript_the_page_says_what_to_do(chromium: Browser, url: str, email: str) -> None:
    """No button that does nothing: a link to the other way."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with_password(page, url, email)
    page.get_by_role("link", name="Use a passkey").click()
    assert "JavaScript is off" in page.inner_text("main")
    assert not page.get_by_role("button", name="Add a passkey").is_visible()
    page.get_by_role("link", name="Use an authenticator app").click()
    assert "Set up your authenticator" in page.inner_text("h1")
    context.close()
