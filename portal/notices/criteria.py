"""By what bids are judged, in OCDS: award criteria with weights and panels, conditions of participation, exclusion.

Core OCDS has `tender.awardCriteria` as a bare code; the breakdown belongs on each lot, and so do its conditions.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.core.numbers import plain
from portal.core.parsing.text import tidy
from portal.core.words import law_in_words
from portal.judging.grounds import GROUNDS
from portal.notices.canonical import Json, number, without_gaps
from portal.tendering.alike import Alike, alike_lots
from portal.tendering.by_lot import counting_in, formula_in, weights_in
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, PanelShare, Question
from portal.tendering.tree import CriterionKind, kind_of
from tender_scoring.prices import FORMULAS

PRICE = "price"
SELECTION_TYPES = {"technical": "technical", "financial": "economic", "legal": "suitability"}
"""The codes of what conditions are about."""
METHOD_HASH_WORDS = "SHA-256 of the published method: "
HUNDRED = Decimal(100)


def lot_criteria(lot: Lot) -> Json:
    """Write every leaf that counts in a lot for `tender.lots[].awardCriteria`, in the published order."""
    return without_gaps({"criteria": [_criterion(lot, leaf) for leaf in _leaves(lot)]})


def lot_conditions(lot: Lot) -> Json | None:
    """Write the conditions of participation in a lot for `tender.lots[].selectionCriteria` (PA2023 s.22)."""
    asked = [each for each in lot.itt.questions if each.asked.kind.is_condition and each.is_asked_for(lot.id)]
    return {"criteria": [_condition(each) for each in sorted(asked, key=lambda each: each.position)]} if asked else None


def exclusion_grounds(itt: InvitationToTender) -> Json:
    """Write why a bid must or may be disregarded, each ground with its law, for `tender.exclusionGrounds`."""
    grounds = GROUNDS[itt.regime].values()
    listed = [("mandatory" if each.is_mandatory else "discretionary", each) for each in grounds]
    return {
        "criteria": [{"type": kind, "description": f"{each.words} ({law_in_words(each.law)})"} for kind, each in listed]
    }


def who_marks(itt: InvitationToTender) -> str:
    """Say in words how the 100 marks are shared between the panels and the price, and which method was frozen.

    Where lots are judged in more than one way, group by group.
    """
    words = [_shared(alike) for alike in alike_lots(itt)]
    frozen = f"{METHOD_HASH_WORDS}{itt.method_hash}." if itt.method_hash else ""
    return " ".join(part for part in (*words, frozen) if part)


def _shared(alike: Alike) -> str:
    lot, totals = alike.lots[0], dict[str, Decimal]()
    for leaf in _leaves(lot):
        weight = _weight_of_total(lot, leaf)
        if leaf.price_formula is not None:
            totals[PRICE] = totals.get(PRICE, Decimal(0)) + weight
        for share in _counting_shares(leaf):
            name = share.panel.name
            totals[name] = totals.get(name, Decimal(0)) + weight * share.share / HUNDRED
    parts = [f"{name} {plain(total)}%" for name, total in totals.items() if total > 0]
    own = f" (SHA-256 of its method: {lot.method_hash})" if lot.method_hash else ""
    return f"Marks out of 100{alike.where}: {', '.join(parts)}{own}." if parts else ""


def _criterion(lot: Lot, leaf: AwardCriterion) -> Json:
    numbers: list[Json] = [
        {"number": number(_weight_of_total(lot, leaf)), "weight": "percentageExact", "fixed": "total"}
    ]
    if leaf.minimum is not None:
        numbers.append({"number": number(leaf.minimum), "threshold": "minimumScore"})
    marked_by = _priced_by(formula_in(lot)) if leaf.price_formula is not None else _marked_by(leaf)
    return without_gaps(
        {
            "type": "price" if leaf.price_formula is not None else "quality",
            "name": ": ".join(node.title for node in _path(lot, leaf)),
            "description": " ".join(part for part in (tidy(leaf.guidance), marked_by) if part),
            "numbers": numbers,
        }
    )


def _condition(question: Question) -> Json:
    settings = question.settings
    return without_gaps(
        {
            "type": SELECTION_TYPES.get(settings.get("about", "")),
            "description": f"{question.prompt}: {tidy(settings['meets'])}",
            "verificationMethod": f"{tidy(settings['evidence'])} Anything else that shows the same is taken, too.",
        }
    )


def _priced_by(formula: Mapping[str, Any] | None) -> str:
    title = FORMULAS[formula["formula"]].title if formula else ""
    return f"Marks follow from the price by the published formula “{title}”."


def _marked_by(leaf: AwardCriterion) -> str:
    """Who marks a leaf, named as panels only: who sits on a panel is nobody's business here."""
    shares = _counting_shares(leaf)
    if not shares:
        return "Reported beside the result and not counted."
    if len(shares) == 1:
        return f"Marked by: {shares[0].panel.name}."
    return f"Marked by: {', '.join(f'{s.panel.name} {plain(s.share)}%' for s in shares)}."


def _counting_shares(leaf: AwardCriterion) -> list[PanelShare]:
    counting = (share for share in leaf.shares if share.panel.counts and share.share > 0)
    return sorted(counting, key=lambda share: share.panel.position)


def _leaves(lot: Lot) -> list[AwardCriterion]:
    """The leaves that count in a lot, in the order in which the tree is read from top to bottom."""
    return [node for node in counting_in(lot.itt, lot) if kind_of(node) is not CriterionKind.HEADING]


def _path(lot: Lot, leaf: AwardCriterion) -> list[AwardCriterion]:
    by_id = {criterion.id: criterion for criterion in lot.itt.criteria}
    path = [leaf]
    while path[0].parent_id is not None:
        path.insert(0, by_id[path[0].parent_id])
    return path


def _weight_of_total(lot: Lot, leaf: AwardCriterion) -> Decimal:
    """A leaf's weight out of 100 of the whole: the product of the weights above it."""
    weight, weights = HUNDRED, weights_in(lot)
    for node in _path(lot, leaf):
        weight = weight * weights[node.id] / HUNDRED
    return weight.normalize()
