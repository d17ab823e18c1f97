"""Bids: sealed drafts, sealed versions with receipts, and what an opening revealed.

Before the opening the database holds no answer, file name or price: only identifiers, times, sealed bytes and
commitments (PCR 2015 reg 22(16)(b)).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, SmallInteger, UniqueConstraint, and_, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnOwnChain, Subject
from portal.bidding.states import BidStatus, OpeningStatus, Opens
from portal.core.approval import Approval
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.organisations.models import Provider
from portal.tendering.amending.earlier_answers import mark_of
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import EnvelopeKind


class Bid(OnOwnChain, Model):
    """One provider's bid for one lot. What was last submitted before the deadline counts.

    Its events have a chain of their own: in the invitation's, positions and gaps would tell rivals and the authority
    before the opening that a bid exists. The opening ties those chains into the invitation's.
    """

    __tablename__ = "bid"
    __table_args__ = (
        UniqueConstraint("lot_id", "provider_id", name="uq_bid_lot_id_provider_id"),
        Index("ix_bid_itt_id", "itt_id"),
        Index("ix_bid_provider_id", "provider_id"),
        CheckConstraint("status = 'draft' OR version > 0", name="submitted_has_a_version"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    status: Mapped[BidStatus] = one_of(BidStatus, default=BidStatus.DRAFT)
    created_at: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The number of the last submitted version; 0 before the first."""
    draft_sealed: Mapped[bytes | None]
    """The working draft (answers, file manifest, price) under the installation's draft key."""
    draft_revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    draft_gaps: Mapped[int | None]
    """How much still kept the draft from being submitted when it was saved: a reminder says so without reading it."""
    draft_saved_at: Mapped[datetime | None]
    draft_saved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ready_at: Mapped[datetime | None]
    """When those who may submit it were told that it is ready; what was saved later makes that old."""
    submitted_revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The draft revision that the last version was made of: a higher draft revision is an unsubmitted change."""
    submitted_method: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The version of method and questions that the last version answers; 0 before the first."""

    disregarded_at: Mapped[datetime | None]
    """When two people decided that it is out of scoring and ranking; why is in `judging`. It stays in the record."""

    itt: Mapped[InvitationToTender] = relationship()
    lot: Mapped[Lot] = relationship()
    provider: Mapped[Provider] = relationship()
    versions: Mapped[list[BidVersion]] = relationship(back_populates="bid", order_by="BidVersion.number")

    policy_object = "bid"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people alone: before the opening nobody else may know that it exists."""
        return actor.towards_provider(self.provider_id)

    @property
    def called(self) -> str:
        """What it is for: the invitation, and the lot where that has a title of its own."""
        title, lot = self.itt.title, self.lot
        return title if lot.title == title else f"{title}, lot {lot.number}: {lot.title}"

    @property
    def has_unsubmitted_change(self) -> bool:
        """Whether the draft differs from what was last submitted."""
        return self.draft_revision > self.submitted_revision

    @property
    def is_overtaken(self) -> bool:
        """Whether it was submitted before an addendum that changed something for its lot, and not confirmed since."""
        return self.status.is_submitted and self.submitted_method < self.lot.method_version


class BidVersion(Model):
    """A submitted version: sealed envelopes, commitment and the signed receipt. Never changed, never removed."""

    __tablename__ = "bid_version"
    __table_args__ = (
        UniqueConstraint("bid_id", "number", name="uq_bid_version_bid_id_number"),
        UniqueConstraint("bid_id", "idempotency_key", name="uq_bid_version_bid_id_idempotency_key"),
    )

    id: Mapped[Id]
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    number: Mapped[int]
    idempotency_key: Mapped[uuid.UUID]
    received_at: Mapped[datetime]
    """The database's clock under the ITT's row lock, after every byte was stored and hashed."""
    submitted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    seal_format: Mapped[int] = mapped_column(SmallInteger)
    """How it was sealed: a number of portal/bidding/envelopes.py, which says what each number means."""
    method_version: Mapped[int]
    """The version of method and questions that it answers."""
    keys_for_draft: Mapped[bytes]
    """The keys of its envelopes under the draft key, so that the provider can read what it submitted."""
    commitment: Mapped[str]
    """SHA-256, hexadecimal, over nonces and content as its format has it; the nonces are sealed and on the receipt."""
    receipt: Mapped[dict[str, Any]]
    """The signed receipt without file names (those are sealed and added when its provider reads it)."""

    bid: Mapped[Bid] = relationship(back_populates="versions")
    envelopes: Mapped[list[SealedEnvelope]] = relationship(order_by="SealedEnvelope.kind", lazy="raise")
    """Several KiB each, so never loaded by accident."""


class SealedEnvelope(Model):
    """One sealed envelope of a version, with its key for the opening. Never changed, never removed."""

    __tablename__ = "sealed_envelope"

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid_version.id"), primary_key=True)
    kind: Mapped[EnvelopeKind] = one_of(EnvelopeKind, primary_key=True)
    sealed: Mapped[bytes]
    key_for_opening: Mapped[bytes]


class BidFile(Model):
    """An uploaded file's sealed bytes in the file store; its name, size and key are in the sealed draft."""

    __tablename__ = "bid_file"

    id: Mapped[Id]
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    stored_as: Mapped[uuid.UUID] = mapped_column(unique=True)
    sealed_sha256: Mapped[str]
    """SHA-256 of the sealed bytes, for reconciling disk and database."""
    created_at: Mapped[CreatedAt]
    added_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """None: before it was noted."""


