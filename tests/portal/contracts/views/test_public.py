"""The public register of contracts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from portal.contracts import queries
from portal.contracts.models import Contract
from portal.core.spreadsheet import MARK
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.awarding import Award
from tests.factories.contracts import conclude
from tests.factories.notices import history
from tests.filling import text_of

Counter = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def three(db_session: object) -> list[Contract]:
    """Three contracts, the newest first."""
    made = []
    for hours in range(3):
        written = history()
        written.winner.charity_number = f"109010{hours}"
        written.contract.concluded_at -= timedelta(hours=hours)
        db.session.flush()
        made.append(written.contract)
    return made


def test_the_register_shows_what_was_concluded(free: Award, client: CheckedClient) -> None:
    """A contract is public from the moment it is concluded: parties, value, term and break points."""
    contract = conclude(free)
    assert contract.title in client.get("/contracts").text
    shown = text_of(client.get(f"/contracts/{contract.reference}"))
    for words in (contract.provider.name, contract.authority.name, "£100,000", "after 12 months", "after 18 months"):
        assert words in shown


def test_an_empty_register_says_so(db_session: object, client: CheckedClient) -> None:
    """Without a contract the page says when one appears."""
    assert "No contracts yet" in client.get("/contracts").text
    assert client.get("/contracts.json").json == {"contracts": [], "next": None}


def test_pages_follow_each_other(three: list[Contract], client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page the register shows each contract once, newest first, as HTML and as JSON alike."""
    monkeypatch.setattr("portal.contracts.views.public.PAGE", 2)
    first = client.get("/contracts.json").json
    second = client.get(first["next"]).json
    found = [row["reference"] for row in [*first["contracts"], *second["contracts"]]]
    assert found == [contract.reference for contract in three]
    assert second["next"] is None
    shown = client.get(f"/contracts?before={found[1]}").text
    assert found[2] in shown
    assert found[0] not in shown


def test_the_json_of_one_contract(three: list[Contract], client: CheckedClient) -> None:
    """A contract's JSON twin says the same as its row of the register."""
    contract = three[0]
    by_name = client.get(f"/contracts/{contract.reference}.json").json
    by_header = client.get(f"/contracts/{contract.reference}", headers={"Accept": "application/json"}).json
    assert by_name == by_header
    assert by_name["end_date"] == (contract.end_until - timedelta(days=1)).isoformat()
    assert by_name["value_gbp"] == "118000.50"


def test_an_unknown_contract_is_not_found(three: list[Contract], client: CheckedClient) -> None:
    """An unknown reference is 404, as a page and as a place to continue from."""
    assert client.get("/contracts/CON-NOTTHERE").status_code == 404
    assert client.get("/contracts?before=CON-NOTTHERE").status_code == 404


def test_formula_cells_are_text(three: list[Contract], client: CheckedClient) -> None:
    """What a spreadsheet would calculate is kept as text, and everything else arrives as it is (X-01)."""
    titles = ['=HYPERLINK("http://x")', "@SUM(1)", 'Plain, with "quotes" and\na line']
    for contract, title in zip(three, titles, strict=True):
        contract.title = title
    rows = list(csv.DictReader(io.StringIO(client.get("/contracts.csv").text.removeprefix(MARK))))
    assert [row["title"] for row in rows] == ['\'=HYPERLINK("http://x")', "'@SUM(1)", 'Plain, with "quotes" and a line']
    assert [row["value_gbp"] for row in rows] == ["118000.50"] * 3


def test_statements_are_constant(three: list[Contract], client: CheckedClient, count_statements: Counter) -> None:
    """The register takes as many statements for three contracts as for one."""
    db.session.commit()
    with count_statements() as for_three:
        client.get("/contracts")
    for contract in three[1:]:
        db.session.delete(contract)
    db.session.commit()
    with count_statements() as for_one:
        client.get("/contracts")
    assert len(for_three) == len(for_one) <= 6
    assert queries.PAGE == 50
