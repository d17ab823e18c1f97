"""What a bidder should know about its own bid before it submits: on every page of the draft, and before sealing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from portal.bidding.contents import Content
from portal.core.errors import Conflict
from portal.tendering.price_limits import price_remarks
from portal.tendering.question_kinds.kind import Asked, Remark


class Unsaid(Conflict):
    """The bid fails by a published rule, and the page that it was sent from had not said so."""

    code = "unsaid"

    def __init__(self, remarks: Sequence[Remark]) -> None:
        why = " ".join(remark.message for remark in remarks)
        super().__init__(
            f"Nothing is submitted yet, because this bid would be ruled out. {why} You can still submit it."
        )


def remarks_of(questions: Sequence[Asked], content: Content, formula: Mapping[str, Any] | None) -> list[Remark]:
    """List them, in the order of the questions, the price last; `formula` is the published one of the price."""
    said = [remark for asked in questions for remark in asked.remarks(content.answers)]
    return [*said, *price_remarks(formula, content.price)]


def as_told(remarks: Sequence[Remark]) -> str:
    """What a page carries that has said why the bid would be ruled out; "" where nothing does."""
    ruling_out = [remark.message for remark in remarks if remark.rules_out]
    return hashlib.sha256("\n".join(ruling_out).encode()).hexdigest() if ruling_out else ""


def require_told(remarks: Sequence[Remark], told: str) -> None:
    """Refuse to seal a bid that would be ruled out for what its page did not say; raises `Unsaid`."""
    if as_told(remarks) not in ("", told):
        raise Unsaid([remark for remark in remarks if remark.rules_out])
