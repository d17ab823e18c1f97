"""A forgotten password and a changed address end well for somebody who reads no help and has no mouse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessibility import check_accessibility
from tests.journeys.cast import PASSWORD, Account, Cast
from tests.journeys.keyboard import KeyboardPerson
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson
from tests.portal_process import RunningPortal

pytestmark = [pytest.mark.journey, pytest.mark.long]

OLD, NEW = "administrator@council.example", "renamed@council.example"
CHOSEN = "three other plain words"


def test_by_keyboard_alone(
    chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path, folder: Path
) -> None:
    """The forgotten password, signing in with the code, another address, and signing in with that."""
    cast = Cast(clock, lambda: HttpPerson(portal.url), state, portal.ready["mailbox_url"])
    account = cast.administrator(OLD, "--authority", "Demo Keyboard Council")
    account.person.leave()
    person = KeyboardPerson(chromium, portal.url)
    forget_the_password(person, cast)
    sign_in(person, account, OLD)
    change_the_address(person, cast)
    person.press("Sign out")
    sign_in(person, account, NEW)
    stay_signed_in(person, clock)
    person.leave()


def forget_the_password(person: KeyboardPerson, cast: Cast) -> None:
    """From the page for signing in to a new password."""
    person.visit("/sign-in")
    person.press("Forgotten your password?")
    person.press("Send me the link")
    assert person.has("Enter your e-mail address.")
    person.enter("E-mail address", OLD)
    person.press("Send me the link")
    assert person.has("Look at your e-mail")
    person.visit(cast.mailed_link(OLD, "Choose a new password"))
    person.enter("Choose a password", PASSWORD[:5])
    person.press("Change password")
    assert person.has("Use at least 12 characters")
    person.enter("Choose a password", CHOSEN)
    person.press("Change password")
    assert person.has("Your password is changed.")
    assert person.path == "/sign-in"


def sign_in(person: KeyboardPerson, account: Account, email: str) -> None:
    """The new password and a code: a mailed link replaces neither."""
    person.enter("E-mail address", email)
    person.enter("Password", CHOSEN)
    person.press("Sign in")
    assert person.path == "/sign-in/code"
    person.enter("Code from your authenticator app", account.code())
    person.press("Continue")
    assert not person.has("Please confirm")


def change_the_address(person: KeyboardPerson, cast: Cast) -> None:
    """From the account page to the press at the new address."""
    person.press("Account")
    person.press("Change e-mail address")
    person.enter("New e-mail address", NEW)
    person.enter("Your password", CHOSEN)
    person.press("Write to the new address")
    assert person.has(f"We have written to {NEW}.")
    assert cast.mailed_link(OLD, "Your e-mail address is about to change")
    person.visit(cast.mailed_link(NEW, "Is this your new e-mail address?"))
    person.press("Yes, use this address")
    assert person.has("This is your e-mail address here from now on.")


def stay_signed_in(person: KeyboardPerson, clock: MovingClock) -> None:
    """56 minutes later the page says that the time runs out, and one press goes on."""
    person.visit("/account")
    clock.move_to(clock.now() + timedelta(minutes=56))
    person.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    dialog = person.page.locator("dialog[open]")
    dialog.wait_for()
    assert "You will be signed out in 4 minutes" in dialog.inner_text()
    check_accessibility(person.page)
    person.page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    clock.move_to(clock.now() + timedelta(minutes=10))
    person.visit("/account")
    assert person.path == "/account"
