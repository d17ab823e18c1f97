"""The public addresses: notices, packages, records and the feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.core import clock
from portal.extensions import db
from portal.notices.models import Notice
from portal.notices.publisher import publisher
from tests.client import CheckedClient
from tests.factories.notices import SECRETS, History, history, publish_all, publish_tender
from tests.factories.tendering import published_itt

ATOM = {"a": "http://www.w3.org/2005/Atom"}
Counter = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def told(reference_data: Any, app: Flask) -> tuple[History, list[Notice]]:
    """A whole history with its three notices, published by this installation."""
    made = history()
    return made, publish_all(made, publisher=publisher(app.config["SETTINGS"]))


def words_of(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_a_tender_notice_as_a_page(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """The page names buyer, times, the shares of the panels, each criterion and the law."""
    made, (notice, *_) = told
    words = words_of(client.get(f"/notices/{notice.reference}").get_data(as_text=True))
    for expected in (
        made.itt.title,
        made.itt.authority.name,
        "Tender notice (UK4)",
        "Procurement Act 2023",
        "Young people’s panel 40%",
        "published first on the central digital platform",
        made.itt.central_reference,
        "£240,000",
        "30 months",
    ):
        assert expected in words


def test_every_notice_of_a_procurement(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """One page lists what was published about a procurement, oldest first; a draft has none."""
    made, notices = told
    page = BeautifulSoup(client.get(f"/opportunities/{made.itt.reference}/notices").text, "html.parser")
    links = [link["href"] for link in page.select("main table a")]
    assert links == [f"/notices/{notice.reference}" for notice in notices]
    assert client.get("/opportunities/ITT-NOTHING1/notices").status_code == 404


def test_an_award_notice_as_a_page(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """The page names the winner and the value, counts the bids and gives the standstill."""
    words = words_of(client.get(f"/notices/{told[1][1].reference}").get_data(as_text=True))
    for expected in ("Winner Youth Trust", "£118,000.50", "Bids received 3", "Standstill", "to the end of"):
        assert expected in words


def test_a_contract_notice_as_a_page(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """The page gives the contract's term, break points and signature."""
    words = words_of(client.get(f"/notices/{told[1][2].reference}").get_data(as_text=True))
    for expected in (
        "Contract details notice (UK7)",
        "1 April 2027 to the end of 30 September 2029",
        "Break point",
    ):
        assert expected in words


