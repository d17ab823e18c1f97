"""How far the award of each procurement is: what the road and the next steps need beyond its status."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ScalarSelect, Select, case, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased

from portal.accounts.absence_models import RoleInForce
from portal.awarding.models import AwardDecision, AwardPlace, Standstill
from portal.awarding.settling import is_vacant
from portal.awarding.states import IN_FORCE, DecisionStatus, PlaceStatus
from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.contracts.models import Contract
from portal.core.approval import Half
from portal.core.columns import db
from portal.core.permissions import Role
from portal.corresponding.queries import counts_unanswered
from portal.dashboards.proposals import FirstPeople, Waits, proposals_of
from portal.evaluation.models import PanelMember, PanelWork, Result
from portal.evaluation.second_look import look_wanted
from portal.judging.checks import unchecked_in_lot
from portal.judging.queries import Waiting, waiting_of
from portal.notices.queries import names_waiting
from portal.regulation.procurement_law import StandstillDuty
from portal.reporting.replying import is_untold
from portal.tendering.clarifying.queries import counts_waiting
from portal.tendering.ending_models import Ending
from portal.tendering.helping.asking import counts_unhelped
from portal.tendering.interests.queries import Register, registers_of
from portal.tendering.models import InvitationToTender, Lot, Panel
from portal.tendering.queries import Counts, read_counts
from portal.tendering.states import EndingStatus, IttStatus, PanelKind
from tender_scoring.method import DRAWN_LOT


class Wait(StrEnum):
    """How a standstill stands: not offered, still to begin with the award notice, running, or over."""

    NONE = "none"
    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True)
class Situation:
    """One procurement's award: the lots together, the one that is least far first."""

    has_empty_panel: bool = False
    has_result: bool = False
    proposers: frozenset[Half] = frozenset()
    """Who proposed the awards that wait for an approver."""
    has_lot_to_propose: bool = True
    decided_at: datetime | None = None
    standstill: Wait = Wait.NONE
    last_date: date | None = None
    concluded_at: datetime | None = None
    has_lot_to_sign: bool = False
    """Whether a lot is awarded and announced, its standstill over, and without a contract."""
    is_announced: bool = False
    """Whether every lot's award notice is published."""
    notices_waiting: Sequence[str] = ()
    """What the notices are called that wait for their number on the central digital platform."""
    messages: int = 0
    """In how many correspondences the bidder wrote last."""
    helps: int = 0
    """How many bidders who cannot send their bid wait for an answer."""
    questions: int = 0
    """How many questions of bidders have no published answer."""
    has_lot_to_end: bool = False
    """Whether nobody can be awarded a lot: nobody bid for it, or no bid stands."""
    has_place_to_leave: bool = False
    """Whether a place became vacant that no bid is left for."""
    has_tie: bool = False
    """Whether bids for a lot share a rank that decides."""
    draws_lots: bool = True
    """Whether the published method draws a lot then."""
    judging: Waiting | None = None
    """What officers have still to judge of the opened bids; None where nothing was asked for them to judge."""
    to_check: int = 0
    """How many bidders for lots that are still open were not checked, or not against the newest debarment list."""
    register: Register | None = None
    """Who influences it, from its publication to its award."""
    has_untold_panel: bool = False
    """Whether young people wait to hear what was done with their words."""
    wants_look: bool = False
    """Whether single agreed scores of a lot's result wait for a second look, or for a correction."""
    lacks_lead: bool = False
    """Whether a panel of young people has no safeguarding lead."""
    proposals: Mapping[Waits, frozenset[FirstPeople]] = field(default_factory=dict)
    """What waits for a second person beside the award and judgements, with who decides none of it."""


