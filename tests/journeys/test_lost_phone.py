"""Somebody loses their phone: from the code page to a new one, over HTTP, and in Chromium by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.cast import PASSWORD, Account, Cast
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import ChromiumPerson, HttpPerson, Person, sees
from tests.journeys.telling import seated
from tests.portal_process import RunningPortal

pytestmark = [pytest.mark.journey, pytest.mark.long]


def tell(portal: RunningPortal, seat: Callable[[], Person], clock: MovingClock, state: Path) -> None:
    """The sole administrator of a charity loses phone and codes; the council's two administrators help."""
    cast = Cast(clock, seat, state, portal.ready["mailbox_url"])
    first, second = cast.administrators("Demo County Council")
    lost = cast.provider("Demo Harbourside", "09506232")
    lost.person.press("Sign out")
    lost.person.visit("/sign-in")
    lost.person.press("Sign in", email=lost.email, password=PASSWORD)
    lost.person.follow("I cannot use my phone or key")
    lost.person.press("Ask for help")
    number = re.search(r"LOST-\w{5}", lost.person.text)
    assert number is not None
    give_word(first, number[0], "Your word is recorded")
    give_word(second, number[0], "is removed")
    lost.person.visit("/sign-in")
    lost.person.press("Sign in", email=lost.email, password=PASSWORD)
    lost.used.clear()
    lost.set_up_factor()
    sees(lost.person, "Demo Harbourside")


def give_word(administrator: Account, number: str, outcome: str) -> None:
    """Read the number on the page, and say that it is the person."""
    administrator.person.visit("/account")
    administrator.person.follow("Lost phones and keys")
    administrator.person.follow("Make sure")
    sees(administrator.person, number)
    administrator.person.press("Record my word", verdict="confirm", **administrator.factor())
    sees(administrator.person, outcome)


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path) -> None:
    """Without JavaScript, style sheets or pictures."""
    with seated(lambda: HttpPerson(portal.url)) as sit:
        tell(portal, sit, clock, state)


def test_in_chromium_by_keyboard(chromium: Browser, portal: RunningPortal, clock: MovingClock, state: Path) -> None:
    """Every link and button is reached with the tab key, and axe finds nothing on any page."""

    def seat() -> Person:
        person = ChromiumPerson(chromium.new_context(viewport={"width": 1280, "height": 900}), portal.url)
        person.keyboard = True
        return person

    with seated(seat) as sit:
        tell(portal, sit, clock, state)
