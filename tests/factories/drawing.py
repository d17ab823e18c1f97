"""Tied procurements, and lots drawn between their bids through the real activities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from portal.core import clock
from portal.core.permissions import Actor
from portal.evaluation.draw_models import Draw
from portal.evaluation.draw_queries import draw_of
from portal.evaluation.drawing import commit_value, hash_of_value, reveal_value
from portal.evaluation.results import calculate_result, diagnose_result
from portal.organisations.models import ContractingAuthority
from portal.scenarios.looking import look_where_it_decides
from portal.tendering import method
from portal.tendering.method import method_of
from portal.tendering.models import InvitationToTender, Lot
from tests.factories.awarding import approver_of
from tests.factories.evaluation import moderated_itt
from tests.factories.made_once import made_anew, made_once
from tests.factories.tendering import make_commissioner

VALUES = ("the first one’s secret value", "another value that nobody knew")


@made_once
def tied_itt(*, draws_lots: bool = True, authority: ContractingAuthority | None = None) -> InvitationToTender:
    """A MODERATED ITT with a result in which two bids are tied in first place.

    Not `draws_lots`: its method is as those that were frozen before there was a drawn lot, and its scores were looked
    at a second time.
    """
    if draws_lots:
        return moderated_itt(2, give=lambda _number, _criterion: 4, prices=("100000", "100000"), authority=authority)
    with made_anew(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(method, "method_of", _without_a_lot)
        itt = moderated_itt(2, give=lambda _number, _criterion: 4, prices=("100000", "100000"), authority=authority)
    look_where_it_decides(itt, itt.lots[0], make_commissioner(itt.authority))
    return itt


def _without_a_lot(itt: InvitationToTender, lot: Lot | None = None) -> dict[str, Any]:
    return {**method_of(itt, lot), "tie_break": list(itt.tie_break)}


def two_people(itt: InvitationToTender) -> tuple[Actor, Actor]:
    """A commissioner and an approver of its authority."""
    return make_commissioner(itt.authority), approver_of(itt.authority)


def commit(itt: InvitationToTender, actor: Actor, value: str, *, now: datetime | None = None) -> Draw:
    """Commit to a value, and return the draw."""
    commitment = hash_of_value(value)
    commit_value(itt=itt, lot=itt.lots[0], actor=actor, commitment=commitment, now=now or clock.now())
    draw = draw_of(itt.lots[0].id)
    assert draw is not None
    return draw


def drawn(itt: InvitationToTender) -> Draw:
    """Draw the lot by two people, and calculate the result that follows."""
    people = two_people(itt)
    for actor, value in zip(people, VALUES, strict=True):
        draw = commit(itt, actor, value)
    for actor, value in zip(people, VALUES, strict=True):
        reveal_value(draw=draw, actor=actor, value=value, now=clock.now())
    for result in calculate_result(itt_id=itt.id, now=clock.now()):
        diagnose_result(result_id=result.id)
    return draw
