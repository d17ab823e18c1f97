"""What marks may follow besides the answers: one sentence for each effect, and what chance alone would make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from portal.core.words import counted, listed
from portal.evaluation.explaining import Names
from tender_scoring.effects import LEAST_BIDS, LEAST_MEMBERS, LEAST_QUESTIONS

Told = tuple[str, str, str]
"""What a check is called, what it says, and what chance alone would make of it."""

TITLES = {
    "halo": "One view for a whole bid",
    "order": "The order of reading",
    "incumbent": "Bidders with a contract already",
    "small": "Small and medium-sized bidders",
}
TOO_FEW = {
    "halo": f"Too few to say: it takes {LEAST_MEMBERS} members, {LEAST_BIDS} bids and {LEAST_QUESTIONS} questions.",
    "order": f"Too few to say: it takes 2 members and {LEAST_BIDS} bids.",
    "incumbent": "Too few to say: too few bids of one sort, so that any difference can be chance.",
    "small": "Too few to say: too few bids of one sort, so that any difference can be chance.",
}
_MORE = {
    "order": "The last bid that a member read got {size} of the scale {more} than the first.",
    "incumbent": "Bidders who have or had a contract with you got {size} of the panel’s marks {more} than the others.",
    "small": "Small and medium-sized bidders got {size} of the panel’s marks {more} than the others.",
}
_BEYOND = {
    "order": "That is more than chance would do.",
    "incumbent": "That is more than chance would do; it does not say why, for they may be better.",
    "small": "That is more than chance would do; it does not say why.",
}


def effects_in_words(said: Mapping[str, Any], names: Names) -> list[Told]:
    """Every effect that was stored with a result, by panel; the members of a panel share one sentence."""
    found = groupby(said.get("effects", ()), key=lambda effect: (effect["panel"], effect["kind"]))
    return [told for (panel, kind), each in found for told in _told(names.panel(panel), kind, list(each), names)]


def _told(panel: str, kind: str, each: Sequence[Mapping[str, Any]], names: Names) -> Iterator[Told]:
    title = f"{TITLES[kind]}, {panel}"
    judged = [effect for effect in each if effect["verdict"] != "too_few"]
    if not judged:
        yield title, TOO_FEW[kind], "–"
    elif kind == "halo":
        yield title, _halo(judged, names), f"{_deals(judged[0])}; of 40 members one is named by chance"
    else:
        (effect,) = judged
        beyond = f" {_BEYOND[kind]}" if effect["verdict"] == "beyond" else " Chance alone can do that."
        figure = Decimal(effect["size"])
        words = _MORE[kind].format(size=_percent(abs(figure)), more="more" if figure >= 0 else "less")
        low, high = _percent(Decimal(effect["low"])), _percent(Decimal(effect["high"]))
        yield title, words + beyond, f"Between {low} and {high} in 95 of 100 ({_deals(effect)})"


def _halo(judged: Sequence[Mapping[str, Any]], names: Names) -> str:
    beyond = [names.members.get(effect["member"], "A member") for effect in judged if effect["verdict"] == "beyond"]
    if not beyond:
        return "Nobody’s marks for the different questions of a bid go together more than chance would have it."
    return (
        f"The marks of {listed(beyond)} for the different questions of a bid go together more than chance would have "
        "it. That can be one view of the whole bid: read whether each reason is about its own answer."
    )


def _deals(effect: Mapping[str, Any]) -> str:
    if effect["seed"] is None:
        return f"all {counted(effect['trials'], 'way', 'ways')} there are to deal it out"
    return f"{counted(effect['trials'], 'deal')} at random, seed {effect['seed']}"


def _percent(figure: Decimal) -> str:
    return f"{figure * 100:.1f}".removesuffix(".0").replace("-", "−") + "%"
