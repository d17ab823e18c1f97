"""Who reads what officers check: they do, once the bids are open, without a price; panels never."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.models import Bid, OpenedBid
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.asking import add_question
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, open_itt, opened_itt, submitted_bid
from tests.factories.organisations import make_authority
from tests.factories.tendering import make_commissioner, publish, ready_itt

Statements = Callable[[], AbstractContextManager[list[str]]]
POLICY = b"We are insured.\n"
PRICE = "234567.09"


@pytest.fixture
def bid(db_session: object) -> Bid:
    """An open bid that was asked in words and for a file what officers check, and what panels score."""
    itt = ready_itt()
    officer = make_commissioner(itt.authority)
    for prompt, kind in (("Are you insured?", QuestionKind.TEXT), ("Your certificate", QuestionKind.FILES)):
        add_question(
            itt=itt,
            prompt=prompt,
            guidance="",
            kind=kind,
            settings={"word_limit": "50"} if kind is QuestionKind.TEXT else {},
            criterion=None,
            required=True,
            actor=officer,
        )
    publish(itt, officer)
    made = submitted_bid(itt, answer="We do", name="certificate.txt", content=POLICY, price=PRICE)
    close_now(itt)
    open_itt(itt)
    return made


def desk(bid: Bid) -> str:
    """The address of the list."""
    return f"/commissioning/itts/{bid.itt.reference}/compliance"


def test_officers_read_what_they_check_and_nothing_else(client: CheckedClient, bid: Bid) -> None:
    """Their answers and files with the bidder's name; no price, no scored answer; each reading is recorded."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    listed = client.get(desk(bid)).get_data(as_text=True)
    assert bid.provider.name in listed
    assert "Are you insured?" in listed
    page = client.get(f"{desk(bid)}/{bid.id}")
    told = page.get_data(as_text=True)
    assert "We do (are-you-insured)" in told
    assert "certificate.txt" in told
    assert "We do (welcome)" not in told
    assert not [said for said in (PRICE, "234,567") if said in told + listed]
    [link] = [href for href in links(told) if "/files/" in href]
    file = client.get(link)
    assert (file.data, file.headers["Content-Security-Policy"]) == (POLICY, "sandbox; default-src 'none'")
    viewed = db.session.scalars(select(Event).where(Event.kind == EventKind.BID_FILE_VIEWED)).all()
    assert [(event.data["envelope"], event.data["what"]) for event in viewed] == [
        ("compliance", "answers"),
        ("compliance", "file"),
    ]


def links(page: str) -> list[str]:
    """Where a page leads."""
    return [part.split('"')[0] for part in page.split('href="')[1:]]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.APPROVER, 200), (Role.AUDITOR, 200), (Role.OPENER, 403), (Role.CONTRACT_MANAGER, 403)],
)
def test_only_officers_who_decide_read_it(client: CheckedClient, bid: Bid, role: Role, status: int) -> None:
    """Openers unseal and do not read."""
    sign_in(client, make_person(role, authority=bid.itt.authority))
    for address in (desk(bid), f"{desk(bid)}/{bid.id}"):
        assert client.get(address).status_code == status


def test_other_authorities_and_an_invitation_that_is_not_open_give_nothing(client: CheckedClient, bid: Bid) -> None:
    """Not found for strangers; refused while the bids are sealed."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=make_authority()))
    assert client.get(f"{desk(bid)}/{bid.id}").status_code == 404
    db.session.execute(text("UPDATE itt SET status = 'published', opened_at = NULL"))
    db.session.expire_all()
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    assert client.get(desk(bid)).status_code == 409


def test_what_panels_are_given_holds_nothing_of_it(bid: Bid) -> None:
    """The quality envelope, all that a panel's page reads, has their own questions' answers and files alone."""
    quality = db.session.scalars(select(OpenedBid.quality)).one()
    assert quality is not None
    named = {*quality["answers"], *(entry["question"] for entry in quality["files"])}
    assert not named & {"are-you-insured", "your-certificate"}
    assert "welcome" in named


def test_the_list_takes_as_many_statements_for_three_bids_as_for_one(
    client: CheckedClient, app: Flask, count_statements: Statements
) -> None:
    """Providers and lots come with the bids."""
    counts = []
    for bids in (1, 3):
        itt = opened_itt(bids)
        sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
        with count_statements() as statements:
            assert client.get(f"/commissioning/itts/{itt.reference}/compliance").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
