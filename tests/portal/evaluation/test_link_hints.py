"""What hints at a link that a panel member did not declare (P-09)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from portal.accounts.models import HeldRole, User
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role
from portal.evaluation.link_hints import Bidder, Person, Place, hints_for, links_to_ask_about
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, appointed, declare, scoring_itt
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")

HARBOUR, NETWORK = Place(uuid.uuid4(), "Demo Harbour", "Demo Group"), Place(uuid.uuid4(), "Demo Network")
SISTER = Place(uuid.uuid4(), "Demo Sister", "demo group")
THEIRS = Person(uuid.uuid4(), frozenset({HARBOUR, NETWORK}), "harbour.example")
BIDDER = Bidder(HARBOUR, [THEIRS])


def asked(person: Person, bidder: Bidder = BIDDER) -> list[str]:
    """The questions, as one list."""
    return [question for hint in hints_for(person, [bidder]) for question in hint.questions]


@pytest.mark.parametrize(
    ("places", "domain", "said"),
    [
        ({HARBOUR}, "", "access here for Demo Harbour. Do they work for it"),
        (set(), "harbour.example", "ends in “@harbour.example”"),
        ({NETWORK}, "", "They and somebody of Demo Harbour have or had access here for Demo Network"),
        ({SISTER}, "", "access here for Demo Sister. It and Demo Harbour belong to Demo Group"),
        ({Place(uuid.uuid4(), "Demo Group")}, "", "It and Demo Harbour belong to Demo Group"),
    ],
)
def test_each_thing_in_common_is_a_question(places: set[Place], domain: str, said: str) -> None:
    """One question of each, which accuses nobody; with another bidder there is none."""
    person = Person(uuid.uuid4(), frozenset(places), domain)
    (question,) = asked(person)
    assert said in question
    assert question.endswith("?")
    assert asked(person, Bidder(Place(uuid.uuid4(), "Demo Other"))) == []


def test_nothing_in_common_is_no_question_and_nobody_is_their_own_colleague() -> None:
    """Without an address or a place there is nothing to ask; what somebody did for the bidder is asked once."""
    assert asked(Person(uuid.uuid4())) == []
    assert asked(Person(uuid.uuid4(), frozenset(), "elsewhere.example")) == []
    assert asked(replace(THEIRS, places=frozenset({HARBOUR})), Bidder(HARBOUR, [THEIRS])) == [
        "They have or had access here for Demo Harbour. Do they work for it, or did they?"
    ]


def with_history(evaluation: Evaluation, member: User, number: int = 0) -> str:
    """Whoever sits on the panel had access for a bidder once; the bidder's name."""
    provider = evaluation.bids()[number].bid.provider
    ended = clock.now()
    db.session.add(HeldRole(user_id=member.id, role=Role.CONTRIBUTOR, provider_id=provider.id, ended_at=ended))
    db.session.flush()
    return provider.name


def test_a_hint_stands_until_the_link_is_declared() -> None:
    """Of earlier access: before and after a declaration of none, and no more once there is one; writes nothing."""
    evaluation = scoring_itt(2, declared=False)
    seat = evaluation.seats[LOCAL][1]
    name = with_history(evaluation, seat.user)
    before = db.session.scalar(select(func.count(Event.id)))
    for declares in (False, True):
        if declares:
            declare(seat)
            before = db.session.scalar(select(func.count(Event.id)))
        (hinted,) = links_to_ask_about(itt=evaluation.itt, actor=evaluation.commissioner)
        assert (hinted.member.id, hinted.has_declared) == (seat.member.id, declares)
        assert [hint.bidder.name for hint in hinted.hints] == [name]
        assert db.session.scalar(select(func.count(Event.id))) == before
        assert not [*db.session.new, *db.session.dirty, *db.session.deleted]
    declare(seat, interest_in=evaluation.bids()[0])
    assert links_to_ask_about(itt=evaluation.itt, actor=evaluation.commissioner) == []


@pytest.mark.parametrize(("address", "hints"), [("bidder.example", 1), ("gmail.com", 0), ("buyer.example", 0)])
def test_an_address_hints_where_it_says_whom_they_work_for(address: str, hints: int) -> None:
    """Neither that of a mail service nor the one that the buyer's own people have."""
    evaluation = scoring_itt(1)
    seat, provider = evaluation.seats[LOCAL][1], evaluation.bids()[0].bid.provider
    seat.user.email = f"member@{address}"
    make_person(Role.CONTRIBUTOR, provider=provider, email=f"bidder@{address}")
    make_person(Role.OPENER, authority=evaluation.itt.authority, email="officer@buyer.example")
    found = links_to_ask_about(itt=evaluation.itt, actor=evaluation.commissioner)
    assert [one.member.id for one in found] == [seat.member.id] * hints


def test_officers_alone_read_them_and_nothing_before_the_opening(client: CheckedClient) -> None:
    """The register leads there; bidders, members and young people do not come in, and their pages say nothing."""
    evaluation = scoring_itt(2, declared=False)
    seat, young = evaluation.seats[LOCAL][1], evaluation.scorers(YOUNG)[0]
    name = with_history(evaluation, seat.user)
    bidder = make_person(Role.SUBMITTER, provider=evaluation.bids()[0].bid.provider)
    base = f"/commissioning/itts/{evaluation.itt.reference}/interests"
    sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
    assert "Links to ask panel members about" in text_of(client.get(base))
    page = text_of(client.get(f"{base}/hints"))
    assert f"They have or had access here for {name}. Do they work for it, or did they?" in page
    for stranger in (bidder, seat.user, young.user):
        sign_in(client, stranger)
        assert client.get(f"{base}/hints").status_code in (403, 404)
    sign_in(client, seat.user)
    assert "had access" not in text_of(client.get(f"/panel/{seat.panel.id}/declare"))
    with pytest.raises(NotFound):
        links_to_ask_about(itt=evaluation.itt, actor=actor_of(bidder))
    sealed = appointed(published_itt())
    member = sealed.seats[LOCAL][0].user
    db.session.add(HeldRole(user_id=member.id, role=Role.CONTRIBUTOR, provider_id=make_provider().id))
    db.session.flush()
    sign_in(client, db.session.get_one(User, sealed.commissioner.user_id))
    base = f"/commissioning/itts/{sealed.itt.reference}/interests"
    assert "Links to ask panel members about" not in text_of(client.get(base))
    assert "before the bids are open" in text_of(client.get(f"{base}/hints"))


def test_more_members_and_bidders_cost_no_more_statements(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Of one hint and of several, and none of the statements writes."""
    counts = []
    for number, professionals in ((1, 2), (4, 4)):
        evaluation = scoring_itt(number, professionals=professionals, declared=False)
        for seat in evaluation.seats[LOCAL]:
            for place in range(number):
                with_history(evaluation, seat.user, place)
        sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
        path = f"/commissioning/itts/{evaluation.itt.reference}/interests/hints"
        page = text_of(client.get(path))
        assert page.count("Do they work for it, or did they?") == number * professionals
        assert ("About 1 more" in page) is (number > 3)
        with count_statements() as statements:
            client.get(path)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert not any(one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) for one in statements)
