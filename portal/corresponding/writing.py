"""Writing to the buyer, and to a bidder, once the bids are opened or the procurement has ended.

Until then a message would tell who bids: questions are asked instead, and answered for all (PCR2015 reg 22(16)(b)).
"""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import Bid, OpenedBid
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import NotFound, WrongState
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb
from portal.core.references import new_reference
from portal.core.taking import take
from portal.corresponding.models import Correspondence, CorrespondenceEntry
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_OPENING

LONGEST_WORDS = 10_000
"""Characters."""


def write_to_buyer(*, bid: Bid, words: str, actor: Actor) -> CorrespondenceEntry:
    """Write to the buyer about a procurement that the person's provider has a bid in.

    Consequences: the commissioners are told; records BIDDER_WROTE in the correspondence's own chain. Raises
    `InvalidInput` (field "words"), `WrongState` while the bids are sealed, `NotFound` for others' bids.
    """
    if not can_write(bid.itt):
        raise WrongState("The bids are sealed: a message would tell who bids. You can write once they are opened.")
    return _write(bid.itt_id, bid.provider_id, words, actor, from_buyer=False)


def can_write(itt: InvitationToTender) -> bool:
    """Whether a message tells nobody who bids that must not know."""
    return itt.has_ended or itt.status in AFTER_OPENING


def write_to_bidder(*, itt_id: uuid.UUID, provider_id: uuid.UUID, words: str, actor: Actor) -> CorrespondenceEntry:
    """Write to a bidder whose bid is opened, or answer one that wrote.

    Consequences: its people are told; records BUYER_WROTE. Raises `InvalidInput` (field "words"), `NotFound` where
    that provider has neither an opened bid nor written, `NotAllowed` for officers who are no commissioners.
    """
    if not _may_be_written_to(itt_id, provider_id):
        raise NotFound("There is no such bidder.")
    return _write(itt_id, provider_id, words, actor, from_buyer=True)


def _may_be_written_to(itt_id: uuid.UUID, provider_id: uuid.UUID) -> bool:
    opened = select(OpenedBid.bid_id).join(Bid, Bid.id == OpenedBid.bid_id)
    opened = opened.where(Bid.itt_id == itt_id, Bid.provider_id == provider_id)
    wrote = select(Correspondence.id).where(Correspondence.itt_id == itt_id, Correspondence.provider_id == provider_id)
    return bool(db.session.scalar(select(opened.exists() | wrote.exists())))


def _write(
    itt_id: uuid.UUID, provider_id: uuid.UUID, words: str, actor: Actor, *, from_buyer: bool
) -> CorrespondenceEntry:
    said = require_text(words, "Write your message.", field="words", most=LONGEST_WORDS)
    held = take(_correspondence(itt_id, provider_id), Verb.WRITE, actor=actor)
    entry = CorrespondenceEntry(
        id=uuid.uuid4(),
        correspondence=held,
        from_buyer=from_buyer,
        words=said,
        sent_at=clock.database_time(),
        sent_by_id=actor.user_id,
    )
    db.session.add(entry)
    db.session.flush()
    kind = EventKind.BUYER_WROTE if from_buyer else EventKind.BIDDER_WROTE
    record(kind, held, actor=actor, itt=itt_id, entry=entry.id)
    return entry


def _correspondence(itt_id: uuid.UUID, provider_id: uuid.UUID) -> Correspondence:
    """The one of the two, made where there is none yet."""
    values = {"id": uuid.uuid4(), "reference": new_reference("COR"), "itt_id": itt_id, "provider_id": provider_id}
    db.session.execute(insert(Correspondence).values(**values).on_conflict_do_nothing())
    return db.session.scalars(
        select(Correspondence).where(Correspondence.itt_id == itt_id, Correspondence.provider_id == provider_id)
    ).one()
