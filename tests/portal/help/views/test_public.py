"""Help and contact, as a visitor reads them."""

from __future__ import annotations

import pytest

from portal.help.pages import help_pages
from tests.client import CheckedClient
from tests.factories.organisations import make_authority
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")


def test_every_help_page_is_reached_from_the_list(client: CheckedClient) -> None:
    """The footer leads to the list, and the list to each page."""
    assert 'href="/help"' in client.get("/").text
    listed = client.get("/help").text
    for page in help_pages():
        assert f'href="/help/{page.slug}"' in listed
        assert page.title in text_of(client.get(f"/help/{page.slug}"))
    assert client.get("/help/zebra").status_code == 404


def test_searching_works_without_scripts_and_shows_what_was_typed_as_text(client: CheckedClient) -> None:
    """A search is a page with an address; markup in it is text; nothing found says what to do."""
    assert "Your receipt" in text_of(client.get("/help?q=receipt"))
    answer = client.get("/help?q=<b>zebra</b>")
    assert "<b>zebra" not in answer.text
    assert "Nothing has these words" in text_of(answer)


def test_the_councils_that_can_be_written_to_are_listed(client: CheckedClient) -> None:
    """By name, with their addresses; without any the page says where to look."""
    assert "The contact stands in each notice." in text_of(client.get("/contact"))
    authority = make_authority("Demo Council of Contact")
    assert f"mailto:{authority.contact_email}" in client.get("/contact").text
