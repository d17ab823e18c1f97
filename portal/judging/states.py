"""What is judged of a bid between the opening and the award, and how far a judgement is."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.kinds import Regime


class Matter(Named):
    """What a judgement is about."""

    REQUIREMENT = "requirement"
    """The answer to a question that officers judge; the judgement names the question."""
    EXCLUSION = "exclusion"
    """A ground for exclusion that was raised; the judgement names it."""
    LOW_PRICE = "low_price"
    """A price that may be too low to perform the contract for."""

    def law(self, regime: Regime) -> str:
        """Where it says that a bid can be disregarded for it."""
        law = ASSESSING[regime]
        return {Matter.REQUIREMENT: law.disregarding, Matter.EXCLUSION: law.excluding}.get(self, law.low_prices)


class Concern(Named):
    """Whom a ground for exclusion concerns (PA2023 s.26(3)-(4), s.28, s.57)."""

    BIDDER = "bidder"
    CONNECTED = "connected"
    """Somebody who runs, owns or controls the bidder, or whom it controls."""
    ASSOCIATED = "associated"
    """Somebody whom the bidder relies on to meet a condition of participation."""
    SUBCONTRACTOR = "subcontractor"

    @property
    def can_be_replaced(self) -> bool:
        """Whether the bidder can name somebody else before its bid is out for them."""
        return self in (Concern.ASSOCIATED, Concern.SUBCONTRACTOR)


CONCERNS = {
    Concern.BIDDER: "The bidder itself",
    Concern.CONNECTED: "Somebody connected with it: who runs, owns or controls it, or whom it controls",
    Concern.ASSOCIATED: "Somebody it relies on to meet a condition, such as a member of its consortium",
    Concern.SUBCONTRACTOR: "A subcontractor",
}


class Verdict(Named):
    """Whether the bid stays in."""

    PASSES = "passes"
    FAILS = "fails"


class JudgementStatus(Named):
    """That an answer passes stands at once; whatever else decides about a bid waits for a second person."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DECIDED = "decided"
    REPLACED = "replaced"


JUDGEMENT = Lifecycle(
    "judgement",
    {
        JudgementStatus.PROPOSED: frozenset({JudgementStatus.REFUSED, JudgementStatus.DECIDED}),
        JudgementStatus.DECIDED: frozenset({JudgementStatus.REPLACED}),
    },
)
