"""Bidders and the buyer write to each other once that tells nobody who bids."""

from __future__ import annotations

from typing import Any

import pytest

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.models import Bid
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.corresponding.queries import correspondence_between, counts_unanswered
from portal.corresponding.writing import write_to_bidder, write_to_buyer
from portal.tendering.queries import read_counts
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.ending import cancelled
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import make_commissioner, published_itt
from tests.filling import fill, text_of

WORDS = "When will you tell us the result?"
ANSWER = "On the day in the timetable."


class Case:
    """A submitted bid, its provider's person, and an officer."""

    def __init__(self) -> None:
        self.authority = make_authority()
        self.officer: Actor = make_commissioner(self.authority)
        self.itt = published_itt(actor=self.officer)
        self.provider = make_provider(name="Acorn Demo Charity")
        self.bidder: Actor = submitter_of(self.provider)
        self.bid: Bid = submitted_bid(self.itt, actor=self.bidder)

    def open(self) -> None:
        close_now(self.itt)
        open_itt(self.itt)

    def ask(self, actor: Actor | None = None) -> Any:
        return write_to_buyer(bid=self.bid, words=WORDS, actor=actor or self.bidder)

    def answer(self, actor: Actor | None = None, words: str = ANSWER) -> Any:
        return write_to_bidder(
            itt_id=self.itt.id, provider_id=self.bid.provider_id, words=words, actor=actor or self.officer
        )


@pytest.fixture
def case(db_session: object) -> Case:
    """Ready to write."""
    return Case()


def test_nobody_writes_while_a_message_would_tell_who_bids(case: Case) -> None:
    """Open or closed, sealed is sealed: neither side can."""
    for _ in range(2):
        with pytest.raises(WrongState):
            case.ask()
        with pytest.raises(NotFound):
            case.answer()
        close_now(case.itt)
    assert correspondence_between(case.itt.id, case.bid.provider_id) is None


def test_both_sides_write_in_one_place_and_the_ledger_keeps_that_they_did(case: Case) -> None:
    """In the order of writing; what waits for the buyer is counted until it answers."""
    case.open()
    case.ask()
    assert read_counts(counts_unanswered([case.itt.id])) == [{case.itt.id: 1}]
    case.answer()
    assert read_counts(counts_unanswered([case.itt.id])) == [{}]
    held = correspondence_between(case.itt.id, case.bid.provider_id)
    assert held is not None
    assert [(entry.from_buyer, entry.words) for entry in held.entries] == [(False, WORDS), (True, ANSWER)]
    assert [event.kind for event in events_of(str(held.id))] == [EventKind.BIDDER_WROTE, EventKind.BUYER_WROTE]


def test_after_the_end_a_bidder_can_still_write(case: Case) -> None:
    """Of what was cancelled while sealed it names itself by writing; of what was opened its bid is known."""
    opened = Case()
    opened.open()
    for each in (case, opened):
        cancelled(each.itt)
        each.ask()
        each.answer()


def test_only_its_own_people_and_commissioners_write(case: Case) -> None:
    """To a rival it does not exist; an auditor reads."""
    case.open()
    with pytest.raises(NotFound):
        case.ask(submitter_of())
    with pytest.raises(NotAllowed):
        case.answer(actor_of(make_person(Role.AUDITOR, authority=case.authority)))
    with pytest.raises(NotFound):
        case.answer(make_commissioner())
    with pytest.raises(NotFound):
        write_to_bidder(itt_id=case.itt.id, provider_id=make_provider().id, words=ANSWER, actor=case.officer)


@pytest.mark.parametrize("words", ["", "\u2800", "x" * 10_001])
def test_a_message_has_words(case: Case, words: str) -> None:
    """Nothing to be seen, or a book, is refused beside the box."""
    case.open()
    with pytest.raises(InvalidInput) as refused:
        case.answer(words=words)
    assert refused.value.field == "words"


def test_the_pages_carry_it_from_one_side_to_the_other(app: Any, case: Case) -> None:
    """Before the opening the bidder reads why it has to wait; afterwards both write."""
    provider, officer = app.test_client(), app.test_client()
    sign_in(provider, make_person(Role.CONTRIBUTOR, provider=case.provider))
    sign_in(officer, make_person(Role.COMMISSIONER, authority=case.authority))
    mine, theirs = f"/provider/bids/{case.bid.reference}/messages", f"/commissioning/itts/{case.itt.reference}/messages"
    assert "The bids are sealed" in text_of(provider.get(mine))
    assert case.provider.name not in officer.get(theirs).text
    case.open()
    assert fill(provider, mine, {"words": WORDS}).status_code == 302
    assert "Waits for you" in text_of(officer.get(theirs))
    assert "Answer what bidders wrote" in text_of(officer.get(f"/commissioning/itts/{case.itt.reference}"))
    held = correspondence_between(case.itt.id, case.bid.provider_id)
    assert held is not None
    fill(officer, f"{theirs}/{held.reference}", {"words": ANSWER})
    assert ANSWER in text_of(provider.get(mine))
    sent = fill(officer, f"{theirs}/new", {"provider": str(case.bid.provider_id), "words": "Thank you."})
    assert sent.status_code == 302
    stranger: CheckedClient = app.test_client()
    sign_in(stranger, make_person(Role.COMMISSIONER, authority=make_authority()))
    assert stranger.get(f"{theirs}/{held.reference}").status_code == 404
