"""Opening: two people, after the deadline, everything that counts and nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import joinedload, undefer

from portal.accounts.models import HeldRole
from portal.audit.queries import events_of
from portal.bidding.models import Bid, BidOpening, OpenedBid, OpenedPrice
from portal.bidding.openers import OpeningRefused, record_refused_opening
from portal.bidding.opening import open_bids
from portal.bidding.sealing import withdraw_bid
from portal.core import clock
from portal.core.errors import NotAllowed, NotFound, SealBroken, SecondFactorNeeded, WrongState
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import (
    close_now,
    complete_draft,
    fill_draft,
    open_itt,
    opened_itt,
    opener_of,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.organisations import make_authority
from tests.factories.tendering import make_commissioner, panel_named, published_itt
from tests.services import Database


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    return published_itt()


def agree(app: Flask, itt: InvitationToTender, actor: Actor, *, factor_age: timedelta = timedelta(0)) -> bool:
    """One person's call; whether it opened the bids."""
    keys: KeyFolder = app.extensions["keys"]
    return open_bids(itt=itt, actor=actor, keys=keys, factor_at=clock.now() - factor_age).done


def opened() -> list[OpenedBid]:
    content = (undefer(OpenedBid.quality), joinedload(OpenedBid.opened_price).undefer(OpenedPrice.price))
    found = select(OpenedBid).outerjoin(OpenedBid.opened_price).options(*content).order_by(OpenedPrice.price)
    return list(db.session.scalars(found))


def test_two_openers_open_what_counts(app: Flask, itt: InvitationToTender) -> None:
    """The last submitted versions, without drafts and withdrawn bids; the record names both people (O-03)."""
    plain = submitted_bid(itt, price="100")
    actor = submitter_of()
    twice = submitted_bid(itt, actor=actor, price="200")
    fill_draft(twice, actor, answer="Better.", price="150")
    submit(twice, actor)
    complete_draft(itt, price="1")
    gone_actor = submitter_of()
    withdraw_bid(bid=submitted_bid(itt, actor=gone_actor, price="2"), actor=gone_actor)
    close_now(itt)
    first, second = opener_of(itt.authority), opener_of(itt.authority)
    assert not agree(app, itt, first)
    assert itt.status is IttStatus.PUBLISHED
    assert opened() == []
    assert agree(app, itt, second)
    assert [(bid.bid_id, bid.price, bid.version.number) for bid in opened()] == [
        (plain.id, Decimal("100.00"), 1),
        (twice.id, Decimal("150.00"), 2),
    ]
    assert opened()[1].quality["answers"]["welcome"] == "Better. (welcome)"  # type: ignore[index]
    record = db.session.scalars(select(BidOpening)).one()
    assert (record.proposed_by_id, record.decided_by_id) == (first.user_id, second.user_id)
    assert (itt.status, itt.opened_at) == (IttStatus.OPENED, record.decided_at)


def test_the_invitations_chain_ties_in_every_bids_own_chain(itt: InvitationToTender) -> None:
    """BIDS_OPENED carries the head of each bid's chain, so that removing one later is found."""
    bid = submitted_bid(itt)
    head = events_of(bid.id)[-1]
    close_now(itt)
    open_itt(itt)
    event = events_of(itt.id)[-1]
    [evidence] = event.data["bids"]
    assert event.kind == "bids_opened"
    assert (evidence["bid"], evidence["chain_position"], evidence["chain_hash"]) == (
        str(bid.id),
        head.seq,
        head.hash.hex(),
    )


def test_labels_are_drawn_at_random_and_used_once(db_session: object) -> None:
    """Every bidder gets one of "Provider 1" to "Provider n", and not always in the same order."""
    orders = set()
    for _ in range(6):
        itt = opened_itt(4)
        bids = db.session.scalars(
            select(OpenedBid)
            .join(OpenedBid.bid)
            .join(OpenedBid.opened_price)
            .where(Bid.itt_id == itt.id)
            .order_by(OpenedPrice.price)
        ).all()
        labels = [bid.label for bid in bids]
        assert sorted(labels) == ["Provider 1", "Provider 2", "Provider 3", "Provider 4"]
        orders.add(tuple(labels))
    assert len(orders) > 1


def test_one_person_cannot_open(app: Flask, itt: InvitationToTender) -> None:
    """Agreeing twice is still one person (O-01)."""
    submitted_bid(itt)
    close_now(itt)
    alone = opener_of(itt.authority)
    assert not agree(app, itt, alone)
    with pytest.raises(OpeningRefused) as refused:
        agree(app, itt, alone)
    assert refused.value.reason == "same_person"
    assert opened() == []


def test_two_people_more_than_fifteen_minutes_apart_do_not_open(app: Flask, itt: InvitationToTender) -> None:
    """The first agreement lapses; the second person becomes the first of a new pair (O-01)."""
    submitted_bid(itt)
    close_now(itt)
    agree(app, itt, opener_of(itt.authority))
    db.session.execute(text("UPDATE bid_opening SET proposed_at = proposed_at - interval '15 minutes 1 second'"))
    second = opener_of(itt.authority)
    assert not agree(app, itt, second)
    assert opened() == []
    assert agree(app, itt, opener_of(itt.authority))
    done = db.session.scalars(select(BidOpening).where(BidOpening.status == "done")).one()
    assert done.proposed_by_id == second.user_id


