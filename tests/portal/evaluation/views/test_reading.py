"""Answers leave the portal only for whoever may read them now, and never unrecorded, whatever is sent to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.models import OpenedBid
from portal.evaluation.states import MemberRole
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import (
    KEYS,
    LOCAL,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    close,
    moderating_itt,
    recuse,
    scoring_itt,
)
from tests.portal.evaluation.views.posting import post, token_of

WRITTEN = "would listen first"
"""What every answer of the factories' bids says."""
NONSENSE: tuple[dict[str, str], ...] = (
    {},
    {"go": "next", "score": "9", "score-outcomes": "999", "meeting_record": "no"},
    {"go": "back", "score": "x", "reason": "y" * 5000, "reason-outcomes": "z" * 5000, "based_on": "no"},
)
ENDED = ("/sign-in", "/sitting", "/panel/sitting/thank-you")


def undeclared() -> Evaluation:
    """Bids are open, and nobody has declared anything."""
    return scoring_itt(1, declared=False)


def closed() -> Evaluation:
    """Every panel has closed."""
    evaluation = moderating_itt(1)
    for key in KEYS:
        agree_all(evaluation, key)
        close(evaluation, key)
    return evaluation


def recused() -> Evaluation:
    """Everybody had an interest, and has left."""
    evaluation = undeclared()
    for seat in evaluation.everybody():
        recuse(seat, evaluation.bids()[0])
    return evaluation


def people(evaluation: Evaluation) -> list[Seat]:
    """A chair, a young person, a facilitator."""
    young = next(seat for seat in evaluation.seats[YOUNG] if seat.member.role is MemberRole.YOUNG_MEMBER)
    return [evaluation.moderator(LOCAL), young, evaluation.moderator(YOUNG)]


def addresses(seat: Seat, bid_id: uuid.UUID) -> Iterator[str]:
    """Every address below /panel, with what this panel really has in it."""
    quality = db.session.scalar(select(OpenedBid.quality).where(OpenedBid.bid_id == bid_id))
    assert quality is not None
    known: dict[str, list[Any]] = {
        "panel_id": [seat.panel.id],
        "bid_id": [bid_id],
        "member_id": [seat.member.id],
        "file_id": [entry["id"] for entry in quality["files"]],
        "criterion": ["safeguarding", "our-voice"],
        "number": [1, 99],
        "agreed_id": [uuid.uuid4()],
        "held_id": [uuid.uuid4()],
        "picked": [0],
    }
    with current_app.test_request_context():
        urls = current_app.url_map.bind("localhost")
        for rule in current_app.url_map.iter_rules():
            if rule.rule.startswith("/panel"):
                for values in _combined([(name, known[name]) for name in sorted(rule.arguments)]):
                    yield urls.build(rule.endpoint, values, method=next(iter(rule.methods or ())))


def _combined(known: list[tuple[str, list[Any]]]) -> Iterator[dict[str, Any]]:
    if not known:
        yield {}
        return
    (name, values), *rest = known
    for value in values:
        for others in _combined(rest):
            yield {name: value} | others


def everything_said(client: CheckedClient, seat: Seat, bid_id: uuid.UUID) -> Iterator[tuple[str, TestResponse]]:
    """What each address answers to being asked for and to each nonsense, signed in anew where that ended it."""
    sign_in(client, seat.user)
    token = token_of(client)
    for address in sorted(set(addresses(seat, bid_id))):
        for method, data in (("GET", {}), *(("POST", data) for data in NONSENSE)):
            answer = client.open(address, method=method, data={"csrf_token": token} | data)
            yield address, answer
            if answer.location and answer.location.startswith(ENDED):
                sign_in(client, seat.user)
                token = token_of(client)


def shows_an_answer(answer: TestResponse) -> bool:
    """Whether a page has a bidder’s words, or is a file other than a sheet to sign."""
    is_sheet = "sheet" in answer.headers.get("Content-Disposition", "")
    return WRITTEN.encode() in answer.get_data() or (answer.mimetype == "application/pdf" and not is_sheet)


def viewings(seat: Seat) -> int:
    """How many viewings of bids the ledger has of the person."""
    counted = select(func.count()).where(Event.kind == EventKind.BID_FILE_VIEWED, Event.actor_id == seat.user.id)
    return db.session.execute(counted).scalar_one()


@pytest.mark.parametrize("made", [undeclared, recused, closed])
def test_nothing_sent_to_a_panel_that_may_not_read_brings_an_answer_back(
    client: CheckedClient, made: Callable[[], Evaluation]
) -> None:
    """Undeclared, recused or closed: no address of the panel's shows an answer or a file, asked or posted to."""
    evaluation = made()
    bid_id = evaluation.bids()[0].bid_id
    for seat in people(evaluation):
        before = viewings(seat)
        shown = [
            (address, answer.status)
            for address, answer in everything_said(client, seat, bid_id)
            if shows_an_answer(answer)
        ]
        assert shown == []
        assert viewings(seat) == before


@pytest.mark.parametrize("made", [lambda: scoring_itt(1), lambda: moderating_itt(1)])
def test_whatever_shows_an_answer_has_left_a_record(client: CheckedClient, made: Callable[[], Evaluation]) -> None:
    """A person who was never recorded has never been shown an answer, refused forms included."""
    evaluation = made()
    bid_id = evaluation.bids()[0].bid_id
    for seat in people(evaluation):
        for address, answer in everything_said(client, seat, bid_id):
            if shows_an_answer(answer):
                assert viewings(seat) > 0, address


def test_a_page_that_comes_back_refused_is_one_viewing(client: CheckedClient) -> None:
    """Reading, and five refused forms after it, leave one entry; the refused form alone leaves one as well."""
    evaluation = scoring_itt(1)
    reader, poster = evaluation.seats[LOCAL]
    for seat, asks in ((reader, True), (poster, False)):
        sign_in(client, seat.user)
        address = f"/panel/{seat.panel.id}/bids/{evaluation.bids()[0].bid_id}"
        if asks:
            assert WRITTEN in client.get(address).get_data(as_text=True)
        for _ in range(5):
            refused = post(client, address, data={"score-outcomes": "99"})
            assert (refused.status_code, WRITTEN in refused.get_data(as_text=True)) == (422, True)
        assert viewings(seat) == 1
