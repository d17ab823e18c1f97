"""The debarment list: how it is brought in, and whom of a bid it names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.bidding.partners import MEMBER, SUBCONTRACTOR, Partner
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.judging.behind import behind_bid
from portal.judging.debarment import latest_list, matches_in
from portal.judging.states import Concern
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import opened_itt
from tests.factories.debarment import brought_in
from tests.factories.judging import bids_of
from tests.filling import fields_of, text_of

pytestmark = pytest.mark.usefixtures("db_session")
BUILDERS = "Demo Builders Ltd,9506232,Competition infringement,mandatory,2029-03-31,"


def partner(name: str, number: str = "", kind: str = SUBCONTRACTOR) -> Partner:
    return Partner(name, number, kind, "The roof", "Their secretary")


def test_the_list_that_was_read_last_is_looked_at() -> None:
    """One brought in earlier stays as it was; on a day when nobody was on it, nobody is."""
    assert latest_list() is None
    first = brought_in(BUILDERS, read_on=clock.today() - timedelta(days=2))
    assert [(one.name, one.is_mandatory, str(one.until_date)) for one in first.entries] == [
        ("Demo Builders Ltd", True, "2029-03-31")
    ]
    brought_in()
    newest = latest_list()
    assert newest is not None
    assert (newest.entries, len(first.entries)) == ([], 1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("Demo Builders Ltd,,Cartel,perhaps,,",), "Row 2: The kind is “perhaps”. Write mandatory or discretionary."),
        (("Demo Builders Ltd,,,mandatory,,",), "Row 2: Ground is empty."),
        (("Demo Builders Ltd,,Cartel,mandatory,soon,",), "Row 2: “soon” is no day."),
        ((BUILDERS, "Demo, Builders,,Cartel,mandatory,,all"), "Row 3: It has 7 of 6 cells."),
        (
            (BUILDERS, ",,Cartel,mandatory,,", ",,Cartel,mandatory,,"),
            "Row 3: Name is empty. As the list has it. Row 4: Name",
        ),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_brought_in(rows: tuple[str, ...], said: str) -> None:
    """Every one of them, with its number in the file."""
    with pytest.raises(InvalidInput) as refused:
        brought_in(*rows)
    assert said in " ".join(one.message for one in refused.value.each)
    assert latest_list() is None


def test_a_list_of_another_day_is_refused() -> None:
    """A day that has not come, a day before the last."""
    brought_in()
    for days in (1, 0):
        with pytest.raises(InvalidInput):
            brought_in(read_on=clock.today() + timedelta(days=days))


def test_whoever_stands_behind_a_bid_is_found_by_number_or_name() -> None:
    """The bidder, a member and a subcontractor; noughts before a number and a legal form written out are the same."""
    [bid] = bids_of(opened_itt(1))
    number = bid.provider.identifiers[0].value
    listed = brought_in(
        BUILDERS,
        f"Somebody Else Altogether,{number},Bribery,mandatory,,",
        "Demo Cleaning Limited,,Poor performance,discretionary,,",
        "Demo Unrelated Ltd,12345678,Bribery,mandatory,,",
    )
    named = [partner("Another name", "09506232", MEMBER), partner("DEMO CLEANING LTD"), partner("Demo Catering Ltd")]
    found = {
        (one.name, one.concern, one.by_number, one.ground) for one in matches_in(listed.entries, behind_bid(bid, named))
    }
    assert found == {
        (bid.provider.name, Concern.BIDDER, True, "debarred"),
        ("Another name", Concern.ASSOCIATED, True, "debarred"),
        ("DEMO CLEANING LTD", Concern.SUBCONTRACTOR, False, "debarred_discretionary"),
    }


def test_the_page_of_a_bid_says_who_is_on_it_and_when_it_was_read(client: CheckedClient) -> None:
    """Not brought in, old, nobody, a match: each is said, and a match opens the form with its ground."""
    [bid] = bids_of(opened_itt(1))
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    page = f"/commissioning/itts/{bid.itt.reference}/compliance/{bid.id}"
    assert "The list was not brought in" in client.get(page).text
    brought_in(read_on=clock.today() - timedelta(days=8))
    told = text_of(client.get(page))
    assert "That is more than 7 days ago" in told
    assert "Nobody behind this bid is on it." in told
    brought_in(f"{bid.provider.name},,Bribery,mandatory,,")
    shown = client.get(page)
    assert "more than 7 days ago" not in shown.text
    assert "The same name: look whether it is the same organisation" in shown.text
    form = client.get(
        page.replace(f"compliance/{bid.id}", f"enquiries/exclusion/{bid.id}?ground=debarred&concern=bidder")
    )
    filled = fields_of(form)
    assert (filled["ground"], filled["concern"]) == (["debarred"], "bidder")
