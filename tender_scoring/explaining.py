"""A result as text that a person can check with a pencil: one line a figure, the sum written out."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from tender_scoring.prices import FORMULAS
from tender_scoring.result import BelowMinimum, Result, Step
from tender_scoring.rounding import half_up


def explain(result: Result) -> str:
    """Return the outcome and every step of a result as readable text, ending with a line break."""
    lines = [*_outcome(result), "", "Steps, in the order of the method:"]
    lines.extend(_line(step) for step in result.steps)
    return "\n".join(lines) + "\n"


def _outcome(result: Result) -> Iterator[str]:
    yield f"Method {result.method_hash}"
    yield f"Figures are rounded half up to {result.places} decimals in print only; ranks use exact values."
    yield ""
    if not result.ranking:
        yield "No bid is standing."
    for standing in result.ranking:
        line = f"{standing.rank}. {standing.bid}: {half_up(standing.total, result.places)} marks"
        if standing.price_per_point is not None:
            line += f", {half_up(standing.price_per_point, result.places)} pounds per mark"
        yield line
    for entry in result.eliminated:
        yield _elimination(entry.to_dict(result.places), isinstance(entry, BelowMinimum))
    for broken in result.tie_broken_by:
        yield f"{_and(broken.bids)} have equal totals; {broken.by} decided between them, as published."
    for bids in result.ties:
        yield f"{_and(bids)} are tied: nothing in the published method tells them apart."


def _elimination(entry: Mapping[str, str], below_minimum: bool) -> str:
    if below_minimum:
        return (
            f"{entry['bid']} is eliminated: {entry['panel']} gave {entry['criterion']} {entry['score']}, "
            f"below the minimum of {entry['minimum']}."
        )
    return (
        f"{entry['bid']} is eliminated: its price of {entry['price']} is above the ceiling of "
        f"{entry['ceiling']} ({entry['criterion']})."
    )


def _and(bids: tuple[str, ...]) -> str:
    return f"{', '.join(bids[:-1])} and {bids[-1]}"


def _line(step: Step) -> str:
    name = " > ".join(_names(step.id))
    values = {key: _plain(value) for key, value in step.inputs.items()}
    shown = step.shown if Fraction(step.shown) == Fraction(step.exact) else f"{step.shown} (exactly {step.exact})"
    rule = _SUMS.get(step.rule) or FORMULAS[step.rule].written
    return f"{name} = {rule(values)} = {shown}"


def _names(identifier: str) -> list[str]:
    return [name.replace("~1", "/").replace("~0", "~") for name in identifier.split("/")[1:]]


def _plain(value: str) -> str:
    return value.removesuffix("/1")


def _agreed(values: Mapping[str, str]) -> str:
    own = [f"{name.removeprefix('individual: ')} {value}" for name, value in values.items() if name != "agreed"]
    return f"agreed {values['agreed']}" + (f" [own scores, shown and not averaged: {', '.join(own)}]" if own else "")


def _mean(values: Mapping[str, str]) -> str:
    return f"({' + '.join(values.values())}) / {len(values)}"


def _median(values: Mapping[str, str]) -> str:
    return f"the middle of {', '.join(sorted(values.values(), key=Fraction))}"


def _each(word: str) -> Callable[[Mapping[str, str]], str]:
    return lambda values: f"{word} of {', '.join(f'{name} {value}' for name, value in values.items())}"


def _sum(values: Mapping[str, str]) -> str:
    return " + ".join(values.values())


def _in_order(template: str) -> Callable[[Mapping[str, str]], str]:
    """Return a rule that writes the inputs, in their order, into a formula."""
    return lambda values: template.format(*values.values())


_SUMS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "agreed": _agreed,
    "mean": _mean,
    "median": _median,
    "above_minimum": _in_order("{} - {} [below 0 eliminates]"),
    "below_ceiling": _in_order("{} - {} [below 0 eliminates]"),
    "lowest_price": _each("the lowest"),
    "highest_price": _each("the highest"),
    "mean_price": _each("the mean"),
    "from_zero": _in_order("{} / {}"),
    "from_minimum": _in_order("({0} - {1}) / ({2} - {1})"),
    "weigh": _in_order("{} x {} marks"),
    "sum": _sum,
    "total": _sum,
    "price_per_point": _in_order("{} / {}"),
}
