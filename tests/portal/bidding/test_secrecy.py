"""Before the opening nobody but the bidder learns anything: no column, no stored file, no page (S-01, S-02)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from portal.bidding.models import Bid
from portal.core import clock
from portal.core.permissions import Role
from portal.core.storage import FileStore
from portal.extensions import db
from portal.notifications.models import DeadAddress
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, complete_draft, open_itt, submit, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.filling import fields_of

CANARY = "zqxcanary"
PRICE = "187654.09"
FILE = b"A plain note about " + CANARY.encode() * 40
NAME = f"{CANARY}-policy.txt"
PROVIDER = "Zqx Canary Youth Trust"
SECRETS = (CANARY, PRICE, PRICE.replace(".09", ""), hashlib.sha256(FILE).hexdigest())

COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""


@pytest.fixture
def bid(db_session: object) -> Bid:
    """A submitted bid with changes in its draft, full of canaries."""
    actor = submitter_of(make_provider(PROVIDER))
    made = complete_draft(
        published_itt(), actor=actor, answer=f"We {CANARY} listen.", price=PRICE, name=NAME, content=FILE
    )
    submit(made, actor)
    return made


def needles() -> list[bytes]:
    return [secret.encode() for secret in SECRETS]


def test_no_column_of_any_table_holds_content_price_file_name_or_file_hash(bid: Bid) -> None:
    """Every row of every table is searched, as text and as bytes."""
    db.session.flush()
    found = []
    for table, column in db.session.execute(text(COLUMNS)).all():
        for value in db.session.scalars(text(f'SELECT "{column}" FROM "{table}"')):
            raw = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
            found += [(table, column, needle) for needle in needles() if needle in raw]
    assert found == []


def test_the_search_would_find_what_is_in_a_column(bid: Bid) -> None:
    """The provider's name, which is no secret of the bid, is found: the search really reads."""
    names = [str(value) for value in db.session.scalars(text("SELECT name FROM provider"))]
    assert PROVIDER in names


def test_no_stored_file_holds_content_or_name(app: Flask, bid: Bid) -> None:
    """The file store has sealed bytes under random names only."""
    files: FileStore = app.extensions["files"]
    names = list(files.identifiers())
    assert names
    for name in names:
        assert not [needle for needle in needles() if needle in files.get(name) or needle.decode() in str(name)]


LETTERS = ("/account/inbox", "/account/inbox?words=bid", "/account/unreached")
PATHS = (
    "/commissioning/itts/{itt}/opening",
    "/commissioning/itts/{itt}",
    "/commissioning/itts/{itt}/documents",
    "/commissioning",
    "/opportunities/{itt}",
    "/provider/bids/{bid}",
    "/provider/bids/{bid}/answers",
    "/provider/bids/{bid}/documents",
    "/provider/bids/{bid}/price",
    "/provider/bids/{bid}/check",
    "/provider/bids/{bid}/submitted",
    "/provider/bids/{bid}/receipt",
    "/provider/bids/{bid}/receipt/1.json",
    "/provider/bids/{bid}/receipt/1.pdf",
    "/provider/bids/{bid}/submitted/1.pdf",
    "/provider/bids/{bid}/submitted/1.zip",
    "/provider/bids/{bid}/draft.pdf",
    "/provider/bids/{bid}/draft.zip",
    "/provider/bids/{bid}/log",
    "/provider/bids/{bid}/log.csv",
    "/provider/bids/{bid}/log.pdf",
    "/provider/bids/{bid}/withdraw",
    "/provider/bids",
    *LETTERS,
)


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.OPENER, Role.APPROVER, Role.AUDITOR, Role.SUBMITTER])
def test_no_page_tells_anybody_else_that_the_bid_exists(
    bid: Bid, new_client: Callable[[], CheckedClient], role: Role
) -> None:
    """The pages of an invitation with a bid are those of one without, for the buyer's people and for a rival."""
    empty = published_itt(authority=bid.itt.authority)
    place = {"provider": make_provider()} if role is Role.SUBMITTER else {"authority": bid.itt.authority}
    client = new_client()
    sign_in(client, make_person(role, **place))  # type: ignore[arg-type]
    for path in PATHS:
        address = path.format(itt=bid.itt.reference, bid=bid.reference)
        for method in ("GET", "HEAD"):
            answer = client.open(address, method=method)
            # A page may repeat the address that was asked for; it must not tell anything else.
            body = answer.get_data(as_text=True).replace(address, "")
            assert not [word for word in (*SECRETS, PROVIDER, bid.reference, str(bid.id)) if word in body], address
            if "{bid}" in path:
                assert answer.status_code in {403, 404}, address
    told = client.get(f"/commissioning/itts/{bid.itt.reference}/opening").get_data(as_text=True)
    other = client.get(f"/commissioning/itts/{empty.reference}/opening").get_data(as_text=True)
    if role is not Role.SUBMITTER:
        assert _without(told, bid.itt.reference, bid.itt.title) == _without(other, empty.reference, empty.title)


