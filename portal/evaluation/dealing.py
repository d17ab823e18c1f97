"""Writing down who scores what of a shared-out panel; anew or adding to it whenever its members or bids change."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, delete, insert, literal, select, true

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.permissions import Actor
from portal.core.words import counted
from portal.evaluation.balancing import Pair, balanced
from portal.evaluation.models import PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.owing import sharing_of
from portal.evaluation.queries import bids_to_score, counting_members, members_with_cards
from portal.evaluation.recusal_models import has_left_lot_of
from portal.evaluation.sharing_models import Assignment, Sharing
from portal.evaluation.standing import UNTOUCHED, standings_of
from portal.evaluation.states import SCORING_ROLES, PanelWorkStatus

ROWS = 1000


def deal_again(work: PanelWork, *, actor: Actor) -> None:
    """Share the bids out again after somebody joined, left or may go on, where the panel is shared out and scores.

    Consequences: once scoring has begun everybody keeps what they have, and what somebody left behind goes to whoever
    has the fewest, within the panel's numbers; what nobody can take stays open, and moderation waits for it
    (`short_of`). Before that all are dealt anew by the same seed. Records BIDS_SHARED_OUT where anything changed. The
    panel's row of work is locked.
    """
    sharing = sharing_of(work.panel_id)
    if sharing is not None and work.status is PanelWorkStatus.SCORING:
        deal(work, sharing, actor=actor)


def deal(work: PanelWork, sharing: Sharing, *, actor: Actor) -> None:
    """Write down who scores what by the sharing's numbers and seed (`deal_again`)."""
    db.session.flush()
    members = [member.id for member in members_with_cards(work.panel_id)]
    standing = bids_to_score(work.itt_id)
    bids = [bid.bid_id for bid in standing]
    given = _given(work.panel_id)
    kept = frozenset(pair for pair in given if pair[0] in bids) if has_begun(work.panel_id) else frozenset()
    found = balanced(
        bids,
        members,
        least=sharing.least,
        most=sharing.most,
        seed=sharing.seed,
        barred=_barred(work, standing),
        kept=kept,
    )
    if found == given:
        return
    _write(given - found, found - given)
    record(
        EventKind.BIDS_SHARED_OUT,
        work,
        actor=actor,
        panel=work.panel.key,
        least=sharing.least,
        most=sharing.most,
        seed=sharing.seed,
        members=len(members),
        bids=len(bids),
        kept=len(kept),
        assignments_sha256=digest_of(found),
    )


def digest_of(pairs: frozenset[Pair]) -> str:
    """SHA-256 (hexadecimal) of who scores what: one bid and member a line, in order."""
    lines = sorted(f"{bid} {member}" for bid, member in pairs)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def has_begun(panel_id: uuid.UUID) -> bool:
    """Whether somebody who is on the panel still has saved a score."""
    return bool(db.session.scalar(select(begun_on(literal(panel_id)))))


def begun_on(panel_id: SQLColumnExpression[uuid.UUID]) -> ColumnElement[bool]:
    """The same of a panel in a query."""
    return (
        select(Score.scorecard_id)
        .join(Score.scorecard)
        .join(Scorecard.member)
        .where(PanelMember.panel_id == panel_id, PanelMember.removed_at.is_(None), PanelMember.recused_at.is_(None))
        .exists()
    )


def short_of(work: PanelWork) -> list[tuple[OpenedBid, int]]:
    """Bids that fewer members score than the panel's sharing asks for, with how many do; none where it has none."""
    sharing = sharing_of(work.panel_id)
    if sharing is None:
        return []
    scorers = Counter(bid for bid, _ in _given(work.panel_id))
    bids: Sequence[OpenedBid] = bids_to_score(work.itt_id)
    return [(bid, scorers[bid.bid_id]) for bid in bids if scorers[bid.bid_id] < sharing.least]


def require_dealt(work: PanelWork) -> None:
    """Raise `WrongState`, naming the first, while a bid of a shared-out panel has too few members who score it."""
    short = short_of(work)
    if short:
        bid, scorers = short[0]
        raise WrongState(
            f"{counted(len(short), 'bid has', 'bids have')} too few members who score, the first {bid.label} with"
            f" {scorers}. A commissioner shares the bids out again, or appoints somebody."
        )


def give_back(members: Iterable[PanelMember]) -> None:
    """Take from whoever scores on another's scorecards from now on the bids that were given to them."""
    seats = [member.id for member in members]
    db.session.execute(delete(Assignment).where(Assignment.panel_member_id.in_(seats)))


def hand_on(member: PanelMember, holder: PanelMember, lot: Collection[uuid.UUID] | None = None) -> None:
    """Give the bids of whoever had a pair's scorecards to whoever goes on with them; reads nothing of any score.

    `lot`: the bids of the one lot in which they do; whoever has left it keeps them on record.
    """
    those = true() if lot is None else Assignment.bid_id.in_(lot)
    db.session.execute(delete(Assignment).where(Assignment.panel_member_id == holder.id, those))
    given = select(Assignment.bid_id, literal(holder.id)).where(Assignment.panel_member_id == member.id, those)
    db.session.execute(insert(Assignment).from_select(["bid_id", "panel_member_id"], given))
    if lot is None:
        give_back([member])


def _given(panel_id: uuid.UUID) -> frozenset[Pair]:
    """What is given and counts: what was given to whoever left the panel, or the lot, stays on record."""
    rows = db.session.execute(
        select(Assignment.bid_id, Assignment.panel_member_id)
        .join(PanelMember, PanelMember.id == Assignment.panel_member_id)
        .where(
            PanelMember.panel_id == panel_id,
            PanelMember.role.in_(SCORING_ROLES),
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
            ~has_left_lot_of(Assignment.bid_id),
        )
    )
    return frozenset((bid, member) for bid, member in rows)


def _barred(work: PanelWork, bids: Sequence[OpenedBid]) -> frozenset[Pair]:
    """Nobody gets a bid of a lot that they left, nor they or their pair one while a link with its bidder waits."""
    standings = standings_of(work.itt_id)
    barred: set[Pair] = set()
    for member in counting_members(work.panel_id):
        standing = standings.get(member.user_id, UNTOUCHED)
        barred |= {(bid, member.scores_with_id or member.id) for bid in standing.waiting}
        if member.has_card:
            barred |= {(bid.bid_id, member.id) for bid in bids if bid.bid.lot_id in standing.left}
    return frozenset(barred)


def _write(gone: frozenset[Pair], new: frozenset[Pair]) -> None:
    by_member: dict[uuid.UUID, list[uuid.UUID]] = {}
    for bid, member in gone:
        by_member.setdefault(member, []).append(bid)
    for member, bids in by_member.items():
        db.session.execute(delete(Assignment).where(Assignment.panel_member_id == member, Assignment.bid_id.in_(bids)))
    rows = [{"bid_id": bid, "panel_member_id": member} for bid, member in sorted(new)]
    for start in range(0, len(rows), ROWS):
        db.session.execute(insert(Assignment), rows[start : start + ROWS])