def situations_of(itt_ids: Sequence[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, Situation]:
    """The situation of each ITT, in a fixed number of statements."""
    rows: dict[uuid.UUID, list[_Row]] = {itt_id: [] for itt_id in itt_ids}
    for itt_id, *lot in db.session.execute(_lots(itt_ids)):
        rows[itt_id].append(_Row(*lot))
    empty, leaderless, untold, asked, written, helps = read_counts(
        _empty_panels(itt_ids),
        _panels_without_lead(itt_ids),
        _untold_panels(itt_ids),
        counts_waiting(itt_ids),
        counts_unanswered(itt_ids),
        counts_unhelped(itt_ids),
    )
    waiting, judging, proposed = names_waiting(itt_ids), waiting_of(itt_ids), proposals_of(itt_ids)
    registers = registers_of(_before_award(itt_ids))
    return {
        itt_id: replace(
            _together(lots, itt_id in empty, now),
            lacks_lead=itt_id in leaderless,
            has_untold_panel=itt_id in untold,
            notices_waiting=waiting.get(itt_id, ()),
            helps=helps.get(itt_id, 0),
            questions=asked.get(itt_id, 0),
            messages=written.get(itt_id, 0),
            judging=judging.get(itt_id),
            register=registers.get(itt_id),
            proposals=proposed.get(itt_id, {}),
        )
        for itt_id, lots in rows.items()
    }


def _before_award(itt_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Those of the ITTs that are published and not awarded."""
    stages = (IttStatus.PUBLISHED, IttStatus.OPENED, IttStatus.MODERATED)
    return select(InvitationToTender.id).where(
        InvitationToTender.id.in_(itt_ids), InvitationToTender.status.in_(stages)
    )


def _lots(itt_ids: Sequence[uuid.UUID]) -> Select[Any, *tuple[Any, ...]]:
    """Every lot of the ITTs, with each place in its awards in force: the ITT, and then the columns of `_Row`."""
    result = exists().where(Result.lot_id == Lot.id, Result.superseded_at.is_(None))
    undecided = InvitationToTender.status == IttStatus.MODERATED
    opened = exists().where(OpenedBid.bid_id == Bid.id, Bid.lot_id == Lot.id, STANDS)
    ended = exists().where(Ending.lot_id == Lot.id, Ending.status == EndingStatus.DECIDED)
    return (
        select(
            Lot.itt_id,
            Lot.id,
            Lot.places,
            _vacant(),
            AwardDecision.status,
            AwardDecision.proposed_by_id,
            AwardDecision.proposed_at,
            AwardDecision.decided_at,
            AwardDecision.standstill_kind != StandstillDuty.NONE,
            AwardDecision.announced_date,
            Standstill.last_date,
            Standstill.ends_until,
            Contract.concluded_at,
            result,
            case((undecided, _ranking("bid"))),
            case((undecided, _ranking("rank"))),
            case((undecided, _taken())),
            (InvitationToTender.opened_at.is_not(None)) & ~opened.correlate(Lot),
            ended,
            InvitationToTender.method["tie_break"].contains([DRAWN_LOT]),
            unchecked_in_lot(),
            case((undecided, look_wanted())),
        )
        .select_from(Lot)
        .join(InvitationToTender, InvitationToTender.id == Lot.itt_id)
        .outerjoin(AwardDecision, (AwardDecision.lot_id == Lot.id) & AwardDecision.status.in_(IN_FORCE))
        .outerjoin(Standstill, Standstill.decision_id == AwardDecision.id)
        .outerjoin(
            AwardPlace, (AwardPlace.decision_id == AwardDecision.id) & (AwardPlace.status == PlaceStatus.AWARDED)
        )
        .outerjoin(Contract, Contract.place_id == AwardPlace.id)
        .where(Lot.itt_id.in_(itt_ids))
    )


def _ranking(key: str) -> ScalarSelect[Any]:
    """One fact of every standing bid in the lot's newest result, in its order; None where there is no result."""
    facts = func.jsonb_path_query_array(Result.outcome, cast(f"$.ranking[*].{key}", JSONPATH))
    newest = select(facts).where(Result.lot_id == Lot.id, Result.superseded_at.is_(None))
    return newest.order_by(Result.calculated_at.desc()).limit(1).correlate(Lot).scalar_subquery()


def _taken() -> ScalarSelect[Any]:
    """The references of the bids that hold a place in the lot, or were awarded it and withdrew."""
    place, award = aliased(AwardPlace), aliased(AwardDecision)
    taken = select(func.array_agg(Bid.reference)).join(place, place.bid_id == Bid.id)
    taken = taken.join(award, award.id == place.decision_id).where(
        award.lot_id == Lot.id, or_(award.status.in_(IN_FORCE), place.status != PlaceStatus.AWARDED)
    )
    return taken.correlate(Lot).scalar_subquery()


def _vacant() -> ScalarSelect[Any]:
    """How many places of the lot became vacant while others stand."""
    place, award = aliased(AwardPlace), aliased(AwardDecision)
    vacant = select(func.count(place.place.distinct())).join(award, award.id == place.decision_id)
    return vacant.where(award.lot_id == Lot.id, is_vacant(place, award)).correlate(Lot).scalar_subquery()


def _empty_panels(itt_ids: Sequence[uuid.UUID]) -> Counts:
    """How many panels of each ITT nobody sits on yet."""
    seated = exists().where(PanelMember.panel_id == Panel.id, PanelMember.removed_at.is_(None))
    return select(Panel.itt_id, func.count()).where(Panel.itt_id.in_(itt_ids), ~seated).group_by(Panel.itt_id)


def _panels_without_lead(itt_ids: Sequence[uuid.UUID]) -> Counts:
    """How many panels of young people of each ITT have no safeguarding lead, or one who holds the role no more."""
    led = exists().where(
        PanelWork.panel_id == Panel.id,
        RoleInForce.user_id == PanelWork.safeguarding_lead_id,
        RoleInForce.role == Role.SAFEGUARDING_LEAD,
    )
    young = (Panel.itt_id.in_(itt_ids), Panel.kind == PanelKind.YOUNG_PEOPLE)
    return select(Panel.itt_id, func.count()).where(*young, ~led).group_by(Panel.itt_id)


def _untold_panels(itt_ids: Sequence[uuid.UUID]) -> Counts:
    """How many panels of young people of each ITT wait to hear what was done with their words."""
    waiting = select(Panel.itt_id, func.count()).where(Panel.itt_id.in_(itt_ids), is_untold())
    return waiting.group_by(Panel.itt_id)


@dataclass(frozen=True)
class _Row:
    """One lot, or one place in its award."""

    lot_id: uuid.UUID
    places: int
    vacant: int
    status: DecisionStatus | None
    proposed_by_id: uuid.UUID | None
    proposed_at: datetime | None
    decided_at: datetime | None
    has_standstill: bool | None
    announced_date: date | None
    last_date: date | None
    ends_until: datetime | None
    concluded_at: datetime | None
    has_result: bool
    ranked: list[str] | None
    ranks: list[int] | None
    taken: list[str] | None
    has_no_bid: bool
    has_ended: bool
    draws_lots: bool | None
    unchecked: int
    look_wanted: str | None

    @property
    def left(self) -> list[int] | None:
        """The ranks of the bids that neither hold a place nor have withdrawn; None where there is no result."""
        if self.ranked is None or self.ranks is None:
            return None
        taken = self.taken or ()
        return [rank for bid, rank in zip(self.ranked, self.ranks, strict=True) if bid not in taken]

    @property
    def is_open(self) -> bool:
        """Whether it, or a place in it, is neither awarded, nor proposed, nor ended."""
        return (self.status is None or self.vacant > 0) and not self.has_ended

    @property
    def has_nobody_left(self) -> bool:
        """Whether no bid can be awarded it by the published method."""
        return self.has_no_bid or self.left == []

    @property
    def is_tied(self) -> bool:
        """Whether several bids share a rank that decides about a place."""
        left = self.left or []
        return any(left.count(rank) > 1 for rank in left[: self.vacant or self.places])

    def can_be_signed(self, now: datetime) -> bool:
        """Whether its contract can be concluded, as far as standstill and announcement go."""
        decided = self.status is DecisionStatus.DECIDED and self.announced_date is not None
        return decided and self.concluded_at is None and self.wait(now) in {Wait.NONE, Wait.OVER}

    def wait(self, now: datetime) -> Wait:
        if self.status is not DecisionStatus.DECIDED or not self.has_standstill:
            return Wait.NONE
        if self.ends_until is None:
            return Wait.WAITING
        return Wait.RUNNING if now < self.ends_until else Wait.OVER


_LEAST_FAR = (Wait.WAITING, Wait.RUNNING, Wait.OVER, Wait.NONE)


def _together(lots: Sequence[_Row], has_empty_panel: bool, now: datetime) -> Situation:
    if not lots:
        return Situation(has_empty_panel)
    result = any(lot.has_result for lot in lots)
    lots = [lot for lot in lots if not lot.has_ended] or lots
    waits = {lot.wait(now) for lot in lots}
    proposed = [lot for lot in lots if lot.status is DecisionStatus.PROPOSED]
    on_the_way = {lot.lot_id for lot in proposed}
    vacant = {lot.lot_id: lot for lot in lots if lot.is_open and lot.lot_id not in on_the_way}.values()
    return Situation(
        has_empty_panel=has_empty_panel,
        proposers=frozenset(Half(lot.proposed_by_id, lot.proposed_at) for lot in proposed),
        has_result=result,
        has_lot_to_propose=any(not lot.has_nobody_left and not lot.is_tied for lot in vacant),
        has_tie=any(lot.is_tied for lot in vacant),
        draws_lots=all(lot.draws_lots for lot in lots),
        wants_look=any(lot.look_wanted and not (lot.is_tied and lot.draws_lots) for lot in vacant),
        to_check=sum(lot.unchecked for lot in vacant),
        has_lot_to_end=any(lot.has_nobody_left and not lot.vacant for lot in vacant),
        has_place_to_leave=any(lot.has_nobody_left and lot.vacant for lot in vacant),
        decided_at=max((lot.decided_at for lot in lots if lot.decided_at), default=None),
        standstill=next(wait for wait in _LEAST_FAR if wait in waits),
        last_date=max((lot.last_date for lot in lots if lot.last_date), default=None),
        is_announced=all(lot.announced_date for lot in lots),
        concluded_at=max((lot.concluded_at for lot in lots if lot.concluded_at), default=None),
        has_lot_to_sign=any(lot.can_be_signed(now) for lot in lots),
    )
