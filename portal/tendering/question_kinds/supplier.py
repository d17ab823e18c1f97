"""A kind that is answered with a share code of the central digital platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from portal.regulation.central_platform import is_unusual_share_code, read_share_code
from portal.tendering.question_kinds.kind import Asked, Kind, Settings, Shown
from portal.tendering.states import EnvelopeKind, QuestionKind


class CoreSupplierInformation(Kind):
    """That the bidder's core supplier information is shared and up to date (PR24 reg 6(3)), with its share code.

    The authority needs it before the tendering period ends, so it is part of the bid.
    """

    name = QuestionKind.SUPPLIER_INFORMATION
    title = "With a share code for core supplier information"
    hint = "The bidder confirms that it is up to date on Find a Tender. Officers check it there: no panel reads it."
    envelope = EnvelopeKind.COMPLIANCE
    settings: ClassVar = ()
    missing = "Give your share code for “{prompt}”."

    def rule(self, settings: Settings) -> str:
        """What giving the code confirms, and where it comes from."""
        return (
            "A share code from Find a Tender. With it you confirm that your core supplier "
            "information there is complete and up to date, and that you share it with us"
        )

    def brief(self, settings: Settings) -> str:
        """A code."""
        return "A share code from Find a Tender"

    def is_judged(self, settings: Settings) -> bool:
        """Always: the portal sees whether it can be a code, and an officer whether it opens anything."""
        return True

    def read(self, text: str, asked: Asked) -> str:
        """The code."""
        return read_share_code(text)

    def advice(self, value: str) -> Iterator[str]:
        """That it may have been copied wrongly."""
        if is_unusual_share_code(value):
            yield (
                "Share codes have eight letters and figures, and never 0 to 5, vowels, S, V, X or Y. Look whether you "
                "copied it whole. You can submit it as it is."
            )

    def write(self, value: str) -> str:
        """As it is."""
        return value

    def show(self, value: str, settings: Settings) -> Shown:
        """The code, and what of it the portal cannot tell."""
        return Shown(value, "Not checked on Find a Tender: whether it opens what is meant can only be seen there.")
