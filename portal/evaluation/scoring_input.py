"""The engine's case, from the rows: the frozen method, bids and prices, scores, agreed scores, recusals."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Text, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.draw_queries import draw_of
from portal.evaluation.models import ModeratedScore, PanelMember, Score, Scorecard
from portal.evaluation.published_method import plain
from portal.evaluation.reading import Purpose, read_prices
from portal.evaluation.recusal_models import LotRecusal
from portal.evaluation.states import ScorecardStatus
from portal.tendering.method import method_for
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel

ROWS = 200
"""Groups of scores that are read at once."""


def bid_key(opened: OpenedBid) -> str:
    """What the engine calls a bid: its reference."""
    return opened.bid.reference


def member_key(member_id: object) -> str:
    """What the engine calls a panel member: a pseudonymous identifier, never a name or an alias."""
    return str(member_id)


def case_for(itt: InvitationToTender, lot: Lot) -> dict[str, Any]:
    """Build the case of one lot in the engine's format (docs/scoring.md section 2).

    `bids` are the opened ones that stand, with their prices in pounds over the whole term. `scores`
    are the submitted individual ones: those of a member who was recused (from the lot, or from all of it) or removed
    stay in the case, and the member in `recused`, so that the engine leaves them out in plain sight. `agreed` are the
    agreed scores in force that stand.
    """
    opened = read_prices(itt=itt, lot_id=lot.id, reader=Purpose.RESULT).values()
    return {
        "method": method_for(lot),
        "bids": {
            bid_key(bid): {} if bid.price is None else {"price": format(bid.price, "f")}
            for bid in sorted((bid for bid in opened if bid.stands), key=bid_key)
        },
        "scores": _scores(lot),
        "agreed": _agreed(lot),
        "recused": _recused(itt, lot),
        **_drawn(lot),
    }


def _drawn(lot: Lot) -> dict[str, Any]:
    """The order of a lot that was drawn; nothing where none was, so that other cases keep their hash."""
    draw = draw_of(lot.id)
    return {} if draw is None or draw.drawn is None else {"drawn": draw.drawn}


def _given(score: InstrumentedAttribute[Decimal], reason: InstrumentedAttribute[str]) -> Any:
    """All scores of one group as one value, [criterion, score, reason] each: a large panel has a hundred thousand."""
    given = func.json_build_array(AwardCriterion.key, cast(score, Text), reason)
    return func.json_agg(aggregate_order_by(given, AwardCriterion.key))


def _entries(rows: Iterable[tuple[dict[str, str], list[list[str]]]]) -> list[dict[str, str]]:
    """The engine's entries, the texts that many of them share kept once each."""
    return [
        {**whose, "criterion": sys.intern(criterion), "score": _as_published(score), "reason": reason}
        for whose, given in rows
        for criterion, score, reason in given
    ]


@cache
def _as_published(score: str) -> str:
    return format(plain(Decimal(score)), "f")


def _scores(lot: Lot) -> list[dict[str, str]]:
    rows = db.session.execute(
        select(Panel.key, PanelMember.id, Bid.reference, _given(Score.score, Score.reason))
        .select_from(Score)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(Bid, Bid.id == Scorecard.bid_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .join(AwardCriterion, AwardCriterion.id == Score.criterion_id)
        .where(
            Bid.lot_id == lot.id,
            STANDS,
            Scorecard.status == ScorecardStatus.SUBMITTED,
        )
        .group_by(Panel.key, PanelMember.id, Bid.reference)
        .order_by(Panel.key, PanelMember.id, Bid.reference)
        .execution_options(yield_per=ROWS)
    )
    return _entries(({"panel": row[0], "member": member_key(row[1]), "bid": row[2]}, row[3]) for row in rows)


def _agreed(lot: Lot) -> list[dict[str, str]]:
    rows = db.session.execute(
        select(Panel.key, Bid.reference, _given(ModeratedScore.score, ModeratedScore.reason))
        .select_from(ModeratedScore)
        .join(Panel, Panel.id == ModeratedScore.panel_id)
        .join(Bid, Bid.id == ModeratedScore.bid_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .join(AwardCriterion, AwardCriterion.id == ModeratedScore.criterion_id)
        .where(ModeratedScore.superseded_at.is_(None), ModeratedScore.stands_at.is_not(None))
        .where(Bid.lot_id == lot.id, STANDS)
        .group_by(Panel.key, Bid.reference)
        .order_by(Panel.key, Bid.reference)
        .execution_options(yield_per=ROWS)
    )
    return _entries(({"panel": row[0], "bid": row[1]}, row[2]) for row in rows)


def _recused(itt: InvitationToTender, lot: Lot) -> list[dict[str, str]]:
    from_lot = exists().where(LotRecusal.user_id == PanelMember.user_id, LotRecusal.lot_id == lot.id)
    left = or_(PanelMember.recused_at.is_not(None), PanelMember.removed_at.is_not(None), from_lot)
    rows = db.session.execute(
        select(Panel.key, PanelMember.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.itt_id == itt.id, left)
        .order_by(Panel.key, PanelMember.id)
    )
    return [{"panel": panel, "member": member_key(member)} for panel, member in rows]