def test_before_the_closing_time_nothing_opens_and_the_attempt_is_recorded(app: Flask, itt: InvitationToTender) -> None:
    """Even two openers together are refused, and the ledger shows it (O-02)."""
    submitted_bid(itt)
    db.session.commit()
    for opener in (opener_of(itt.authority), opener_of(itt.authority)):
        with pytest.raises(OpeningRefused) as refused:
            agree(app, itt, opener)
        record_refused_opening(itt=itt, actor=opener, refusal=refused.value)
    assert (opened(), db.session.scalars(select(BidOpening)).all()) == ([], [])
    told = [(event.kind, event.data) for event in events_of(itt.id)][-2:]
    assert told == [("opening_refused", {"reason": "too_early"})] * 2


@pytest.mark.parametrize("place", ["first", "second", "first, appointed in between"])
def test_nobody_on_a_panel_opens(app: Flask, itt: InvitationToTender, place: str) -> None:
    """Who scores the bids does not open them, whenever the person joined (O-04)."""
    submitted_bid(itt)
    close_now(itt)
    panellist, clean = opener_of(itt.authority), opener_of(itt.authority)
    seat = HeldRole(user_id=panellist.user_id, role=Role.CHAIR, panel_id=panel_named(itt, "local").id)
    if place == "second":
        agree(app, itt, clean)
    if place == "first, appointed in between":
        agree(app, itt, panellist)
    db.session.add(seat)
    db.session.flush()
    with pytest.raises(OpeningRefused) as refused:
        agree(app, itt, clean if "between" in place else panellist)
    assert refused.value.reason == "panel_member"
    assert opened() == []


def test_a_seat_on_another_invitations_panel_does_not_matter(app: Flask, itt: InvitationToTender) -> None:
    """Only the panels of these bids do."""
    submitted_bid(itt)
    close_now(itt)
    elsewhere = panel_named(published_itt(), "local")
    first = opener_of(itt.authority)
    db.session.add(HeldRole(user_id=first.user_id, role=Role.CHAIR, panel_id=elsewhere.id))
    agree(app, itt, first)
    assert agree(app, itt, opener_of(itt.authority))


def test_an_old_second_factor_does_not_open(app: Flask, itt: InvitationToTender) -> None:
    """It must have been shown in the last five minutes."""
    close_now(itt)
    with pytest.raises(SecondFactorNeeded):
        agree(app, itt, opener_of(itt.authority), factor_age=timedelta(minutes=6))


def test_only_openers_of_the_authority_open(app: Flask, itt: InvitationToTender) -> None:
    """Other roles get 403, other authorities and providers 404 (O-07)."""
    bid = submitted_bid(itt)
    close_now(itt)
    with pytest.raises(NotAllowed):
        agree(app, itt, make_commissioner(itt.authority))
    with pytest.raises(NotFound):
        agree(app, itt, opener_of(make_authority()))
    with pytest.raises(NotFound):
        agree(app, itt, actor_of(make_person(Role.SUBMITTER, provider=bid.provider)))


def test_a_broken_bid_is_quarantined_and_the_rest_opens(fresh_app: Flask, fresh_database: Database) -> None:
    """Four of five open; the fifth is kept with what is wrong with it (O-06)."""
    with fresh_app.app_context():
        itt = published_itt()
        bids = [submitted_bid(itt, price=str(price)) for price in range(1, 6)]
        close_now(itt)
        db.session.commit()
        with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as insider:
            insider.execute(
                "UPDATE sealed_envelope SET sealed = set_byte(sealed, 50, 255 - get_byte(sealed, 50)) FROM bid_version"
                " WHERE kind = 'quality' AND bid_version.id = version_id AND bid_id = %s",
                [bids[2].id],
            )
        open_itt(itt)
        rows = opened()
        assert sorted(bid.price for bid in rows if bid.price) == [Decimal(n) for n in (1, 2, 4, 5)]
        [quarantined] = [bid for bid in rows if not bid.is_sound]
        assert (quarantined.bid_id, quarantined.quality, quarantined.price) == (bids[2].id, None, None)
        assert quarantined.quarantine_reason == "The sealed content does not match its seal."
        data = events_of(itt.id)[-1].data
        assert (data["opened"], data["quarantined"]) == (4, 1)


def test_without_bids_the_opening_still_happens(itt: InvitationToTender) -> None:
    """Nobody bid: that, too, is found out by two people and recorded."""
    close_now(itt)
    open_itt(itt)
    assert (itt.status, opened()) == (IttStatus.OPENED, [])
    assert events_of(itt.id)[-1].data["bids"] == []


def test_bids_open_once(app: Flask, itt: InvitationToTender) -> None:
    """A third person finds them open already."""
    close_now(itt)
    open_itt(itt)
    with pytest.raises(WrongState):
        agree(app, itt, opener_of(itt.authority))


def test_a_demonstrations_key_does_not_open_live_bids(app: Flask, itt: InvitationToTender) -> None:
    """Key material of the other kind is refused, and nothing is opened (S-13, Madhya Pradesh)."""
    keys: KeyFolder = app.extensions["keys"]
    path = keys.folder / f"itt-{itt.id}.key"
    path.write_text(path.read_text().replace("false", "true"))
    close_now(itt)
    agree(app, itt, opener_of(itt.authority))
    with pytest.raises(SealBroken):
        agree(app, itt, opener_of(itt.authority))


def test_an_ended_membership_of_a_panel_does_not_matter(app: Flask, itt: InvitationToTender) -> None:
    """Who left the panel may open."""
    close_now(itt)
    first = opener_of(itt.authority)
    db.session.add(HeldRole(user_id=first.user_id, role=Role.CHAIR, panel_id=panel_named(itt, "local").id))
    db.session.flush()
    db.session.execute(update(HeldRole).where(HeldRole.panel_id.is_not(None)).values(ended_at=clock.now()))
    assert not agree(app, itt, first)
