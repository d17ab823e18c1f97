"""Random sequences of two people who edit one draft: no text that either of them sent is lost."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from portal.accounts.models import User
from portal.bidding.drafting import earlier_of, read_draft
from portal.bidding.models import Bid
from portal.core.permissions import Actor
from portal.editing.earlier import earlier_texts
from portal.extensions import db
from tests.factories.accounts import sign_in
from tests.factories.bidding import draft_bid, submitter_of
from tests.factories.tendering import published_itt
from tests.filling import fields_of
from tests.prepared import Prepared, in_savepoint, prepared_once

FIELDS = ("answers-welcome", "answers-our-voice")
CHOICES = ("mine", "theirs", "both", "")
MANY = 250
_words = count(1)

steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([0, 1]), st.just("open")),
        st.tuples(st.sampled_from([0, 1]), st.sampled_from(["write", "add", "erase"]), st.sampled_from(FIELDS)),
        st.tuples(st.sampled_from([0, 1]), st.just("save"), st.sampled_from(CHOICES)),
    ),
    min_size=4,
    max_size=14,
)


@dataclass
class Writer:
    """One of the two: what their page holds, and the texts that they have sent."""

    client: Any
    held: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    sent: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Open the page anew."""
        self.take(self.client.get(address))

    def take(self, answer: TestResponse) -> None:
        """What the answer's page holds; nothing after a save that leads on."""
        self.page = answer.get_data(as_text=True) if answer.status_code != 302 else ""
        self.held = fields_of(answer) if self.page else {}

    def write(self, act: str, name: str) -> None:
        """Type into a box: a text of its own, more of it, or nothing."""
        new = f"word{next(_words):07}"
        self.held[name] = {"write": new, "add": f"{self.held.get(name, '')} {new}".strip(), "erase": ""}[act]

    def save(self, address: str, choice: str) -> None:
        """Send the page; where it asks which text to keep, answer with the choice (or not at all)."""
        for name in FIELDS:
            if f"mine-{name}" not in self.held:
                self.sent.append(self.held.get(name, ""))
            elif choice:
                self.held[f"keep-{name}"] = choice
                self.sent += [self.held[name]] if choice == "both" else []
        self.take(self.client.post(address, data=self.held))


@pytest.fixture(scope="module")
def prepared(app: Flask) -> Iterator[Prepared]:
    """A bid that two people of one provider answer, as each sequence finds it: its identifier and the two."""

    def build() -> tuple[uuid.UUID, list[Actor]]:
        first = submitter_of()
        bid = draft_bid(published_itt(), actor=first)
        return bid.id, [first, submitter_of(bid.provider)]

    with prepared_once(app, build) as made:
        yield made


class Draft:
    """The bid, and what each of its two people has before them."""

    def __init__(self, app: Flask, bid_id: uuid.UUID, actors: list[Actor]) -> None:
        self.app = app
        self.bid = db.session.get_one(Bid, bid_id)
        self.actors = actors
        self.address = f"/provider/bids/{self.bid.reference}/answers"
        self.writers = [Writer(app.test_client()) for _ in actors]
        for writer, actor in zip(self.writers, actors, strict=True):
            # What every page must be is asked of this page elsewhere, and not hundreds of times.
            writer.client.checks_pages = False
            sign_in(writer.client, db.session.get_one(User, actor.user_id))

    def kept(self) -> str:
        """Everything that the draft says and has said."""
        keys = self.app.extensions["keys"]
        db.session.refresh(self.bid)
        stored = read_draft(bid=self.bid, actor=self.actors[0], keys=keys).answers.values()
        earlier = [text.text for name in FIELDS for text in earlier_texts(earlier_of(self.bid), name, keys)]
        return "\n".join([*stored, *earlier])

    def run(self, sequence: list[tuple[Any, ...]]) -> None:
        """Take the steps; after each save every text that was sent is stored, kept, or on its writer's page."""
        for who, act, *more in sequence:
            writer = self.writers[who]
            if act == "open" or not writer.held:
                writer.open(self.address)
            if act in ("write", "add", "erase"):
                writer.write(act, *more)
            elif act == "save":
                writer.save(self.address, *more)
                self.check()

    def check(self) -> None:
        """No text of either of them is lost."""
        kept = self.kept()
        for writer in self.writers:
            for text in writer.sent:
                for word in text.split():
                    assert word in kept or word in writer.page, f"{word} of {writer.sent} is lost"


@settings(max_examples=12)
@given(sequence=steps)
def test_two_people_lose_no_text(app: Flask, prepared: Prepared, sequence: list[tuple[Any, ...]]) -> None:
    """Whatever two people do on one page, every text that was sent is stored, among the earlier, or on their page."""
    # Each sequence is undone, so that the last finds no more than the first.
    with in_savepoint(app, prepared):
        Draft(app, *prepared.told).run(sequence)


@pytest.mark.long
@settings(max_examples=max(MANY, settings().max_examples))
@given(sequence=steps)
def test_two_people_lose_no_text_in_many_sequences(
    app: Flask, prepared: Prepared, sequence: list[tuple[Any, ...]]
) -> None:
    """The same with many more; a thousand with `--hypothesis-profile thorough`."""
    with in_savepoint(app, prepared):
        Draft(app, *prepared.told).run(sequence)
