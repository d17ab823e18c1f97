"""Panels at work: members, declarations of interest, scorecards, agreed scores, results."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, UniqueConstraint, case, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnIttChain, Subject
from portal.bidding.models import Bid
from portal.core.approval import Half, two_people
from portal.core.columns import CreatedAt, Id, Model, ScoreValue, one_of, state_matches
from portal.core.permissions import Actor, Role
from portal.evaluation.held_states import Action, HeldPlace, HeldStatus
from portal.evaluation.states import MemberRole, PanelWorkStatus, ScorecardStatus
from portal.safeguarding.screening import Sign
from portal.tendering.interests.states import LinkKind
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel
from portal.tendering.states import AFTER_OPENING

AWAITED = "These words wait until an adult has looked at them."
KEPT_BACK = "These words are kept back to protect somebody."
"""What others read instead."""


class PanelWork(OnIttChain, Model):
    """How far a panel is: a row from its first member on, work from the opening of the bids on."""

    __tablename__ = "panel_work"
    __table_args__ = (
        state_matches((PanelWorkStatus.CLOSED,), "closed_at", name="closed_at_matches"),
        CheckConstraint("status = 'scoring' OR moderation_started_at IS NOT NULL", name="moderation_started"),
        CheckConstraint("safeguarding_deputy_id <> safeguarding_lead_id", name="lead_and_deputy_are_two"),
        CheckConstraint(
            "safeguarding_deputy_id IS NULL OR safeguarding_lead_id IS NOT NULL", name="deputy_beside_a_lead"
        ),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    status: Mapped[PanelWorkStatus] = one_of(PanelWorkStatus, default=PanelWorkStatus.SCORING)
    moderation_started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    meeting_record: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How the panel came to its agreed scores, in short; who was there is `Attendance`."""
    met_first_date: Mapped[date | None]
    """The day on which it met; none where it closed before days were asked."""
    met_last_date: Mapped[date | None]
    """The last one, where it met on several."""
    safeguarding_lead_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """Of a young people's panel: who is told when a young person may have written about harm."""
    safeguarding_deputy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """Who is told where the lead has not read it after half an hour."""

    reminded_at: Mapped[datetime | None]
    """When a commissioner last reminded it of the scores that it owes."""
    corrects_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("moderated_score.id", use_alter=True))
    """The one agreed score that it is back for; none where it agrees all of them."""

    panel: Mapped[Panel] = relationship()
    itt: Mapped[InvitationToTender] = relationship()
    corrects: Mapped[ModeratedScore | None] = relationship()
    safeguarding_lead: Mapped[User | None] = relationship(foreign_keys=[safeguarding_lead_id])
    safeguarding_deputy: Mapped[User | None] = relationship(foreign_keys=[safeguarding_deputy_id])

    policy_object = "panel"

    @property
    def ledger_id(self) -> uuid.UUID:
        """The panel's identifier."""
        return self.panel_id

    @property
    def policy_state(self) -> str:
        """Its status; "ended" where the procurement ended before it had closed.

        "waiting" until the bids are opened, and where young people have no safeguarding lead: no card, no sitting.
        """
        if self.status is PanelWorkStatus.CLOSED:
            return self.status.value
        if self.itt.has_ended:
            return "ended"
        if self.itt.status not in AFTER_OPENING or (self.status is PanelWorkStatus.SCORING and self.lacks_lead):
            return "waiting"
        return self.status.value

    @property
    def lacks_lead(self) -> bool:
        """Whether young people are to sit here and nobody is named who looks after their safety."""
        return self.panel.kind.is_young_people and self.safeguarding_lead_id is None

    @property
    def safeguarding_ids(self) -> frozenset[uuid.UUID]:
        """The safeguarding lead and the deputy."""
        return frozenset(one for one in (self.safeguarding_lead_id, self.safeguarding_deputy_id) if one)

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles on the panel, and in the authority that runs the ITT; a safeguarding lead's only where named."""
        held = actor.towards_panel(self.panel_id) | self.itt.policy_roles(actor)
        return held if self.safeguarding_ids & actor.people else held - {Role.SAFEGUARDING_LEAD}


