"""The published award criteria in OCDS: each leaf with its weight out of 100 and the panels that mark it.

Core OCDS has `tender.awardCriteria` as a bare code; the breakdown belongs on each lot.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal

from portal.core.numbers import plain
from portal.core.parsing.text import tidy
from portal.notices.canonical import Json, number, without_gaps
from portal.tendering.models import AwardCriterion, InvitationToTender, PanelShare
from tender_scoring.prices import FORMULAS

PRICE = "price"
METHOD_HASH_WORDS = "SHA-256 of the published method: "
HUNDRED = Decimal(100)


def lot_criteria(itt: InvitationToTender) -> Json:
    """Write every leaf of the criteria tree for `tender.lots[].awardCriteria`, in the published order."""
    return without_gaps({"criteria": [_criterion(itt, leaf) for leaf in _leaves(itt)]})


def who_marks(itt: InvitationToTender) -> str:
    """Say in words how the 100 marks are shared between the panels and the price, and which method was
    frozen.
    """
    totals: dict[str, Decimal] = {}
    for leaf in _leaves(itt):
        weight = _weight_of_total(itt, leaf)
        if leaf.price_formula is not None:
            totals[PRICE] = totals.get(PRICE, Decimal(0)) + weight
        for share in _counting_shares(leaf):
            name = share.panel.name
            totals[name] = totals.get(name, Decimal(0)) + weight * share.share / HUNDRED
    parts = [f"{name} {plain(total)}%" for name, total in totals.items() if total > 0]
    words = f"Marks out of 100: {', '.join(parts)}." if parts else ""
    frozen = f"{METHOD_HASH_WORDS}{itt.method_hash}." if itt.method_hash else ""
    return " ".join(part for part in (words, frozen) if part)


def _criterion(itt: InvitationToTender, leaf: AwardCriterion) -> Json:
    numbers: list[Json] = [
        {"number": number(_weight_of_total(itt, leaf)), "weight": "percentageExact", "fixed": "total"}
    ]
    if leaf.minimum is not None:
        numbers.append({"number": number(leaf.minimum), "threshold": "minimumScore"})
    return without_gaps(
        {
            "type": "price" if leaf.price_formula is not None else "quality",
            "name": ": ".join(node.title for node in _path(itt, leaf)),
            "description": " ".join(part for part in (tidy(leaf.guidance), _marked_by(leaf)) if part),
            "numbers": numbers,
        }
    )


def _marked_by(leaf: AwardCriterion) -> str:
    """Who marks a leaf, named as panels only: who sits on a panel is nobody's business here."""
    if leaf.price_formula is not None:
        title = FORMULAS[leaf.price_formula["formula"]].title
        return f"Marks follow from the price by the published formula “{title}”."
    shares = _counting_shares(leaf)
    if not shares:
        return "Reported beside the result and not counted."
    if len(shares) == 1:
        return f"Marked by: {shares[0].panel.name}."
    return f"Marked by: {', '.join(f'{s.panel.name} {plain(s.share)}%' for s in shares)}."


def _counting_shares(leaf: AwardCriterion) -> list[PanelShare]:
    counting = (share for share in leaf.shares if share.panel.counts and share.share > 0)
    return sorted(counting, key=lambda share: share.panel.position)


def _leaves(itt: InvitationToTender) -> list[AwardCriterion]:
    """The leaves in the order in which the tree is read from top to bottom."""
    children: dict[uuid.UUID | None, list[AwardCriterion]] = {}
    for criterion in sorted(itt.criteria, key=lambda node: node.position):
        children.setdefault(criterion.parent_id, []).append(criterion)

    def below(nodes: Iterable[AwardCriterion]) -> list[AwardCriterion]:
        found: list[AwardCriterion] = []
        for node in nodes:
            found.extend(below(children[node.id]) if node.id in children else [node])
        return found

    return below(children.get(None, []))


def _path(itt: InvitationToTender, leaf: AwardCriterion) -> list[AwardCriterion]:
    by_id = {criterion.id: criterion for criterion in itt.criteria}
    path = [leaf]
    while path[0].parent_id is not None:
        path.insert(0, by_id[path[0].parent_id])
    return path


def _weight_of_total(itt: InvitationToTender, leaf: AwardCriterion) -> Decimal:
    """A leaf's weight out of 100 of the whole: the product of the weights above it."""
    weight = HUNDRED
    for node in _path(itt, leaf):
        weight = weight * node.weight / HUNDRED
    return weight.normalize()
