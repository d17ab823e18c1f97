"""What officers ask a bidder about its opened bid, and what it answers: beside the sealed bid, never in it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.bidding.models import Bid
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.keeping import KeptFile
from portal.core.permissions import Actor, Role
from portal.judging.grounds import GROUNDS, RaisedGround
from portal.judging.models import JUDGED_WHILE
from portal.judging.states import CONCERNS, Concern, Matter
from portal.regulation.assessing_law import ASSESSING, AssessingLaw
from portal.tendering.models import InvitationToTender


class Enquiry(OnIttChain, Model):
    """One thing that a bidder is asked once: listed omissions, a ground for exclusion, or a low price."""

    __tablename__ = "enquiry"
    __table_args__ = (
        UniqueConstraint("bid_id", "matter", "about", name="uq_enquiry_once"),
        Index("ix_enquiry_itt_id", "itt_id"),
        CheckConstraint("(matter = 'requirement') = (cardinality(keys) > 0)", name="lists_omissions"),
        CheckConstraint(
            "(answered_at IS NULL) = (answers IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint("answered_at IS NULL OR answered_at < due_at", name="answered_in_time"),
        CheckConstraint("(matter = 'exclusion') = (concern IS NOT NULL)", name="concerns_somebody"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    matter: Mapped[Matter] = one_of(Matter)
    about: Mapped[str] = mapped_column(default="")
    """The ground for exclusion, "/" and whom it concerns (`about_ground`); "" of the others, of which a bid has one."""
    concern: Mapped[Concern | None] = one_of(Concern)
    whom: Mapped[str] = mapped_column(default="")
    """The name of whoever the ground concerns, where it is not the bidder itself."""
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """The questions that were listed as not answered as they ask."""
    words: Mapped[str]
    due_at: Mapped[datetime]
    """The first instant that is too late."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[CreatedAt]
    answers: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    """By question; under "" what answers no question."""
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    itt: Mapped[InvitationToTender] = relationship()
    bid: Mapped[Bid] = relationship()
    files: Mapped[list[EnquiryFile]] = relationship(order_by="EnquiryFile.file_name")

    policy_object = "enquiry"

    @property
    def policy_state(self) -> str:
        """Whether its bidder has answered; "ended" where the procurement has gone on, or is over, without."""
        if self.answered_at is not None:
            return "answered"
        return "asked" if self.itt.status in JUDGED_WHILE else "ended"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that runs the procurement, and in the bidder."""
        return self.itt.policy_roles(actor) | actor.towards_provider(self.bid.provider_id)

    @property
    def law(self) -> AssessingLaw:
        """What the law says of it."""
        return ASSESSING[self.itt.regime]

    @property
    def ground(self) -> RaisedGround | None:
        """The ground that was raised; None of what is no exclusion."""
        return GROUNDS[self.itt.regime].get(self.ground_key)

    @property
    def ground_key(self) -> str:
        """The key of the ground that was raised."""
        return self.about.partition("/")[0].partition(":")[0]

    @property
    def is_again(self) -> bool:
        """Whether the ground was raised before, and is again because something new is known."""
        return ":" in self.about.partition("/")[0]

    @property
    def subject(self) -> str:
        """What it is about, in words, and whom it concerns where that is not the bidder."""
        if self.ground is not None:
            again = " (raised again)" if self.is_again else ""
            return f"{self.ground.words}: {self.whom}{again}" if self.whom else f"{self.ground.words}{again}"
        return "What is missing" if self.matter.is_requirement else "The price"

    @property
    def concerns(self) -> str:
        """Whom it concerns, and what that is to the bidder."""
        if self.concern is None or self.concern.is_bidder:
            return self.bid.provider.name
        words = CONCERNS[self.concern]
        return f"{self.whom}: {words[0].lower()}{words[1:]}"

    def is_over(self, now: datetime) -> bool:
        """Whether its bidder has had its say: it has answered, or its time has run out."""
        return self.answered_at is not None or now >= self.due_at


class EnquiryFile(KeptFile, Model):
    """A document that a bidder sent with its answer."""

    __tablename__ = "enquiry_file"

    id: Mapped[Id]
    enquiry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enquiry.id"), index=True)
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    stored_as: Mapped[uuid.UUID] = mapped_column(unique=True)


def about_ground(ground: str, whom: str, time: int = 1) -> str:
    """How a ground is told from the others that were raised about the same bid: by whom it concerns, and which time."""
    return f"{ground}:{time}/{whom.casefold()}" if time > 1 else f"{ground}/{whom.casefold()}"