class PanelMember(Subject, Model):
    """A person on a panel."""

    __tablename__ = "panel_member"
    __table_args__ = (
        Index(
            "uq_panel_member_in_force",
            "panel_id",
            "user_id",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
        two_people(decider="removal_decided_by_id", proposer="removal_proposed_by_id", name="removal_two_people"),
    )

    id: Mapped[Id]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[MemberRole] = one_of(MemberRole)
    appointed_at: Mapped[CreatedAt]
    removed_at: Mapped[datetime | None]
    removal_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why somebody who had submitted was, or is proposed to be, taken off the panel."""
    removal_proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removal_proposed_at: Mapped[datetime | None]
    removal_decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recused_at: Mapped[datetime | None]
    """From the whole procurement: an evaluator recused from one bid would move it against the others."""
    young_number: Mapped[int | None]
    """What is left of a young person's alias once they are erased."""
    scores_with_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel_member.id"), index=True)
    """On whose scorecards a young person scores together with them; both count once."""

    panel: Mapped[Panel] = relationship()
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True, foreign_keys=[user_id])

    @property
    def removal_half(self) -> Half:
        """Who proposed to take them off the panel, and when."""
        return Half(self.removal_proposed_by_id, self.removal_proposed_at)

    @property
    def alias(self) -> str:
        """What the person is called now; a young person who was erased is one of the panel's, by number."""
        if self.young_number is not None and self.user.person_key is None:
            return f"Young person {self.young_number}"
        return self.user.display_name

    @property
    def ledger_chain(self) -> str:
        """The invitation's."""
        return str(self.panel.itt_id)

    @property
    def may_score(self) -> bool:
        """Whether this person's scores belong to the panel's."""
        return self.removed_at is None and self.recused_at is None and self.role is not MemberRole.FACILITATOR

    @property
    def has_card(self) -> bool:
        """Whether they score on scorecards of their own: of a pair one does."""
        return self.may_score and self.scores_with_id is None


class Declaration(Model):
    """What a member declared about one bidder before seeing any bid (Procurement Act 2023 ss.81-83)."""

    __tablename__ = "declaration"
    __table_args__ = (
        UniqueConstraint("panel_member_id", "bid_id", name="uq_declaration_panel_member_id_bid_id"),
        CheckConstraint("NOT has_interest OR detail <> ''", name="interest_is_described"),
        CheckConstraint("kind IS NULL OR has_interest", name="kind_of_a_link"),
    )

    id: Mapped[Id]
    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    has_interest: Mapped[bool]
    detail: Mapped[str] = mapped_column(default="")
    kind: Mapped[LinkKind | None] = one_of(LinkKind)
    """What kind of link it is; None without one, and where nobody was asked yet."""
    made_at: Mapped[CreatedAt]


class Scorecard(Subject, Model):
    """One member's scores of one bid."""

    __tablename__ = "scorecard"
    __table_args__ = (
        UniqueConstraint("panel_member_id", "bid_id", name="uq_scorecard_panel_member_id_bid_id"),
        state_matches((ScorecardStatus.SUBMITTED,), "submitted_at", name="submitted_at_matches"),
    )

    id: Mapped[Id]
    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    status: Mapped[ScorecardStatus] = one_of(ScorecardStatus, default=ScorecardStatus.DRAFT)
    submitted_at: Mapped[datetime | None]

    member: Mapped[PanelMember] = relationship()
    bid: Mapped[Bid] = relationship()
    scores: Mapped[list[Score]] = relationship(back_populates="scorecard")

    @property
    def ledger_chain(self) -> str:
        """The invitation's."""
        return str(self.bid.itt_id)


