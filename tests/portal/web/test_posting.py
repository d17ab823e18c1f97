"""Forms that nobody filled in: whatever is posted to whatever address, the answer is no error of the portal's."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.accounts.models import User
from portal.core.permissions import Role
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.everything import everything
from tests.pages import PageFault
from tests.portal.web.test_addresses import PEOPLE, UNKNOWN
from tests.portal.web.test_addresses import address as filled_in
from tests.prepared import Prepared, in_savepoint, prepared_once
from tests.walking import Form, Forms, forms_of, walk

pytestmark = pytest.mark.early

NONSENSE: tuple[Callable[[], Any], ...] = (
    lambda: "nonsense",
    lambda: "\x00\u202e\u200b",
    lambda: "9" * 40,
    lambda: ["a", "b", "00000000-0000-0000-0000-000000000000"],
    lambda: "-1e999",
    lambda: (io.BytesIO(b"%PDF-1.7 nonsense"), "../nonsense.pdf"),
    lambda: "x" * 30_000,
    lambda: "31/2/2027",
    lambda: "\U0001f600|~|%00",
    lambda: "",
)
EACH = 40
"""How many addresses of one route are walked by one person: more than there are invitations, all of one authority."""
SIGNED_IN = {"account", "provider", "panel", "commissioner", "admin"}
AUDIENCES = {"a visitor": {"public"}, "a provider": {*SIGNED_IN, "public"}, "a contributor": {"provider"}}
"""Whose pages people open, where it is not everybody's who has signed in."""
UNREACHED = {
    "bid_parts.finish": "a page’s script alone sends it",
    "bid_parts.take": "a page’s script alone sends it",
    "bid_workbook.take": "its page comes after a file was sent",
    "erasures.decide": "nobody here has asked to be erased",
    "evaluation_desk.invite_again": "nobody here waits for a card or a link of a panel",
    "factors.remove": "nobody here has a passkey",
    "hiding.again": "no name is hidden here",
    "links.follow": "its address stands in a mail alone",
    "lost_factors.decide": "nobody here has lost a phone",
    "mail_following.confirm": "its address stands in a mail alone",
    "mail_following.stop": "its address stands in a mail alone",
    "privacy_desk.breach": "no breach is noted here",
    "provider_checks.post": "no proof is under way here",
    "provider_checks.refuse": "no proof is under way here",
    "openings.prices": "no prices wait here for the panels to close",
    "panel_desk.leave": "nobody who looks around here has a link with a bidder",
    "paper_sheets.officers_sheet": "no agreed score here waits for a young person",
    "paper_sheets.sheet": "no agreed score here waits for a young person",
    "sitting_cards.forget": "no safeguarding lead looks around here",
    "sitting.begin": "whoever signs in as a young person here has begun their sitting",
    "training.take_back": "no training is written down here",
    "sessions.end": "everybody here is signed in once",
    "suspensions.lift": "nobody here is suspended",
    "suspensions.show": "nobody here is suspended",
    "unreached.again": "all mail arrives here",
    "unsent.discard": "nothing here was typed and not sent",
}
"""Routes that no page leads to here, each with the reason; they are tried at made-up addresses."""
ELSEWHERE = "203.0.113.7"
"""Where the nonsense comes from: throttling of it does not reach other tests."""
Filled = Callable[[Form], dict[str, Any]]


def nothing(form: Form) -> dict[str, Any]:
    """None of its fields."""
    return {}


def nonsense(turn: int) -> Filled:
    """Something else in each field, another kind at each turn."""
    return lambda form: {name: NONSENSE[(place + turn) % len(NONSENSE)]() for place, name in enumerate(form.names)}


@pytest.fixture(scope="module")
def prepared(app: Flask) -> Iterator[Prepared]:
    """One of everything in every state, and who looks at it."""
    with prepared_once(app, everything) as made:
        yield made


@pytest.fixture(scope="module")
def walked(app: Flask, prepared: Prepared) -> dict[str, Forms]:
    """What each of them came across."""
    found = {}
    for person in prepared.told:
        with as_person(app, prepared, person) as client:
            found[person] = walk(app, client, each=EACH, audiences=AUDIENCES.get(person, SIGNED_IN))
    return found


