"""Whom a lot goes to by its ranking, and whom it passes over, as the page of its award tells it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.awarding.allocating import Tied, winners_of
from portal.awarding.models import AwardDecision
from portal.awarding.queries import out_of_validity, places_held, ranking_of, withdrawn_bids
from portal.bidding.validity import Validity, validities_of
from portal.core.errors import WrongState
from portal.core.permissions import Actor
from portal.evaluation.models import Result
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender, Lot


@dataclass(frozen=True)
class Standings:
    """The ranking of a lot in rows (`queries.ranking_of`), with how long each bid stands, by its reference."""

    rows: Sequence[Mapping[str, Any]]
    validity: Mapping[str, Validity]
    winners: Sequence[Provider]
    """Whom the award goes to, or would, in the order of the places; nobody while that cannot be said."""
    passed_over: Sequence[Provider]
    """Who comes before the last of them and gets other lots."""
    withdrew: Sequence[Provider]
    lapsed: Sequence[Provider]
    expired: Sequence[Validity]
    """Of those whom it would go to, the time that is past."""
    tied: Mapping[str, uuid.UUID]
    """The bids that are tied where that decides, by reference."""

    @property
    def is_unlike_ranking(self) -> bool:
        """Whether it goes to others, or to more, than the bid in first place."""
        return len(self.winners) > 1 or bool(self.passed_over or self.withdrew)


def standings_of(
    itt: InvitationToTender, lot: Lot, decision: AwardDecision | None, result: Result | None, actor: Actor
) -> Standings:
    """Work out the standings for the actor: of a decision, or of the one that could be proposed now."""
    rows = ranking_of(result, actor)
    by_bid = {row["bid_id"]: row for row in rows}
    stand = validities_of(list(by_bid))
    goes_to, tied = _goes_to(itt, lot, decision, result)
    winning = [by_bid[bid_id] for bid_id in goes_to if bid_id in by_bid]
    settled = {*goes_to, *(place.bid_id for place in places_held(lot.id))}
    last = max((row["rank"] for row in winning), default=0)
    above = [row for row in rows if row["rank"] < last and row["bid_id"] not in settled]
    withdrawn, lapsed = withdrawn_bids(lot.id), out_of_validity(lot.id)
    return Standings(
        rows=rows,
        validity={row["bid"]: stand[row["bid_id"]] for row in rows},
        winners=[row["organisation"] for row in winning],
        passed_over=[row["organisation"] for row in above if row["bid_id"] not in withdrawn | lapsed],
        withdrew=[row["organisation"] for row in above if row["bid_id"] in withdrawn],
        lapsed=[row["organisation"] for row in above if row["bid_id"] in lapsed],
        expired=[stand[row["bid_id"]] for row in winning if decision is None and stand[row["bid_id"]].is_past],
        tied=tied,
    )


def _goes_to(
    itt: InvitationToTender, lot: Lot, decision: AwardDecision | None, result: Result | None
) -> tuple[Sequence[uuid.UUID], Mapping[str, uuid.UUID]]:
    if decision is not None:
        return [place.bid_id for place in decision.standing], {}
    try:
        return (winners_of(itt, lot, result) if result is not None else []), {}
    except Tied as tie:
        return [], tie.bids
    except WrongState:
        return [], {}