class HeldWords(Subject, Model):
    """One version of what somebody wrote, from the moment that something was found in it."""

    __tablename__ = "held_words"
    __table_args__ = (
        Index(
            "ix_held_words_with_lead",
            "held_at",
            postgresql_where=text("status = 'with_lead' AND read_at IS NULL"),
        ),
        CheckConstraint("(read_at IS NULL) = (read_by_id IS NULL)", name="read_by_somebody"),
        CheckConstraint("action IS NULL OR decided_by_id IS NOT NULL", name="done_by_somebody"),
    )

    id: Mapped[Id]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    place: Mapped[HeldPlace] = one_of(HeldPlace)
    bid_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_criterion.id"), index=True)
    words: Mapped[str]
    """Empty once their time is over (`privacy/retention.py`), unless they were released."""
    signs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    """What was found (`safeguarding.screening.Sign`)."""
    status: Mapped[HeldStatus] = one_of(HeldStatus)
    held_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    deputy_told_at: Mapped[datetime | None]
    line_shown_at: Mapped[datetime | None]
    """When nobody had read it for so long that the facilitator was told whom to call."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    action: Mapped[Action | None] = one_of(Action)
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the lead wrote about what was done."""

    author: Mapped[User] = relationship(foreign_keys=[author_id])
    read_by: Mapped[User | None] = relationship(foreign_keys=[read_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    bid: Mapped[Bid | None] = relationship()
    criterion: Mapped[AwardCriterion | None] = relationship()
    work: Mapped[PanelWork] = relationship(
        primaryjoin="foreign(HeldWords.panel_id) == PanelWork.panel_id", viewonly=True
    )

    policy_object = "held_words"

    @property
    def may_be_about_harm(self) -> bool:
        """Whether a sign of a disclosure was found."""
        return Sign.DISCLOSURE in self.signs

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """The facilitator's and the named lead's; for everybody else it does not exist."""
        return self.work.policy_roles(actor) & {Role.FACILITATOR, Role.SAFEGUARDING_LEAD}

    @property
    def ledger_chain(self) -> str:
        """The invitation's."""
        return str(self.work.itt_id)


def readable(kept: Any, held_id: Any) -> ColumnElement[str]:
    """What others may read of a text whose column is `kept`: itself, or what became of the words it was held for."""
    said = case(
        (HeldWords.status == HeldStatus.RELEASED, HeldWords.words),
        (HeldWords.status == HeldStatus.WITHHELD, KEPT_BACK),
        else_=AWAITED,
    )
    held = select(said).where(HeldWords.id == held_id.column).correlate_except(HeldWords).scalar_subquery()
    return case((held_id.column.is_(None), kept.column), else_=held)


class Score(Model):
    """One member's score of one bid under one criterion, with the reason; kept after submission.

    `reason` is what others may read: a young person's words may be held, and only `written` has them then.
    """

    __tablename__ = "score"

    scorecard_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_criterion.id"), primary_key=True)
    score: Mapped[ScoreValue]
    kept_reason: Mapped[str] = mapped_column("reason")
    """The words, or what stands for them since they were held."""
    held_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("held_words.id"))
    saved_at: Mapped[CreatedAt]

    reason: Mapped[str] = column_property(readable(kept_reason, held_id))

    scorecard: Mapped[Scorecard] = relationship(back_populates="scores")
    criterion: Mapped[AwardCriterion] = relationship()
    held: Mapped[HeldWords | None] = relationship(lazy="joined")

    @property
    def written(self) -> str:
        """What its author wrote: for their own sitting and the digest alone."""
        return self.held.words if self.held is not None else self.kept_reason


class ModeratedScore(Subject, Model):
    """A panel's agreed score for a bid under a criterion: once it stands it counts, and a change supersedes it."""

    __tablename__ = "moderated_score"
    __table_args__ = (
        Index(
            "uq_moderated_score_in_force",
            "panel_id",
            "bid_id",
            "criterion_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
    )

    id: Mapped[Id]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_criterion.id"))
    score: Mapped[ScoreValue]
    reason: Mapped[str]
    outside_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it lies outside what anybody gave; empty where it does not."""
    not_higher: Mapped[str] = mapped_column(default="", server_default=text("''"))
    not_lower: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why not one step higher, and why not one lower."""
    agreed_at: Mapped[CreatedAt]
    agreed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    stands_at: Mapped[datetime | None]
    """Since when it stands; none while it waits for consent."""
    superseded_at: Mapped[datetime | None]

    criterion: Mapped[AwardCriterion] = relationship()
    panel: Mapped[Panel] = relationship()
    bid: Mapped[Bid] = relationship()

    @property
    def ledger_chain(self) -> str:
        """The invitation's."""
        return str(self.panel.itt_id)


class Result(OnIttChain, Model):
    """What the scoring engine made of one lot's inputs; the same inputs never make a second row in force."""

    __tablename__ = "result"
    __table_args__ = (
        Index(
            "uq_result_lot_id_inputs_hash",
            "lot_id",
            "inputs_hash",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    inputs_hash: Mapped[str]
    inputs: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    """The engine's case; bids are named by their references, members by pseudonymous identifiers."""
    outcome: Mapped[dict[str, Any]]
    """The engine's result but its steps: ranking, eliminated, ties, tie_broken_by, pilots, method_hash."""
    steps: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"), deferred=True)
    """Every intermediate figure, in the order of the method; kept apart, for it is many times the rest."""
    diagnostics: Mapped[dict[str, Any] | None]
    """What decided it; worked out after it is stored, and no award can be proposed before."""
    calculated_at: Mapped[CreatedAt]
    superseded_at: Mapped[datetime | None]
    """When panels were reopened: it is history, and stays readable."""

    itt: Mapped[InvitationToTender] = relationship()
    lot: Mapped[Lot] = relationship()
