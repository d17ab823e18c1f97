"""The worst moments of somebody who reads no help, over HTTP, and in Chromium by keyboard alone and under axe.

Two editors, a session that ended, a forgotten password, another e-mail address, and an account that is erased.
(Losing a phone is a story of its own: test_lost_phone.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessibility import check_accessibility
from tests.journeys.cast import PASSWORD, Account, Cast
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import ChromiumPerson, HttpPerson, Person, sees
from tests.journeys.telling import seated
from tests.portal_process import RunningPortal

pytestmark = [pytest.mark.journey, pytest.mark.long]

SETTINGS = "/provider/settings"
PLACE = "Demo Quay House"
FIRST, SECOND, THIRD = "1 Harbour Road", "1 Harbour Road, at the blue door", "The blue door beside the library"
CHOSEN, NEW = "three other plain words", "writer.renamed@council.example"


@dataclass
class Moments:
    """A charity's administrator, and a colleague to whom everything happens."""

    cast: Cast
    administrator: Account
    writer: Account

    @classmethod
    def of(cls, cast: Cast) -> Moments:
        """Both are there, and a setting of theirs."""
        administrator = cast.provider("Demo Harbourside", "09506232")
        writer = cast.colleague(administrator, "Demo Writer", "contributor")
        administrator.person.visit(f"{SETTINGS}/new")
        place = {"name": PLACE, "area": "Gateshead", "address": FIRST, "capacity": "12", "vacancies": "3"}
        administrator.person.press("Add the setting", **place)
        return cls(cast, administrator, writer)

    def tell(self) -> None:
        """One moment after the other."""
        self.two_editors()
        self.a_session_that_ended()
        self.a_forgotten_password()
        self.another_address()
        self.an_erased_account()

    def open_setting(self, account: Account) -> Person:
        """The page on which the setting is changed."""
        account.person.visit(SETTINGS)
        account.person.follow(PLACE)
        return account.person

    def two_editors(self) -> None:
        """Whoever saves second sees both texts, and without a choice nothing is chosen; the other stays readable."""
        slow, quick = self.open_setting(self.writer), self.open_setting(self.administrator)
        quick.press("Save", address=SECOND)
        slow.press("Save", address=THIRD)
        sees(slow, SECOND, THIRD, "Choose which text to keep.")
        slow.press("Save")
        sees(slow, "There is a problem", SECOND, THIRD)
        slow.press("Save", **{"keep-address": "mine"})
        sees(slow, "details are saved")
        again = self.open_setting(self.administrator)
        again.follow("Earlier texts")
        sees(again, SECOND, "Demo Writer")
        assert THIRD in again.html

    def a_session_that_ended(self) -> None:
        """An hour later the button leads to signing in, that to the page, and the text is there to be sent."""
        person = self.open_setting(self.writer)
        page = person.path
        self.cast.clock.move_to(self.cast.clock.now() + timedelta(minutes=61))
        person.press("Save", address=FIRST)
        sees(person, "You have been signed out.", "what you typed is not lost")
        person.press("Sign in", email=self.writer.email, password=PASSWORD)
        assert person.path == page
        sees(person, "and it was not sent", FIRST)
        person.press("Use it")
        sees(person, "What you typed is in the form again")
        person.press("Save")
        sees(person, "details are saved")

    def a_forgotten_password(self) -> None:
        """From the page for signing in to a new password, and in with it."""
        person = self.writer.person
        person.press("Sign out")
        person.visit("/sign-in")
        person.follow("Forgotten your password?")
        person.press("Send me the link")
        sees(person, "Enter your e-mail address.")
        person.press("Send me the link", email=self.writer.email)
        sees(person, "Look at your e-mail")
        person.visit(self.cast.mailed_link(self.writer.email, "Choose a new password"))
        person.press("Change password", password=PASSWORD[:5])
        sees(person, "Use at least 12 characters")
        person.press("Change password", password=CHOSEN)
        sees(person, "Your password is changed.")
        self.sign_in(self.writer.email)

    def another_address(self) -> None:
        """From the account page to the press at the new address; the old one is told, and signs nobody in."""
        person, old = self.writer.person, self.writer.email
        person.visit("/account")
        person.follow("Change e-mail address")
        person.press("Write to the new address", email=NEW, password=CHOSEN)
        sees(person, f"We have written to {NEW}.")
        assert self.cast.mailed_link(old, "Your e-mail address is about to change")
        person.visit(self.cast.mailed_link(NEW, "Is this your new e-mail address?"))
        person.press("Yes, use this address")
        sees(person, "This is your e-mail address here from now on.")
        person.visit("/account")
        person.press("Sign out")
        person.visit("/sign-in")
        person.press("Sign in", email=old, password=CHOSEN)
        sees(person, "The e-mail address or the password is not right.")
        self.sign_in(NEW)

    def an_erased_account(self) -> None:
        """Asked for, checked and carried out: nobody signs in with it any more; what it did stays, without a name."""
        person, administrator = self.writer.person, self.administrator
        person.visit("/account/your-data")
        person.follow("Ask to be erased")
        person.press("Ask to be erased")
        sees(person, "Tick the box if you want to be erased.")
        person.press("Ask to be erased", understood="y")
        sees(person, "You have asked to be erased")
        administrator.sign_in()
        administrator.person.visit("/account/erasures")
        administrator.person.follow("Decide")
        sees(administrator.person, "Make sure that it is really them")
        administrator.person.press("Record my decision", verdict="erase", **administrator.factor())
        sees(administrator.person, "The person is erased.")
        person.visit("/account")
        assert person.path == "/sign-in"
        person.press("Sign in", email=NEW, password=CHOSEN)
        sees(person, "The e-mail address or the password is not right.")
        administrator.person.visit("/account/colleagues")
        assert not administrator.person.has("Demo Writer")
        again = self.open_setting(administrator)
        again.follow("Earlier texts")
        sees(again, THIRD, "Erased person")

    def sign_in(self, email: str) -> None:
        """With the password that was chosen last."""
        person = self.writer.person
        person.visit("/sign-in")
        person.press("Sign in", email=email, password=CHOSEN)
        sees(person, "Demo Harbourside")


def stay_signed_in(person: ChromiumPerson, clock: MovingClock) -> None:
    """56 minutes later the page says that the time runs out, and one press goes on."""
    person.visit("/account")
    clock.move_to(clock.now() + timedelta(minutes=56))
    person.tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    dialog = person.tab.locator("dialog[open]")
    dialog.wait_for()
    assert "You will be signed out in 4 minutes" in dialog.inner_text()
    check_accessibility(person.tab)
    person.tab.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    clock.move_to(clock.now() + timedelta(minutes=10))
    person.visit("/account")
    assert person.path == "/account"


def moments_of(portal: RunningPortal, sit: Callable[[], Person], clock: MovingClock, state: Path) -> Moments:
    return Moments.of(Cast(clock, sit, state, portal.ready["mailbox_url"]))


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path) -> None:
    """Without JavaScript, style sheets or pictures."""
    with seated(lambda: HttpPerson(portal.url)) as sit:
        moments_of(portal, sit, clock, state).tell()


def test_in_chromium_by_keyboard(chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path) -> None:
    """Everything is reached with the tab key and typed, and axe finds nothing on any page."""

    def seat() -> Person:
        person = ChromiumPerson(chromium.new_context(viewport={"width": 1280, "height": 900}), portal.url)
        person.keyboard = True
        return person

    with seated(seat) as sit:
        moments = moments_of(portal, sit, clock, state)
        moments.tell()
        assert isinstance(moments.administrator.person, ChromiumPerson)
        stay_signed_in(moments.administrator.person, clock)
