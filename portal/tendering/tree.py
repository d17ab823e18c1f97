"""The criteria as a tree: who is above whom, in the published order, and what each node is."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from enum import StrEnum

from portal.tendering.models import AwardCriterion, InvitationToTender


class CriterionKind(StrEnum):
    """What a node of the tree is."""

    HEADING = "heading"
    SCORED = "scored"
    PRICE = "price"


def kind_of(criterion: AwardCriterion) -> CriterionKind:
    """Tell a heading, a criterion that panels score, and the price apart."""
    if criterion.price_formula is not None:
        return CriterionKind.PRICE
    return CriterionKind.SCORED if criterion.scale_id is not None or criterion.scale else CriterionKind.HEADING


def children_of(itt: InvitationToTender, parent: AwardCriterion | None) -> list[AwardCriterion]:
    """List the criteria directly under `parent` (None: the roots), in their order."""
    above = parent.id if parent is not None else None
    return sorted((node for node in itt.criteria if node.parent_id == above), key=_place)


def walk(
    itt: InvitationToTender, parent: AwardCriterion | None = None, depth: int = 0
) -> Iterator[tuple[AwardCriterion, int]]:
    """Yield every criterion with its depth (0 for a root), each heading before what is under it."""
    for node in children_of(itt, parent):
        yield node, depth
        yield from walk(itt, node, depth + 1)


def sibling_groups(itt: InvitationToTender) -> Iterator[tuple[AwardCriterion | None, list[AwardCriterion]]]:
    """Yield the roots (under None), then each heading with what is under it; their weights total 100 each."""
    yield None, children_of(itt, None)
    for node, _ in walk(itt):
        if kind_of(node) is CriterionKind.HEADING:
            yield node, children_of(itt, node)


def scored(itt: InvitationToTender) -> list[AwardCriterion]:
    """List the criteria that panels score, in the published order."""
    return [node for node, _ in walk(itt) if kind_of(node) is CriterionKind.SCORED]


def price_criterion(itt: InvitationToTender) -> AwardCriterion | None:
    """Find the price criterion, or None where price earns no marks."""
    return next((node for node, _ in walk(itt) if kind_of(node) is CriterionKind.PRICE), None)


def below(itt: InvitationToTender, criterion: AwardCriterion) -> set[uuid.UUID]:
    """Give the ids of a criterion and of everything under it."""
    return {criterion.id} | {node.id for node, _ in walk(itt, criterion)}


def is_pilot_only(criterion: AwardCriterion) -> bool:
    """Say whether only a pilot panel scores it: such a criterion weighs nothing."""
    panels = [share.panel for share in criterion.shares if share.share > 0]
    return bool(panels) and not any(panel.counts for panel in panels)


def next_position(rows: Iterable[AwardCriterion]) -> int:
    """Give the position after the last."""
    return max((row.position for row in rows), default=0) + 1


def _place(criterion: AwardCriterion) -> tuple[int, str]:
    return criterion.position, criterion.key