@contextmanager
def as_person(app: Flask, prepared: Prepared, person: str) -> Iterator[CheckedClient]:
    """A browser with the person signed in, whose requests leave nothing behind."""
    with in_savepoint(app, prepared):
        client = browser(app)
        if user_id := prepared.told[person]:
            sign_in(client, db.session.get_one(User, user_id))
        yield client


def browser(app: Flask) -> CheckedClient:
    """A browser that nobody has signed in with."""
    client: Any = app.test_client()
    client.environ_base["REMOTE_ADDR"] = ELSEWHERE
    return client  # type: ignore[no-any-return]


def post(client: CheckedClient, address: str, typed: dict[str, Any]) -> TestResponse:
    """Post it with the token of the client's session."""
    secret = "a page's secret"
    token = URLSafeTimedSerializer(client.application.secret_key or "", salt="wtf-csrf-token").dumps(secret)
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = secret
    return client.post(address, data={"csrf_token": token} | typed)


def faults(app: Flask, prepared: Prepared, person: str, forms: Forms, *fillings: Filled) -> Iterator[str]:
    """What went wrong with each form, filled in in each way."""
    for kept in forms.values():
        # Signed in for each route: seldom enough to cost little, and before a second factor counts as long ago.
        with as_person(app, prepared, person) as signed_in:
            cookie = signed_in.get_cookie(app.config["SESSION_COOKIE_NAME"])
            assert (cookie is None) == (prepared.told[person] is None), "the forms are posted by nobody"
            for (address, form), fill in product(kept.items(), fillings):
                with in_savepoint(app, prepared):
                    client = browser(app)
                    if cookie:
                        client.set_cookie(cookie.key, cookie.value)
                    try:
                        status = post(client, address, fill(form)).status_code
                    except PageFault as fault:
                        yield f"{person}: {fault}"
                        continue
                if status >= 500:
                    yield f"{person}: {address} answered {status}"


def test_no_route_fails_on_a_form_that_no_page_gave(app: Flask, client: CheckedClient) -> None:
    """Nothing, and nonsense, at every address of nobody's, by whoever its audience is."""
    people = {kind: make_person(*roles) if roles else None for kind, roles in PEOPLE.items()}
    wrong = []
    for number, rule in enumerate(posted(app)):
        address = filled_in(rule, UNKNOWN[number % len(UNKNOWN)])
        for kind, person in people.items():
            if not may_reach(app, rule, PEOPLE[kind]):
                continue
            for fill in (nothing, nonsense(number)):
                client.delete_cookie("session")
                if person:
                    sign_in(client, person)
                form = next((form for _, form in forms_of(address, client.get(address))), Form())
                if (status := post(client, address, fill(form)).status_code) >= 500:
                    wrong.append(f"{kind}: {address} answered {status}")
    assert wrong == []


def posted(app: Flask) -> list[Rule]:
    """The routes that take a POST."""
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]


def may_reach(app: Flask, rule: Rule, roles: Collection[Role]) -> bool:
    """Whether somebody with the roles gets as far as the view; without any they are a visitor."""
    access = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    if access.audience == "public" or not roles:
        return bool(access.audience == "public" and not roles)
    return access.roles is None or bool(access.roles & set(roles))


@pytest.mark.long
def test_every_route_is_walked(app: Flask, walked: dict[str, Forms]) -> None:
    """Somebody comes across each route that takes a POST: a new one is tried without being named here."""
    found = {endpoint for forms in walked.values() for endpoint in forms}
    assert {rule.endpoint for rule in posted(app)} - found <= UNREACHED.keys()


@pytest.mark.long
def test_no_form_fails(app: Flask, prepared: Prepared, walked: dict[str, Forms]) -> None:
    """Without its fields, and with nonsense in each, every form of every role is refused or done."""
    fillings = (nothing, nonsense(0))
    wrong = [fault for person in walked for fault in faults(app, prepared, person, walked[person], *fillings)]
    assert wrong == []
