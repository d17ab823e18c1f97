"""The page of an opening, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit.queries import events_of
from portal.bidding.models import OpenedBid
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import current_code, make_person, sign_in
from tests.factories.bidding import close_now, opened_itt, submitted_bid
from tests.factories.organisations import make_authority
from tests.factories.tendering import published_itt

Counter = Callable[[], AbstractContextManager[list[str]]]
NewClient = Callable[[], CheckedClient]


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    made = published_itt()
    submitted_bid(made)
    return made


def address(itt: InvitationToTender) -> str:
    return f"/commissioning/itts/{itt.reference}/opening"


def opener(itt: InvitationToTender) -> User:
    return make_person(Role.OPENER, authority=itt.authority)


def agree(client: CheckedClient, itt: InvitationToTender, **typed: str) -> tuple[int, str]:
    """Press the button as the page offers it, and return status and text of what comes."""
    page = BeautifulSoup(client.get(address(itt)).get_data(as_text=True), "html.parser")
    token = page.select_one("input[name=csrf_token]")
    assert token is not None
    answer = client.post(address(itt), data={"csrf_token": str(token["value"])} | typed)
    if answer.status_code == 302:
        answer = client.get(answer.location)
    return answer.status_code, answer.get_data(as_text=True)


def test_two_people_open_the_bids_one_after_the_other(itt: InvitationToTender, new_client: NewClient) -> None:
    """The first one's agreement is shown to the second, whose code opens."""
    close_now(itt)
    first, second = new_client(), new_client()
    sign_in(first, opener(itt))
    sign_in(second, opener(itt))
    status, page = agree(first, itt)
    assert (status, "You have agreed. Now a second person has to." in page) == (200, True)
    assert "One of two has agreed" in second.get(address(itt)).get_data(as_text=True)
    status, page = agree(second, itt)
    assert (status, "The bids are open" in page) == (200, True)
    assert "1 of 1 bid opened and matched its seal." in " ".join(page.split())
    assert len(db.session.scalars(select(OpenedBid)).all()) == 1


def test_an_old_factor_is_asked_for_again(itt: InvitationToTender, new_client: NewClient) -> None:
    """Without a right code nothing is agreed; with one it is."""
    close_now(itt)
    client = new_client()
    sign_in(client, opener(itt), fresh_factor=False)
    status, page = agree(client, itt, factor_code="000000")
    assert (status, "One of two has agreed" in page) == (422, False)
    status, page = agree(client, itt, factor_code=current_code())
    assert (status, "One of two has agreed" in page) == (200, True)


def test_pressing_too_early_is_refused_and_recorded(itt: InvitationToTender, new_client: NewClient) -> None:
    """The page offers no button before the closing time; the address refuses and the ledger tells (O-02)."""
    client = new_client()
    sign_in(client, opener(itt))
    page = client.get(address(itt)).get_data(as_text=True)
    assert "Sealed until the closing time" in page
    assert "Agree to open" not in page
    status, page = agree(client, itt)
    assert (status, "This attempt is on record." in page) == (409, True)
    event = events_of(itt.id)[-1]
    assert (event.kind, event.data) == ("opening_refused", {"reason": "too_early"})


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMISSIONER, 403),
        (Role.APPROVER, 403),
        (Role.AUDITOR, 403),
        (Role.CONTRACT_MANAGER, 403),
        (Role.AUTHORITY_ADMINISTRATOR, 403),
        (Role.SUBMITTER, 403),
        (Role.CHAIR, 403),
    ],
)
def test_other_roles_do_not_open(itt: InvitationToTender, new_client: NewClient, role: Role, status: int) -> None:
    """Whoever is not an opener is refused with 403."""
    close_now(itt)
    place = {"authority": itt.authority} if role not in {Role.SUBMITTER, Role.CHAIR} else {}
    if role is Role.CHAIR:
        place = {"panel": itt.panels[0]}
    client = new_client()
    sign_in(client, make_person(role, **place))  # type: ignore[arg-type]
    token = BeautifulSoup(client.get("/opportunities").get_data(as_text=True), "html.parser").select_one(
        "input[name=csrf_token]"
    )
    assert token is not None
    answer = client.post(address(itt), data={"csrf_token": str(token["value"])})
    assert answer.status_code == status
    assert db.session.scalars(select(OpenedBid)).all() == []


def test_another_authority_does_not_find_the_opening(itt: InvitationToTender, new_client: NewClient) -> None:
    """Not before and not after (O-07)."""
    client = new_client()
    sign_in(client, make_person(Role.OPENER, authority=make_authority()))
    assert client.get(address(itt)).status_code == 404
    assert client.get(address(opened_itt(1))).status_code == 404


def test_the_record_says_when_there_were_no_bids(new_client: NewClient, db_session: object) -> None:
    """An opening without bids is still an opening."""
    itt = opened_itt(0)
    client = new_client()
    sign_in(client, make_person(Role.AUDITOR, authority=itt.authority))
    assert "There are no bids" in client.get(address(itt)).get_data(as_text=True)


def test_the_record_takes_the_same_statements_for_one_and_three_bids(
    new_client: NewClient, count_statements: Counter, db_session: object
) -> None:
    """No statement a row."""
    counted = []
    for number in (1, 3):
        itt = opened_itt(number)
        client = new_client()
        sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
        place = address(itt)
        client.get(place)
        with count_statements() as statements:
            page = client.get(place).get_data(as_text=True)
        assert page.count("BID-") == number
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 8, statements
