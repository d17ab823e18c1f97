"""Files of a draft: kept or refused one by one, sealed, and never lost or left behind."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import User
from portal.bidding import documents
from portal.bidding.closing import TooLate
from portal.bidding.contents import Content
from portal.bidding.documents import (
    Attached,
    attach_files,
    read_file,
    remove_file,
    replace_file,
    unreadable_files,
)
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid, BidFile
from portal.bidding.stored_files import additions_of, read_stored_file
from portal.core.errors import InvalidInput, NotFound, SealBroken
from portal.core.permissions import Actor
from portal.core.scanning import Scanner
from portal.extensions import db
from tests.clamd import EICAR, running_clamd
from tests.factories.bidding import POLICY_TEXT, close_now, draft_bid, fill_draft, submit, submitter_of
from tests.factories.tendering import published_itt

POLICY = "safeguarding-policy"


class Desk:
    """A draft with its author, the store and the keys."""

    def __init__(self, app: Flask) -> None:
        self.keys, self.files = app.extensions["keys"], app.extensions["files"]
        self.actor: Actor = submitter_of()
        self.bid: Bid = draft_bid(published_itt(), actor=self.actor)
        self.before = set(self.files.identifiers())

    def attach(self, *uploads: tuple[str, bytes], question: str = POLICY) -> Attached:
        pairs: Sequence[documents.Upload] = [(name, lambda data=data: data) for name, data in uploads]  # type: ignore[misc]
        return attach_files(
            bid=self.bid, actor=self.actor, keys=self.keys, files=self.files, question=question, uploads=pairs
        )

    def remove(self, entry: dict[str, str]) -> None:
        remove_file(bid=self.bid, actor=self.actor, keys=self.keys, files=self.files, file_id=uuid.UUID(entry["id"]))

    def replace(self, entry: dict[str, str], name: str, data: bytes) -> str:
        return replace_file(
            bid=self.bid,
            actor=self.actor,
            keys=self.keys,
            files=self.files,
            file_id=uuid.UUID(entry["id"]),
            upload=(name, lambda: data),
        )

    @property
    def content(self) -> Content:
        return read_draft(bid=self.bid, actor=self.actor, keys=self.keys)

    @property
    def stored(self) -> set[uuid.UUID]:
        return set(self.files.identifiers()) - self.before


@pytest.fixture
def desk(app: Flask, db_session: object) -> Desk:
    return Desk(app)


def test_a_file_comes_back_as_it_was_uploaded(desk: Desk) -> None:
    """Size, SHA-256 and bytes are those of the upload; its status says that nobody scanned it (R-01)."""
    desk.attach(("Our policy.txt", POLICY_TEXT))
    [entry] = desk.content.files
    assert (entry["name"], entry["size"], entry["sha256"], entry["scan"]) == (
        "Our policy.txt",
        len(POLICY_TEXT),
        hashlib.sha256(POLICY_TEXT).hexdigest(),
        "not_scanned",
    )
    found, data = read_file(
        bid=desk.bid, actor=desk.actor, content=desk.content, files=desk.files, file_id=uuid.UUID(entry["id"])
    )
    assert (found, data) == (entry, POLICY_TEXT)


def test_what_cannot_be_kept_is_named_and_the_rest_is_kept(desk: Desk) -> None:
    """One bad file among three does not cost the other two."""
    done = desk.attach(("a.txt", POLICY_TEXT), ("b.exe", b"MZ"), ("c.txt", b"words"), ("d.txt", b""))
    assert done.kept == ("a.txt", "c.txt")
    assert [message.split(" ")[0] for message in done.refused] == ["b.exe", "d.txt"]
    assert [entry["name"] for entry in desk.content.files] == ["a.txt", "c.txt"]


def test_a_virus_is_not_kept_and_the_rest_is_clean(desk: Desk) -> None:
    """Where the installation has a scanner, one file is refused by name, the other is marked as scanned (U-01)."""
    before = desk.files.scanner
    with running_clamd() as address:
        desk.files.scanner = Scanner(address)
        done = desk.attach(("bad.txt", EICAR), ("good.txt", POLICY_TEXT))
    desk.files.scanner = before
    assert done.kept == ("good.txt",)
    assert done.refused[0].startswith("bad.txt was not kept: the virus scanner found")
    assert [entry["scan"] for entry in desk.content.files] == ["clean"]


def test_what_is_there_already_is_said_and_kept(desk: Desk) -> None:
    """The same bytes, or the same name with others; files of one name are told apart by who added them and when."""
    done = desk.attach(("a.txt", POLICY_TEXT), ("b.txt", POLICY_TEXT), ("A.txt", b"Other words."))
    assert done.kept == ("a.txt", "b.txt", "A.txt")
    assert done.doubled == (
        "b.txt has the same content as a.txt, which is there already.",
        "There are two files called A.txt now, with different content.",
    )
    added = additions_of(desk.bid)
    author = db.session.get_one(User, desk.actor.user_id).display_name
    assert [added[entry["id"]].endswith(f" by {author}") for entry in desk.content.files] == [True] * 3


def test_the_same_file_can_be_attached_removed_and_attached_again(desk: Desk) -> None:
    """Nothing ever says "already exists" (D-15, InHealth v NHS England)."""
    for _ in range(4):
        assert desk.attach(("same.txt", POLICY_TEXT)).kept == ("same.txt",)
    desk.remove(desk.content.files[0])
    assert desk.attach(("same.txt", POLICY_TEXT)).kept == ("same.txt",)
    assert len(desk.content.files) == 4


def test_a_replacement_takes_the_old_files_place(desk: Desk) -> None:
    """The order stays; a replacement that cannot be kept leaves the old file."""
    desk.attach(("a.txt", POLICY_TEXT), ("b.txt", POLICY_TEXT))
    first = desk.content.files[0]
    with pytest.raises(InvalidInput, match=r"^new\.exe"):
        desk.replace(first, "new.exe", b"MZ")
    assert desk.replace(first, "new.txt", b"words") == "new.txt"
    assert [entry["name"] for entry in desk.content.files] == ["new.txt", "b.txt"]


def test_removing_deletes_row_and_bytes_once_it_is_committed(desk: Desk) -> None:
    """Before the commit the bytes are still there: a rollback would need them."""
    desk.attach(("a.txt", POLICY_TEXT))
    db.session.commit()
    assert len(desk.stored) == 1
    desk.remove(desk.content.files[0])
    db.session.rollback()
    assert len(desk.stored) == 1
    desk.remove(desk.content.files[0])
    db.session.commit()
    assert desk.stored == set()
    assert db.session.scalars(select(BidFile)).all() == []


def test_a_rolled_back_upload_leaves_no_bytes(desk: Desk) -> None:
    """What never became part of a draft is removed from the store."""
    db.session.commit()
    desk.attach(("a.txt", POLICY_TEXT))
    assert len(desk.stored) == 1
    db.session.rollback()
    assert desk.stored == set()


def test_a_file_of_a_submitted_version_stays_when_the_draft_drops_it(desk: Desk) -> None:
    """Evidence is not deleted; a file that came later is."""
    fill_draft(desk.bid, desk.actor)
    submit(desk.bid, desk.actor)
    old = desk.content.files[0]
    desk.attach(("later.txt", POLICY_TEXT))
    later = desk.content.files[1]
    desk.remove(old)
    desk.remove(later)
    db.session.commit()
    assert [str(row.id) for row in db.session.scalars(select(BidFile))] == [old["id"]]
    assert read_stored_file(bid=desk.bid, entry=old, files=desk.files) == POLICY_TEXT


def test_a_bid_holds_at_most_500_mb(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that would exceed the limit is named; those before it are kept."""
    monkeypatch.setattr(documents, "LARGEST_BID", 2 * len(POLICY_TEXT))
    done = desk.attach(("a.txt", POLICY_TEXT), ("b.txt", POLICY_TEXT), ("c.txt", POLICY_TEXT))
    assert done.kept == ("a.txt", "b.txt")
    assert done.refused == ("c.txt would make this bid larger than 500 MB.",)


