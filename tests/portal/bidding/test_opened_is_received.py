"""Whatever happens to a bid and to what it answers: what is opened is what the last receipt says, marked rightly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations

from flask import current_app
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from portal.bidding.drafting import read_draft, save_answers
from portal.bidding.models import Bid, OpenedBid, OpenedPrice
from portal.bidding.queries import version_of
from portal.bidding.sealing import withdraw_bid
from portal.core import clock
from portal.core.drafts import Incomplete
from portal.core.errors import DeadlinePassed, InvalidInput, NotAllowed, WrongState
from portal.extensions import db
from portal.tendering.amending.amending import NewDates
from portal.tendering.amending.criterion_changes import prepare_figures
from portal.tendering.amending.question_changes import prepare_withdrawal
from portal.tendering.models import AwardCriterion
from tests.factories.bidding import close_now, open_itt, submit
from tests.portal.bidding.test_confirming import BidCase

REFUSED = (DeadlinePassed, Incomplete, InvalidInput, NotAllowed, WrongState)
CHANGES = ["reword", "shorten", "ask more", "ask less", "reweigh", "extend"]
ACTS = st.sampled_from([*CHANGES, "write", "write long", "submit", "confirm", "withdraw", "close"])


@dataclass
class Told:
    """What the bidder was told last: the version of method and questions, and the answers; None: nothing counts."""

    case: BidCase
    last: tuple[int, dict[str, str]] | None
    changes: list[int] = field(default_factory=list)
    """The version of method and questions that each published addendum made; 0: none."""

    def act(self, what: str, number: int) -> None:
        """Do one thing; what is refused changes nothing of what counts."""
        try:
            with db.session.begin_nested():
                getattr(self, what.replace(" ", "_"))(number)
        except REFUSED:
            db.session.expire_all()

    def reword(self, number: int) -> None:
        self._change(prompt=f"Words number {number}?")

    def shorten(self, number: int) -> None:
        self._change(prompt=f"Short number {number}?", settings={"word_limit": "20"})

    def ask_more(self, number: int) -> None:
        self.case.add(f"Further question {number}?", required=number % 2 == 0)
        self._publish()

    def ask_less(self, _number: int) -> None:
        last = [each.key for each in self.case.itt.questions if each.asked.kind.in_words][-1]
        prepare_withdrawal(itt=self.case.itt, key=last, actor=self.case.officer)
        self._publish()

    def reweigh(self, number: int) -> None:
        by = 1 if number % 2 else -1
        more, less = next(pair for pair in combinations(self.case.itt.criteria, 2) if _are_beside(*pair))
        weights = {node.key: node.weight for node in self.case.itt.criteria}
        weights |= {more.key: more.weight + by, less.key: less.weight - by}
        minimums = {node.key: node.minimum for node in self.case.itt.criteria}
        prepare_figures(itt=self.case.itt, weights=weights, minimums=minimums, actor=self.case.officer)
        self._publish()

    def extend(self, _number: int) -> None:
        """Time alone: what was submitted answers all of it; after the closing time it opens bidding again."""
        later = max(self.case.closes_at, clock.now()) + timedelta(days=1)
        self.case.publish(self.case.propose(dates=NewDates(closes_at=later)))
        db.session.refresh(self.case.itt)
        self.changes.append(0)

    def close(self, _number: int) -> None:
        close_now(self.case.itt)

    def write(self, number: int) -> None:
        self._write(f"Answer {number}.")

    def write_long(self, number: int) -> None:
        self._write("many words " * 30 + str(number))

    def submit(self, _number: int) -> None:
        bid, actor = self.case.bid, self.case.bidder
        draft = read_draft(bid=bid, actor=actor, keys=current_app.extensions["keys"]).answers
        submit(bid, actor)
        self.last = (self.case.itt.method_version, draft)

    def confirm(self, _number: int) -> None:
        self.case.confirm()
        assert self.last is not None
        self.last = (self.case.itt.method_version, self.last[1])

    def withdraw(self, _number: int) -> None:
        withdraw_bid(bid=self.case.bid, actor=self.case.bidder)
        self.last = None

    def _write(self, text: str) -> None:
        keys, bid = current_app.extensions["keys"], self.case.bid
        asked = [each for each in self.case.itt.questions if each.asked.kind.in_words]
        save_answers(bid=bid, actor=self.case.bidder, keys=keys, answers={each.key: text for each in asked})
        self.case.refresh()

    def _change(self, **changed: object) -> None:
        self.case.prepare(**changed)
        self._publish()

    def _publish(self) -> None:
        self.case.publish(self.case.propose_questions())
        db.session.refresh(self.case.itt)
        self.case.refresh()
        self.changes.append(self.case.itt.method_version)


def _are_beside(one: AwardCriterion, other: AwardCriterion) -> bool:
    return one.parent_id == other.parent_id and 1 < one.weight < 99 and 1 < other.weight < 99


@given(acts=st.lists(ACTS, max_size=10))
@settings(max_examples=30)
def test_what_is_opened_is_what_the_last_receipt_says(db_session: object, acts: list[str]) -> None:
    """Whatever is changed, submitted, confirmed, withdrawn and closed in which order; the mark names what overtook."""
    case = BidCase()
    keys = current_app.extensions["keys"]
    told = Told(case, (1, read_draft(bid=case.bid, actor=case.bidder, keys=keys).answers))
    for number, what in enumerate(acts):
        told.act(what, number)
    close_now(case.itt)
    open_itt(case.itt)
    whole = (
        select(OpenedBid)
        .where(OpenedBid.bid_id == case.bid.id)
        .options(undefer("*"), joinedload(OpenedBid.opened_price).undefer(OpenedPrice.said))
    )
    opened = db.session.scalars(whole).one_or_none()
    if told.last is None:
        assert opened is None
        return
    assert opened is not None
    assert opened.is_sound
    assert opened.opened_price is not None
    method, answers = told.last
    said = [part["answers"] for part in (opened.compliance, opened.quality, opened.opened_price.said) if part]
    assert {key: text for part in said for key, text in part.items()} == answers
    assert opened.answered_before == [place for place, made in enumerate(told.changes, 1) if made > method]
    bid = db.session.get_one(Bid, case.bid.id, populate_existing=True)
    last = version_of(bid)
    assert opened.version_id == last.id
    assert (last.method_version, last.receipt["body"]["method"]["version"]) == (method, method)
    assert last.receipt["body"]["version"] == bid.version
