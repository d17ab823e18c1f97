"""The method of an invitation in the scoring engine's format, from the rows that the commissioner drafted."""

from __future__ import annotations

from typing import Any

from portal.core.numbers import plain
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel, Scale
from portal.tendering.states import Combination
from portal.tendering.tree import CriterionKind, children_of, kind_of
from tender_scoring.method import DRAWN_LOT

ROUNDING = {"places": 4, "mode": "half_up"}
"""Published figures have four places; ranking uses the exact values (scoring rule 1)."""


def method_of(itt: InvitationToTender) -> dict[str, Any]:
    """Write the method down for the engine: scales, panels, the tree of criteria, rounding and tie-break.

    Numbers are texts in their shortest form. What is still missing in a draft is simply not there, and the
    engine's `validate_method` refuses it; this never raises.
    """
    return {
        "scales": {scale.key: _scale(scale) for scale in itt.scales},
        "panels": {panel.key: _panel(panel) for panel in itt.panels},
        "criteria": [_criterion(itt, node) for node in children_of(itt, None)],
        "rounding": dict(ROUNDING),
        # What nothing else parts is never left open: two people draw a lot (docs/drawn-lots.md).
        "tie_break": [*itt.tie_break, DRAWN_LOT],
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


def _criterion(itt: InvitationToTender, node: AwardCriterion) -> dict[str, Any]:
    stated: dict[str, Any] = {"id": node.key, "weight": plain(node.weight)}
    kind = kind_of(node)
    if kind is CriterionKind.PRICE:
        stated["price"] = node.price_formula
    elif kind is CriterionKind.HEADING:
        stated["children"] = [_criterion(itt, child) for child in children_of(itt, node)]
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
