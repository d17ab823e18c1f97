"""Sending a form with the token of a page, as a browser does."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from tests.client import CheckedClient

PAGES = ("/panel/sitting/thank-you", "/sitting")
"""Pages for everybody with a form: the first when signed in (the one that leaves), the second always."""


def post(client: CheckedClient, path: str, data: dict[str, str] | None = None) -> TestResponse:
    """Post the data with the token of whoever the client is at this moment."""
    return client.post(path, data={"csrf_token": token_of(client)} | (data or {}))


def token_of(client: CheckedClient) -> str:
    """The token of whoever the client is at this moment."""
    pages = (client.get(page).get_data(as_text=True) for page in PAGES)
    tokens = (re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page) for page in pages)
    return next(found.group(1) for found in tokens if found)
