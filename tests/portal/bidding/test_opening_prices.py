"""Prices that are opened apart: sealed until the panels have closed, then opened by two who scored nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.audit.queries import events_of
from portal.bidding.models import Bid, OpenedPrice
from portal.bidding.openers import OpeningRefused
from portal.bidding.opening_prices import open_prices
from portal.core import clock
from portal.core.errors import NotYet, SecondFactorNeeded, WrongState
from portal.core.permissions import Actor, Role
from portal.evaluation.reading import Purpose, read_prices
from portal.evaluation.results import block_reason, calculate_result
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.tendering.pricing import set_price
from portal.tendering.tree import price_criterion
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, open_itt, opener_of, submitted_bid
from tests.factories.evaluation import KEYS, Evaluation, agree_all, close, score_all, scoring_itt, start
from tests.factories.made_once import made_once
from tests.factories.tendering import make_commissioner, panel_named, publish, ready_itt
from tests.filling import fields_of, text_of
from tests.portal.evaluation.views.posting import post
from tests.services import Database

pytestmark = pytest.mark.usefixtures("db_session")

Agree = Callable[..., bool]


@made_once
def moderating_apart() -> Evaluation:
    """Two bids, opened without their prices and scored; the panels moderate."""
    commissioner = make_commissioner()
    itt = ready_itt(actor=commissioner)
    price = price_criterion(itt)
    assert price is not None
    assert price.price_formula is not None
    set_price(itt=itt, formula=price.price_formula, actor=commissioner, apart=True)
    publish(itt, commissioner)
    for figure in ("200000", "240000"):
        submitted_bid(itt, price=figure)
    close_now(itt)
    open_itt(itt)
    db.session.refresh(itt)
    found = scoring_itt(2, itt=itt)
    for key in KEYS:
        for seat in found.scorers(key):
            score_all(found, seat)
        start(found, key)
    return found


@made_once
def moderated_apart() -> Evaluation:
    """The same with every panel closed."""
    found = moderating_apart()
    for key in KEYS:
        agree_all(found, key)
        close(found, key)
    db.session.refresh(found.itt)
    return found


@pytest.fixture
def moderated() -> InvitationToTender:
    """An invitation whose panels have closed and whose prices are sealed."""
    return moderated_apart().itt


@pytest.fixture
def agree(app: Flask) -> Agree:
    """One opener's call; whether it opened the prices."""

    def call(itt: InvitationToTender, actor: Actor, *, factor_age: timedelta = timedelta(0)) -> bool:
        keys, factor_at = app.extensions["keys"], clock.now() - factor_age
        return open_prices(itt=itt, actor=actor, keys=keys, factor_at=factor_at).done

    return call


def prices() -> list[Decimal | None]:
    return list(db.session.scalars(select(OpenedPrice.price).order_by(OpenedPrice.price)))


def test_no_price_is_anywhere_before_the_panels_have_closed(agree: Agree) -> None:
    """The opening of the bids leaves them sealed, and two openers cannot open them yet (S-14)."""
    evaluation = moderating_apart()
    assert prices() == []
    assert all(bid.price is None for bid in read(evaluation.itt))
    with pytest.raises(NotYet):
        agree(evaluation.itt, opener_of(evaluation.itt.authority))


def read(itt: InvitationToTender) -> list[object]:
    return list(read_prices(itt=itt, lot_id=itt.lots[0].id, reader=Purpose.RESULT).values())


def test_two_openers_open_them_and_the_result_follows(moderated: InvitationToTender, agree: Agree) -> None:
    """One person is not enough; no result is made up before, and afterwards it is what the prices make it."""
    assert calculate_result(itt_id=moderated.id, now=clock.now()) == []
    with pytest.raises(NotYet):
        read_prices(itt=moderated, lot_id=moderated.lots[0].id, reader=make_commissioner(moderated.authority))
    first, second = opener_of(moderated.authority), opener_of(moderated.authority)
    assert not agree(moderated, first)
    with pytest.raises(OpeningRefused, match="second person"):
        agree(moderated, first)
    assert prices() == []
    assert agree(moderated, second)
    assert prices() == [Decimal("200000.00"), Decimal("240000.00")]
    [result] = calculate_result(itt_id=moderated.id, now=clock.now())
    assert [row["rank"] for row in result.outcome["ranking"]] == [1, 2]
    event = next(each for each in events_of(moderated.id) if each.kind == "prices_opened")
    assert event.data["openers"] == [str(first.user_id), str(second.user_id)]
    assert (event.data["opened"], event.data["broken"]) == (2, [])
    with pytest.raises(OpeningRefused, match="open already"):
        agree(moderated, first)


