"""Speed of tender_scoring against plain numpy, a naive engine of fractions, and pymcdm where it is installed.

    python benchmarks/scoring.py [--repeats N] [--bids N] [--clock wall|cpu]

Every figure is measured in this one run, the contestants of a line taking turns, so that a busy machine slows
them alike. Shown are the median time, the spread (the middle half of the times) and the ratio of medians. On a
busy machine the processor's own time says more; then OPENBLAS_NUM_THREADS=1 keeps threads that wait out of it.

W1  454 bids x 25 criteria x 12 members in 3 panels, from JSON to JSON and from the arrays of a case
W2  W1 x 10 bids from arrays
W3  ranking again after one score has changed
W4  all diagnostics of W1, under the formula that compares least and the one that compares most, and with agreed
    scores that each could decide
W5  10,000 stability simulations of W1
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from tender_scoring import diagnose, evaluate, method_hash, read_case
from tender_scoring.case import Case
from tender_scoring.stability import stability
from tender_scoring.totals import Totals

BIDS, CRITERIA = 454, 25
PANELS = {"parents": ["p0", "p1", "p2"], "professional": ["m0", "m1", "m2", "m3", "m4"],
          "young_people": ["y0", "y1", "y2", "y3"]}  # fmt: skip
SHARES = {"parents": "15", "professional": "45", "young_people": "40"}
MEMBERS = sum(map(len, PANELS.values()))


def the_method() -> dict[str, Any]:
    """Return the method of every workload: 25 questions that three panels share, and a relative price."""
    questions = [{"id": f"q{index:02}", "weight": "4", "panels": SHARES, "scale": "0-5"} for index in range(CRITERIA)]
    return {
        "scales": {"0-5": {"minimum": "0", "maximum": "5"}},
        "panels": {name: {"combine": "mean", "quorum": 2} for name in PANELS},
        "criteria": [
            {"id": "quality", "weight": "70", "children": questions},
            {"id": "price", "weight": "30", "price": {"formula": "lowest_relative"}},
        ],
        "rounding": {"places": 4, "mode": "half_up"},
        "tie_break": ["quality", "lowest_price"],
    }


def the_case() -> dict[str, Any]:
    """Return W1 as a document, with a reason of a sentence for every score."""
    chance = random.Random(1)
    bids = {f"bid-{index:04}": {"price": str(chance.randint(90_000, 200_000))} for index in range(BIDS)}
    scores = [
        {
            "panel": panel,
            "member": member,
            "bid": bid,
            "criterion": f"q{index:02}",
            "score": str(chance.randint(0, 5)),
            "reason": "Names the two youth workers and says how often they come.",
        }
        for bid in bids
        for panel, members in PANELS.items()
        for member in members
        for index in range(CRITERIA)
    ]
    return {"method": the_method(), "bids": bids, "scores": scores}


def agreed_case() -> dict[str, Any]:
    """Return W1 with one agreed score of each panel for every bid and criterion."""
    case = the_case()
    case["method"]["panels"] = {name: {"combine": "agreed"} for name in PANELS}
    first = {members[0] for members in PANELS.values()}
    case["agreed"] = [
        {key: value for key, value in entry.items() if key != "member"}
        for entry in case["scores"]
        if entry["member"] in first
    ]
    return case


def case_of(document: dict[str, Any]) -> Case:
    """Return the case of a document by way of JSON, as the command reads it."""
    return read_case(json.dumps(document).encode())


def repeated(case: Case, times: int) -> Case:
    """Return a case of so many times as many bids, with random cells and prices."""
    chance, bids = np.random.default_rng(1), BIDS * times
    cells = chance.integers(0, 6, (bids, CRITERIA * MEMBERS), np.uint8)
    prices = tuple(map(Fraction, chance.integers(90_000, 200_000, bids).tolist()))
    return replace(case, bids=tuple(f"bid-{index:06}" for index in range(bids)), prices=prices, cells=cells)


def ranked(case: Case) -> list[int]:
    """Return the exact rank of every bid, from the arrays of a case."""
    totals = Totals(case)
    return [place for _, place in sorted(totals.order(totals.standing).places)]


def float_weights() -> np.ndarray:
    """Return what each column is worth for one step of score, in floats."""
    row = [70 * 0.04 * int(SHARES[panel]) / 100 / len(names) / 5 for panel, names in PANELS.items() for _ in names]
    return np.array(row * CRITERIA, np.float32)


def plain_ranks(totals: np.ndarray) -> np.ndarray:
    """Return shared ranks as one writes them in plain numpy."""
    order = np.argsort(-totals)
    ordered = totals[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    ranks = np.empty(len(totals), np.int64)
    ranks[order] = np.flatnonzero(first)[np.cumsum(first) - 1] + 1
    return ranks


def plain(cells: np.ndarray, prices: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Rank the same weighted sum in plain numpy floats, inexactly."""
    return plain_ranks(cells @ weights + 30 * (prices.min() / prices))


def naive(cells: np.ndarray, prices: np.ndarray) -> list[int]:
    """Rank the same totals with fractions and loops."""
    worth = [
        Fraction(70 * 4 * int(SHARES[panel]), 100 * 100 * 5 * len(names))
        for panel, names in PANELS.items()
        for _ in names
    ] * CRITERIA
    lowest = Fraction(int(prices.min()))
    totals = [
        sum((weight * int(cell) for weight, cell in zip(worth, row, strict=True)), 30 * lowest / int(price))
        for row, price in zip(cells.tolist(), prices.tolist(), strict=True)
    ]
    ordered = sorted(totals, reverse=True)
    return [ordered.index(total) + 1 for total in totals]


CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


