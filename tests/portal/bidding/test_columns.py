"""The statements that are written by hand, because of what they have to lock, name the columns that there are."""

from __future__ import annotations

import re
from dataclasses import fields

from portal.bidding.closing import _ENTER, Entered
from portal.bidding.models import Bid, BidVersion
from portal.bidding.sealing import _STORE

OF_THE_BID = {column.name for column in Bid.__table__.columns} - {
    "created_at",
    "draft_gaps",
    "ready_at",
    "disregarded_at",
}
"""When it was begun, how much a reminder found missing, and when a submitter was asked, decide nothing; that it is out
is judged after its opening, when nothing arrives any more."""


def test_under_the_lock_all_of_a_bid_is_read() -> None:
    """A column that the bid has is read under the lock and handed on, and nothing is read that is not handed on."""
    selected = _ENTER.text.split("FROM bid JOIN")[0]
    read = set(re.findall(r"\bbid\.(\w+)", selected))
    named = read | set(re.findall(r"\bAS (\w+)", selected)) | set(re.findall(r"\bitt\.(\w+),", selected))
    handed_on = {field.name for field in fields(Entered)}
    assert read == OF_THE_BID
    assert handed_on == named | {"at"}


def test_a_submission_writes_every_column_that_it_decides() -> None:
    """A version's columns are inserted, all of them; of the bid everything is set but what never changes."""
    insert, update = _STORE.text.split("UPDATE bid SET")
    columns, values = re.findall(r"\(([^()]*)\)", insert.split("INSERT INTO bid_version")[1])[:2]
    names = [name.strip() for name in columns.split(",")]
    assert set(names) == {column.name for column in BidVersion.__table__.columns}
    assert [value.strip().lstrip(":") for value in values.split(",")] == names
    unchanging = {"id", "reference", "itt_id", "lot_id", "provider_id"}
    assert set(re.findall(r"(\w+)\s*=\s*:", update.split("WHERE")[0])) == (OF_THE_BID - unchanging) | {"draft_gaps"}
