"""How large the county is: Essex commissioned by localities, about 2009, with 454 applications to eleven of them."""

from __future__ import annotations

from dataclasses import dataclass

LOCALITIES = (
    "Demo Basildon",
    "Demo Braintree",
    "Demo Brentwood",
    "Demo Castle Point and Rochford",
    "Demo Chelmsford",
    "Demo Colchester",
    "Demo Epping Forest",
    "Demo Harlow",
    "Demo Maldon",
    "Demo Tendring",
    "Demo Uttlesford",
)
"""Twelve districts in eleven partnerships."""


@dataclass(frozen=True)
class Size:
    """How many localities, bids in all, and people on each panel; how many of these score each bid."""

    localities: int
    bids: int
    local: int = 6
    young: int = 6
    parents: int = 3
    scorers: int = 3
    """Of the local panel and of the young people's; of parents two."""

    @property
    def names(self) -> tuple[str, ...]:
        """The localities."""
        return LOCALITIES[: self.localities]

    @property
    def bids_by_locality(self) -> tuple[int, ...]:
        """How many bids each locality has: as evenly as can be, the first ones one more."""
        each, more = divmod(self.bids, self.localities)
        return tuple(each + (place < more) for place in range(self.localities))

    @property
    def bidders(self) -> int:
        """How many providers there are: each bids in every locality, as far as the numbers go."""
        return max(self.bids_by_locality)


ESSEX = Size(localities=11, bids=454)
"""The county as it gave account of itself."""
SMALL = Size(localities=2, bids=5, local=3, young=3, parents=2, scorers=2)
