"""What a bidder takes away, over HTTP."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from flask import Flask

from portal.accounts.models import User
from portal.bidding.models import Bid, BidFile
from portal.bidding.receipts import verify_receipt
from portal.core.permissions import Role
from portal.core.storage import FileStore
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import POLICY_TEXT, complete_draft, submit, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.filling import text_of
from tests.portal.bidding.test_confirming import BidCase

NAME = "Ünsere #policy “final”.txt"
COPIES = ("draft.pdf", "draft.zip", "submitted/1.pdf", "submitted/1.zip", "receipt/1.pdf", "log", "log.csv", "log.pdf")


@pytest.fixture
def bid(db_session: object, client: CheckedClient) -> Bid:
    """A submitted bid of the person who is signed in, with two files of one name."""
    actor = submitter_of(make_provider("Bright Steps"))
    made = complete_draft(published_itt(), actor=actor, answer="We #panic() first.", name=NAME)
    submit(made, actor)
    sign_in(client, db.session.get_one(User, actor.user_id))
    return made


def words_of(content: bytes) -> str:
    """What a PDF says, on one line."""
    pages = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    return " ".join(text.replace("\u200b", "").split())


def fetched(client: CheckedClient, bid: Bid, copy: str) -> bytes:
    answer = client.get(f"/provider/bids/{bid.reference}/{copy}")
    assert answer.status_code == 200
    return answer.get_data()


def test_a_submitted_version_is_one_document(client: CheckedClient, bid: Bid) -> None:
    """Bidder, answers as they were typed, price, and each file with its SHA-256; a draft says that it is one."""
    said = words_of(fetched(client, bid, "submitted/1.pdf"))
    for expected in ("Bright Steps", "We #panic() first.", "£118,000", NAME, "Version 1, received", bid.reference):
        assert expected in said
    assert bid.versions[0].commitment in said
    draft = words_of(fetched(client, bid, "draft.pdf"))
    assert "It was not submitted like this" in draft


def test_an_older_version_says_what_was_asked_then(client: CheckedClient) -> None:
    """After a published change: on its page and in its document, and the draft says what is asked now."""
    case = BidCase()
    before = case.question().prompt
    case.change(prompt="How do you listen?")
    sign_in(client, db.session.get_one(User, case.bidder.user_id))
    page = client.get(f"/provider/bids/{case.bid.reference}/submitted/1")
    then = words_of(fetched(client, case.bid, "submitted/1.pdf")) + text_of(page)
    now = words_of(fetched(client, case.bid, "draft.pdf"))
    assert (then.count(before), then.count("How do you listen?")) == (2, 0)
    assert (now.count(before), now.count("How do you listen?")) == (0, 1)


def test_the_archive_of_a_version_proves_it(client: CheckedClient, bid: Bid) -> None:
    """It holds the document, the receipt that verifies offline, and every file byte for byte."""
    with zipfile.ZipFile(io.BytesIO(fetched(client, bid, "submitted/1.zip"))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:3] == ["bid-version-1.pdf", "receipt.pdf", "receipt.json"]
        assert names[3:] == [f"files/{NAME}"]
        assert archive.read(names[3]) == POLICY_TEXT
        receipt = archive.read("receipt.json")
        assert verify_receipt(receipt, bid=bid.reference).holds
        assert json.loads(receipt)["body"]["commitment"] in words_of(archive.read("receipt.pdf"))


def test_a_file_that_is_gone_does_not_keep_the_others_back(app: Flask, client: CheckedClient, bid: Bid) -> None:
    """In its place the archive says so."""
    files: FileStore = app.extensions["files"]
    files.remove(db.session.query(BidFile).one().stored_as)
    with zipfile.ZipFile(io.BytesIO(fetched(client, bid, "draft.zip"))) as archive:
        assert archive.namelist() == ["draft.pdf", f"files/{NAME} - could not be read.txt"]


def test_the_log_tells_every_act_to_the_second(client: CheckedClient, bid: Bid) -> None:
    """Page, table and document name what was done, by whom, in the order in which it was done."""
    rows = list(csv.reader(io.StringIO(fetched(client, bid, "log.csv").decode("utf-8-sig"))))
    assert rows[0] == ["When (UTC)", "What", "Who", "Hash in the ledger"]
    assert [row[1] for row in rows[1:]] == [
        "The bid was begun",
        "Answers were saved",
        "Files were attached",
        "The price was saved",
        "Version 1 was submitted and sealed",
    ]
    who = db.session.get_one(User, bid.versions[0].submitted_by_id).display_name
    assert {row[2] for row in rows[1:]} == {who}
    page = BeautifulSoup(fetched(client, bid, "log"), "html.parser").get_text()
    document = words_of(fetched(client, bid, "log.pdf"))
    assert all(row[1] in page and row[1] in document for row in rows[1:])


def test_copies_are_for_the_bidders_people_alone(bid: Bid, new_client: Callable[[], CheckedClient]) -> None:
    """A rival and every officer of the buyer get the answer that a bid which is not there gives."""
    rival = make_person(Role.SUBMITTER, provider=make_provider())
    officers = [make_person(role, authority=bid.itt.authority) for role in (Role.COMMISSIONER, Role.OPENER)]
    for person in (rival, *officers):
        client = new_client()
        sign_in(client, person)
        for copy in COPIES:
            assert client.get(f"/provider/bids/{bid.reference}/{copy}").status_code in {403, 404}


def test_a_version_that_is_not_there_has_no_copy(client: CheckedClient, bid: Bid) -> None:
    """Neither document nor archive nor receipt."""
    for copy in ("submitted/2.pdf", "submitted/2.zip", "receipt/2.pdf"):
        assert client.get(f"/provider/bids/{bid.reference}/{copy}").status_code == 404
