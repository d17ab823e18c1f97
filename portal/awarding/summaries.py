"""Assessment summaries: what each bidder is told, from the published method and the agreed reasons alone.

Procurement Regulations 2024 reg 31: the score under every criterion with an explanation, the total, why the bid
was not awarded, and the same data for the winner, or for each where a lot goes to several. Reasons are the panels'
agreed reasons; nobody's individual score or name appears, the young people's panel least of all.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.awarding.models import AssessmentSummary, AwardDecision, AwardPlace
from portal.awarding.queries import opened_bids_of, out_of_validity, places_held, withdrawn_bids
from portal.bidding.models import OpenedBid
from portal.bidding.validity import validity_of
from portal.core.columns import db
from portal.core.references import new_reference
from portal.core.words import counted, listed, london_date, noun, pounds
from portal.core.words import marks as marks_text
from portal.evaluation.models import ModeratedScore
from portal.evaluation.scoring_input import bid_key
from portal.tendering.by_lot import counting_in
from portal.tendering.lots import limit_words
from portal.tendering.method import hash_for, method_for
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot
from portal.tendering.tie_breaks import TOLD, criterion_words
from portal.tendering.tree import kind_of, walk
from tender_scoring import effective_weights
from tender_scoring.method import DRAWN_LOT

Reasons = Mapping[tuple[uuid.UUID, str, str], ModeratedScore]


class Outcome(NamedTuple):
    """Who holds the places of a lot, in their order, and which bids for it were passed over."""

    winners: Mapping[AwardPlace, OpenedBid]
    withdrawn: frozenset[uuid.UUID]
    lapsed: frozenset[uuid.UUID]

    def place_of(self, bid: OpenedBid) -> int | None:
        """The place that a bid holds."""
        return next((place.place for place in self.winners if place.bid_id == bid.bid_id), None)


def issue_summaries(*, decision: AwardDecision, now: datetime) -> list[AssessmentSummary]:
    """Write and issue the summary of every bidder of the lot, all at the same instant; the winners get one too.

    But for whoever holds a place by an earlier award of the lot, which stands: it has its own.
    """
    opened = {bid.bid_id: bid for bid in opened_bids_of(decision.lot_id)}
    reasons = _reasons(list(opened))
    held = places_held(decision.lot_id)
    winners = {place: opened[place.bid_id] for place in held}
    outcome = Outcome(winners, withdrawn_bids(decision.lot_id), out_of_validity(decision.lot_id))
    told_before = {place.bid_id for place in held if place.decision_id != decision.id}
    issued = [
        AssessmentSummary(
            reference=new_reference("SUM"),
            decision_id=decision.id,
            bid_id=bid.bid_id,
            provider_id=bid.bid.provider_id,
            issued_at=now,
            document=summary_document(decision, bid, outcome, reasons),
        )
        for bid in opened.values()
        if bid.bid_id not in told_before
    ]
    db.session.add_all(issued)
    return issued


def summary_document(decision: AwardDecision, own: OpenedBid, won: Outcome, reasons: Reasons) -> dict[str, Any]:
    """The summary's content as JSON: totals and marks as decimal text (out of 100), scores on their scale.

    What is told of the winners stands in the order of their places. The proposer's and the approver's own words are
    not part of it: they may speak of other bidders.
    """
    itt, outcome = decision.itt, decision.result.outcome
    ranked = {entry["bid"]: entry for entry in outcome["ranking"]}
    return {
        "itt": itt.reference,
        "title": itt.title,
        "authority": {"name": itt.authority.name, "contact": itt.authority.contact_email},
        "lot": {"number": decision.lot.number, "title": decision.lot.title},
        "provider": _party(own),
        "winners": [
            {"place": place.place, **_party(bid), **(_standing(ranked.get(bid_key(bid))) or {})}
            for place, bid in won.winners.items()
        ],
        "place": won.place_of(own),
        "is_winner": won.place_of(own) is not None,
        "bids_assessed": len(ranked) + len({entry["bid"] for entry in outcome["eliminated"]}),
        "own": _standing(ranked.get(bid_key(own))),
        "why": [*_why(outcome, ranked, own, decision, won), *filter(None, [_why_this_one(decision)])],
        "drawn_lot": any(broken["by"] == DRAWN_LOT for broken in outcome.get("tie_broken_by", [])),
        "criteria": _criteria(decision.lot, ranked, own, won, reasons),
        "method_hash": hash_for(decision.lot),
        "answered_before": own.mark,
    }


def _party(opened: OpenedBid) -> dict[str, str]:
    """Name, number and address of a bidder, as the summary has to give them."""
    provider = opened.bid.provider
    numbers = [
        f"company number {provider.company_number}" if provider.company_number else "",
        f"charity number {provider.charity_number}" if provider.charity_number else "",
    ]
    return {
        "name": provider.name,
        "number": ", ".join(filter(None, numbers)),
        "address": ", ".join(filter(None, [provider.address, provider.postcode])),
    }


def _standing(entry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if entry is None else {"rank": entry["rank"], "total": marks_text(entry["total"])}


def _why(
    outcome: Mapping[str, Any],
    ranked: Mapping[str, Mapping[str, Any]],
    own: OpenedBid,
    decision: AwardDecision,
    won: Outcome,
) -> list[str]:
    """Why the bid was or was not awarded, one plain sentence for each ground."""
    itt, place = decision.itt, won.place_of(own)
    grounds = [_elimination(entry, itt) for entry in outcome["eliminated"] if entry["bid"] == bid_key(own)]
    if grounds:
        return grounds
    mine, best = ranked[bid_key(own)], [ranked[bid_key(bid)] for bid in won.winners.values()]
    if place is not None:
        told = [
            f"Your bid came {_place(mine['rank'])} under the published method, with {counted(mine['total'], 'mark')}."
        ]
    else:
        totals = listed(marks_text(entry["total"]) for entry in best)
        told = [
            f"Your bid came {_place(mine['rank'])} with {counted(mine['total'], 'mark')}; "
            f"the winning {noun(len(best), 'bid has', 'bids have')} {totals}."
        ]
    if (mine["rank"] > place) if place is not None else (mine["rank"] < max(entry["rank"] for entry in best)):
        told += [
            *_withdrawn_words(own, won.withdrawn),
            *_lapsed_words(own, won.lapsed),
            *limit_words(itt),
        ]
    for broken in outcome.get("tie_broken_by", []):
        if any({bid_key(own), bid_key(winner)} <= set(broken["bids"]) for winner in won.winners.values()):
            by = TOLD.get(broken["by"]) or criterion_words(itt, broken["by"])
            told.append(f"Totals were equal, and the published tie-break, {by}, decided.")
    return told


def _withdrawn_words(own: OpenedBid, withdrawn: frozenset[uuid.UUID]) -> list[str]:
    """That somebody had been awarded the lot before, and withdrew."""
    if own.bid_id in withdrawn:
        return ["You withdrew from the award."]
    return ["A bid that was awarded this before has withdrawn."] if withdrawn else []


def _lapsed_words(own: OpenedBid, lapsed: frozenset[uuid.UUID]) -> list[str]:
    """That a bid was passed over because its time of validity had run out."""
    if own.bid_id not in lapsed:
        return ["A bid that came before was passed over, because its time of validity had run out."] if lapsed else []
    validity = validity_of(own.bid)
    assert validity.until is not None
    assert validity.last is not None
    answered = "declined to let" if validity.last.agrees is False else "did not say in time whether to let"
    return [
        f"Your bid was passed over: its time of validity ran out on {london_date(validity.until)}, and you {answered} "
        f"it stand until {london_date(validity.last.request.until_date)}."
    ]


def _why_this_one(decision: AwardDecision) -> str:
    """The reason for one of several tied bids, where the method was published without a drawn lot."""
    if not decision.tie_reason:
        return ""
    return f"Bids were tied and the published method did not part them. Two people decided: {decision.tie_reason}"


def _elimination(entry: Mapping[str, Any], itt: InvitationToTender) -> str:
    if "ceiling" in entry:
        price, ceiling = pounds(entry["price"]), pounds(entry["ceiling"])
        return f"Your price of {price} is above the published ceiling of {ceiling}."
    title = next(criterion.title for criterion in itt.criteria if criterion.key == entry["criterion"])
    panel = next(panel.name for panel in itt.panels if panel.key == entry["panel"])
    return (
        f"The score for “{title}” from {panel} was {marks_text(entry['score'])}; "
        f"the published minimum was {marks_text(entry['minimum'])}."
    )


def _place(rank: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(rank, f"number {rank}")


def _criteria(
    lot: Lot,
    ranked: Mapping[str, Mapping[str, Any]],
    own: OpenedBid,
    won: Outcome,
    reasons: Reasons,
) -> list[dict[str, Any]]:
    """Every node that counts in the lot, in the published order: headings with their subtotals, and what was scored."""
    itt, worth = lot.itt, defaultdict[str, Any](int)
    for weight in effective_weights(method_for(lot)):
        worth[weight.criterion] += weight.marks
    counting = counting_in(itt, lot)
    return [
        {
            "key": criterion.key,
            "title": criterion.title,
            "depth": depth,
            "kind": kind_of(criterion).value,
            "available": marks_text(sum(worth[node.key] for node in [criterion, *_under(itt, criterion)])),
            "own_marks": _marks(ranked, own, criterion),
            "winning_marks": [_marks(ranked, winner, criterion) for winner in won.winners.values()],
            "scale": _scale(criterion),
            "panels": [
                {
                    "panel": share.panel.name,
                    "share": marks_text(share.share),
                    "own": _explained(reasons.get((own.bid_id, criterion.key, share.panel.key)), criterion),
                    "winning": [
                        _explained(reasons.get((winner.bid_id, criterion.key, share.panel.key)), criterion)
                        for winner in won.winners.values()
                    ],
                }
                for share in sorted(criterion.shares, key=lambda share: share.panel.position)
                if share.share > 0
            ],
        }
        for criterion, depth in walk(itt)
        if criterion in counting
    ]


def _under(itt: InvitationToTender, criterion: AwardCriterion) -> list[AwardCriterion]:
    return [node for node, _ in walk(itt, criterion)]


def _marks(ranked: Mapping[str, Mapping[str, Any]], bid: OpenedBid, criterion: AwardCriterion) -> str | None:
    entry = ranked.get(bid_key(bid))
    found = None if entry is None else entry["marks"].get(criterion.key)
    return None if found is None else marks_text(found)


def _scale(criterion: AwardCriterion) -> list[dict[str, str]]:
    """The scores there are, with their published meaning."""
    if criterion.scale is None:
        return []
    return [
        {"score": marks_text(band.score), "label": band.label, "descriptor": band.descriptor}
        for band in criterion.scale.bands
    ]


def _explained(moderated: ModeratedScore | None, criterion: AwardCriterion) -> dict[str, str] | None:
    """The agreed score with its published label and the panel's reason."""
    if moderated is None or criterion.scale is None:
        return None
    band = next((band for band in criterion.scale.bands if band.score == moderated.score), None)
    return {
        "score": marks_text(moderated.score),
        "out_of": marks_text(criterion.scale.maximum),
        "label": band.label if band else "",
        "reason": moderated.reason,
    }


def _reasons(bid_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str, str], ModeratedScore]:
    in_force = db.session.scalars(
        select(ModeratedScore)
        .where(ModeratedScore.bid_id.in_(bid_ids), ModeratedScore.superseded_at.is_(None))
        .options(joinedload(ModeratedScore.criterion), joinedload(ModeratedScore.panel))
    )
    return {(found.bid_id, found.criterion.key, found.panel.key): found for found in in_force}
