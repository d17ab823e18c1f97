"""What the marks of a panel changed, told to it once it is decided who is chosen: to young people first of all.

Bidders stand in it by the label that the panel knows, and whoever was chosen by name once the award is announced:
nothing of it is more than anybody may know.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.awarding.models import AwardDecision, AwardPlace
from portal.awarding.states import DecisionStatus, PlaceStatus
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.permissions import Actor, Verb, policy
from portal.core.words import listed, marks
from portal.evaluation.models import ModeratedScore, PanelWork, Result
from portal.evaluation.published_method import scored_keys
from portal.evaluation.queries import agreed_scores, opened_bids
from portal.evaluation.results import newest_results
from portal.reporting.models import PanelReply
from portal.reporting.replying import reply_to
from portal.tendering.method import method_for
from portal.tendering.models import Lot
from tender_scoring import effective_weights


@dataclass(frozen=True)
class Place:
    """A bid with its place as it was, and as it would be without the panel's marks."""

    called: str
    with_them: int
    without_them: int


@dataclass(frozen=True)
class OwnMark:
    """What the panel agreed about a bid that was chosen, in its own words."""

    question: str
    score: str
    reason: str


@dataclass(frozen=True)
class LotInfluence:
    """What the panel's marks changed in one lot."""

    title: str
    worth: str
    """The panel's marks of 100."""
    chosen: str
    """By name; "" before the award is announced, and where nobody was chosen."""
    places: Sequence[Place]
    below: str
    """The marks of 100 below which another bid would be chosen; "" where there is no such share."""
    ruled_out: int
    """Bids that the panel's own least score ruled out."""
    own: Sequence[OwnMark]

    @property
    def first(self) -> str:
        """Who came first."""
        return listed(place.called for place in self.places if place.with_them == 1)

    @property
    def first_without(self) -> str:
        """Who would have come first without the panel's marks."""
        return listed(place.called for place in self.places if place.without_them == 1)

    @property
    def moved(self) -> int:
        """How many bids would stand in another place."""
        return sum(place.with_them != place.without_them for place in self.places)


@dataclass(frozen=True)
class Influence:
    """The whole page."""

    work: PanelWork
    lots: Sequence[LotInfluence]
    reply: PanelReply | None


def influence_of(work: PanelWork, reader: Actor) -> Influence:
    """What the panel's marks changed, for whoever may read it.

    Raises `NotFound`, `NotAllowed`, and `WrongState` before it is decided who is chosen.
    """
    policy.require(reader, Verb.READ_INFLUENCE, work)
    if not work.itt.has_outcome:
        raise WrongState("There is nothing to tell until it is decided who is chosen.")
    results = {result.lot_id: result for result in newest_results(work.itt_id)}
    chosen, labels, agreed = _chosen(work.itt_id), _labels(work.itt_id), agreed_scores(work.panel_id)
    lots = [
        _lot(work, lot, results[lot.id], chosen.get(lot.id, ()), labels, agreed.values())
        for lot in work.itt.lots
        if lot.id in results and scored_keys(method_for(lot), work.panel.key)
    ]
    return Influence(work, lots, reply_to(work.panel_id))


def _lot(
    work: PanelWork,
    lot: Lot,
    result: Result,
    chosen: Sequence[AwardPlace],
    labels: Mapping[str, str],
    agreed: Any,
) -> LotInfluence:
    names = {place.bid.reference: place.called for place in chosen}
    called = {key: f"{names[key]} ({label})" if key in names else label for key, label in labels.items()}
    outcome, key = result.outcome, work.panel.key
    ids = {place.bid_id for place in chosen}
    return LotInfluence(
        title=lot.title,
        worth=marks(_worth(lot, key)),
        chosen=listed(names.values()),
        places=tuple(_places(outcome["ranking"], key, called)) if work.panel.counts else (),
        below=_below(result.diagnostics or {}, key),
        ruled_out=len({entry["bid"] for entry in outcome["eliminated"] if entry.get("panel") == key}),
        own=tuple(_own(score) for score in agreed if score.bid_id in ids),
    )


def _places(ranking: Sequence[Mapping[str, Any]], panel: str, called: Mapping[str, str]) -> Iterator[Place]:
    """Places by price for each mark stand as they are: without a panel's marks there is nothing to divide by."""
    if any("price_per_point" in entry for entry in ranking):
        return
    left = {entry["bid"]: Fraction(entry["total"]) - Fraction(entry["panels"].get(panel, "0")) for entry in ranking}
    for entry in ranking:
        without = 1 + sum(other > left[entry["bid"]] for other in left.values())
        yield Place(called[entry["bid"]], entry["rank"], without)


def _worth(lot: Lot, panel: str) -> Fraction:
    weights = effective_weights(method_for(lot))
    return sum((weight.marks for weight in weights if weight.panel == panel), Fraction(0))


def _below(diagnostics: Mapping[str, Any], panel: str) -> str:
    for entry in diagnostics.get("decisive_weights", ()):
        if entry["panel"] == panel and entry["below"]:
            return f"{float(Fraction(entry['below']['exact']) * 100):.1f}".removesuffix(".0")
    return ""


def _own(score: ModeratedScore) -> OwnMark:
    criterion = score.criterion
    return OwnMark(criterion.plain_title or criterion.title, marks(score.score), score.reason)


def _labels(itt_id: uuid.UUID) -> Mapping[str, str]:
    return {opened.bid.reference: opened.label for opened in opened_bids(itt_id)}


def _chosen(itt_id: uuid.UUID) -> Mapping[uuid.UUID, list[AwardPlace]]:
    """Whom each lot was awarded to, once that is announced to everybody."""
    by_lot: dict[uuid.UUID, list[AwardPlace]] = {}
    for place in db.session.scalars(
        select(AwardPlace)
        .join(AwardPlace.decision)
        .where(
            AwardDecision.itt_id == itt_id,
            AwardDecision.status == DecisionStatus.DECIDED,
            AwardDecision.announced_date.is_not(None),
            AwardPlace.status == PlaceStatus.AWARDED,
        )
        .options(joinedload(AwardPlace.decision), joinedload(AwardPlace.bid).joinedload(Bid.provider))
        .order_by(AwardDecision.lot_id, AwardPlace.place)
    ):
        by_lot.setdefault(place.decision.lot_id, []).append(place)
    return by_lot
