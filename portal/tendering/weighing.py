"""What every panel's score on every criterion is worth, in marks out of 100, exactly.

Unlike the engine's `effective_weights`, this also works on a draft whose weights do not add up yet, and on
figures that were typed and not saved: the commissioner sees the sum while working on it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from portal.core.numbers import plain
from portal.tendering.by_lot import counting_in, weights_in
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel, Question
from portal.tendering.tree import CriterionKind, children_of, is_pilot_only, kind_of, sibling_groups, walk

HUNDRED = Fraction(100)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PRICE = "Price"

Weights = Mapping[uuid.UUID, Decimal]
Shares = Mapping[tuple[uuid.UUID, uuid.UUID], Decimal]


@dataclass(frozen=True)
class Row:
    """One criterion that earns marks: its marks out of 100, and the part of them that each panel gives."""

    criterion: AwardCriterion
    path: tuple[str, ...]
    marks: Fraction
    by_panel: Mapping[uuid.UUID, Fraction]
    questions: tuple[Question, ...]

    @property
    def is_price(self) -> bool:
        """Whether the price earns these marks, not a panel."""
        return kind_of(self.criterion) is CriterionKind.PRICE


@dataclass(frozen=True)
class Part:
    """What one panel, or the price, gives of the 100 marks. `tone` is its place in every chart of the page."""

    label: str
    value: Fraction
    tone: int
    panel: Panel | None


@dataclass(frozen=True)
class EffectiveWeights:
    """The whole table: a row for each criterion that earns marks, a part for each panel and the price."""

    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    total: Fraction

    @property
    def adds_up(self) -> bool:
        """Whether the whole is exactly 100."""
        return self.total == HUNDRED


def effective(
    itt: InvitationToTender, weights: Weights | None = None, shares: Shares | None = None
) -> EffectiveWeights:
    """Work out the table from the draft, or from figures typed over it (by criterion, by criterion and panel)."""
    return _table(itt, tuple(_rows(itt, None, HUNDRED, (), weights or {}, shares)))


def effective_in(lot: Lot, shares: Shares | None = None) -> EffectiveWeights:
    """Work out the table of a lot: what counts there, by its weights, with the questions that it is asked."""
    counting = counting_in(lot.itt, lot)
    rows = _rows(lot.itt, None, HUNDRED, (), weights_in(lot), shares)
    return _table(
        lot.itt,
        tuple(
            replace(row, questions=tuple(each for each in row.questions if each.is_asked_for(lot.id)))
            for row in rows
            if row.criterion in counting
        ),
    )


def _table(itt: InvitationToTender, rows: tuple[Row, ...]) -> EffectiveWeights:
    parts = [
        Part(panel.name, sum((row.by_panel.get(panel.id, Fraction(0)) for row in rows), Fraction(0)), tone, panel)
        for tone, panel in enumerate(itt.panels)
    ]
    price = sum((row.marks for row in rows if row.is_price), Fraction(0))
    if price or any(row.is_price for row in rows):
        parts.append(Part(PRICE, price, len(parts), None))
    return EffectiveWeights(rows, tuple(parts), sum((part.value for part in parts), Fraction(0)))


def node_marks(itt: InvitationToTender, weights: Weights | None = None) -> dict[uuid.UUID, Fraction]:
    """Give the marks out of 100 of every criterion, headings too."""
    typed = weights or {}
    marks: dict[uuid.UUID | None, Fraction] = {None: HUNDRED}
    for node, _ in walk(itt):
        marks[node.id] = marks[node.parent_id] * Fraction(typed.get(node.id, node.weight)) / HUNDRED
    return {node: value for node, value in marks.items() if node is not None}


def weight_faults(itt: InvitationToTender, weights: Weights | None = None) -> dict[uuid.UUID | None, str]:
    """Say of every group of siblings whose weights do not total 100 what they total, by heading (None: the whole)."""
    typed = weights or {}
    faults: dict[uuid.UUID | None, str] = {}
    for heading, nodes in sibling_groups(itt):
        total = sum((typed.get(node.id, node.weight) for node in nodes), Decimal(0))
        if total == 100 or not nodes:
            continue
        where = f" of “{heading.title}”" if heading is not None else ""
        counted = [node for node in nodes if not is_pilot_only(node)]
        faults[heading.id if heading else None] = total_sentence("weight", "part", len(counted), total, where)
    return faults


def faults_in_lots(itt: InvitationToTender, weights: Weights | None = None) -> Iterator[str]:
    """Say of every lot with weights of its own where they do not total 100; `weights`: typed for the other lots."""
    for lot in itt.lots:
        for fault in weight_faults(itt, weights_in(lot, weights)).values() if lot.weights else ():
            yield f"Lot {lot.number}: {fault}"


def share_faults(itt: InvitationToTender, shares: Shares | None = None) -> dict[uuid.UUID, str]:
    """Say of every scored criterion whose panels' shares do not total 100 what they total."""
    faults: dict[uuid.UUID, str] = {}
    for node in itt.criteria:
        if kind_of(node) is not CriterionKind.SCORED:
            continue
        given = [share for share in shares_of(itt, node, shares).values() if share]
        if sum(given, Decimal(0)) != 100:
            faults[node.id] = (
                total_sentence("share", "panel", len(given), sum(given, Decimal(0)), f" on “{node.title}”")
                if given
                else f"No panel scores “{node.title}” yet. Give the panels shares that total 100."
            )
    return faults


def shares_of(
    itt: InvitationToTender, criterion: AwardCriterion, shares: Shares | None = None
) -> dict[uuid.UUID, Decimal]:
    """Give each panel's share of a criterion, saved or typed over it, in per cent."""
    saved = {share.panel_id: share.share for share in criterion.shares}
    if shares is None:
        return saved
    return {panel.id: shares.get((criterion.id, panel.id), Decimal(0)) for panel in itt.panels}


def total_sentence(what: str, of: str, count: int, total: Decimal, where: str = "") -> str:
    """ "The weights of the four parts total 95, they must total 100." """
    said = NUMBERS[count] if count < len(NUMBERS) else str(count)
    number = plain(total)
    if count == 1:
        return f"The {what} of the only {of}{where} is {number}, it must be 100."
    return f"The {what}s of the {said} {of}s{where} total {number}, they must total 100."


def _rows(
    itt: InvitationToTender,
    parent: AwardCriterion | None,
    above: Fraction,
    path: tuple[str, ...],
    weights: Weights,
    shares: Shares | None,
) -> list[Row]:
    rows: list[Row] = []
    for node in children_of(itt, parent):
        marks = above * Fraction(weights.get(node.id, node.weight)) / HUNDRED
        if kind_of(node) is CriterionKind.HEADING:
            rows += _rows(itt, node, marks, (*path, node.title), weights, shares)
            continue
        given = shares_of(itt, node, shares)
        by_panel = {panel: marks * Fraction(share) / HUNDRED for panel, share in given.items() if share}
        rows.append(Row(node, path, marks, by_panel, _asked(itt, node)))
    return rows


def _asked(itt: InvitationToTender, criterion: AwardCriterion) -> tuple[Question, ...]:
    return tuple(question for question in itt.questions if question.criterion_id == criterion.id)