class FilePart(Model):
    """A part of a file that is still arriving, sealed as it came; it goes when the file is attached, or a day later.

    Which file it is of is a hash under the bid's own key: nobody can tell from it what is being sent.
    """

    __tablename__ = "file_part"
    __table_args__ = (UniqueConstraint("bid_id", "of_file", "number", name="uq_file_part_bid_id_of_file_number"),)

    id: Mapped[Id]
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    of_file: Mapped[bytes]
    number: Mapped[int]
    """From 0 on, without a gap."""
    stored_as: Mapped[uuid.UUID] = mapped_column(unique=True)
    sealed_sha256: Mapped[str]
    """SHA-256 of the sealed bytes, for reconciling disk and database."""
    created_at: Mapped[CreatedAt]


class LateAttempt(Model):
    """A submission that came at or after the closing instant: refused, recorded, its draft left as it was."""

    __tablename__ = "late_attempt"

    id: Mapped[Id]
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    at: Mapped[datetime]
    closes_at: Mapped[datetime]
    attempted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class BidOpening(Approval, Model):
    """The opening of an ITT's bids, or of their prices apart, by two authorised people, at most 15 minutes apart."""

    __tablename__ = "bid_opening"
    __table_args__ = (
        Index("uq_bid_opening_done", "itt_id", "what", unique=True, postgresql_where=text("status = 'done'")),
        CheckConstraint(
            "(status = 'done') = (decided_by_id IS NOT NULL AND decided_at IS NOT NULL)", name="done_by_two"
        ),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    what: Mapped[Opens] = one_of(Opens, default=Opens.BIDS)
    status: Mapped[OpeningStatus] = one_of(OpeningStatus, default=OpeningStatus.AWAITING_SECOND)

    itt: Mapped[InvitationToTender] = relationship()
    bids: Mapped[list[OpenedBid]] = relationship(back_populates="opening", order_by="OpenedBid.label")


class OpenedBid(Subject, Model):
    """A bid as the opening revealed it. One that did not match its commitment is quarantined with the evidence."""

    __tablename__ = "opened_bid"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid_version.id"), unique=True)
    opening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid_opening.id"), index=True)
    label: Mapped[str]
    """What panels call it in order of opening: "Provider 1", "Provider 2" (random order)."""
    # None is loaded by accident: portal/evaluation/reading.py alone reads them, and asks who reads.
    compliance: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, deferred_raiseload=True)
    """What officers check: {"answers": {question key: text}, "files": [{"id", "question", "name", "size", "sha256",
    "media_type", "key", "scan"}]}; None of a version that was sealed before there was such an envelope."""
    quality: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, deferred_raiseload=True)
    """What panels read, in the same shape."""
    answered_before: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default=text("'{}'"))
    """The numbers of the addenda that changed something for it and that its bidder did not confirm."""
    quarantine_reason: Mapped[str | None]

    opening: Mapped[BidOpening] = relationship(back_populates="bids")
    bid: Mapped[Bid] = relationship()
    version: Mapped[BidVersion] = relationship()
    opened_price: Mapped[OpenedPrice | None] = relationship(lazy="raise")
    """None where the bid is quarantined, and while prices are sealed."""

    ledger_object = "bid"

    @property
    def ledger_id(self) -> uuid.UUID:
        """The bid's identifier."""
        return self.bid_id

    @property
    def ledger_chain(self) -> str:
        """The invitation's: once opened it is no secret that there is a bid."""
        return str(self.opening.itt_id)

    @property
    def price(self) -> Decimal | None:
        """Pounds over the whole term, where it was opened and could be read."""
        return self.opened_price.price if self.opened_price is not None else None

    @property
    def mark(self) -> str:
        """That it was answered before addenda, in words; "" where it was not."""
        return mark_of(self.answered_before)

    @property
    def is_sound(self) -> bool:
        """Whether it opened and matched its commitment."""
        return self.quarantine_reason is None

    @property
    def stands(self) -> bool:
        """Whether it is scored and ranked: it is sound, and two people have not decided that it is disregarded."""
        return self.is_sound and self.bid.disregarded_at is None


STANDS = and_(OpenedBid.quarantine_reason.is_(None), Bid.disregarded_at.is_(None))
"""The same for a query of opened bids and their bids."""


class OpenedPrice(Model):
    """What the price envelope of an opened bid says: shown to nobody who scores until the panels have closed.

    Opened with the bid, or after the panels by an opening of its own (`opening_prices.py`). Evidence.
    """

    __tablename__ = "opened_price"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("opened_bid.bid_id"), primary_key=True)
    opening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid_opening.id"), index=True)
    # Neither is loaded by accident, as the rest of what was opened.
    price: Mapped[Decimal | None] = mapped_column(Numeric(14, 2), deferred=True, deferred_raiseload=True)
    """Pounds over the whole term; None where the envelope was broken."""
    said: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, deferred_raiseload=True)
    """What the envelope says beside the price, in the shape of `OpenedBid.quality`."""
    broken: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What is wrong with an envelope that did not open."""


class DisregardedBid(Model):
    """A bid set aside unopened: its provider was not entitled when bidding closed (PA2023 s.34(3)). Evidence."""

    __tablename__ = "disregarded_bid"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    opening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid_opening.id"), index=True)
    reason: Mapped[str]

    bid: Mapped[Bid] = relationship()
