"""What the law says of bids that are judged beside their scores, by regime: as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.regulation.kinds import Regime


@dataclass(frozen=True)
class AssessingLaw:
    """Where it says that a bid is disregarded, and that its bidder is heard before."""

    disregarding: str
    """A bid that does not meet what was published."""
    checking: str
    """That grounds for exclusion are looked for, of the bidder and of whoever it relies on, before an award."""
    excluding: str
    """A ground for exclusion, and what has been put right."""
    replacing: str
    """Somebody else can take the place of whom a ground concerns, where that is not the bidder itself."""
    low_prices: str
    test: str
    """What has to hold beside a ground, in words that follow "Where it applies"."""
    notify: str | None = None
    """The deadline rule for telling the Minister of an exclusion; None where nobody is told."""
    debarred: tuple[str, ...] = ()
    """What being on the debarment list means, for a mandatory and for a discretionary ground; empty where none is."""
    looking: str = ""
    """That the list is looked at for whoever stands behind a bid."""


ASSESSING: Mapping[Regime, AssessingLaw] = MappingProxyType(
    {
        Regime.PA2023: AssessingLaw(
            disregarding="PA2023 s.19(3)",
            checking="PA2023 s.26, s.28",
            excluding="PA2023 s.26, s.58",
            replacing="PA2023 s.26(3), s.28",
            low_prices="PA2023 s.19(4)-(5)",
            test="and goes on, or is likely to happen again",
            notify="PA.exclusion_notify",
            debarred=("PA2023 s.57(1)(b)", "PA2023 s.57(2)(b)"),
            looking="PA2023 s.26, s.28, s.57",
        ),
        Regime.PCR2015: AssessingLaw(
            disregarding="PCR2015 reg 56(1)",
            checking="PCR2015 reg 56(1), reg 57, reg 71(8)",
            excluding="PCR2015 reg 57",
            replacing="PCR2015 reg 63(5)-(6)",
            low_prices="PCR2015 reg 69",
            test="and too little was put right",
        ),
    }
)
