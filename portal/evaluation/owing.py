"""Which bids a member scores: the one rule, and what follows from it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.models import PanelMember
from portal.evaluation.recusal_models import has_left_lot_of
from portal.evaluation.sharing_models import Assignment, Sharing
from portal.evaluation.states import MemberRole
from portal.tendering.models import Panel

CARD_OF = func.coalesce(PanelMember.scores_with_id, PanelMember.id)
"""Who has the scorecards on which a member scores, as a column: of a pair the one of them who has them."""


def is_given(panel_id: Any, *member_ids: Any) -> ColumnElement[bool]:
    """Every opened bid, and of a panel that is shared out those that are given to one of the members.

    `panel_id` and `member_ids` (a member, and whoever has the scorecards) are values, or columns of the query that this
    is a condition of.
    """
    shared = select(Sharing.panel_id).where(Sharing.panel_id == panel_id).correlate_except(Sharing).exists()
    given = select(Assignment.bid_id).where(
        Assignment.panel_member_id.in_(member_ids), Assignment.bid_id == OpenedBid.bid_id
    )
    return or_(~shared, given.correlate_except(Assignment).exists())


def owes() -> ColumnElement[bool]:
    """The rule, of the statement's `PanelMember` and `OpenedBid`: what is given to them, but in lots that they left.

    A bid with whose bidder they have a link is owed: it waits until two people have decided what follows
    (`standing.Standing.waiting`).
    """
    return and_(is_given(PanelMember.panel_id, PanelMember.id, CARD_OF), ~has_left_lot_of(OpenedBid.bid_id))


def read_by(member: PanelMember) -> ColumnElement[bool]:
    """The opened bids that are a member's to read before the panel meets: those given to them, a facilitator's all.

    What of it is closed to them because of a link with its bidder says `standing.require_to_judge`.
    """
    if member.role is MemberRole.FACILITATOR:
        return true()
    return is_given(member.panel_id, member.id, member.scores_with_id or member.id)


def sharings_of(panel_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Sharing]:
    """How the bids of those of the panels are shared out that are, by panel."""
    found = db.session.scalars(select(Sharing).where(Sharing.panel_id.in_(list(panel_ids))))
    return {sharing.panel_id: sharing for sharing in found}


def bids_of_members(itt_id: uuid.UUID) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """The opened bids that were each member's to score, by member: also of who left, and in lots that they left."""
    rows = db.session.execute(
        select(PanelMember.id, OpenedBid.bid_id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(Bid, Bid.itt_id == Panel.itt_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .where(
            Panel.itt_id == itt_id,
            PanelMember.role != MemberRole.FACILITATOR,
            is_given(PanelMember.panel_id, PanelMember.id, CARD_OF),
        )
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for member_id, bid_id in rows:
        found[member_id].add(bid_id)
    return {member_id: frozenset(bids) for member_id, bids in found.items()}


def sharing_of(panel_id: uuid.UUID) -> Sharing | None:
    """How the panel's bids are shared out; None where everybody scores every bid."""
    return db.session.get(Sharing, panel_id)
