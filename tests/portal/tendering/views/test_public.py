"""The public pages of opportunities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.core.permissions import Role
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import draft_itt, published_itt
from tests.filling import text_of


def test_visitors_see_open_opportunities(client: CheckedClient) -> None:
    """Title, buyer, closing time with its zone, value and reference; a draft is not there."""
    itt = published_itt(title="Early help in the east")
    draft_itt(title="A secret draft")
    page = client.get("/opportunities").text
    assert "Early help in the east" in page
    assert itt.authority.name in page
    assert itt.reference in page
    assert "£240,000" in page
    assert "GMT" in page or "BST" in page
    assert "A secret draft" not in page


def test_filters_are_kept_in_the_form(client: CheckedClient) -> None:
    """What was looked for stays in the boxes, and nothing found says so."""
    published_itt(title="Early help in the east")
    page = client.get("/opportunities?words=zebra&cpv=85311300&closing=30").text
    assert 'value="zebra"' in page
    assert '<option value="85311300" selected>' in page
    assert '<option value="30" selected>' in page
    assert "Nothing matches" in page


@pytest.mark.parametrize("query", ["cpv=8531", "closing=5", "closing=x", "state=odd", "cpv=%D9%A8"])
def test_odd_filters_are_ignored(client: CheckedClient, query: str) -> None:
    """A filter that is not one shows everything instead of an error."""
    published_itt(title="Early help in the east")
    answer = client.get(f"/opportunities?{query}")
    assert answer.status_code == 200
    assert "Early help in the east" in answer.text


def test_a_made_up_page_key_leads_nowhere(client: CheckedClient) -> None:
    """As every address that no page was given."""
    assert client.get("/opportunities?after=x").status_code == 404


def test_more_pages_are_linked_with_the_filters(client: CheckedClient) -> None:
    """The link to the next page carries what was looked for."""
    for number in range(21):
        published_itt(title=f"Early help {number}", closes_in=timedelta(days=number + 1))
    page = client.get("/opportunities?state=open").text
    assert "More opportunities" in page
    assert "state=open&amp;after=o~" in page
    answer = client.get("/opportunities.json?state=open").json
    assert (len(answer["opportunities"]), answer["open_count"], answer["open_count_is_capped"]) == (20, 21, False)
    rest = client.get(answer["next"]).json
    assert (len(rest["opportunities"]), rest["next"]) == (1, None)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_few_statements(
    client: CheckedClient, db_session: Any, count_statements: Any, rows: int
) -> None:
    """At most six, the same for one row and three, signed in or not (G9)."""
    for number in range(rows):
        published_itt(title=f"Early help {number}")
    sign_in(client, make_person(Role.CONTRIBUTOR))
    client.get("/opportunities")
    db_session.commit()
    with count_statements() as statements:
        client.get("/opportunities")
    assert len(statements) == 6


def test_the_twin_answers_by_address_and_by_accept(client: CheckedClient) -> None:
    """`.json` and `Accept: application/json` give the same."""
    itt = published_itt(title="Early help")
    for address in ("/opportunities", f"/opportunities/{itt.reference}"):
        by_address = client.get(f"{address}.json")
        by_accept = client.get(address, headers={"Accept": "application/json"})
        assert (by_address.status_code, by_address.json) == (200, by_accept.json)


def test_one_opportunity_shows_how_bids_are_judged(client: CheckedClient) -> None:
    """Criteria with marks by panel, the scale, the price with an example, the tie-break, questions and the hash."""
    itt = published_itt(title="Early help")
    page = text_of(client.get(f"/opportunities/{itt.reference}"))
    for text in (
        "30 months, with break points at 12 and 18 months",
        "Young people’s panel",
        "A bid is ruled out by a score below 3 from Local panel.",
        "adds something that makes the service better",
        "The floor is £180,000 and the ceiling is £240,000",
        "ruled out",
        "more marks for “What young people think”",
        "Up to 500 words. Scored under “Keeping children and young people safe”.",
        "Procurement Act 2023, light touch",
        f"notice {itt.central_reference}",
        "Sign in to bid",
    ):
        assert text in page
    assert (itt.method_hash or "")[:8] in page


def test_providers_can_start_a_bid(client: CheckedClient) -> None:
    """The button posts the lot; commissioners and visitors have none."""
    itt = published_itt()
    address = f"/opportunities/{itt.reference}"
    assert "Start your bid" not in client.get(address).text
    sign_in(client, make_person(Role.COMMISSIONER))
    assert "Start your bid" not in client.get(address).text
    sign_in(client, make_person(Role.CONTRIBUTOR))
    page = client.get(address).text
    assert "Start your bid" in page
    assert '<input type="hidden" name="lots" value="1">' in page


def test_a_closed_one_says_so(client: CheckedClient) -> None:
    """Nobody is invited to bid any more."""
    itt = published_itt(closes_in=-timedelta(hours=1), published_ago=timedelta(days=30))
    sign_in(client, make_person(Role.CONTRIBUTOR))
    page = client.get(f"/opportunities/{itt.reference}").text
    assert "Bidding has closed. No more bids can be made." in page
    assert "Start your bid" not in page
    assert "Bidding closed" in client.get("/opportunities").text


def test_an_awarded_one_says_so(client: CheckedClient, db_session: Any) -> None:
    """A later stage is told in its own words."""
    itt = published_itt(closes_in=-timedelta(hours=1), published_ago=timedelta(days=30))
    itt.opened_at, itt.status = itt.closes_at, IttStatus.CONTRACTED
    page = client.get(f"/opportunities/{itt.reference}").text
    assert "Contract signed" in page
    assert "See the register of contracts" in page


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_drafts_are_not_public(client: CheckedClient, suffix: str) -> None:
    """Not even for those who know the reference, and not for the authority's own people either."""
    itt = draft_itt()
    assert client.get(f"/opportunities/{itt.reference}{suffix}").status_code == 404
    assert client.get(f"/opportunities/ITT-NOTTHERE{suffix}").status_code == 404


def test_a_reference_may_be_typed_in_small_letters(client: CheckedClient) -> None:
    """People copy references by hand."""
    itt = published_itt()
    assert client.get(f"/opportunities/{itt.reference.lower()}").status_code == 200
