"""How far the award of each procurement is: what the road and the next steps need beyond its status."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import exists, select

from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.states import DecisionStatus
from portal.contracts.models import Contract
from portal.core.approval import Half
from portal.core.columns import db
from portal.corresponding.queries import counts_unanswered
from portal.evaluation.models import PanelMember, Result
from portal.notices.queries import kinds_waiting
from portal.regulation.procurement_law import StandstillDuty
from portal.tendering.amending.queries import proposers_of
from portal.tendering.clarifying.queries import counts_waiting
from portal.tendering.models import Lot, Panel


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
    is_announced: bool = False
    """Whether every lot's award notice is published."""
    notices_waiting: Sequence[str] = ()
    """The kinds of notice that wait for their number on the central digital platform."""
    change_proposer: Half | None = None
    """Who proposed the change that waits for its second person."""
    messages: int = 0
    """In how many correspondences the bidder wrote last."""
    questions: int = 0
    """How many questions of bidders have no published answer."""


def situations_of(itt_ids: Sequence[uuid.UUID], now: datetime) -> Mapping[uuid.UUID, Situation]:
    """The situation of each ITT, in a fixed number of statements."""
    rows: dict[uuid.UUID, list[_Row]] = {itt_id: [] for itt_id in itt_ids}
    result = exists().where(Result.lot_id == Lot.id)
    query = (
        select(
            Lot.itt_id,
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
        )
        .select_from(Lot)
        .outerjoin(
            AwardDecision,
            (AwardDecision.lot_id == Lot.id) & (AwardDecision.status != DecisionStatus.REFUSED),
        )
        .outerjoin(Standstill, Standstill.decision_id == AwardDecision.id)
        .outerjoin(Contract, Contract.lot_id == Lot.id)
        .where(Lot.itt_id.in_(itt_ids))
    )
    for itt_id, *lot in db.session.execute(query):
        rows[itt_id].append(_Row(*lot))
    empty, waiting, asked = _with_an_empty_panel(itt_ids), kinds_waiting(itt_ids), counts_waiting(itt_ids)
    changes, written = proposers_of(itt_ids), counts_unanswered(itt_ids)
    return {
        itt_id: replace(
            _together(lots, itt_id in empty, now),
            notices_waiting=waiting.get(itt_id, ()),
            questions=asked.get(itt_id, 0),
            messages=written.get(itt_id, 0),
            change_proposer=changes.get(itt_id),
        )
        for itt_id, lots in rows.items()
    }


def _with_an_empty_panel(itt_ids: Sequence[uuid.UUID]) -> frozenset[uuid.UUID]:
    """The ITTs that have a panel nobody sits on yet."""
    seated = exists().where(PanelMember.panel_id == Panel.id, PanelMember.removed_at.is_(None))
    return frozenset(db.session.scalars(select(Panel.itt_id).where(Panel.itt_id.in_(itt_ids), ~seated)))


@dataclass(frozen=True)
class _Row:
    """One lot."""

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
    waits = {lot.wait(now) for lot in lots}
    proposed = [lot for lot in lots if lot.status is DecisionStatus.PROPOSED]
    return Situation(
        has_empty_panel=has_empty_panel,
        has_result=any(lot.has_result for lot in lots),
        proposers=frozenset(Half(lot.proposed_by_id, lot.proposed_at) for lot in proposed),
        has_lot_to_propose=any(lot.status is None for lot in lots),
        decided_at=max((lot.decided_at for lot in lots if lot.decided_at), default=None),
        standstill=next(wait for wait in _LEAST_FAR if wait in waits),
        last_date=max((lot.last_date for lot in lots if lot.last_date), default=None),
        is_announced=all(lot.announced_date for lot in lots),
        concluded_at=max((lot.concluded_at for lot in lots if lot.concluded_at), default=None),
    )
