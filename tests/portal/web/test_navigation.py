"""The links at the top of the page."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in


def links(client: CheckedClient, address: str) -> dict[str, bool]:
    """The entries on a page, and which of them is marked as current."""
    page = BeautifulSoup(client.get(address).data, "html.parser")
    return {link.get_text(): link.get("aria-current") == "page" for link in page.select(".fl-nav__link")}


def test_a_visitor_sees_what_is_public(client: CheckedClient, db_session: object) -> None:
    """Neither desks nor account."""
    assert set(links(client, "/accessibility")) <= {"Opportunities", "Frameworks", "Contracts"}


@pytest.mark.parametrize(
    ("role", "seen", "unseen"),
    [
        (Role.CONTRIBUTOR, {"Organisation", "Account"}, {"Procurements", "Providers"}),
        (Role.COMMISSIONER, {"Account"}, {"Organisation", "Providers"}),
        (Role.AUTHORITY_ADMINISTRATOR, {"Providers", "Account"}, {"Organisation"}),
    ],
)
def test_each_role_sees_its_own(
    client: CheckedClient, db_session: object, role: Role, seen: set[str], unseen: set[str]
) -> None:
    """Links that would be refused are not shown."""
    sign_in(client, make_person(role))
    shown = set(links(client, "/account"))
    assert (shown & seen, shown & unseen) == (seen, set())


def test_one_entry_is_current(client: CheckedClient, db_session: object) -> None:
    """Of two addresses that a page lies under, the longer one is marked."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR))
    assert [text for text, current in links(client, "/provider/organisation/edit").items() if current] == [
        "Organisation"
    ]
    assert [text for text, current in links(client, "/account/colleagues").items() if current] == ["Account"]
    assert [text for text, current in links(client, "/accessibility").items() if current] == []
