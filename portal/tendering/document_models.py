"""The documents of an invitation to tender, their versions, and who undertook what to read the restricted ones."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.keeping import KeptFile
from portal.core.lifecycle import Named
from portal.core.permissions import Actor, Role
from portal.organisations.models import Provider
from portal.tendering.models import OWNED, InvitationToTender


class DocumentKind(Named):
    """What a document is to a bidder."""

    SPECIFICATION = "specification"
    CONTRACT_TERMS = "contract_terms"
    PRICE_FORM = "price_form"
    TUPE = "tupe"
    OTHER = "other"


@dataclass(frozen=True)
class KindFacts:
    """A kind in words, its code in OCDS (documentType), and whether only those read it who signed an undertaking."""

    words: str
    code: str
    is_restricted: bool = False


KINDS: Mapping[DocumentKind, KindFacts] = {
    DocumentKind.SPECIFICATION: KindFacts("Specification", "technicalSpecifications"),
    DocumentKind.CONTRACT_TERMS: KindFacts("Contract terms", "contractDraft"),
    DocumentKind.PRICE_FORM: KindFacts("Price form", "billOfQuantity"),
    DocumentKind.TUPE: KindFacts("Facts about staff who may transfer (TUPE)", "biddingDocuments", is_restricted=True),
    DocumentKind.OTHER: KindFacts("Other document", "biddingDocuments"),
}


class InvitationDocument(Model):
    """A document with a title, in as many versions as it had."""

    __tablename__ = "invitation_document"
    __table_args__ = (UniqueConstraint("itt_id", "position", name="uq_invitation_document_itt_id_position"),)

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[DocumentKind] = one_of(DocumentKind)
    title: Mapped[str]

    itt: Mapped[InvitationToTender] = relationship(
        backref=backref("documents", order_by="InvitationDocument.position", cascade=OWNED)
    )
    versions: Mapped[list[DocumentVersion]] = relationship(
        back_populates="document", order_by="DocumentVersion.number", cascade=OWNED
    )

    @property
    def facts(self) -> KindFacts:
        """What its kind means."""
        return KINDS[self.kind]

    @property
    def current(self) -> DocumentVersion:
        """Its last version."""
        return self.versions[-1]

    @property
    def published(self) -> list[DocumentVersion]:
        """The versions that everybody was shown, newest first."""
        return [version for version in reversed(self.versions) if version.published_at is not None]


class DocumentVersion(KeptFile, Model):
    """One version of a document. Once published it is never changed or removed."""

    __tablename__ = "invitation_document_version"
    __table_args__ = (UniqueConstraint("document_id", "number", name="uq_invitation_document_version_number"),)

    id: Mapped[Id]
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitation_document.id", ondelete="CASCADE"))
    number: Mapped[int]
    added_at: Mapped[CreatedAt]
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    addendum_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("addendum.id"), index=True)
    """What proposed it, and brings it once it is published; None for what was drafted."""
    addendum: Mapped[int | None]
    """The public number of that addendum."""

    document: Mapped[InvitationDocument] = relationship(back_populates="versions")


class Undertaking(OnOwnChain, Model):
    """Somebody of a provider undertook to keep the restricted documents of an invitation confidential.

    Its events have a chain of their own: in the invitation's they would tell who means to bid.
    """

    __tablename__ = "undertaking"
    __table_args__ = (
        UniqueConstraint("itt_id", "signed_by_id", name="uq_undertaking_itt_id_signed_by_id"),
        Index("ix_undertaking_provider_id", "provider_id"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    signed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    signed_at: Mapped[datetime]
    text_sha256: Mapped[str]

    itt: Mapped[InvitationToTender] = relationship()
    provider: Mapped[Provider] = relationship()

    policy_object = "undertaking"
    policy_state = "any"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people alone: before the opening nobody else may know of it."""
        return actor.towards_provider(self.provider_id)
