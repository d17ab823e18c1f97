"""Who may reach a view: every route says so, and one that says nothing is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response, jsonify
from sqlalchemy import select, update

from portal.accounts.models import UserSession
from portal.accounts.sessions import start_session
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.web.access import (
    actor,
    factor_is_fresh,
    for_authority,
    for_panel,
    for_platform,
    for_provider,
    public,
    safe_next,
    signed_in,
)
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import draft_itt, panel_named
from tests.filling import fields_of, text_of


def answer() -> Response:
    """What the test's own views say: who acts, and whether the factor is fresh."""
    held = actor()
    return jsonify({"roles": sorted(held.roles), "fresh": factor_is_fresh()})


VIEWS = {
    "public": public,
    "account": signed_in,
    "provider": for_provider(),
    "submitter": for_provider(Role.SUBMITTER),
    "authority": for_authority(),
    "opener": for_authority(Role.OPENER, Role.APPROVER),
    "panel": for_panel(),
    "chair": for_panel(Role.CHAIR),
    "platform": for_platform,
}


@pytest.fixture
def house(fresh_app: Flask) -> Iterator[Flask]:
    """The app with a view for each declaration, and one that declares nothing."""
    for name, declare in VIEWS.items():
        view = declare(lambda: answer())
        fresh_app.add_url_rule(f"/test/{name}", f"test_{name}", view, methods=["GET", "POST"])
    fresh_app.add_url_rule("/test/undeclared", "test_undeclared", answer)
    with fresh_app.app_context():
        yield fresh_app


def statuses(client: Any) -> dict[str, int]:
    """How each view answers."""
    return {name: client.get(f"/test/{name}").status_code for name in VIEWS}


def expected(*reached: str) -> dict[str, int]:
    """A person who has signed in reaches these, and is refused the others."""
    return {name: 200 if name in {"public", "account", *reached} else 403 for name in VIEWS}


def test_a_view_that_declares_nothing_is_closed(house: Flask) -> None:
    """It does not exist, not even for the platform's administrator."""
    client = house.test_client()
    assert client.get("/test/undeclared").status_code == 404
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    assert client.get("/test/undeclared").status_code == 404


def test_a_visitor_is_sent_to_sign_in_and_back(house: Flask) -> None:
    """A page that was asked for is remembered with its query; a form that was sent is answered by the sign-in page."""
    client = house.test_client()
    assert {name: code for name, code in statuses(client).items() if code != 302} == {"public": 200}
    assert client.get("/test/public").json == {"roles": [], "fresh": False}
    assert client.get("/test/account?a=1&b=2").location == "/sign-in?next=/test/account?a%3D1%26b%3D2"
    token = fields_of(client.get("/sign-in"))["csrf_token"]
    turned_away = client.post("/test/account", data={"csrf_token": token})
    assert (turned_away.status_code, turned_away.location) == (401, None)
    assert "What you pressed was not done. Sign in, and press it again." in text_of(turned_away)


REACHED = {
    Role.CONTRIBUTOR: ["provider"],
    Role.SUBMITTER: ["provider", "submitter"],
    Role.PROVIDER_ADMINISTRATOR: ["provider"],
    Role.COMMISSIONER: ["authority"],
    Role.APPROVER: ["authority", "opener"],
    Role.OPENER: ["authority", "opener"],
    Role.AUDITOR: ["authority"],
    Role.AUTHORITY_ADMINISTRATOR: ["authority"],
    Role.CONTRACT_MANAGER: ["authority"],
    Role.SAFEGUARDING_LEAD: ["authority"],
    Role.CHAIR: ["panel", "chair"],
    Role.PANEL_MEMBER: ["panel"],
    Role.YOUNG_MEMBER: ["panel"],
    Role.FACILITATOR: ["panel"],
    Role.PLATFORM_ADMINISTRATOR: ["platform"],
}


def test_each_role_reaches_its_audience_alone(house: Flask) -> None:
    """For every role there is: the views of its audience answer, all others refuse."""
    panel = panel_named(draft_itt(), "young-people")
    found = {}
    for role in Role:
        client = house.test_client()
        sign_in(client, make_person(role, panel=panel))
        found[role] = statuses(client)
    assert found == {role: expected(*reached) for role, reached in REACHED.items()}


def test_a_refusal_is_recorded(house: Flask) -> None:
    """An attempt at somebody else's page is in the ledger with who and what (PCR 2015 reg 22(16)(g))."""
    client = house.test_client()
    person = make_person(Role.CONTRIBUTOR)
    sign_in(client, person)
    client.get("/test/opener")
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.ACCESS_REFUSED)).one()
    assert event.actor_id == person.id
    assert event.data == {"endpoint": "test_opener", "method": "GET", "code": "not_allowed"}


def test_until_the_factor_is_shown_only_public_pages_answer(house: Flask) -> None:
    """A submitter with the password alone is led to the code from every page but the public ones (W-07)."""
    client = house.test_client()
    person = make_person(Role.SUBMITTER)
    token = start_session(user_id=person.id, now=clock.now())
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert {name for name, code in statuses(client).items() if code == 200} == {"public"}
    assert client.get("/test/provider").location == "/sign-in/code?next=/test/provider"
    assert client.get("/account").location == "/sign-in/code?next=/account"


def test_a_factor_is_fresh_for_five_minutes(house: Flask) -> None:
    """Acts that need a fresh factor see the time it was shown in this session."""
    client = house.test_client()
    sign_in(client, make_person(Role.OPENER))
    for minutes, fresh in ((0, True), (4.9, True), (5.1, False)):
        shown = clock.now() - timedelta(minutes=minutes)
        db.session.execute(update(UserSession).values(factor_at=shown))
        assert client.get("/test/opener").json == {"roles": ["opener"], "fresh": fresh}


def test_a_made_up_cookie_is_nobody(house: Flask) -> None:
    """A cookie that the portal did not sign, or a token that it did not give, signs nobody in (W-02)."""
    client = house.test_client()
    client.set_cookie("fairlot", "eyJfdXNlcl9pZCI6ImEifQ.Zz.made-up")
    assert client.get("/test/account").status_code == 302
    client.delete_cookie("fairlot")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "a token that was never given"
    assert client.get("/test/account").status_code == 302


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/provider", "/provider"),
        ("/opportunities?q=a&page=2#top", "/opportunities?q=a&page=2#top"),
        (None, "/otherwise"),
        ("", "/otherwise"),
        ("provider", "/otherwise"),
        ("//evil.example", "/otherwise"),
        ("///evil.example", "/otherwise"),
        ("/\\evil.example", "/otherwise"),
        ("/a\\b", "/otherwise"),
        ("\\\\evil.example", "/otherwise"),
        ("https://evil.example", "/otherwise"),
        ("javascript:alert(1)", "/otherwise"),
        ("/\t/evil.example", "/otherwise"),
        ("/\n/evil.example", "/otherwise"),
        (" //evil.example", "/otherwise"),
        ("/ /evil.example", "/otherwise"),
    ],
)
def test_only_a_plain_path_of_this_site_is_followed(target: str | None, leads_to: str) -> None:
    """Other hosts, schemes, backslashes and invisible characters lead home (W-10)."""
    assert safe_next(target, "/otherwise") == leads_to