@pytest.mark.parametrize("role", [Role.AUTHORITY_ADMINISTRATOR, Role.COMMISSIONER, Role.OPENER, Role.SUBMITTER])
def test_mail_to_a_bidder_that_came_back_is_told_to_no_buyer_and_no_rival(
    bid: Bid, new_client: Callable[[], CheckedClient], role: Role
) -> None:
    """Neither the list of mail that does not arrive nor an inbox names the bidder or its people."""
    bidder = make_person(Role.SUBMITTER, provider=bid.provider)
    db.session.add(DeadAddress(user_id=bidder.id, address=bidder.email_index, since=clock.now(), failure="550"))
    db.session.flush()
    place = {"provider": make_provider()} if role is Role.SUBMITTER else {"authority": bid.itt.authority}
    client = new_client()
    sign_in(client, make_person(role, **place))  # type: ignore[arg-type]
    for address in (
        "/account/unreached",
        "/account/inbox",
        "/account/inbox?words=bid",
        "/account/colleagues",
        "/account",
    ):
        body = client.get(address).get_data(as_text=True)
        assert not [word for word in (PROVIDER, bid.reference, str(bidder.email), bidder.display_name) if word in body]
    tried = client.post(f"/account/unreached/{bidder.id}/again", data={"csrf_token": token_of(client)})
    assert tried.status_code == 404
    assert client.get("/admin/undelivered").status_code == 403


def token_of(client: CheckedClient) -> str:
    """A token for a form of this session."""
    return str(fields_of(client.get("/account/inbox/topics"))["csrf_token"])


def _without(page: str, *words: str) -> str:
    """The main part of a page without what differs between two invitations anyway."""
    main = page[page.index("<main") : page.index("</main>")]
    for word in words:
        main = main.replace(word, "")
    times = ("datetime=", "countdown", "data-fl-now=")
    return "\n".join(line for line in main.splitlines() if not any(time in line for time in times))


def test_an_attempt_on_somebody_elses_bid_is_recorded(bid: Bid, new_client: Callable[[], CheckedClient]) -> None:
    """Not found, and on record (R-07, PCR 2015 reg 22(16)(g))."""
    rival = make_person(Role.SUBMITTER, provider=make_provider())
    client = new_client()
    sign_in(client, rival)
    assert client.get(f"/provider/bids/{bid.reference}/receipt").status_code == 404
    refused = db.session.execute(
        text("SELECT actor_id, data ->> 'endpoint' FROM event WHERE kind = 'access_refused'")
    ).all()
    assert refused == [(rival.id, "bids.receipt")]


def test_after_the_opening_the_buyer_reads_names_but_no_price(
    bid: Bid, new_client: Callable[[], CheckedClient]
) -> None:
    """The record of the opening says who bid; the price waits for the panels."""
    close_now(bid.itt)
    open_itt(bid.itt)
    client = new_client()
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    page = client.get(f"/commissioning/itts/{bid.itt.reference}/opening").get_data(as_text=True)
    assert PROVIDER in page
    assert "7,654,321" not in page
    assert PRICE not in page
