"""What decides between bids with the same total, in the words of the tables: those list what earns marks."""

from __future__ import annotations

from portal.core.words import listed
from portal.tendering.by_lot import counting_in
from portal.tendering.method_rules import LOWEST_PRICE
from portal.tendering.models import InvitationToTender
from portal.tendering.tree import CriterionKind, kind_of, walk
from tender_scoring.method import DRAWN_LOT

BY_LOT = "If nothing of that parts them, two people draw a lot together, in a way that everybody can check."
PASSED_OVER = "What does not count in a lot is passed over there."
TOLD = {LOWEST_PRICE: "the lowest price", DRAWN_LOT: "a drawn lot"}
"""What parted bids and is no criterion."""


def tie_break_words(itt: InvitationToTender) -> str:
    """The whole rule in a sentence."""
    if not itt.tie_break:
        return "Nothing is set yet."
    steps = (
        "the lower price" if key == LOWEST_PRICE else f"more marks for {criterion_words(itt, key)}"
        for key in itt.tie_break
    )
    said = f"When two bids have exactly the same total, the one with {', then '.join(steps)} wins."
    by_lot = [{node.key for node in counting_in(itt, lot)} for lot in itt.lots]
    if any(key not in counting for key in itt.tie_break if key != LOWEST_PRICE for counting in by_lot):
        said = f"{said} {PASSED_OVER}"
    return f"{said} {BY_LOT}" if itt.draws_lots else said


def criterion_words(itt: InvitationToTender, key: str) -> str:
    """A criterion's title in quotation marks; a heading's with what is scored under it, as its marks are theirs."""
    criterion = next((node for node in itt.criteria if node.key == key), None)
    if criterion is None:
        return f"“{key}”"
    under = [f"“{node.title}”" for node, _ in walk(itt, criterion) if kind_of(node) is not CriterionKind.HEADING]
    named = f"“{criterion.title}”"
    if kind_of(criterion) is not CriterionKind.HEADING or not under:
        return named
    return f"{named} ({listed(under)}{' together' if len(under) > 1 else ''})"
