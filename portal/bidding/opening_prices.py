"""Opening the prices apart: sealed until every panel has closed, then opened by two people who scored nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.kinds import EventKind
from portal.audit.queries import is_demonstration
from portal.audit.recording import record
from portal.bidding.models import BidOpening, BidVersion, OpenedBid, OpenedPrice
from portal.bidding.openers import Opened, OpeningRefused, join_opening, require_may_open
from portal.bidding.opening import open_envelopes, opened_price
from portal.bidding.states import Opens
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import SealBroken
from portal.core.permissions import Actor, Verb
from portal.core.seals import KeyFolder
from portal.core.taking import take
from portal.tendering.models import InvitationToTender
from portal.tendering.states import EnvelopeKind


def open_prices(*, itt: InvitationToTender, actor: Actor, keys: KeyFolder, factor_at: datetime | None) -> Opened:
    """Open the prices of an invitation that has them opened apart, or record the first person's agreement.

    As `open_bids`, once every panel has closed its moderation: two openers, none of whom sits on a panel, at most 15
    minutes apart. Every opened bid that matched its seal gets an OpenedPrice, compared with the bid's commitment as a
    whole; a broken one says what is wrong with it. The result follows. Records PRICES_OPENED.

    Raises as `open_bids`, and `OpeningRefused` where the prices are not sealed.
    """
    take(itt, Verb.OPEN_PRICES, actor=actor)
    at = clock.database_time()
    if not itt.prices_are_sealed:
        raise OpeningRefused("The prices are open already.", "not_sealed")
    require_may_open(itt, actor, at, factor_at)
    joined = join_opening(itt, Opens.PRICES, actor, at)
    if joined.done:
        _open(itt, actor, keys, joined.opening, at)
    return joined


def _open(itt: InvitationToTender, actor: Actor, keys: KeyFolder, opening: BidOpening, at: datetime) -> None:
    private_key = keys.opening_key(itt.id, demonstration=is_demonstration())
    prices = [_reveal(opened, private_key, opening) for opened in _sealed(itt)]
    db.session.add_all(prices)
    itt.prices_opened_at = at
    record(
        EventKind.PRICES_OPENED,
        itt,
        actor=actor,
        opening=opening.id,
        openers=[opening.proposed_by_id, actor.user_id],
        opened=sum(not price.broken for price in prices),
        broken=[str(price.bid_id) for price in prices if price.broken],
    )


def _sealed(itt: InvitationToTender) -> list[OpenedBid]:
    """The opened bids that matched their seal, those that are out by now as well: a bid may come back."""
    return list(
        db.session.scalars(
            select(OpenedBid)
            .join(OpenedBid.opening)
            .where(BidOpening.itt_id == itt.id, OpenedBid.quarantine_reason.is_(None))
            .order_by(OpenedBid.bid_id)
            .options(
                joinedload(OpenedBid.version).options(joinedload(BidVersion.bid), selectinload(BidVersion.envelopes))
            )
        )
    )


def _reveal(opened: OpenedBid, private_key: bytes, opening: BidOpening) -> OpenedPrice:
    try:
        return opened_price(opened, open_envelopes(opened.version, private_key, list(EnvelopeKind)), opening)
    except SealBroken as broken:
        return OpenedPrice(bid_id=opened.bid_id, opening_id=opening.id, broken=broken.message)
