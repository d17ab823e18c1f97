"""The house's own pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from portal.core import clock
from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.filling import text_of

PAGES = ["/", "/how-we-protect-your-bid", "/accessibility"]


def links_of(client: CheckedClient, address: str) -> set[str]:
    """Where the links of a page lead."""
    page = BeautifulSoup(client.get(address).data, "html.parser")
    return {str(link["href"]) for link in page.select("a[href]")}


@pytest.mark.parametrize("address", PAGES)
def test_everybody_reads_them(client: CheckedClient, db_session: object, address: str) -> None:
    """Without signing in, signed in, and waiting for the second factor."""
    assert client.get(address).status_code == 200
    sign_in(client, make_person(Role.COMMISSIONER))
    assert client.get(address).status_code == 200


def test_the_front_door_leads_each_audience_in(client: CheckedClient, db_session: object) -> None:
    """Opportunities, registering, signing in, the card, and how bids are protected."""
    wanted = {"/opportunities", "/register", "/sign-in", "/sitting", "/how-we-protect-your-bid", "/accessibility"}
    assert wanted <= links_of(client, "/")


def test_signed_in_the_front_door_offers_one_s_own_work(client: CheckedClient, db_session: object) -> None:
    """The links of one's role stand in the page, those for newcomers do not."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, display_name="Demo Provider"))
    shown = links_of(client, "/")
    assert "/provider/organisation" in shown
    assert "/register" not in shown
    assert "Demo Provider" in text_of(client.get("/"))


def test_the_protection_page_says_what_the_law_asks_for(client: CheckedClient, db_session: object) -> None:
    """Encryption, time-stamping, the clock, the rule for "received", and how to verify a receipt (R-08)."""
    shown = text_of(client.get("/how-we-protect-your-bid"))
    for expected in (
        "XChaCha20-Poly1305",
        "X25519",
        "the clock of our database",
        "microsecond",
        "The closing time itself is late",
        "portal receipt verify",
        "SHA-256",
        "level 1",
        "two different people",
    ):
        assert expected in shown


def test_the_protection_page_shows_the_key_that_signs_receipts(client: CheckedClient, db_session: object) -> None:
    """The public half of the installation's key, as receipts carry it; nothing of the private half."""
    keys = client.application.extensions["keys"]
    answer = client.get("/how-we-protect-your-bid")
    assert bytes(keys.signing_key().verify_key).hex() in text_of(answer).replace(" ", "")
    assert bytes(keys.signing_key()).hex() not in answer.get_data(as_text=True)


def test_links_within_a_page_lead_somewhere(client: CheckedClient, db_session: object) -> None:
    """Every "#" link of the three pages has its target."""
    for address in PAGES:
        page = BeautifulSoup(client.get(address).data, "html.parser")
        wanted = {str(link["href"])[1:] for link in page.select('a[href^="#"]')}
        assert wanted - {str(tag["id"]) for tag in page.select("[id]")} == set()


def test_healthz_asks_nothing(client: CheckedClient, db_session: object, count_statements: object) -> None:
    """The process answers without a statement."""
    with count_statements() as statements:  # type: ignore[operator]
        answer = client.get("/healthz")
    assert (answer.json, statements) == ({"status": "ok"}, [])


def test_security_txt_is_current(client: CheckedClient, db_session: object) -> None:
    """RFC 9116: a contact, an expiry ahead but within a year, and its own address."""
    answer = client.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    fields = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < expires - clock.now() < timedelta(days=365)
    assert fields["Contact"] == "http://localhost/how-we-protect-your-bid#report"
    assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
