"""Security headers, on every answer."""

from __future__ import annotations

import pytest

from portal.web.headers import CONTENT_SECURITY_POLICY, HEADERS
from tests.client import CheckedClient

PAGES = ["/", "/healthz", "/nowhere", "/account", "/sign-in", "/static/fairlot.css", "/.well-known/security.txt"]


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_them(client: CheckedClient, db_session: object, address: str) -> None:
    """Pages, redirections, errors and files alike (W-12)."""
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    """No source but this site, no inline script or style, no frame around."""
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_pages_are_not_kept_and_versioned_files_are(client: CheckedClient, db_session: object) -> None:
    """The back button shows nobody else's page (A-09); a file with its version may stay for a year."""
    assert client.get("/").headers["Cache-Control"] == "no-store"
    versioned = client.get("/static/fairlot.css?v=1").headers["Cache-Control"]
    assert versioned == "public, max-age=31536000, immutable"


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: CheckedClient, db_session: object) -> None:
    """HttpOnly and SameSite=Lax; Secure once the public address is https."""
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
