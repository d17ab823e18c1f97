"""Reading panels, declarations, scorecards and agreed scores."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.words import listed
from portal.evaluation.models import Declaration, ModeratedScore, PanelMember, PanelWork, Result, Score, Scorecard
from portal.evaluation.owing import read_by
from portal.evaluation.recusal_models import has_left_lot_of
from portal.evaluation.states import SCORING_ROLES, MemberRole, ScorecardStatus
from portal.tendering.models import InvitationToTender, Lot, Panel, Question
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import EnvelopeKind

Cell = tuple[uuid.UUID, uuid.UUID]
"""A bid and a criterion."""
FAR_APART = 2
"""Points on the scale."""


def itt_by_reference(reference: str) -> InvitationToTender:
    """The ITT with its authority and nothing else, or `NotFound`."""
    found = db.session.scalars(
        select(InvitationToTender)
        .where(InvitationToTender.reference == reference.upper())
        .options(joinedload(InvitationToTender.authority))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no invitation to tender with that reference.")
    return found


def work_of(panel_id: uuid.UUID) -> PanelWork:
    """The panel's work with its panel and ITT, or `NotFound`."""
    found = db.session.scalars(
        select(PanelWork)
        .where(PanelWork.panel_id == panel_id)
        .options(joinedload(PanelWork.panel), joinedload(PanelWork.itt))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no panel here for you.")
    return found


def works_of_itt(itt_id: uuid.UUID) -> Mapping[uuid.UUID, PanelWork]:
    """Each panel's work, by panel; a panel without a member has none."""
    found = db.session.scalars(select(PanelWork).where(PanelWork.itt_id == itt_id))
    return {work.panel_id: work for work in found}


def works_of_person(user_id: uuid.UUID) -> Sequence[tuple[PanelWork, PanelMember]]:
    """The panels that a person sits on, the newest first, with the person's seat."""
    rows = db.session.execute(
        select(PanelWork, PanelMember)
        .join(PanelMember, PanelMember.panel_id == PanelWork.panel_id)
        .where(
            PanelMember.user_id == user_id,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
        )
        .options(joinedload(PanelWork.panel), joinedload(PanelWork.itt))
        .order_by(PanelMember.appointed_at.desc(), PanelMember.id)
    )
    return [(work, member) for work, member in rows]


def seat_of(panel_id: uuid.UUID, user_id: uuid.UUID | None) -> PanelMember:
    """The person's seat in force, or `NotFound`: who was removed or recused has none."""
    found = db.session.scalars(
        select(PanelMember).where(
            PanelMember.panel_id == panel_id,
            PanelMember.user_id == user_id,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is nothing here for you.")
    return found


def members_of(panel_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[PanelMember]]:
    """Every member of each panel, those who left included, in the order of their appointment."""
    by_panel: dict[uuid.UUID, list[PanelMember]] = defaultdict(list)
    for member in db.session.scalars(
        select(PanelMember)
        .where(PanelMember.panel_id.in_(panel_ids))
        .options(joinedload(PanelMember.user))
        .order_by(PanelMember.appointed_at, PanelMember.id)
    ):
        by_panel[member.panel_id].append(member)
    return by_panel


def opened_bids(itt_id: uuid.UUID, of: PanelMember | None = None) -> Sequence[OpenedBid]:
    """Every opened bid (`of` a member: those that they score) with its provider, by label; no answers, no prices."""
    return db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(Bid.itt_id == itt_id, *_read_by(of))
        .options(joinedload(OpenedBid.bid).options(joinedload(Bid.provider), joinedload(Bid.lot)))
        .order_by(func.length(OpenedBid.label), OpenedBid.label)
    ).all()


def bids_to_score(itt_id: uuid.UUID, of: PanelMember | None = None) -> Sequence[OpenedBid]:
    """The opened bids that stand (`of` a member: those that they score), in the order of the labels."""
    return [bid for bid in opened_bids(itt_id, of) if bid.stands]


def bid_to_score(itt_id: uuid.UUID, bid_id: uuid.UUID, of: PanelMember | None = None) -> OpenedBid:
    """One opened bid of the ITT that stands (`of` a member: that they score), or `NotFound`; no answers, no price."""
    found = sound_bid(itt_id, bid_id, of)
    if not found.stands:
        raise NotFound("There is no such bid here.")
    return found


def sound_bid(itt_id: uuid.UUID, bid_id: uuid.UUID, of: PanelMember | None = None) -> OpenedBid:
    """One opened bid of the ITT that matched its seal, also one that is disregarded; else `NotFound`."""
    found = db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(OpenedBid.bid_id == bid_id, Bid.itt_id == itt_id, OpenedBid.quarantine_reason.is_(None), *_read_by(of))
        .options(joinedload(OpenedBid.bid).joinedload(Bid.lot))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such bid here.")
    return found


def _read_by(member: PanelMember | None) -> tuple[ColumnElement[bool], ...]:
    return () if member is None else (read_by(member),)


def questions_read_first(itt_id: uuid.UUID) -> Sequence[Question]:
    """The questions whose answers are read before anything else of a bid, in their order."""
    kinds = [name for name, kind in KINDS.items() if kind.read_first]
    return db.session.scalars(
        select(Question)
        .where(Question.itt_id == itt_id, Question.kind.in_(kinds), Question.envelope == EnvelopeKind.QUALITY)
        .order_by(Question.position, Question.key)
    ).all()


def compliance_questions(itt_id: uuid.UUID) -> Sequence[Question]:
    """The questions whose answers officers check, in their order."""
    return db.session.scalars(
        select(Question)
        .where(Question.itt_id == itt_id, Question.envelope == EnvelopeKind.COMPLIANCE)
        .order_by(Question.position, Question.key)
    ).all()


def members_who_declared(member_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Which of the members have said of each bidder of their procurement whether they have an interest in it."""
    declared = (
        select(Declaration.id)
        .where(
            Declaration.panel_member_id == PanelMember.id,
            Declaration.bid_id == OpenedBid.bid_id,
        )
        .correlate_except(Declaration)
        .exists()
    )
    undeclared = (
        select(OpenedBid.bid_id)
        .join(Bid, Bid.id == OpenedBid.bid_id)
        .where(Bid.itt_id == Panel.itt_id, ~declared)
        .correlate_except(OpenedBid, Bid)
        .exists()
    )
    found = select(PanelMember.id).join(Panel, Panel.id == PanelMember.panel_id)
    return frozenset(db.session.scalars(found.where(PanelMember.id.in_(member_ids), ~undeclared)))


def has_declared(member: PanelMember) -> bool:
    """Whether the member has said of each bidder that the opening revealed whether they have an interest in it."""
    return member.id in members_who_declared([member.id])


def scorecards_of(member_id: uuid.UUID) -> Mapping[uuid.UUID, Scorecard]:
    """A member's scorecards with their scores, by bid."""
    found = db.session.scalars(
        select(Scorecard).where(Scorecard.panel_member_id == member_id).options(selectinload(Scorecard.scores))
    )
    return {card.bid_id: card for card in found}


def members_with_cards(panel_id: uuid.UUID) -> Sequence[PanelMember]:
    """Those of them who have scorecards of their own: of a pair one."""
    return [member for member in counting_members(panel_id) if member.has_card]


def counting_members(panel_id: uuid.UUID) -> Sequence[PanelMember]:
    """The members whose scores belong to the panel's: neither removed, recused, nor facilitating."""
    return db.session.scalars(
        select(PanelMember)
        .where(
            PanelMember.panel_id == panel_id,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
            PanelMember.role.in_(SCORING_ROLES),
        )
        .order_by(PanelMember.appointed_at, PanelMember.id)
    ).all()


@dataclass(frozen=True)
class Spread:
    """The submitted individual scores of one cell: how many, the lowest, the middle, the highest."""

    count: int
    lowest: Decimal
    median: Decimal
    highest: Decimal

    @property
    def is_far_apart(self) -> bool:
        """Whether members differ by two points or more: talk about it first."""
        return self.highest - self.lowest >= FAR_APART


def spreads_of(panel_id: uuid.UUID, cell: Cell | None = None) -> Mapping[Cell, Spread]:
    """The spread of each cell of the panel (of one, when it is given), over the members whose scores count."""
    one = () if cell is None else (Scorecard.bid_id == cell[0], Score.criterion_id == cell[1])
    middle = func.percentile_cont(0.5).within_group(Score.score.asc())
    rows = db.session.execute(
        select(
            Scorecard.bid_id,
            Score.criterion_id,
            func.count(),
            func.min(Score.score),
            middle,
            func.max(Score.score),
        )
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .where(*_counting(panel_id), *one)
        .group_by(Scorecard.bid_id, Score.criterion_id)
    )
    return {
        (bid, criterion): Spread(count, lowest, Decimal(str(median)), highest)
        for bid, criterion, count, lowest, median, highest in rows
    }


@dataclass(frozen=True)
class Opinion:
    """One member's submitted score of one cell with the reason, under the name that the panel knows."""

    alias: str
    role: MemberRole
    score: Decimal
    reason: str


def opinions_of(panel_id: uuid.UUID, bid_id: uuid.UUID) -> Mapping[uuid.UUID, list[Opinion]]:
    """The submitted individual scores of one bid, by criterion, the lowest first."""
    rows = db.session.execute(
        select(Score.criterion_id, PanelMember, Score.score, Score.reason)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .where(*_counting(panel_id), Scorecard.bid_id == bid_id)
        .order_by(Score.score, PanelMember.appointed_at, PanelMember.id)
    )
    by_criterion: dict[uuid.UUID, list[Opinion]] = defaultdict(list)
    names = names_together(panel_id)
    for criterion_id, member, score, reason in rows:
        by_criterion[criterion_id].append(Opinion(names.get(member.id, member.alias), member.role, score, reason))
    return by_criterion


def mates_of(member: PanelMember) -> Sequence[PanelMember]:
    """Who scores on the member's scorecards with them now, but for themselves."""
    return db.session.scalars(
        select(PanelMember)
        .where(
            PanelMember.scores_with_id == member.id,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
        )
        .order_by(PanelMember.appointed_at, PanelMember.id)
    ).all()


def names_together(panel_id: uuid.UUID) -> Mapping[uuid.UUID, str]:
    """Whose marks a scorecard has where several gave them together, by the seat that has it: everybody's alias.

    Whoever has left since is still named: they gave them.
    """
    others = select(PanelMember).where(PanelMember.panel_id == panel_id, PanelMember.scores_with_id.is_not(None))
    by_seat: dict[uuid.UUID, list[str]] = defaultdict(list)
    for member in db.session.scalars(others.order_by(PanelMember.appointed_at, PanelMember.id)):
        assert member.scores_with_id is not None
        by_seat[member.scores_with_id].append(member.alias)
    holders = db.session.scalars(select(PanelMember).where(PanelMember.id.in_(by_seat))) if by_seat else ()
    return {holder.id: listed([holder.alias, *by_seat[holder.id]]) for holder in holders}


def _counting(panel_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        PanelMember.panel_id == panel_id,
        PanelMember.removed_at.is_(None),
        PanelMember.recused_at.is_(None),
        ~has_left_lot_of(Scorecard.bid_id),
        Scorecard.status == ScorecardStatus.SUBMITTED,
    )


def agreed_scores(panel_id: uuid.UUID) -> Mapping[Cell, ModeratedScore]:
    """The panel's agreed scores in force, by bid and criterion."""
    found = db.session.scalars(
        select(ModeratedScore).where(ModeratedScore.panel_id == panel_id, ModeratedScore.superseded_at.is_(None))
    )
    return {(score.bid_id, score.criterion_id): score for score in found}


def agreed_score(work: PanelWork, agreed_id: uuid.UUID) -> ModeratedScore:
    """One agreed score of the panel, also one that another replaced; else `NotFound`."""
    found = db.session.scalars(
        select(ModeratedScore)
        .where(ModeratedScore.id == agreed_id, ModeratedScore.panel_id == work.panel_id)
        .options(joinedload(ModeratedScore.criterion))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such score on your panel.")
    return found


def agreed_history(panel_id: uuid.UUID, bid_id: uuid.UUID) -> Mapping[uuid.UUID, list[ModeratedScore]]:
    """The superseded agreed scores of one bid, by criterion, the newest first."""
    found = db.session.scalars(
        select(ModeratedScore)
        .where(
            ModeratedScore.panel_id == panel_id,
            ModeratedScore.bid_id == bid_id,
            ModeratedScore.superseded_at.is_not(None),
        )
        .order_by(ModeratedScore.agreed_at.desc(), ModeratedScore.id)
    )
    by_criterion: dict[uuid.UUID, list[ModeratedScore]] = defaultdict(list)
    for score in found:
        by_criterion[score.criterion_id].append(score)
    return by_criterion


def current_result(lot_id: uuid.UUID) -> Result | None:
    """The lot's newest result."""
    in_force = select(Result).where(Result.lot_id == lot_id, Result.superseded_at.is_(None))
    return db.session.scalars(in_force.order_by(Result.calculated_at.desc()).limit(1)).one_or_none()


def superseded_results(itt_id: uuid.UUID) -> Sequence[Result]:
    """The results that panels were reopened after, by lot, the oldest first."""
    old = select(Result).join(Result.lot).where(Result.itt_id == itt_id, Result.superseded_at.is_not(None))
    old = old.options(contains_eager(Result.lot)).order_by(Lot.number, Result.calculated_at)
    return db.session.scalars(old).all()