def test_the_first_agreement_lapses(
    moderated: InvitationToTender, agree: Agree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second opener a quarter of an hour later is the first one of a new attempt."""
    assert not agree(moderated, opener_of(moderated.authority))
    later = clock.database_time() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "database_time", lambda: later)
    keys = {"factor_age": -timedelta(minutes=16)}
    assert not agree(moderated, opener_of(moderated.authority), **keys)
    assert agree(moderated, opener_of(moderated.authority), **keys)


def test_who_scored_does_not_open(moderated: InvitationToTender, agree: Agree) -> None:
    """Somebody of a panel who is an opener as well is refused; an old second factor, too."""
    opener = opener_of(moderated.authority)
    db.session.add(HeldRole(user_id=opener.user_id, role=Role.CHAIR, panel_id=panel_named(moderated, "local").id))
    db.session.flush()
    with pytest.raises(OpeningRefused, match="on a panel"):
        agree(moderated, opener)
    with pytest.raises(SecondFactorNeeded):
        agree(moderated, opener_of(moderated.authority), factor_age=timedelta(minutes=6))


def test_where_they_are_opened_with_the_bids_nothing_is_left_to_open(agree: Agree) -> None:
    """An invitation that does not open them apart has its prices from the opening on."""
    itt = scoring_itt(1).itt
    assert prices() == [Decimal("100000.00")]
    with pytest.raises(WrongState):
        agree(itt, opener_of(itt.authority))


def test_a_broken_price_is_told_and_the_rest_opens(fresh_app: Flask, fresh_database: Database) -> None:
    """What was changed in its envelope since the opening is found; no figure is made up for it."""
    with fresh_app.app_context():
        itt = moderated_apart().itt
        bid = db.session.scalars(select(Bid).where(Bid.itt_id == itt.id).order_by(Bid.reference)).first()
        assert bid is not None
        db.session.commit()
        with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as insider:
            insider.execute(
                "UPDATE sealed_envelope SET sealed = set_byte(sealed, 50, 255 - get_byte(sealed, 50)) FROM bid_version"
                " WHERE kind = 'price' AND bid_version.id = version_id AND bid_id = %s",
                [bid.id],
            )
        for opener in (opener_of(itt.authority), opener_of(itt.authority)):
            open_prices(itt=itt, actor=opener, keys=fresh_app.extensions["keys"], factor_at=clock.now())
        broken = db.session.scalars(select(OpenedPrice).where(OpenedPrice.broken != "")).all()
        assert [(each.bid_id, each.broken) for each in broken] == [
            (bid.id, "The sealed content does not match its seal.")
        ]
        assert len([price for price in prices() if price is not None]) == 1
        assert calculate_result(itt_id=itt.id, now=clock.now()) == []
        assert block_reason(itt.id) is not None


def test_openers_do_it_on_a_page(client: CheckedClient, moderated: InvitationToTender) -> None:
    """The step stands on the desk, two people press, and whoever only reads is told what it waits for."""
    address = f"/commissioning/itts/{moderated.reference}/opening/prices"
    sign_in(client, make_person(Role.COMMISSIONER, authority=moderated.authority))
    assert "The prices are sealed" in text_of(client.get(f"/commissioning/itts/{moderated.reference}/result"))
    assert "Only people with the role of opener" in text_of(client.get(address))
    for words in ("One of two has agreed", "The prices are open"):
        sign_in(client, make_person(Role.OPENER, authority=moderated.authority))
        assert address in client.get(f"/commissioning/itts/{moderated.reference}").text
        held = fields_of(client.get(address), action=address)
        answer = client.post(address, data=held)
        assert answer.status_code == 302
        assert words in text_of(client.get(answer.location))
    assert prices() == [Decimal("200000.00"), Decimal("240000.00")]


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.APPROVER, Role.CONTRACT_MANAGER, Role.AUDITOR])
def test_nobody_else_opens_them(client: CheckedClient, moderated: InvitationToTender, role: Role) -> None:
    """Whoever reads the page cannot press; another authority's opener does not find it."""
    address = f"/commissioning/itts/{moderated.reference}/opening/prices"
    sign_in(client, make_person(role, authority=moderated.authority))
    assert post(client, address).status_code == 403
    sign_in(client, make_person(Role.OPENER))
    assert client.get(address).status_code == 404
    assert post(client, address).status_code == 404


def test_the_page_is_for_prices_that_are_opened_apart(client: CheckedClient) -> None:
    """Elsewhere there is no such page."""
    itt = scoring_itt(1).itt
    sign_in(client, make_person(Role.OPENER, authority=itt.authority))
    assert client.get(f"/commissioning/itts/{itt.reference}/opening/prices").status_code == 404