def test_only_questions_that_ask_for_files_take_them(desk: Desk) -> None:
    """A file cannot be smuggled into a text question."""
    with pytest.raises(InvalidInput):
        desk.attach(("a.txt", POLICY_TEXT), question="welcome")


def test_changed_swapped_or_missing_bytes_are_noticed(desk: Desk) -> None:
    """A stored file opens only with its own entry, in its own bid, unchanged (S-10)."""
    desk.attach(("a.txt", POLICY_TEXT), ("b.txt", b"words"))
    db.session.commit()
    first, second = desk.content.files
    rows = {str(row.id): row for row in db.session.scalars(select(BidFile))}
    paths = {key: desk.files._path(row.stored_as) for key, row in rows.items()}
    assert unreadable_files(bid=desk.bid, content=desk.content, files=desk.files) == []
    with pytest.raises(SealBroken):
        read_stored_file(bid=desk.bid, entry=first | {"id": second["id"]}, files=desk.files)
    other = draft_bid(desk.bid.itt)
    with pytest.raises(NotFound):
        read_stored_file(bid=other, entry=first, files=desk.files)
    changed = bytearray(paths[first["id"]].read_bytes())
    changed[40] ^= 1
    paths[first["id"]].write_bytes(changed)
    paths[second["id"]].unlink()
    assert unreadable_files(bid=desk.bid, content=desk.content, files=desk.files) == ["a.txt", "b.txt"]


def test_files_cannot_be_changed_after_the_closing_time(desk: Desk) -> None:
    """Attaching, replacing and removing are too late from the closing instant on (D-19)."""
    desk.attach(("a.txt", POLICY_TEXT))
    entry = desk.content.files[0]
    close_now(desk.bid.itt)
    for act in (
        lambda: desk.attach(("b.txt", POLICY_TEXT)),
        lambda: desk.replace(entry, "b.txt", POLICY_TEXT),
        lambda: desk.remove(entry),
    ):
        with pytest.raises(TooLate):
            act()
    assert desk.content.files == [entry]
