"""What has been published: one `Notice` per event, and one compiled OCDS record per contracting process.

Both hold the canonical JSON text as it was published, so that a page, a feed and an export never rebuild a
release from business rows that may have changed since.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit.subjects import OnIttChain
from portal.core.columns import Id, Model


class Notice(OnIttChain, Model):
    """One published notice and its OCDS release. Never changed once written: a correction is a new notice.

    `number` is the order of publication, given under a lock, so that a reader who pages by it misses none.
    `event_id` is unique: publishing the same event twice leaves one notice. `kind_code` is the notice's
    number in the catalogue (UK4, UK6, UK7), `tag` the OCDS release tag, `text` the release as canonical
    JSON. `basis` and `central_reference` say on which ground the notice could appear here (PR24 reg 5(11)).
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
    published_at: Mapped[datetime]
    text: Mapped[str]


class OcdsRecord(Model):
    """The compiled state of one contracting process: all its releases merged, as canonical JSON."""

    __tablename__ = "ocds_record"
    __table_args__ = (CheckConstraint("release_count >= 1", name="release_count_positive"),)

    ocid: Mapped[str] = mapped_column(primary_key=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), unique=True)
    release_count: Mapped[int]
    updated_at: Mapped[datetime]
    text: Mapped[str]
