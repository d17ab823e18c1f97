"""Files that arrive in parts, over HTTP: as the page's script sends them."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.models import User
from portal.bidding import arriving, documents
from portal.bidding.abandoning import abandon_bid
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid, FilePart, LateAttempt
from portal.bidding.reconciling import reconcile_files
from portal.core import clock
from portal.core.permissions import Actor
from portal.core.storage import FileStore
from portal.extensions import db
from portal.privacy.keeping import let_go
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import close_now, draft_bid, submitter_of
from tests.factories.tendering import published_itt

POLICY = "safeguarding-policy"
SIZE = 40
TEXT = b"".join(b"Line %03d of our policy.\n" % line for line in range(4))


class Sender:
    """What the script does, step by step, with parts of 40 bytes."""

    def __init__(self, app: Flask, client: CheckedClient, actor: Actor, bid: Bid) -> None:
        self.app, self.client, self.actor, self.bid, self.replaces = app, client, actor, bid, ""
        self.address = f"/provider/bids/{bid.reference}/documents"
        page = BeautifulSoup(client.get(self.address).get_data(as_text=True), "html.parser")
        self.token = str(page.select("[data-fl-parts] [name=csrf_token]")[0]["value"])

    def ask(self, name: str = "policy.txt", content: bytes = TEXT, **more: Any) -> TestResponse:
        return self.post("parts", self.known(name, content) | more)

    def post(self, what: str, fields: dict[str, Any]) -> TestResponse:
        fields |= {"csrf_token": self.token}
        return self.client.post(f"{self.address}/{what}", data=fields, headers={"Accept": "application/json"})

    def part(self, number: int, content: bytes = TEXT, **more: Any) -> TestResponse:
        piece = content[number * SIZE : (number + 1) * SIZE]
        sent = {"number": number, "digest": hashlib.sha256(piece).hexdigest(), "piece": (io.BytesIO(piece), "part")}
        return self.ask(content=content, **(sent | more))

    def finish(self, name: str = "policy.txt", content: bytes = TEXT) -> TestResponse:
        return self.post("whole", self.known(name, content))

    def send(self, content: bytes = TEXT) -> list[int]:
        """Send every part that is not there; return the numbers of those that were sent."""
        there, sent = self.ask(content=content).get_json()["there"], []
        while there * SIZE < len(content):
            sent.append(there)
            there = self.part(there, content).get_json()["there"]
        return sent

    def known(self, name: str, content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        known = {"question": POLICY, "name": name, "size": len(content), "sha256": digest}
        return known | {"replaces": self.replaces}

    @property
    def files(self) -> list[dict[str, Any]]:
        return read_draft(bid=self.bid, actor=self.actor, keys=self.app.extensions["keys"]).files

    @property
    def attached(self) -> list[tuple[str, str]]:
        return [(entry["name"], entry["sha256"]) for entry in self.files]


@pytest.fixture
def sender(
    app: Flask, client: CheckedClient, db_session: object, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sender]:
    """Signed in, with a draft and a store of its own."""
    monkeypatch.setattr(arriving, "PART", SIZE)
    shared, app.extensions["files"] = app.extensions["files"], FileStore(tmp_path)
    actor = submitter_of()
    bid = draft_bid(published_itt(), actor=actor)
    sign_in(client, db.session.get_one(User, actor.user_id))
    yield Sender(app, client, actor, bid)
    app.extensions["files"] = shared


def parts_left() -> int:
    return db.session.scalar(select(func.count()).select_from(FilePart)) or 0


def test_what_arrives_in_parts_is_attached_as_by_the_plain_form(sender: Sender) -> None:
    """The bytes, the name and the fingerprint are those that were chosen; no part is left."""
    assert sender.send() == [0, 1, 2]
    assert sender.finish().get_json() == {"kept": ["policy.txt"], "refused": [], "doubled": []}
    assert sender.attached == [("policy.txt", hashlib.sha256(TEXT).hexdigest())]
    assert parts_left() == 0
    page = sender.client.get(sender.address).get_data(as_text=True)
    assert "policy.txt" in page
    found = reconcile_files(files=sender.app.extensions["files"])
    assert (found.files, found.findings) == (1, ())


def test_a_broken_connection_costs_one_part(sender: Sender) -> None:
    """Chosen again the file goes on from what is there; a part that comes twice, or too early, changes nothing."""
    assert sender.part(0).get_json() == {"there": 1}
    assert sender.part(0).get_json() == {"there": 1}
    assert sender.part(2).get_json() == {"there": 1}
    assert sender.part(1, digest="0" * 64).get_json() == {"there": 1}
    assert sender.send() == [1, 2]
    assert sender.finish().get_json()["kept"] == ["policy.txt"]


def test_finishing_twice_attaches_once(sender: Sender) -> None:
    """The answer to the first may have been lost on its way."""
    sender.send()
    assert sender.finish().get_json() == sender.finish().get_json()
    assert len(sender.attached) == 1


def test_a_file_takes_the_place_of_another(sender: Sender) -> None:
    """In its place, however often the end is asked for; the other goes, and no part is left."""
    sender.send()
    sender.finish()
    first, newer = sender.files[0], TEXT.replace(b"our", b"a new")
    page = sender.client.get(f"{sender.address}/{first['id']}/replace").get_data(as_text=True)
    assert f'data-fl-replaces="{first["id"]}"' in page
    sender.replaces = first["id"]
    sender.send(newer)
    for _ in range(2):
        assert sender.finish("newer.txt", newer).get_json()["kept"] == ["newer.txt"]
    assert sender.attached == [("newer.txt", hashlib.sha256(newer).hexdigest())]
    assert parts_left() == 0


def test_what_cannot_take_the_place_leaves_it(sender: Sender) -> None:
    """Refused by its name, before it is sent or once it is whole; and so is a place that is no more."""
    sender.send()
    sender.finish()
    sender.replaces = sender.files[0]["id"]
    assert "is of a type" in sender.ask(name="policy.exe").get_json()["message"]
    broken = b"PK\x03\x04 no archive at all, whatever its name may be, and a line more"
    sender.send(broken)
    refused = sender.finish("policy.docx", broken).get_json()
    assert (refused["kept"], len(refused["refused"])) == ([], 1)
    assert [name for name, _ in sender.attached] == ["policy.txt"]
    assert parts_left() == 0
    sender.replaces = str(uuid.uuid4())
    assert sender.ask().get_json() == {"message": "That file is not in the draft any more."}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("policy.exe", TEXT, "policy.exe is of a type that cannot be used."),
        ("policy.txt", b"", "policy.txt is empty."),
        ("policy.txt", b"x" * 200, "policy.txt would make this bid larger than 500 MB."),
    ],
)
def test_what_the_plain_form_refuses_is_refused_before_it_is_sent(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, words: str
) -> None:
    """By name, size and the room that is left: in the same words."""
    monkeypatch.setattr(documents, "LARGEST_BID", 150)
    answer = sender.ask(name, content)
    assert (answer.status_code, parts_left()) == (422, 0)
    assert answer.get_json()["message"].startswith(words)


def test_what_is_no_such_file_is_refused_by_its_name_and_its_parts_go(sender: Sender) -> None:
    """The content is judged when it is whole, by the same function."""
    content = TEXT[:60] + b"\x00" + TEXT[60:]
    sender.send(content)
    told = sender.finish(content=content).get_json()
    assert (told["kept"], [words.split(" ")[0] for words in told["refused"]]) == ([], ["policy.txt"])
    assert (parts_left(), sender.attached) == (0, [])


def test_what_is_not_whole_is_not_attached(sender: Sender) -> None:
    """Finishing without the last part, or with parts of a file that changed on its way, attaches nothing."""
    sender.part(0)
    assert sender.finish().get_json()["refused"] == ["policy.txt did not arrive whole. Choose it again."]
    assert sender.ask(
        number=0, digest=hashlib.sha256(b"short").hexdigest(), piece=(io.BytesIO(b"short"), "part")
    ).get_json()["message"] == ("policy.txt has changed since you chose it. Choose it again.")
    assert sender.attached == []


def test_a_file_begun_before_closing_and_finished_after_is_late(sender: Sender) -> None:
    """Neither a part nor the end is taken from the closing instant on, and the attempt is on record."""
    sender.part(0)
    sender.part(1)
    close_now(sender.bid.itt)
    late = [sender.part(2), sender.finish()]
    assert [(answer.status_code, answer.get_json()["message"].split(",")[0]) for answer in late] == [
        (409, "The closing time has passed")
    ] * 2
    assert (parts_left(), sender.attached) == (2, [])
    assert db.session.scalar(select(func.count()).select_from(LateAttempt)) == 0


def test_nothing_of_it_can_be_read_from_the_store_or_the_rows(sender: Sender) -> None:
    """Each part is sealed at once, and which file it is of is a hash under the bid's key."""
    sender.send()
    files: FileStore = sender.app.extensions["files"]
    rows = db.session.scalars(select(FilePart)).all()
    assert len(rows) == 3
    for row in rows:
        assert b"Line" not in files.get(row.stored_as)
        assert row.of_file != hashlib.sha256(TEXT).digest()
    assert reconcile_files(files=files).findings == ()


