"""Every bid's answer to one question beside the others, with what panels made of it: for those who award."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.evaluation.models import ModeratedScore
from portal.evaluation.opened import Given
from portal.evaluation.queries import bids_to_score
from portal.evaluation.reading import read_side_by_side
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel
from portal.tendering.tree import scored

AT_ONCE = 6
"""Bids on one page: each answer may fill a screen."""


@dataclass(frozen=True)
class Comparison:
    """Some bids' answers to the questions of one criterion, and what each panel agreed on them."""

    criterion: AwardCriterion
    others: Sequence[AwardCriterion]
    """What else can be compared, in the order of the method."""
    panels: Sequence[Panel]
    """The panels that score it."""
    bids: Sequence[Given]
    agreed: Mapping[tuple[uuid.UUID, uuid.UUID], ModeratedScore]
    """By bid and panel; none of a panel whose marks the method combines by itself."""
    first: int
    total: int

    @property
    def earlier(self) -> int | None:
        """The number of the first bid of the page before."""
        return max(1, self.first - AT_ONCE) if self.first > 1 else None

    @property
    def later(self) -> int | None:
        """The number of the first bid of the page after."""
        return self.first + AT_ONCE if self.first + AT_ONCE <= self.total else None


def compare_answers(*, itt: InvitationToTender, key: str, first: int, actor: Actor) -> Comparison:
    """The answers to the criterion of that key, six bids from number `first` on, in the order of the labels.

    Records and raises as `read_side_by_side`; `NotFound` for a criterion that no panel scores, and for bids that there
    are not.
    """
    policy.require(actor, Verb.COMPARE_ANSWERS, itt)
    scored_ones = scored(itt)
    criterion = next((one for one in scored_ones if one.key == key), None)
    asked = [question for question in itt.questions if criterion is not None and question.criterion_id == criterion.id]
    if criterion is None:
        raise NotFound("No panel scores such a question.")
    standing = [bid for bid in bids_to_score(itt.id) if any(one.is_asked_for(bid.bid.lot_id) for one in asked)]
    if not 1 <= first <= max(1, len(standing)):
        raise NotFound("There are not so many bids.")
    chosen = [bid.bid_id for bid in standing[first - 1 : first - 1 + AT_ONCE]]
    given = read_side_by_side(itt=itt, bid_ids=chosen, criterion=criterion, actor=actor)
    return Comparison(
        criterion,
        [one for one in scored_ones if one is not criterion],
        [panel for panel in itt.panels if panel.id in {share.panel_id for share in criterion.shares}],
        given,
        _agreed(criterion, chosen),
        first,
        len(standing),
    )


def _agreed(
    criterion: AwardCriterion, bid_ids: Sequence[uuid.UUID]
) -> Mapping[tuple[uuid.UUID, uuid.UUID], ModeratedScore]:
    found = db.session.scalars(
        select(ModeratedScore).where(
            ModeratedScore.criterion_id == criterion.id,
            ModeratedScore.bid_id.in_(bid_ids),
            ModeratedScore.superseded_at.is_(None),
        )
    )
    return {(score.bid_id, score.panel_id): score for score in found}
