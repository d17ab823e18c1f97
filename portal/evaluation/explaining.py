"""The engine's steps and diagnostics in words, for a reader with a pencil."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.core.words import counted, listed, marks
from tender_scoring.prices import FORMULAS

RULES = {
    "agreed": "the score that the panel agreed",
    "mean": "the mean of the members’ scores",
    "median": "the median of the members’ scores",
    "above_minimum": "the score less the published minimum; below 0 rules the bid out",
    "below_ceiling": "the published ceiling less the price; below 0 rules the bid out",
    "from_zero": "the score divided by the top of the scale",
    "from_minimum": "the score less the bottom of the scale, divided by the length of the scale",
    "weigh": "that share of the marks there are",
    "sum": "the marks of its parts, added up",
    "total": "all marks, added up",
    "price_per_point": "the price divided by the marks for quality; the lowest wins",
    "lowest_price": "the lowest price of the bids that stand",
    "highest_price": "the highest price of the bids that stand",
    "mean_price": "the mean price of the bids that stand",
}
INPUTS = {
    "agreed": "agreed score",
    "worth": "marks there are",
    "maximum": "top of the scale",
    "minimum": "minimum",
    "price": "price in pounds",
    "ceiling": "ceiling in pounds",
}
PARTS = {
    "combined": "score",
    "normalised": "share of the scale",
    "marks": "marks",
    "above_minimum": "against the minimum",
    "below_ceiling": "against the ceiling",
}
LIMITS = {"above_minimum": "combined", "below_ceiling": "marks"}
"""A published limit, and the figure beside which it is told that it was kept."""
MOST_PLACES = 6


@dataclass(frozen=True)
class Names:
    """What keys are called on a page: bids by label, criteria by title, panels by name, members by alias."""

    bids: Mapping[str, str]
    criteria: Mapping[str, str]
    panels: Mapping[str, str]
    members: Mapping[str, str]

    def bid(self, key: str) -> str:
        """A bid's label."""
        return self.bids.get(key, key)

    def several(self, keys: Iterable[str]) -> str:
        """Several labels in a row: "Provider 1 and Provider 2"."""
        return listed(self.bid(key) for key in keys) or "no bid"

    def criterion(self, key: str) -> str:
        """A criterion's title."""
        return self.criteria.get(key, key)

    def panel(self, key: str) -> str:
        """A panel's name."""
        return self.panels.get(key, key)


def readable(exact: str) -> str:
    """An exact "p/q" as a decimal: "0.8"; its first six places and an ellipsis where there are more: "1.953333…"."""
    try:
        value = Fraction(exact)
    except ValueError:
        return exact
    figure = format(Decimal(int(value * 10**MOST_PLACES)).scaleb(-MOST_PLACES), "f")
    return _short(figure) if _ends(value) else f"{figure}…"


def _ends(value: Fraction) -> bool:
    scaled: Fraction = value * 10**MOST_PLACES
    return scaled.denominator == 1


def shown_steps(steps: Iterable[Mapping[str, Any]], names: Names) -> list[dict[str, Any]]:
    """The engine's steps as templates/components/steps.html shows them.

    A published limit that was kept is a sentence beside the figure that kept it, and no step of its own. `whose` is the
    bid's key, `exact` the fraction of a figure that never ends, else nothing.
    """
    every = list(steps)
    kept = dict(_kept(step) for step in every if _is_kept(step))
    return [_shown(step, kept, names) for step in every if not _is_kept(step)]


def _shown(step: Mapping[str, Any], kept: Mapping[str, str], names: Names) -> dict[str, Any]:
    note = _rule(step["rule"]).capitalize() + "."
    return {
        "id": step["id"].strip("/").replace("/", "-"),
        "whose": _parts(step["id"])[0],
        "rule": _title(step["id"], names),
        "note": " ".join(filter(None, (note, kept.get(step["id"])))),
        "inputs": [
            {"label": _input(name, step["rule"], names), "value": readable(value)}
            for name, value in step["inputs"].items()
        ],
        "exact": "" if _ends(Fraction(step["exact"])) else step["exact"],
        "shown": _short(step["shown"]),
    }


def _is_kept(step: Mapping[str, Any]) -> bool:
    return step["rule"] in LIMITS and Fraction(step["exact"]) >= 0


def _kept(step: Mapping[str, Any]) -> tuple[str, str]:
    """The step beside which it is told, and the words."""
    where, _, limit = step["id"].rpartition("/")
    if limit == "below_ceiling":
        words = f"The price is not above the published ceiling of £{_grouped(readable(step['inputs']['ceiling']))}."
    else:
        words = f"It reaches the published minimum of {readable(step['inputs']['minimum'])}."
    return f"{where}/{LIMITS[limit]}", words


def _rule(rule: str) -> str:
    return RULES[rule] if rule in RULES else FORMULAS[rule].note


def _short(shown: str) -> str:
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _parts(identifier: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in identifier.split("/")[1:]]


