"""Two editors in two browsers, by keyboard alone: it ends well for somebody who reads no help."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import update
from werkzeug.serving import make_server

from portal.accounts.models import UserSession
from portal.accounts.sessions import start_session
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from tests.factories.bidding import draft_bid, submitter_of
from tests.factories.tendering import published_itt
from tests.journeys.accessibility import check_accessibility


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def seat(chromium: Browser, app: Flask, url: str, actor: Actor) -> Page:
    """A browser of its own in which the person is signed in."""
    with app.app_context():
        assert actor.user_id is not None
        token = start_session(user_id=actor.user_id, now=clock.now())
        db.session.flush()
        db.session.execute(update(UserSession).values(factor_at=clock.now()))
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    held = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert held is not None
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": held.key, "value": held.value, "url": url}])
    return context.new_page()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(150):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector} on {page.url}")


def press_save(page: Page) -> None:
    """Go on to the button and press Enter."""
    tab_to(page, "main form button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.journey
def test_two_editors_end_well(chromium: Browser, fresh_app: Flask) -> None:
    """Both texts are there, the choice is made by keyboard, nothing is lost, and axe finds nothing on the way."""
    with fresh_app.app_context():
        first = submitter_of()
        bid = draft_bid(published_itt(), actor=first)
        second = submitter_of(bid.provider)
        address, identifier = f"/provider/bids/{bid.reference}/answers", bid.id
        db.session.commit()
    with served(fresh_app) as url:
        pages = [seat(chromium, fresh_app, url, actor) for actor in (first, second)]
        for page in pages:
            page.goto(url + address)
        assert "Also here in the last two minutes" in pages[1].inner_text("main")
        tab_to(pages[0], "#answers-welcome")
        pages[0].keyboard.type("We open the door at four.")
        press_save(pages[0])
        page = pages[1]
        tab_to(page, "#answers-our-voice")
        page.keyboard.type("Young people choose.")
        tab_to(page, "#answers-welcome")
        page.keyboard.type("Everybody gets a cup of tea.")
        press_save(page)
        assert page.title().startswith("Error: ")
        check_accessibility(page)
        page.set_viewport_size({"width": 360, "height": 740})
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        tab_to(page, ".govuk-error-summary a")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.value") == "mine"
        for text in ("We open the door at four.", "Everybody gets a cup of tea."):
            assert page.locator(".fl-conflict__text").get_by_text(text).count() == 1
        press_save(page)
        assert page.title().startswith("Error: "), "Pressing again without a choice chooses nothing."
        tab_to(page, ".govuk-error-summary a")
        page.keyboard.press("Enter")
        for _ in range(2):
            page.keyboard.press("ArrowDown")
        tab_to(page, "#answers-welcome-box")
        page.keyboard.press("Control+End")
        page.keyboard.type(" Both, every day.")
        press_save(page)
        assert not page.title().startswith("Error: ")
        page.goto(f"{url}{address}?earlier=answers-welcome")
        check_accessibility(page)
        assert "We open the door at four." in page.inner_text(".fl-earlier__list")
        for page in pages:
            page.context.close()
    with fresh_app.app_context():
        stored = db.session.get_one(Bid, identifier)
        answers = read_draft(bid=stored, actor=first, keys=fresh_app.extensions["keys"]).answers
    assert answers == {
        "our-voice": "Young people choose.",
        "welcome": "Everybody gets a cup of tea.\n\nWe open the door at four. Both, every day.",
    }


@pytest.mark.journey
def test_an_answer_that_was_lost_is_no_second_editor(chromium: Browser, fresh_app: Flask) -> None:
    """The page sends it again as it was, then what was typed since; a button that is pressed offline loses nothing."""
    with fresh_app.app_context():
        editor = submitter_of()
        bid = draft_bid(published_itt(), actor=editor)
        address, identifier = f"/provider/bids/{bid.reference}/answers", bid.id
        db.session.commit()
    with served(fresh_app) as url:
        page = seat(chromium, fresh_app, url, editor)
        page.goto(url + address)
        lose_answers(page, 1)
        tab_to(page, "#answers-welcome")
        page.keyboard.type("We open the door")
        line = page.locator("[data-fl-saving]").first
        expect(line).to_contain_text("Not saved", timeout=30_000)
        page.keyboard.type(" at four.")
        expect(line).to_have_text(re.compile(r"Saved \d\d:\d\d\.$"), timeout=30_000)
        page.context.set_offline(True)
        page.keyboard.type(" Every day.")
        tab_to(page, "main form button[type=submit]")
        page.keyboard.press("Enter")
        expect(line).to_contain_text("you are offline. It is kept on this device. Nothing was sent.")
        page.context.set_offline(False)
        press_save(page)
        assert page.url.endswith(bid_page := address.removesuffix("/answers")), f"{page.url} is not {bid_page}"
        page.context.close()
    with fresh_app.app_context():
        stored = db.session.get_one(Bid, identifier)
        answers = read_draft(bid=stored, actor=editor, keys=fresh_app.extensions["keys"]).answers
    assert answers == {"welcome": "We open the door at four. Every day."}


def lose_answers(page: Page, count: int) -> None:
    """Let what the page sends by itself arrive, and its answer not, so many times."""
    lost = []

    def carry(route: Route) -> None:
        if "fairlot-autosave" in route.request.headers and len(lost) < count:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    page.route("**/answers", carry)
