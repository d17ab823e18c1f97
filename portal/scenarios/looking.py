"""A second look at scores that decide alone, as somebody of the authority records it before an award."""

from __future__ import annotations

from portal.core import clock
from portal.core.permissions import Actor
from portal.evaluation.look_models import SecondLook
from portal.evaluation.queries import current_result
from portal.evaluation.second_look import look_again, look_faults
from portal.evaluation.states import LookConclusion
from portal.tendering.models import InvitationToTender, Lot

SEEN = "The answers to the questions in which one step decides, every member’s reason for them, and the agreed reasons."
FOUND = "Each agreed score is the descriptor that the answer meets, and the members’ reasons say so."


def look_where_it_decides(itt: InvitationToTender, lot: Lot, actor: Actor) -> SecondLook | None:
    """Record that the scores stay, where a single one decides; None where there is nothing to look at."""
    result = current_result(lot.id)
    if result is None or not list(look_faults(lot)):
        return None
    return look_again(
        itt=itt,
        lot=lot,
        result_id=str(result.id),
        conclusion=LookConclusion.STAYS,
        seen=SEEN,
        finding=FOUND,
        actor=actor,
        now=clock.now(),
    )
