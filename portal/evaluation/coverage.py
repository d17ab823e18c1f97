"""Whether a panel has as many members as it needs, for every lot: asked again whenever somebody leaves one."""

from __future__ import annotations

import uuid

from portal.core.errors import WrongState
from portal.core.words import counted
from portal.evaluation.models import PanelWork
from portal.evaluation.queries import bids_to_score, counting_members
from portal.evaluation.standing import lots_left
from portal.evaluation.states import PanelWorkStatus
from portal.tendering.models import Panel
from portal.tendering.states import Combination

NEVER_ALONE = 2


def least_members(panel: Panel) -> int:
    """With how many members, at the least, a panel agrees its scores: its published number, and never one alone."""
    return max(NEVER_ALONE, panel.quorum)


def fewest_members(work: PanelWork) -> tuple[int, str]:
    """How many members can judge the lot that has fewest of them, and the lot in words ("" where all have as many)."""
    members, left = counting_members(work.panel_id), lots_left(work.itt_id)
    # Before it moderates, a method that combines marks by itself counts marks: a pair gives one.
    by_marks = work.status is not PanelWorkStatus.MODERATING and work.panel.combine is not Combination.AGREED

    def number(lot_id: uuid.UUID | None) -> int:
        judging = [one for one in members if lot_id not in left.get(one.user_id, ())]
        return len({(by_marks and one.scores_with_id) or one.id for one in judging})

    every = number(None)
    if not left:
        return every, ""
    lots = {bid.bid.lot_id: bid.bid.lot for bid in bids_to_score(work.itt_id)}
    fewest, of_lot = min(((number(lot_id), lot.number) for lot_id, lot in lots.items()), default=(every, 0))
    return fewest, f" for lot {of_lot}" if fewest < every else ""


def is_covered(work: PanelWork) -> bool:
    """Whether every lot has the least number of members."""
    return fewest_members(work)[0] >= least_members(work.panel)


def require_covered(work: PanelWork) -> None:
    """Raise `WrongState`, saying how many are left and of which lot, where the panel has too few members to agree."""
    least = least_members(work.panel)
    found, of_lot = fewest_members(work)
    if found < least:
        raise WrongState(
            f"A panel agrees with {counted(least, 'member')} at the least, and {found} of this one are left{of_lot}:"
            " the council has to appoint somebody. They can join now, and need not have scored."
            if work.status is PanelWorkStatus.MODERATING
            else f"A panel agrees with {counted(least, 'member')} at the least: {counted(found, 'member')} of"
            f" this one can score{of_lot}. The council has to appoint somebody who scores before it moderates."
        )
