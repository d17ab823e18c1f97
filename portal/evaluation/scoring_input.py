"""The engine's case, from the rows: the frozen method, bids and prices, scores, agreed scores, recusals."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.models import ModeratedScore, PanelMember, Score, Scorecard
from portal.evaluation.published_method import plain
from portal.evaluation.states import ScorecardStatus
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel


def bid_key(opened: OpenedBid) -> str:
    """What the engine calls a bid: its reference."""
    return opened.bid.reference


def member_key(member_id: object) -> str:
    """What the engine calls a panel member: a pseudonymous identifier, never a name or an alias."""
    return str(member_id)


def case_for(itt: InvitationToTender, lot: Lot) -> dict[str, Any]:
    """Build the case of one lot in the engine's format (docs/scoring.md section 2).

    `bids` are the opened ones whose seals matched, with their prices in pounds over the whole term. `scores`
    are the submitted individual ones: those of a member who was recused or removed stay in the case, and the
    member in `recused`, so that the engine leaves them out in plain sight. `agreed` are the agreed scores in
    force.
    """
    opened = db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(Bid.lot_id == lot.id, OpenedBid.quarantine_reason.is_(None))
        .options(joinedload(OpenedBid.bid))
    ).all()
    return {
        "method": itt.method,
        "bids": {
            bid_key(bid): {} if bid.price is None else {"price": format(bid.price, "f")}
            for bid in sorted(opened, key=bid_key)
        },
        "scores": _scores(lot),
        "agreed": _agreed(lot),
        "recused": _recused(itt),
    }


def hash_of(case: dict[str, Any]) -> str:
    """SHA-256 (hexadecimal) of the case as canonical JSON: the same inputs never make a second result."""
    canonical = json.dumps(case, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _scores(lot: Lot) -> list[dict[str, str]]:
    rows = db.session.execute(
        select(Panel.key, PanelMember.id, Bid.reference, AwardCriterion.key, Score.score, Score.reason)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(Bid, Bid.id == Scorecard.bid_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .join(AwardCriterion, AwardCriterion.id == Score.criterion_id)
        .where(
            Bid.lot_id == lot.id,
            OpenedBid.quarantine_reason.is_(None),
            Scorecard.status == ScorecardStatus.SUBMITTED,
        )
        .order_by(Panel.key, PanelMember.id, Bid.reference, AwardCriterion.key)
    )
    return [
        {
            "panel": panel,
            "member": member_key(member),
            "bid": bid,
            "criterion": criterion,
            "score": format(plain(score), "f"),
            "reason": reason,
        }
        for panel, member, bid, criterion, score, reason in rows
    ]


def _agreed(lot: Lot) -> list[dict[str, str]]:
    rows = db.session.execute(
        select(Panel.key, Bid.reference, AwardCriterion.key, ModeratedScore.score, ModeratedScore.reason)
        .join(Panel, Panel.id == ModeratedScore.panel_id)
        .join(Bid, Bid.id == ModeratedScore.bid_id)
        .join(AwardCriterion, AwardCriterion.id == ModeratedScore.criterion_id)
        .where(Bid.lot_id == lot.id, ModeratedScore.superseded_at.is_(None))
        .order_by(Panel.key, Bid.reference, AwardCriterion.key)
    )
    return [
        {
            "panel": panel,
            "bid": bid,
            "criterion": criterion,
            "score": format(plain(score), "f"),
            "reason": reason,
        }
        for panel, bid, criterion, score, reason in rows
    ]


def _recused(itt: InvitationToTender) -> list[dict[str, str]]:
    left = (PanelMember.recused_at.is_not(None)) | (PanelMember.removed_at.is_not(None))
    rows = db.session.execute(
        select(Panel.key, PanelMember.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.itt_id == itt.id, left)
        .order_by(Panel.key, PanelMember.id)
    )
    return [{"panel": panel, "member": member_key(member)} for panel, member in rows]