def test_every_notice_links_to_the_others(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """From each notice the whole history of the procurement can be walked, and read as data."""
    notices = told[1]
    page = BeautifulSoup(client.get(f"/notices/{notices[0].reference}").get_data(as_text=True), "html.parser")
    targets = {str(link["href"]) for link in page.find_all("a")}
    assert {f"/notices/{notice.reference}" for notice in notices} <= targets
    assert {f"/notices/{notices[0].reference}.json", f"/ocds/records/{notices[0].ocid}.json"} <= targets


def test_no_page_and_no_package_tells_a_secret(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """Pages, packages, record and feed hold no sealed word, loser, losing price or person."""
    made, notices = told
    addresses = [f"/notices/{notice.reference}" for notice in notices]
    addresses += [f"{address}.json" for address in addresses]
    addresses += ["/ocds/releases.json", f"/ocds/records/{notices[0].ocid}.json", "/feeds/opportunities.atom"]
    forbidden = [*SECRETS, *made.people, *(provider.name for provider in made.losers)]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        body = response.get_data(as_text=True)
        assert [word for word in forbidden if word in body] == [], address


def test_a_page_says_that_the_prefix_is_a_placeholder(
    told: tuple[History, list[Notice]], client: CheckedClient
) -> None:
    """Until a prefix of its own is configured, the installation says that its identifiers are provisional."""
    body = client.get(f"/notices/{told[1][0].reference}").get_data(as_text=True)
    assert "A provisional identifier" in body
    assert told[1][0].ocid.startswith("ocds-000000-")


@pytest.mark.parametrize("how", ["suffix", "accept"])
def test_a_notice_as_json_is_the_published_text(
    told: tuple[History, list[Notice]],
    client: CheckedClient,
    how: str,
    faults_of: Callable[[str], Callable[[Any], list[str]]],
) -> None:
    """The JSON twin is a valid release package that holds the text exactly as it was published."""
    notice = told[1][1]
    address = f"/notices/{notice.reference}"
    if how == "suffix":
        response = client.get(f"{address}.json")
    else:
        response = client.get(address, headers={"Accept": "application/json"})
    assert response.mimetype == "application/json"
    assert notice.text in response.get_data(as_text=True)
    assert faults_of("release-package")(response.get_json()) == []


def test_the_release_package_is_valid_and_complete(
    told: tuple[History, list[Notice]],
    client: CheckedClient,
    faults_of: Callable[[str], Callable[[Any], list[str]]],
) -> None:
    """All three releases are in the package, in order, and it has no fault against the schema."""
    package = client.get("/ocds/releases.json").get_json()
    assert [release["id"] for release in package["releases"]] == [notice.release_id for notice in told[1]]
    assert faults_of("release-package")(package) == []


def test_the_package_is_walked_page_by_page(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """Following the links gives each release once, in order, and ends."""
    address, seen, pages = "/ocds/releases.json?limit=1", [], 0
    while address:
        package = client.get(address.replace("http://localhost", "")).get_json()
        seen += [release["id"] for release in package["releases"]]
        address = package.get("links", {}).get("next", "")
        pages += 1
    assert seen == [notice.release_id for notice in told[1]]
    assert pages == 3


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=abc", "after=²", "after=9999999999999999999"])
def test_a_page_that_nobody_was_given_is_nowhere(client: CheckedClient, query: str) -> None:
    """What is not a number, or larger than any, is a 404: a harvester notices it, and reads nothing twice."""
    assert client.get(f"/ocds/releases.json?{query}").status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=99999999"])
def test_no_page_is_larger_than_allowed_or_empty(
    told: tuple[History, list[Notice]], client: CheckedClient, query: str
) -> None:
    """Whatever size is asked for."""
    package = client.get(f"/ocds/releases.json?{query}").get_json()
    assert package["releases"][0]["id"] == told[1][0].release_id


def test_a_page_after_the_end_is_empty(told: tuple[History, list[Notice]], client: CheckedClient) -> None:
    """A reader who asks again later gets an empty page, not an error."""
    package = client.get("/ocds/releases.json?after=9223372036854775807").get_json()
    assert package["releases"] == []
    assert "links" not in package


def test_the_record_package_is_valid(
    told: tuple[History, list[Notice]],
    client: CheckedClient,
    faults_of: Callable[[str], Callable[[Any], list[str]]],
) -> None:
    """The record holds three releases and the compiled one, without a fault against the schema."""
    package = client.get(f"/ocds/records/{told[1][0].ocid}.json").get_json()
    assert faults_of("record-package")(package) == []
    record = package["records"][0]
    assert len(record["releases"]) == 3
    assert record["compiledRelease"]["tag"] == ["compiled"]


@pytest.mark.parametrize("address", ["/notices/ITT-NONE-UK4", "/notices/ITT-NONE-UK4.json", "/ocds/records/x.json"])
def test_what_was_not_published_is_not_found(db_session: Any, client: CheckedClient, address: str) -> None:
    """An unknown notice or process is 404."""
    assert client.get(address).status_code == 404


def test_an_unknown_notice_in_json_says_so_in_json(db_session: Any, client: CheckedClient) -> None:
    """A program gets the code and the message, not a page."""
    response = client.get("/notices/ITT-NONE-UK4", headers={"Accept": "application/json"})
    assert (response.status_code, response.get_json()) == (
        404,
        {"code": "not_found", "message": "There is no notice with that reference."},
    )


def test_the_feed_holds_open_opportunities_only(reference_data: Any, client: CheckedClient) -> None:
    """Closed and unannounced invitations are not in the feed; the latest open one is first."""
    first, second = published_itt(title="First open"), published_itt(title="Second open")
    closed = published_itt(title="Closed", closes_in=-timedelta(hours=1), published_ago=timedelta(days=30))
    for itt in (first, second, closed):
        publish_tender(itt)
    published_itt(title="Not announced yet")
    response = client.get("/feeds/opportunities.atom")
    assert response.mimetype == "application/atom+xml"
    titles = [entry.findtext("a:title", "", ATOM) for entry in ET.fromstring(response.data).findall("a:entry", ATOM)]
    assert titles == ["Second open", "First open"]


def test_nothing_appears_before_it_is_published(reference_data: Any, client: CheckedClient) -> None:
    """An invitation whose notice has not been carried yet is nowhere: not in a package, record, page or
    feed.
    """
    itt = published_itt(title="Not announced yet")
    assert client.get("/ocds/releases.json").get_json()["releases"] == []
    assert client.get(f"/notices/{itt.reference}-UK4").status_code == 404
    assert "Not announced yet" not in client.get("/feeds/opportunities.atom").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/ocds/releases.json", "/feeds/opportunities.atom"])
def test_statements_do_not_grow_with_the_rows(
    reference_data: Any, client: CheckedClient, count_statements: Counter, address: str
) -> None:
    """One row or three, the number of SQL statements is the same."""
    counts = []
    for missing in (1, 2):
        for _ in range(missing):
            publish_tender(published_itt())
        client.get(address)
        with count_statements() as statements:
            assert client.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_notice_s_page_takes_the_same_statements_whatever_its_history(
    reference_data: Any, client: CheckedClient, count_statements: Counter
) -> None:
    """A procurement with one notice or three: its first page costs the same."""
    made = history()
    notice = publish_tender(made.itt)
    alone = published_itt()
    other = publish_tender(alone)
    with count_statements() as one:
        assert client.get(f"/notices/{other.reference}").status_code == 200
    publish_all(made)
    with count_statements() as three:
        assert client.get(f"/notices/{notice.reference}").status_code == 200
    assert len(one) == len(three)


def test_an_opportunity_leaves_the_feed_when_it_closes(reference_data: Any, client: CheckedClient) -> None:
    """An open invitation is in the feed with its closing time; once closed it is gone."""
    itt = published_itt(title="Closing")
    publish_tender(itt)
    assert "Closing" in client.get("/feeds/opportunities.atom").get_data(as_text=True)
    itt.closes_at = clock.now()
    db.session.flush()
    assert "Closing" not in client.get("/feeds/opportunities.atom").get_data(as_text=True)


def test_the_text_of_a_release_is_json_that_reads_back(told: tuple[History, list[Notice]]) -> None:
    """What is stored is JSON with its own ids."""
    for notice in told[1]:
        release = json.loads(notice.text)
        assert (release["id"], release["ocid"]) == (notice.release_id, notice.ocid)
