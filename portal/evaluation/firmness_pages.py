"""The page that says how firm a result is: bidders by their labels until the award, and no price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.effects_words import effects_in_words
from portal.evaluation.explaining import (
    Names,
    flips_in_words,
    lead_in_words,
    reasons_in_words,
    severity_in_words,
    share,
    spread_in_words,
)
from portal.evaluation.look_models import SecondLook
from portal.evaluation.models import Result
from portal.evaluation.names import names_in
from portal.evaluation.say_of_panels import Stretches, stretches_of
from portal.evaluation.second_look import looks_of
from portal.tendering.models import InvitationToTender

FLIPS_AT_MOST = 12


@dataclass(frozen=True)
class FirmnessPage:
    """What decided one lot's result, and who looked at it a second time."""

    result: Result
    names: Names
    lead: str
    shares: list[list[str]]
    """Each counting panel: name, share of all marks, the shares at which another bid would be chosen."""
    stretches: list[Stretches]
    """Of each counting panel, who would be chosen at which share of all marks."""
    flips: list[str]
    more_flips: int
    habits: list[list[str]]
    """Each member: alias, panel, how far above or below the others and how far apart in hundredths of the scale,
    and how many reasons say something."""
    effects: Sequence[Sequence[str]]
    """What marks may follow besides the answers: what it is, what it says, what chance would make of it."""
    looks: Sequence[SecondLook]


def firmness_page(itt: InvitationToTender, result: Result) -> FirmnessPage:
    """The page of one lot's result whose diagnostics are there."""
    said: Mapping[str, Any] = result.diagnostics or {}
    names, _ = names_in(itt, _labels(itt, result))
    return FirmnessPage(
        result=result,
        names=names,
        lead=lead_in_words(said, names),
        shares=[
            [names.panel(entry["panel"]), *(share(entry[key]) for key in ("share", "below", "above"))]
            for entry in said.get("decisive_weights", [])
        ],
        stretches=[stretches_of(entry, names) for entry in said.get("decisive_weights", []) if entry.get("stretches")],
        flips=flips_in_words(said, names, FLIPS_AT_MOST),
        more_flips=max(0, len(said.get("single_steps", ())) - FLIPS_AT_MOST),
        habits=_habits(said, names),
        effects=effects_in_words(said, names),
        looks=looks_of(result.id),
    )


def _labels(itt: InvitationToTender, result: Result) -> dict[str, str]:
    opened = db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(Bid.lot_id == result.lot_id)
        .options(joinedload(OpenedBid.bid).joinedload(Bid.provider))
    )
    return {
        one.bid.reference: f"{one.label} ({one.bid.provider.name})" if itt.has_outcome else one.label for one in opened
    }


def _habits(said: Mapping[str, Any], names: Names) -> list[list[str]]:
    reasons = {(entry["panel"], entry["member"]): entry for entry in said.get("member_reasons", [])}
    return [
        [
            names.members.get(entry["member"], "A member"),
            names.panel(entry["panel"]),
            severity_in_words(entry["severity"]),
            spread_in_words(entry["spread"]),
            reasons_in_words(reasons.get((entry["panel"], entry["member"]))),
        ]
        for entry in said.get("members", [])
    ]
