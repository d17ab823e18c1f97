"""What differs from lot to lot in how bids are judged: weights of criteria, figures of the price formula,
and how many bidders it is awarded to.

Weights and formula of the invitation hold for every lot that says nothing else. A criterion that weighs 0 in a lot does
not count there, nor does what stands under it: that lot's method knows nothing of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Question
from portal.tendering.tree import is_pilot_only, price_criterion, walk


def weights_in(lot: Lot, changed: Mapping[uuid.UUID, Decimal] | None = None) -> dict[uuid.UUID, Decimal]:
    """Give the weight of every criterion in a lot; `changed`: what would hold for every lot that says nothing else."""
    general = {node.id: node.weight for node in lot.itt.criteria} | dict(changed or {})
    return {node.id: Decimal(lot.weights.get(node.key, general[node.id])) for node in lot.itt.criteria}


def differs(lot: Lot) -> bool:
    """Whether bids for a lot are judged otherwise than the invitation says of every lot."""
    weights = weights_in(lot)
    return lot.price_formula is not None or any(weights[node.id] != node.weight for node in lot.itt.criteria)


def places_of_all(itt: InvitationToTender) -> int:
    """Give to how many bidders every lot that says nothing else is awarded; the only lot says it for the whole."""
    return min(lot.places for lot in itt.lots)


def has_own_method(lot: Lot) -> bool:
    """Whether a lot is judged otherwise, or awarded to more bidders, than the invitation says of every lot."""
    return differs(lot) or lot.places != places_of_all(lot.itt)


def counting_in(itt: InvitationToTender, lot: Lot | None) -> list[AwardCriterion]:
    """List the criteria that count in a lot (None: wherever a lot says nothing else), each heading before its parts.

    In an invitation whose lots weigh alike every criterion counts, also one of a draft that has no weight yet.
    """
    nodes = [node for node, _ in walk(itt)]
    if not any(each.weights for each in itt.lots):
        return nodes
    weights = weights_in(lot) if lot is not None else {node.id: node.weight for node in nodes}
    counting: dict[uuid.UUID | None, AwardCriterion] = {}
    for node in nodes:
        if (weights[node.id] or is_pilot_only(node)) and (node.parent_id is None or node.parent_id in counting):
            counting[node.id] = node
    return list(counting.values())


def asked_in_vain(question: Question, lots: Iterable[Lot]) -> list[Lot]:
    """Say in which of the lots a question would earn nothing, for its criterion does not count there."""
    criterion = question.criterion
    return [lot for lot in lots if criterion is not None and criterion not in counting_in(lot.itt, lot)]


def formula_in(lot: Lot) -> dict[str, Any] | None:
    """Give the price formula of a lot in the engine's form, or None where its price earns no marks."""
    price = price_criterion(lot.itt)
    if price is None or price not in counting_in(lot.itt, lot):
        return None
    return lot.price_formula or price.price_formula
