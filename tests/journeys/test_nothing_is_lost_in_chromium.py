"""What was typed outlives a lost connection, a killed browser, a full device and an ended session, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.cast import PASSWORD, Account, Cast
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import ChromiumPerson, sees
from tests.journeys.telling import seated
from tests.portal_process import RunningPortal

pytestmark = [pytest.mark.journey, pytest.mark.long]

PAGE = "/account/colleagues/invite"
BOX = "Full name"
SAVED, OFFLINE, FULL, ENDED = "Demo While Saved", "Demo While Offline", "Demo While Full", "Demo While Signed Out"
NO_ROOM = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


def test_by_somebody_who_reads_no_help(
    chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path
) -> None:
    """Each time the page says how things stand, and gives the text back where it was typed."""
    with seated(lambda: ChromiumPerson(chromium.new_context(), portal.url)) as sit:
        cast = Cast(clock, sit, state, portal.ready["mailbox_url"])
        account = cast.administrator("administrator@council.example", "--authority", "Demo Keeping Council")
        person = account.person
        assert isinstance(person, ChromiumPerson)
        saved_while_it_is_typed(person)
        kept_by_a_browser_that_is_killed(person)
        a_full_device_promises_nothing(person)
        an_ended_session(person, account)


def says(page: Page, words: str) -> None:
    """The line at the foot of the form says so, sooner or later."""
    expect(page.locator("[data-fl-saving]").first).to_contain_text(words, timeout=30_000)


def saved_while_it_is_typed(person: ChromiumPerson) -> None:
    """Nothing is pressed; the page is opened anew and offers what the server has."""
    person.visit(PAGE)
    person.tab.get_by_label(BOX).fill(SAVED)
    says(person.tab, "Not sent.")
    person.visit(PAGE)
    sees(person, "and it was not sent")
    person.press("Use it")
    expect(person.tab.get_by_label(BOX)).to_have_value(SAVED)


def kept_by_a_browser_that_is_killed(person: ChromiumPerson) -> None:
    """Offline the device has it, also when its window is gone before the connection is back."""
    context = person.tab.context
    context.set_offline(True)
    person.tab.get_by_label(BOX).fill(OFFLINE)
    says(person.tab, "you are offline. It is kept on this device.")
    person.tab.close(run_before_unload=False)
    context.set_offline(False)
    person.tab = context.new_page()
    person.visit(PAGE)
    sees(person, "did not reach us")
    person.tab.locator("[data-fl-use]").click()
    expect(person.tab.get_by_label(BOX)).to_have_value(OFFLINE)
    says(person.tab, "Not sent.")


def a_full_device_promises_nothing(person: ChromiumPerson) -> None:
    """Where the browser stores nothing the page asks to be kept open, and saves once the connection is back."""
    context = person.tab.context
    person.tab.close()
    person.tab = context.new_page()
    person.tab.add_init_script(NO_ROOM)
    person.visit(PAGE)
    context.set_offline(True)
    person.tab.get_by_label(BOX).fill(FULL)
    says(person.tab, "you are offline. Keep this page open.")
    context.set_offline(False)
    says(person.tab, "Not sent.")


def an_ended_session(person: ChromiumPerson, account: Account) -> None:
    """The button leads to signing in, that to the page, and the page offers the text; nothing was carried out."""
    person.visit(PAGE)
    person.tab.context.clear_cookies()
    person.press("Invite", name=ENDED)
    sees(person, "what you typed is not lost")
    person.press("Sign in", email=account.email, password=PASSWORD)
    person.press("Continue", factor_code=account.code())
    assert person.path == PAGE
    person.press("Use it")
    expect(person.tab.get_by_label(BOX)).to_have_value(ENDED)
