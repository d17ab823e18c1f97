"""What has been published: one `Notice` per event, and one compiled OCDS record per contracting process.

Both hold the canonical JSON text as it was published, so that a page, a feed and an export never rebuild a
release from business rows that may have changed since.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.awarding.models import AwardDecision
from portal.contracts.models import Contract
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.regulation.kinds import PublicationBasis
from portal.regulation.notice_catalogue import CATALOGUE
from portal.tendering.amending.models import Addendum
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender


class Notice(OnIttChain, Model):
    """One published notice and its OCDS release. Never changed once written: a correction is a new notice.

    `number` is the order of publication, given under a lock, so that a reader who pages by it misses none.
    `event_id` is unique: publishing the same event twice leaves one notice. `kind_code` is the notice's
    number in the catalogue (UK4, UK6, UK7, UK12), `tag` the OCDS release tag, `text` the release as canonical
    JSON. `basis`, `central_reference` and `publication_reason` say on which ground the notice could appear here
    (PR24 reg 5(11)), `central_date` on which day it appeared on the central digital platform, where somebody said so.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("kind_code ~ '^UK([1-9]|1[0-7])$'", name="kind_code_in_catalogue"),
        CheckConstraint("text <> ''", name="text_present"),
        # One process's notices in the order of their publication.
        Index("ix_notice_ocid_number", "ocid", "number"),
    )

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    ocid: Mapped[str]
    release_id: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    kind_code: Mapped[str]
    tag: Mapped[str]
    title: Mapped[str]
    basis: Mapped[str]
    central_reference: Mapped[str | None]
    central_date: Mapped[date | None]
    publication_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    published_at: Mapped[datetime]
    text: Mapped[str]


def name_of(kind_code: str, *, is_changed: bool) -> str:
    """What a notice is called; `is_changed`: it says what an addendum changed."""
    name = CATALOGUE[kind_code].name
    return f"Changed {name[0].lower()}{name[1:]}" if is_changed else name


class PreparedNotice(OnIttChain, Model):
    """A notice that the law wants on the central digital platform first. It waits for its own number there, or for the
    reason why there is none, and is published here in the instant in which somebody gives one of them.
    """

    __tablename__ = "prepared_notice"
    __table_args__ = (
        CheckConstraint("num_nonnulls(addendum_id, decision_id, contract_id, ending_id) = 1", name="about_one_thing"),
        CheckConstraint(
            "(basis IS NULL) = (placed_at IS NULL) AND (placed_at IS NULL) = (placed_by_id IS NULL)",
            name="placed_whole",
        ),
        CheckConstraint(
            "(coalesce(basis, '') = 'central_reference') = (central_reference IS NOT NULL) "
            "AND (central_reference IS NULL) = (published_date IS NULL)",
            name="basis_has_reference",
        ),
        CheckConstraint("(coalesce(basis, '') = 'fallback') = (reason <> '')", name="basis_has_reason"),
        Index("uq_prepared_notice_central_reference", "central_reference", unique=True),
    )

    id: Mapped[Id]
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    kind_code: Mapped[str]
    addendum_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("addendum.id"))
    decision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_decision.id"))
    contract_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contract.id"))
    ending_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ending.id"))
    prepared_at: Mapped[CreatedAt]
    basis: Mapped[PublicationBasis | None] = one_of(PublicationBasis)
    central_reference: Mapped[str | None]
    published_date: Mapped[date | None]
    """The day on which the central digital platform published it."""
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    placed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime | None]

    itt: Mapped[InvitationToTender] = relationship()
    addendum: Mapped[Addendum | None] = relationship()
    decision: Mapped[AwardDecision | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    ending: Mapped[Ending | None] = relationship()

    @property
    def name(self) -> str:
        """What kind of notice it is."""
        return name_of(self.kind_code, is_changed=self.addendum_id is not None)


class OcdsRecord(Model):
    """The compiled state of one contracting process: all its releases merged, as canonical JSON."""

    __tablename__ = "ocds_record"
    __table_args__ = (CheckConstraint("release_count >= 1", name="release_count_positive"),)

    ocid: Mapped[str] = mapped_column(primary_key=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), unique=True)
    release_count: Mapped[int]
    updated_at: Mapped[datetime]
    text: Mapped[str]
