"""The method of an invitation in the scoring engine's format, from the rows that the commissioner drafted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.core.numbers import plain
from portal.tendering.by_lot import counting_in, has_own_method, places_of_all, weights_in
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Panel, Scale
from portal.tendering.states import Combination
from portal.tendering.tree import CriterionKind, kind_of
from tender_scoring import method_hash, validate_method
from tender_scoring.method import DRAWN_LOT

ROUNDING = {"places": 4, "mode": "half_up"}
"""Published figures have four places; ranking uses the exact values (scoring rule 1)."""


def method_for(lot: Lot) -> dict[str, Any]:
    """Give the published method by which bids for a lot are scored, whoever asks; a draft has none."""
    return lot.method or lot.itt.method or {"criteria": []}


def hash_for(lot: Lot) -> str | None:
    """Give the hash of `method_for`."""
    return lot.method_hash or lot.itt.method_hash


def freeze_method(itt: InvitationToTender) -> None:
    """Write the method down as it is published, with its hash, and that of every lot that differs from it.

    Raises `InvalidCase` where the engine does not accept one of them.
    """
    stated = {lot: method_of(itt, lot) for lot in itt.lots if has_own_method(lot)}
    frozen = {lot: (validate_method(method).to_dict(), method_hash(method)) for lot, method in stated.items()}
    method = method_of(itt)
    # Everything is worked out before anything is set: a statement in between would write half of it.
    itt.method, itt.method_hash = validate_method(method).to_dict(), method_hash(method)
    for lot in itt.lots:
        lot.method, lot.method_hash = frozen.get(lot, (None, None))


def method_of(itt: InvitationToTender, lot: Lot | None = None) -> dict[str, Any]:
    """Write the method down for the engine: scales, panels, the tree of criteria, rounding and tie-break.

    That of one lot, or else what holds wherever a lot says nothing else. Numbers are texts in their shortest form.
    What is still missing in a draft is simply not there, and the engine's `validate_method` refuses it; this never
    raises.
    """
    counting = counting_in(itt, lot)
    keys = {node.key for node in counting}
    dropped = {node.key for node in itt.criteria} - keys
    winners = lot.places if lot is not None else places_of_all(itt)
    tree = _Tree(counting, weights_in(lot) if lot is not None else {}, lot.price_formula if lot is not None else None)
    return {
        "scales": {scale.key: _scale(scale) for scale in itt.scales},
        "panels": {panel.key: _panel(panel) for panel in itt.panels},
        "criteria": tree.under(None),
        "rounding": dict(ROUNDING),
        # What nothing else parts is never left open: two people draw a lot (docs/drawn-lots.md).
        "tie_break": [*(name for name in itt.tie_break if name not in dropped), DRAWN_LOT],
        # One winner is what every method means that does not say so: those of before keep their hash.
        **({"winners": winners} if winners > 1 else {}),
    }


def _scale(scale: Scale) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "minimum": plain(scale.minimum),
        "maximum": plain(scale.maximum),
        "step": plain(scale.step),
        "normalise": scale.normalise,
    }
    if scale.bands:
        stated["bands"] = [
            {"score": plain(band.score), "label": band.label, "descriptor": band.descriptor}
            for band in sorted(scale.bands, key=lambda band: band.score)
        ]
    return stated


def _panel(panel: Panel) -> dict[str, Any]:
    stated: dict[str, Any] = {"combine": panel.combine.value, "counts": panel.counts}
    if panel.combine is not Combination.AGREED:
        stated["quorum"] = panel.quorum
    return stated


@dataclass(frozen=True)
class _Tree:
    """The criteria that count, with what is another weight or price formula than the rows say."""

    counting: Sequence[AwardCriterion]
    weights: Mapping[uuid.UUID, Decimal]
    price_formula: Mapping[str, Any] | None

    def under(self, parent: AwardCriterion | None) -> list[dict[str, Any]]:
        above = parent.id if parent is not None else None
        return [self._stated(node) for node in self.counting if node.parent_id == above]

    def _stated(self, node: AwardCriterion) -> dict[str, Any]:
        stated: dict[str, Any] = {"id": node.key, "weight": plain(self.weights.get(node.id, node.weight))}
        kind = kind_of(node)
        if kind is CriterionKind.PRICE:
            stated["price"] = self.price_formula or node.price_formula
        elif kind is CriterionKind.HEADING:
            stated["children"] = self.under(node)
        else:
            stated |= _who_scores(node)
            if node.scale is not None:
                stated["scale"] = node.scale.key
            if node.minimum is not None:
                stated["minimum"] = plain(node.minimum)
        return stated


def _who_scores(node: AwardCriterion) -> dict[str, Any]:
    shares = sorted((share for share in node.shares if share.share > 0), key=lambda share: share.panel.position)
    if len(shares) == 1 and shares[0].share == 100:
        return {"panel": shares[0].panel.key}
    return {"panels": {share.panel.key: plain(share.share) for share in shares}}
