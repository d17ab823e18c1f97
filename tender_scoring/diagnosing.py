"""All diagnostics of a case. They advise; they never change a score."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tender_scoring.case import Case
from tender_scoring.case_reading import case_from
from tender_scoring.collector import paused
from tender_scoring.decisive import DecisiveWeight, decisive_weights
from tender_scoring.effects import Background, Effect, effects
from tender_scoring.evaluation import Workings, result_of, work_out
from tender_scoring.flips import Flip, single_step_flips
from tender_scoring.leaving_out import WithoutBid, WithoutMember, without_each_bid, without_each_member
from tender_scoring.members import Agreement, Member, agreement, members
from tender_scoring.reasons import MemberReasons, WeakReason, member_reasons, weak_agreed_reasons
from tender_scoring.result import Result
from tender_scoring.rounding import exact, half_up
from tender_scoring.stability import Stability, stability


@dataclass(frozen=True, slots=True)
class Margin:
    """What separates the winner from the next bid: marks, or pounds per mark where the method ranks by that.

    Of several winners the last one in, from the first bid that is out.

    Zero where the two are tied or only a tie-break tells them apart.
    """

    winner: str
    runner_up: str
    by: Fraction

    def to_dict(self) -> dict[str, Any]:
        """Return the margin as JSON values."""
        return {
            "winner": self.winner,
            "runner_up": self.runner_up,
            "by": {"exact": exact(self.by), "shown": half_up(self.by, 4)},
        }


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What decided the result, and what to look at twice before an award.

    `winners` are the bids that the `places` go to: more where a tie leaves it open. Which of them is first decides
    nothing. `margin` is None unless a bid stands beyond them. `single_steps` are the agreed scores that decide by one
    step: the mandatory second look. The rest is described where each type is defined.
    """

    places: int
    winners: tuple[str, ...]
    margin: Margin | None
    single_steps: tuple[Flip, ...]
    decisive_weights: tuple[DecisiveWeight, ...]
    without_bid: tuple[WithoutBid, ...]
    without_member: tuple[WithoutMember, ...]
    stability: Stability
    members: tuple[Member, ...]
    agreement: tuple[Agreement, ...]
    weak_reasons: tuple[WeakReason, ...]
    member_reasons: tuple[MemberReasons, ...]
    effects: tuple[Effect, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnostics as JSON values."""
        return {
            "places": self.places,
            "winners": list(self.winners),
            "margin": self.margin.to_dict() if self.margin else None,
            "single_steps": [entry.to_dict() for entry in self.single_steps],
            "decisive_weights": [entry.to_dict() for entry in self.decisive_weights],
            "without_bid": [entry.to_dict() for entry in self.without_bid],
            "without_member": [entry.to_dict() for entry in self.without_member],
            "stability": self.stability.to_dict(),
            "members": [entry.to_dict() for entry in self.members],
            "agreement": [entry.to_dict() for entry in self.agreement],
            "weak_reasons": [entry.to_dict() for entry in self.weak_reasons],
            "member_reasons": [entry.to_dict() for entry in self.member_reasons],
            "effects": [entry.to_dict() for entry in self.effects],
        }


def diagnose(
    case: Case | dict[str, Any], *, seed: int = 1, simulations: int = 1000, background: Background | None = None
) -> Diagnostics:
    """Return the diagnostics of a case, given as a Case or as the document that read_case reads.

    Everything is exact but `stability` (that many simulations from `seed`), the spread of members, and `effects`, which
    have their interval beside them; those of the order and of who bids need a `background`. Raises InvalidCase exactly
    where evaluate does.
    """
    with paused():
        known = case if isinstance(case, Case) else case_from(case)
        return _diagnosed(work_out(known), seed, simulations, background or Background())


def _diagnosed(work: Workings, seed: int, simulations: int, background: Background) -> Diagnostics:
    known, what = work.case, work.totals
    return Diagnostics(
        places=known.method.winners,
        winners=what.names(what.chosen(work.ranks)),
        margin=_margin(result_of(work), known.method.winners),
        single_steps=single_step_flips(what),
        decisive_weights=decisive_weights(what),
        without_bid=without_each_bid(what),
        without_member=without_each_member(what),
        stability=stability(what, seed=seed, simulations=simulations),
        members=members(known),
        agreement=agreement(known),
        weak_reasons=weak_agreed_reasons(known),
        member_reasons=member_reasons(known),
        effects=effects(what, background, seed=seed),
    )


def _margin(result: Result, places: int) -> Margin | None:
    if len(result.ranking) <= places:
        return None
    first, second = result.ranking[places - 1 : places + 1]
    if first.price_per_point is not None and second.price_per_point is not None:
        return Margin(first.bid, second.bid, second.price_per_point - first.price_per_point)
    return Margin(first.bid, second.bid, first.total - second.total)
