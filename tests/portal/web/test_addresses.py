"""Addresses that no page has: whoever asks, and whatever the route, they lead nowhere."""

from __future__ import annotations

import contextlib
import uuid
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in

UNREADABLE = ("%00", "ITT-%00", "%0a", "%1b", "a" * 201, "%E2%80%8B", "%EE%80%80")
UNKNOWN = ("nonsense", "ITT-00000000", "%F0%9F%98%80", "%C3%A9", "..", "0", "1" * 30, "-1", "%25")
STRANGE_QUERIES = ("after=%00", "before=%00", "page=%00", "%00=1", "words=a%00b")
UNKNOWN_QUERIES = (
    "page=99999999999999999999",
    "page=-1",
    "page=x",
    "after=nonsense",
    f"after={uuid.UUID(int=0)}~",
    "after=open~2026-02-30~x",
    "after=9999-12-31T23:59:59%2B00:00~" + str(uuid.UUID(int=0)),
    "after=" + "9" * 30,
    "before=" + "9" * 30,
    "limit=" + "9" * 30,
    "cpv=%F0%9F%98%80",
    "closing=" + "9" * 30,
)
PEOPLE = {
    "a visitor": (),
    "an officer": (Role.COMMISSIONER, Role.APPROVER, Role.OPENER, Role.AUDITOR, Role.AUTHORITY_ADMINISTRATOR),
    "a provider": (Role.SUBMITTER, Role.PROVIDER_ADMINISTRATOR),
    "the platform": (Role.PLATFORM_ADMINISTRATOR,),
}


def pages(app: Flask, *, with_parts: bool) -> list[Rule]:
    """The routes that answer a GET, with or without parts that vary."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and "GET" in (rule.methods or ()) and bool(rule.arguments) is with_parts
    ]


def address(rule: Rule, part: str) -> str:
    """The route's address with every varying part replaced."""
    return "".join(part if is_dynamic else fixed for is_dynamic, fixed in rule._trace).removeprefix("|")


@pytest.fixture(params=PEOPLE)
def asking(request: pytest.FixtureRequest, client: CheckedClient) -> CheckedClient:
    """A client of each kind of person."""
    if roles := PEOPLE[request.param]:
        sign_in(client, make_person(*roles))
    return client


def test_no_route_takes_what_no_reference_holds(app: Flask) -> None:
    """Control, invisible and private characters and endless text match no route, so no view ever sees them."""
    adapter = app.url_map.bind("localhost")
    taken = []
    for rule in pages(app, with_parts=True):
        for part in UNREADABLE:
            with contextlib.suppress(NotFound):
                taken.append(adapter.match(address(rule, unquote(part))))
    assert taken == []


@pytest.mark.parametrize("turn", [0, *(pytest.param(turn, marks=pytest.mark.long) for turn in range(1, len(UNKNOWN)))])
def test_no_route_fails_on_what_nobody_was_given(app: Flask, asking: CheckedClient, turn: int) -> None:
    """Unknown references, keys and numbers are nowhere, somebody else's, or behind the sign-in page: never an error."""
    wrong = []
    for number, rule in enumerate(pages(app, with_parts=True), start=turn):
        asked = address(rule, UNKNOWN[number % len(UNKNOWN)])
        if (status := asking.get(asked).status_code) not in {302, 403, 404, 410}:
            wrong.append(f"{asked}: {status}")
    assert wrong == []


def test_no_query_holds_nul(client: CheckedClient) -> None:
    """Whatever is asked for, and before anything else is judged."""
    for query in STRANGE_QUERIES:
        assert client.get(f"/opportunities?{query}").status_code == 404
        assert client.get(f"/commissioning?{query}").status_code == 404


@pytest.mark.parametrize(
    "turn", [0, *(pytest.param(turn, marks=pytest.mark.long) for turn in range(1, len(UNKNOWN_QUERIES)))]
)
def test_no_query_fails(app: Flask, asking: CheckedClient, turn: int) -> None:
    """Pages, keys and numbers that no list has are no error of the portal's."""
    wrong = []
    for number, rule in enumerate(pages(app, with_parts=False), start=turn):
        asked = f"{rule.rule}?{UNKNOWN_QUERIES[number % len(UNKNOWN_QUERIES)]}"
        if (status := asking.get(asked).status_code) >= 500:
            wrong.append(f"{asked}: {status}")
    assert wrong == []


@pytest.mark.parametrize(
    "address",
    ["/opportunities?after=x", "/frameworks?after=x", "/contracts?before=x", "/ocds/releases.json?after=x"],
)
def test_keys_that_no_page_gave_lead_nowhere(client: CheckedClient, address: str) -> None:
    """A list that is asked to go on where no page ended says so."""
    assert client.get(address).status_code == 404


@given(text=st.text(max_size=30))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_as_a_reference(client: CheckedClient, text: str) -> None:
    """Whatever stands where a reference belongs, the answer is an address or 404."""
    for place in ("/opportunities/", "/frameworks/", "/contracts/", "/notices/"):
        answer = client.get(place + quote(text.replace("/", "_"), errors="replace"))
        assert answer.status_code in {200, 301, 302, 308, 404}
