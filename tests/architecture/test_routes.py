"""Every address of the portal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.app import BLUEPRINTS
from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Role
from portal.web.access import Access
from tests.architecture.source import functions, modules
from tests.client import CheckedClient

AUDIENCES = {
    "public": None,
    "account": None,
    "provider": PROVIDER_ROLES,
    "panel": PANEL_ROLES,
    "commissioner": AUTHORITY_ROLES,
    "admin": frozenset({Role.PLATFORM_ADMINISTRATOR}),
}
ROUTE = re.compile(r"^bp\.(get|post|route)\(")
AUDIENCE_OF_PREFIX = {
    # A page that both sides of a bid may read is for whoever has signed in; the policy judges the object.
    "/provider": {"provider", "account"},
    # Who has just stepped back, or whose sitting has ended, holds no role any more and reads the page on it.
    "/panel": {"panel", "account", "public"},
    "/commissioning": {"commissioner"},
    "/admin": {"admin"},
}


def rules(app: Flask) -> Iterator[tuple[Rule, Access | None]]:
    """Every rule but the static files', with what its view declares."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule, getattr(app.view_functions[rule.endpoint], "access", None)


def test_every_view_is_registered(app: Flask) -> None:
    """Each function with a route in a views module is served: its module is on the list in portal/app.py."""
    written = {
        (name, node.name)
        for name, path in modules().items()
        if ".views." in name
        for node in functions(path)
        if any(ROUTE.search(ast.unparse(decorator)) for decorator in node.decorator_list)
    }
    served = {(view.__module__, view.__name__) for view in app.view_functions.values()}
    assert sorted(written - served) == []


def test_every_listed_view_module_is_there() -> None:
    """A name on portal/app.py's list that is no module is said here by its name."""
    assert sorted(set(BLUEPRINTS) - modules().keys()) == []


def test_every_route_declares_its_audience(app: Flask) -> None:
    """A route without a declaration is closed, and fails here."""
    assert [rule.rule for rule, access in rules(app) if access is None] == []


def test_declared_roles_belong_to_the_audience(app: Flask) -> None:
    """A route of an audience asks for roles of that audience, or for the platform's administrators."""
    wrong = []
    for rule, access in rules(app):
        assert access is not None
        if access.roles is None:
            continue
        allowed = (AUDIENCES[access.audience] or frozenset(Role)) | {Role.PLATFORM_ADMINISTRATOR}
        if not access.roles or not access.roles <= allowed:
            wrong.append(rule.rule)
    assert wrong == []


def test_addresses_stand_below_their_audience(app: Flask) -> None:
    """/provider, /panel, /commissioning and /admin hold what is for those people, and nothing for others."""
    wrong = [
        f"{rule.rule} is for {access.audience}"
        for rule, access in rules(app)
        for prefix, audiences in AUDIENCE_OF_PREFIX.items()
        if access is not None and re.match(rf"{prefix}(/|$)", rule.rule) and access.audience not in audiences
    ]
    assert wrong == []


def test_addresses_are_kebab_case(app: Flask) -> None:
    """Addresses are lower case with hyphens; parameters are named in snake case."""
    wrong = []
    for rule, _access in rules(app):
        fixed = re.sub(r"<[^>]+>", "x", rule.rule)
        parameters = re.findall(r"<(?:[a-z]+(?:\([^)]*\))?:)?([^>]+)>", rule.rule)
        fits = re.fullmatch(r"(/[a-z0-9.-]*)+", fixed)
        if not fits or not all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in parameters):
            wrong.append(rule.rule)
    assert wrong == []


def test_no_method_changes_by_get(app: Flask) -> None:
    """No view accepts GET and PUT, PATCH or DELETE at once, and none but GET and POST is used for pages."""
    used = {method for rule, _access in rules(app) for method in rule.methods or ()}
    assert used <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_nobody_reaches_a_closed_page_without_signing_in(app: Flask, client: CheckedClient) -> None:
    """Every page without parameters that is not public sends a stranger to sign in; a young person's to the card."""
    wrong = []
    for rule, access in rules(app):
        if access is None or access.audience == "public" or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        response = client.get(rule.rule)
        place = "/sitting" if access.roles == {Role.YOUNG_MEMBER} else "/sign-in"
        if response.status_code != 302 or not response.headers["Location"].startswith(f"{place}?next="):
            wrong.append(f"{rule.rule}: {response.status_code}")
    assert wrong == []


def test_public_pages_answer_on_an_empty_database(app: Flask, client: CheckedClient) -> None:
    """Every public page without parameters works before anybody has written anything."""
    wrong = []
    for rule, access in rules(app):
        if access is None or access.audience != "public" or rule.arguments or "GET" not in (rule.methods or ()):
            continue
        status = client.get(rule.rule).status_code
        if status >= 500:
            wrong.append(f"{rule.rule}: {status}")
    assert wrong == []


@pytest.mark.parametrize("path", ["/", "/there-is-no-such-page"])
def test_every_answer_carries_the_security_headers(client: CheckedClient, path: str) -> None:
    """Pages and errors alike forbid inline scripts, framing and guessing of types."""
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in policy or headers.get("X-Frame-Options") == "DENY"


def test_every_view_says_what_it_answers_with() -> None:
    """A view is typed as an answer of Flask, so that mypy judges what it returns; `Any` would hide a wrong one."""
    wrong = [
        f"{name}.{node.name}"
        for name, path in modules().items()
        if ".views." in name
        for node in functions(path)
        if any(ROUTE.search(ast.unparse(decorator)) for decorator in node.decorator_list)
        if node.returns is None or "Any" in ast.unparse(node.returns)
    ]
    assert wrong == []