def test_what_is_not_finished_goes_after_a_day(sender: Sender) -> None:
    """With its bytes; a file of which a part came today stays whole."""
    sender.part(0)
    [today] = db.session.scalars(select(FilePart))
    files, before = sender.app.extensions["files"], clock.now() - timedelta(days=2)
    for of_file, number in ((today.of_file, 1), (b"another", 0), (b"another", 1)):
        old = {"bid_id": sender.bid.id, "sealed_sha256": "", "created_at": before}
        db.session.add(FilePart(of_file=of_file, number=number, stored_as=files.put(b"sealed"), **old))
    let_go(now=clock.now())
    db.session.commit()
    left = db.session.scalars(select(FilePart)).all()
    assert [row.of_file for row in left] == [today.of_file] * 2
    assert {row.stored_as for row in left} == set(files.identifiers())


def test_too_much_that_is_unfinished_has_to_wait(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the store with files that they never finish."""
    monkeypatch.setattr(arriving, "MOST_PARTS", 2)
    sender.part(0)
    sender.part(1)
    assert sender.part(2).get_json()["message"].startswith("policy.txt has to wait")


def test_a_deleted_draft_takes_them_with_it(sender: Sender) -> None:
    """Rows and bytes."""
    sender.part(0)
    abandon_bid(bid=sender.bid, actor=sender.actor, files=sender.app.extensions["files"])
    db.session.commit()
    assert (parts_left(), list(sender.app.extensions["files"].identifiers())) == (0, [])


def test_nobody_else_sends_a_part(app: Flask, sender: Sender, new_client: Callable[[], CheckedClient]) -> None:
    """Another provider is told that there is no such bid."""
    stranger, other = new_client(), submitter_of()
    sign_in(stranger, db.session.get_one(User, other.user_id))
    theirs = Sender(app, stranger, other, draft_bid(sender.bid.itt, actor=other))
    theirs.address = sender.address
    assert (theirs.part(0).status_code, theirs.finish().status_code, parts_left()) == (404, 404, 0)
