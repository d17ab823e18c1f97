"""The lots of an invitation in groups whose bids are judged alike: how pages tell the method, once for each group."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.core.canonical import text_of
from portal.core.numbers import plain
from portal.core.words import counted, listed, marks
from portal.tendering.by_lot import formula_in, weights_in
from portal.tendering.models import InvitationToTender, Lot, Panel
from portal.tendering.price_examples import Priced, example_of
from portal.tendering.weighing import EffectiveWeights, Shares, effective_in
from tender_scoring.prices import FORMULAS, PriceFormula


@dataclass(frozen=True)
class Alike:
    """Lots that are judged alike: what their criteria are worth, and how their prices earn marks."""

    lots: tuple[Lot, ...]
    words: str
    """Which lots they are: "Lot 2", "Lots 1 and 3"; "" where all are judged alike."""
    weights: EffectiveWeights
    stated: dict[str, Any] | None
    """The price formula in the engine's form; None where the price earns no marks."""
    example: list[Priced]
    """Made-up prices and their marks, of the first lot's size."""
    example_where: str
    """Behind the example: where it holds, and of which lot's size its prices are, where other lots have other sizes."""

    @property
    def where(self) -> str:
        """Behind a figure: " in lot 2"; "" where all lots are judged alike."""
        return _where(self.words)

    @property
    def formula(self) -> type[PriceFormula] | None:
        """The rule of the price."""
        return FORMULAS[self.stated["formula"]] if self.stated else None


def alike_lots(itt: InvitationToTender, shares: Shares | None = None) -> list[Alike]:
    """Group the lots in the order of their numbers; `shares`: typed over what is saved, as `weighing.effective`."""
    groups: dict[str, list[Lot]] = {}
    for lot in itt.lots:
        weights = {str(key): plain(weight) for key, weight in weights_in(lot).items()}
        groups.setdefault(text_of([weights, formula_in(lot)]), []).append(lot)
    return [_alike(lots, _words(lots) if len(groups) > 1 else "", shares) for lots in groups.values()]


def _alike(lots: Sequence[Lot], words: str, shares: Shares | None) -> Alike:
    first, examples = lots[0], [example_of(lot) for lot in lots]
    sized = all(example == examples[0] for example in examples)
    where = _where(words) + ("" if sized else f", of the size of lot {first.number}")
    return Alike(tuple(lots), words, effective_in(first, shares), formula_in(first), examples[0], where)


def marks_by_criterion(groups: Sequence[Alike]) -> dict[uuid.UUID, str]:
    """What each criterion is worth, in words: "20 marks", "20 marks in lot 1, 30 marks in lots 2 and 3"."""
    worth: dict[uuid.UUID, list[tuple[str, str]]] = defaultdict(list)
    for alike in groups:
        for row in alike.weights.rows:
            worth[row.criterion.id].append((counted(row.marks, "mark"), alike.where))
    return {criterion: _told(told, len(groups)) for criterion, told in worth.items()}


def marks_by_panel(groups: Sequence[Alike]) -> dict[Panel, str]:
    """What each panel gives of the 100 marks, in words: "40", "40 in lot 1, 30 in lot 2"."""
    worth: dict[Panel, list[tuple[str, str]]] = defaultdict(list)
    for alike in groups:
        for part in alike.weights.parts:
            if part.panel is not None:
                worth[part.panel].append((marks(part.value), alike.where))
    return {panel: _told(told, len(groups)) for panel, told in worth.items()}


def _told(figures: Sequence[tuple[str, str]], groups: int) -> str:
    """Figures of groups of lots, or the one that holds in all of them."""
    if len(figures) == groups and len({figure for figure, _ in figures}) == 1:
        return figures[0][0]
    return ", ".join(f"{figure}{where}" for figure, where in figures)


def _where(words: str) -> str:
    return f" in {words[:1].lower()}{words[1:]}" if words else ""


def _words(lots: Sequence[Lot]) -> str:
    return f"Lot{'s' if len(lots) > 1 else ''} {listed(str(lot.number) for lot in lots)}"
