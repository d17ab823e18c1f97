"""Who stands behind a bid: its bidder, whoever it names, and whoever officers found beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.bidding.models import Bid
from portal.bidding.partners import MEMBER, Partner
from portal.judging.states import CONCERNS, Concern


@dataclass(frozen=True)
class Behind:
    """A person or organisation whom a ground for exclusion of the bid can concern (PA2023 s.26(3)-(4), s.28, s.57)."""

    name: str
    concern: Concern
    numbers: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Who it is, and what that is to the bidder."""
        known = [number for number in self.numbers if number]
        said = f"{self.name} ({', '.join(known)})" if known else self.name
        return f"{said}: {CONCERNS[self.concern][0].lower()}{CONCERNS[self.concern][1:]}"

    def as_held(self) -> Mapping[str, Any]:
        """As a check keeps it."""
        return {"name": self.name, "concern": self.concern.value, "numbers": list(self.numbers)}


def held_behind(held: Sequence[Mapping[str, Any]]) -> list[Behind]:
    """Read what `as_held` wrote."""
    return [Behind(one["name"], Concern(one["concern"]), tuple(one["numbers"])) for one in held]


def behind_bid(bid: Bid, partners: Sequence[Partner]) -> list[Behind]:
    """The bidder, the members of its consortium and its subcontractors, as the bid names them."""
    bidder = Behind(bid.provider.name, Concern.BIDDER, tuple(one.value for one in bid.provider.identifiers))
    named = [
        Behind(one.name, Concern.ASSOCIATED if one.kind == MEMBER else Concern.SUBCONTRACTOR, (one.number,))
        for one in partners
    ]
    return [bidder, *named]
