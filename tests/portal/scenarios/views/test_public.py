"""The demonstration's start page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.running.demonstration import mark_as_demonstration
from portal.scenarios import building, demo, people
from portal.scenarios.people import PARTS, PASSWORD, Part
from portal.scenarios.scenes import SCENES
from tests.client import CheckedClient
from tests.filling import fields_of, text_of
from tests.services import Database


@pytest.fixture
def demonstration(fresh_app: Flask, fresh_database: Database) -> Flask:
    """A database that says it is a demonstration, with everybody and a draft in it."""
    mark_as_demonstration(fresh_database.owner_url)
    with fresh_app.app_context():
        authority = people.create_people(keys=fresh_app.extensions["keys"])
        building.draft(authority, demo.DRAFT, begun=clock.now())
    return fresh_app


def play(client: Any, part: Part, **more: str) -> Any:
    """Press a part's button."""
    with client.application.app_context():
        token = fields_of(client.get("/demonstration"), action="/demonstration/play")["csrf_token"]
        return client.post("/demonstration/play", data={"csrf_token": token, "email": part.email, **more})


def browser(app: Flask) -> CheckedClient:
    return app.test_client()  # type: ignore[return-value]


def test_it_exists_in_demonstrations_only(client: CheckedClient) -> None:
    """In an ordinary installation the page does not exist, and nothing leads to it."""
    assert client.get("/demonstration").status_code == 404
    assert "Play another part" not in client.get("/").text


def test_the_page_shows_everybody(demonstration: Flask) -> None:
    """Every part is listed with its address, its code where it has one, and the password."""
    with demonstration.app_context():
        page = browser(demonstration).get("/demonstration")
    shown = text_of(page)
    assert [part.email for part in PARTS if part.email not in shown] == []
    assert PASSWORD in shown
    assert len(re.findall(r"Code now \d{6}", shown)) == 18
    assert [scene.stage for scene in SCENES if scene.stage not in shown] == []


def test_one_press_is_enough(demonstration: Flask) -> None:
    """Pressing a part's button signs in, second factor and all, and leads to a page that opens."""
    for part in PARTS:
        client = browser(demonstration)
        answer = play(client, part)
        assert answer.status_code == 302, part.email
        with demonstration.app_context():
            desk = client.get(answer.location)
        assert (desk.status_code, part.name in desk.text) == (200, True), part.email


def test_a_scene_leads_to_its_page(demonstration: Flask) -> None:
    """The door of the first scene goes straight to the draft; an address of another site goes nowhere."""
    with demonstration.app_context():
        reference = re.search(r"ITT-[0-9A-Z]{8}", browser(demonstration).get("/demonstration").text)
    assert reference is not None
    target = f"/commissioning/itts/{reference.group()}/draft"
    assert play(browser(demonstration), people.COMMISSIONER, next=target).location == target
    assert play(browser(demonstration), people.AUDITOR, next="//rival.example").location == "/commissioning"


def test_the_same_part_twice_in_a_row(demonstration: Flask) -> None:
    """A code works once, so the next half minute's is used; nobody has to wait for a second press."""
    assert play(browser(demonstration), people.APPROVER).location == "/commissioning"
    assert play(browser(demonstration), people.APPROVER).location == "/commissioning"


def test_the_code_stands_beside_the_box_that_asks_for_it(demonstration: Flask) -> None:
    """Whoever plays a part has no authenticator app; the one that is shown works."""
    client = browser(demonstration)
    with demonstration.app_context():
        held = fields_of(client.get("/sign-in")) | {"email": people.APPROVER.email, "password": PASSWORD}
        client.post("/sign-in", data=held)
        page = client.get("/sign-in/code")
        shown = re.search(r"your app would show (\d{6}) now", text_of(page))
        assert shown is not None
        answer = client.post(page.request.path, data=fields_of(page) | {"factor_code": shown.group(1)})
    assert answer.location == "/commissioning"


def test_nobody_else_can_be_played(demonstration: Flask) -> None:
    """An address that is no part is not found, whoever it belongs to."""
    stranger = Part("Somebody", "somebody", "", "")
    assert play(browser(demonstration), stranger).status_code == 404
