"""What the law says of what is judged beside a bid's score, and which prices are looked at."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.judging.grounds import GROUNDS
from portal.judging.states import Matter
from portal.regulation.kinds import Regime
from portal.regulation.low_prices import flags

GROUNDS_OF_2015 = ("1", "3", "8)(a", "8)(b", "8)(c", "8)(d", "8)(g", "8)(h)-(i")


@pytest.mark.parametrize(
    ("regime", "count", "laws"),
    [
        (Regime.PA2023, 26, {"PA2023 Sch 6", "PA2023 Sch 7", "PA2023 s.57(1)(b)", "PA2023 s.57(2)(b)"}),
        (Regime.PCR2015, 16, {f"PCR2015 reg 57({part})" for part in GROUNDS_OF_2015}),
    ],
)
def test_every_ground_has_the_law_of_its_procurement(regime: Regime, count: int, laws: set[str]) -> None:
    """A mandatory one must be acted on, a discretionary one may; the law of 2015 knows fewer."""
    grounds = GROUNDS[regime].values()
    assert (len(grounds), {one.law for one in grounds}) == (count, laws)
    assert all((" must " if one.is_mandatory else " may ") in one.consequence for one in grounds)


def test_what_is_judged_cites_the_law_of_its_procurement() -> None:
    """A call-off under the law of 2015 never cites the Act of 2023, nor tells a Minister."""
    cited = {matter.law(Regime.PCR2015) for matter in Matter}
    assert cited == {"PCR2015 reg 56(1)", "PCR2015 reg 57", "PCR2015 reg 69"}
    assert {matter.law(Regime.PA2023) for matter in Matter} == {
        "PA2023 s.19(3)", "PA2023 s.26, s.58", "PA2023 s.19(4)-(5)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("price", "others", "estimate", "count"),
    [
        ("79", ("100", "101"), None, 1),
        ("80", ("100", "100"), None, 0),
        ("50", ("100",), None, 0),
        ("59", (), "100", 1),
        ("60", (), "100", 0),
        ("50", ("100", "100", "90"), "100", 2),
    ],
)
def test_a_price_is_flagged_by_the_rules(price: str, others: tuple[str, ...], estimate: str | None, count: int) -> None:
    """Below 80% of the middle of at least two others, or below 60% of the estimate; exactly there it is not."""
    found = flags(Decimal(price), [Decimal(one) for one in others], Decimal(estimate) if estimate else None)
    assert len(found) == count