def measure(repeats: int, clock: str, **contestants: Callable[[], Any]) -> dict[str, list[float]]:
    """Return the times of every contestant, taking turns, after one turn that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(repeats + 1):
        for name, act in contestants.items():
            start = CLOCKS[clock]()
            result = act()
            spent = CLOCKS[clock]() - start
            del result
            if turn:
                times[name].append(spent)
    return times


def report(title: str, times: dict[str, list[float]], target: str) -> None:
    """Print one table: the first contestant against each of the others."""
    print(f"\n{title}  [target: {target}]")
    ours = next(iter(times))
    for name, spent in times.items():
        low, middle, high = statistics.quantiles(spent, n=4) if len(spent) > 1 else [spent[0]] * 3
        ratio = "" if name == ours else f"   ours / this = {statistics.median(times[ours]) / middle:8.4f}"
        print(f"  {name:42} {middle * 1e3:11.3f} ms  ({low * 1e3:.3f} to {high * 1e3:.3f}){ratio}")


def from_json(repeats: int, clock: str) -> None:
    """W1 from JSON to JSON as the command does it, and W3 against it."""
    data = json.dumps(the_case()).encode()
    case = read_case(data)
    values = json.loads(evaluate(case).to_json())

    def change() -> Any:
        cells = case.cells.copy()
        cells[7, 0] = random.randint(0, 5)
        return ranked(replace(case, cells=cells))

    times = measure(
        repeats,
        clock,
        whole=lambda: evaluate(read_case(data)).to_json().encode(),
        bare=lambda: (json.loads(data), json.dumps(values)),
    )
    named = {
        "read, evaluate, every step, write": times["whole"],
        "json.loads + json.dumps without indents": times["bare"],
    }
    report(
        f"W1 from JSON ({len(data) / 1e6:.0f} MB in, {len(json.dumps(values, indent=1)) / 1e6:.0f} MB out)",
        named,
        "<= 3",
    )
    again = measure(5 * repeats, clock, again=change)["again"]
    named = {"one score changed, all ranks": again, "W1 from JSON": times["whole"]}
    report("W3 rank again", named, "<= 100 ms")


def from_arrays(case: Case, repeats: int, clock: str, *, with_fractions: bool, target: str) -> None:
    """W1 and W2 from the arrays of a case."""
    cells, prices = case.cells, np.array([float(price or 1) for price in case.prices])
    floats, weights = cells.astype(np.float32), float_weights()
    contestants: dict[str, Callable[[], Any]] = {
        "exact totals and ranks": lambda: ranked(case),
        "plain numpy, floats": lambda: plain(floats, prices, weights),
    }
    times = measure(repeats, clock, **contestants, **peers(cells, prices))
    if with_fractions:
        times |= measure(3, clock, **{"naive fractions": lambda: naive(cells, prices)})
        if ranked(case) != naive(cells, prices):
            raise SystemExit("the ranks are not those of the naive engine")
    report(f"{len(cells):,} bids x {CRITERIA} x {MEMBERS} from arrays", times, target)


def diagnostics(repeats: int, clock: str) -> None:
    """W4: everything that is said about a result beside the result."""
    compares_most = the_case()
    compares_most["method"]["criteria"][1]["price"] = {"formula": "mean_relative"}
    read = {
        "lowest price compared, means": case_of(the_case()),
        "mean price compared, means": case_of(compares_most),
        "lowest price compared, agreed scores": case_of(agreed_case()),
    }
    acts = {name: lambda case=case: diagnose(case) for name, case in read.items()}
    report("W4 all diagnostics of W1", measure(repeats, clock, **acts), "<= 2 s")


def peers(cells: np.ndarray, prices: np.ndarray) -> dict[str, Callable[[], Any]]:
    """Return pymcdm's weighted sum where it is installed, panels aggregated for it outside the clock."""
    try:
        from pymcdm.helpers import rrankdata
        from pymcdm.methods import WSM
    except ImportError:
        return {}
    counts = [int(SHARES[panel]) / len(names) for panel, names in PANELS.items() for _ in names]
    by_criterion = cells.reshape(len(cells), CRITERIA, MEMBERS) @ np.array(counts)
    matrix = np.column_stack([by_criterion, prices])
    weights = np.array([0.7 * 0.04] * CRITERIA + [0.3])
    types = np.array([1] * CRITERIA + [-1])
    return {"pymcdm WSM (26 columns, members done)": lambda: rrankdata(WSM()(matrix, weights, types))}


def simulations(repeats: int, clock: str) -> None:
    """W5: the stability of W1."""
    case = case_of(the_case())
    what = Totals(case)
    cells, weights = case.cells.astype(np.float32), float_weights()
    prices = np.array([float(price or 1) for price in case.prices])

    def by_hand() -> None:
        for _ in range(10_000):
            plain(cells, prices, weights)

    times = measure(
        repeats,
        clock,
        **{
            "10,000 simulations": lambda: stability(what, seed=1, simulations=10_000),
            "10,000 weighted sums in plain numpy": by_hand,
        },
    )
    report("W5 rank stability of W1", times, "<= 3")


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall")
    options = parser.parse_args()
    repeats, clock = options.repeats, options.clock
    print(f"numpy {np.__version__}, method {method_hash(the_method())[:8]}, {repeats} turns each, {clock} time")
    case = case_of(the_case())
    from_arrays(case, repeats, clock, with_fractions=True, target="<= 100 ms")
    from_arrays(repeated(case, 10), repeats, clock, with_fractions=False, target="<= 1 s")
    from_json(repeats, clock)
    diagnostics(repeats, clock)
    simulations(repeats, clock)


if __name__ == "__main__":
    main()