def _title(identifier: str, names: Names) -> str:
    parts = _parts(identifier)
    if len(parts) == 1:
        return _rule(parts[0]).capitalize()
    if parts[1] == "total":
        return "Total"
    if parts[1] == "price_per_point":
        return "Price for one mark of quality"
    where = names.criterion(parts[1])
    if len(parts) == 4:
        where = f"{where}, {names.panel(parts[2])}"
    return f"{where}: {PARTS.get(parts[-1], parts[-1].replace('_', ' '))}"


def _input(name: str, rule: str, names: Names) -> str:
    if name.startswith("individual: "):
        return f"{names.members.get(name.removeprefix('individual: '), 'member')} gave"
    if name.startswith("/"):
        parts = _parts(name)
        if len(parts) == 1:
            return _rule(parts[0])
        return names.criterion(parts[1]) if parts[-1] == "marks" else PARTS.get(parts[-1], parts[-1])
    if rule in FORMULAS and (words := FORMULAS[rule].input_words(name)):
        return words
    return INPUTS.get(name) or names.members.get(name) or names.bids.get(name) or name


def flips_in_words(said: Mapping[str, Any], names: Names, most: int) -> list[str]:
    """One sentence for each agreed score that would change the outcome if it moved by one step, for so many of them."""
    chosen = said["winners"] if said.get("places", 1) > 1 else None
    return [_flip(flip, names, chosen) for flip in said.get("single_steps", ())[:most]]


def _flip(flip: Mapping[str, Any], names: Names, chosen: Collection[str] | None) -> str:
    where = f"{names.bid(flip['bid'])}, “{names.criterion(flip['criterion'])}”, {names.panel(flip['panel'])}"
    if flip["effect"] == "eliminates":
        effect = f"would rule {names.bid(flip['bid'])} out"
    elif flip["effect"] == "reinstates":
        effect = f"would bring {names.bid(flip['bid'])} back in"
    elif chosen is not None:
        effect = _other_places(flip["winners"], chosen, names)
    else:
        effect = f"would put {names.several(flip['winners'])} first"
    return f"{where}: {flip['moved']} instead of {flip['score']} {effect}."


def _other_places(winners: Collection[str], chosen: Collection[str], names: Names) -> str:
    """Who would have a place of several, and who would not; more than there are places where they would be tied."""
    into, out = [bid for bid in winners if bid not in chosen], [bid for bid in chosen if bid not in winners]
    if into and out:
        return f"would give {names.several(into)} a place instead of {names.several(out)}"
    return (
        f"would tie {names.several(into)} for a place" if into else f"would leave {names.several(out)} without a place"
    )


def lead_in_words(said: Mapping[str, Any], names: Names) -> str:
    """What separates the first, or the last that has a place, from the next; nothing where no other bid stands."""
    margin = said.get("margin")
    if margin is None:
        return ""
    first, second = names.bid(margin["winner"]), names.bid(margin["runner_up"])
    if Fraction(margin["by"]["exact"]) == 0:
        return f"{first} and {second} have exactly the same total."
    return f"{first} is {counted(marks(margin['by']['shown']), 'mark')} ahead of {second}."


def severity_in_words(exact_and_shown: Mapping[str, Any] | None) -> str:
    """How a member scores against the others of the panel: "4% of the scale higher", "the same", or that none did."""
    if exact_and_shown is None:
        return "Nobody to compare with"
    figure = Fraction(exact_and_shown["exact"]) * 100
    if figure == 0:
        return "The same on average"
    size = f"{abs(figure.numerator) / Decimal(figure.denominator):.1f}".removesuffix(".0")
    return f"{size}% of the scale {'higher' if figure > 0 else 'lower'}"


def spread_in_words(spread: str) -> str:
    """How far apart a member's own scores lie: the standard deviation of their places on the scale, in per cent."""
    if Decimal(spread) == 0:
        return "All the same"
    return f"{Decimal(spread) * 100:.1f}".removesuffix(".0") + "% of the scale"


def reasons_in_words(entry: Mapping[str, Any] | None) -> str:
    """How many of a member's reasons say something of their own: "8 of 9"."""
    if entry is None:
        return "None given"
    sound = entry["scores"] - entry["missing"] - entry["short"] - entry["like_descriptor"]
    return f"{sound} of {entry['scores']}"


def share(exact_and_shown: Mapping[str, Any] | None) -> str:
    """A share of all marks as a percentage, "12.6%"; "never" where no share does it."""
    if exact_and_shown is None:
        return "never"
    hundredths = Fraction(exact_and_shown["exact"]) * 100
    return f"{hundredths.numerator / Decimal(hundredths.denominator):.1f}".removesuffix(".0") + "%"


def eliminated_in_words(entry: Mapping[str, Any], names: Names) -> str:
    """Why a bid left the comparison."""
    title = names.criterion(entry["criterion"])
    if "ceiling" in entry:
        return f"Its price, £{_grouped(entry['price'])}, is above the ceiling of £{_grouped(entry['ceiling'])}."
    score, minimum = _short(entry["score"]), _short(entry["minimum"])
    return f"{names.panel(entry['panel'])}: {score} for “{title}”; the published minimum is {minimum}."


def _grouped(pounds: str) -> str:
    whole, _, pence = pounds.partition(".")
    return f"{int(whole):,}" + (f".{pence[:2]}" if pence.strip("0") else "")
