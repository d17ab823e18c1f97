"""The central digital platform, Find a Tender: its numbers, and why something may be published here (PR24 reg 5)."""

from __future__ import annotations

import re

from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text
from portal.regulation.kinds import PublicationBasis
from portal.regulation.procurement_law import NoticeDuty

_REFERENCE = re.compile(r"[0-9]{6,}-[0-9]{4}")
_AS_PRINTED = re.compile(r"([0-9]{4})/S 000-([0-9]{6,})")
_ASK = (
    "Give the reference of the notice on Find a Tender: at least six digits, a hyphen and the year, such as "
    "012345-2026."
)


def read_reference(typed: str) -> str:
    """Read a typed number: spaces around it fall away, and "2026/S 000-012345" is written as 012345-2026."""
    reference = typed.strip()
    printed = _AS_PRINTED.fullmatch(reference)
    return f"{printed.group(2)}-{printed.group(1)}" if printed else reference


def require_reference(reference: str | None, *, field: str = "central_reference") -> None:
    """Refuse what is not the number of a notice on the platform."""
    if not _REFERENCE.fullmatch(reference or ""):
        raise InvalidInput(_ASK, field=field)


def require_basis(basis: PublicationBasis, reference: str | None, reason: str, *, duty: NoticeDuty) -> None:
    """Refuse to publish here what belongs on the platform first (PR24 reg 5(11)).

    Either the notice's number there; or the reason for the fallback (the platform is unavailable, or has not
    published 48 hours after submission: reg 5(5)-(6)); or a notice that the law does not ask for. Raises
    `InvalidInput` beside `central_reference`, `publication_reason` or `publication_basis`.
    """
    if basis is PublicationBasis.CENTRAL_REFERENCE:
        require_reference(reference)
    elif basis is PublicationBasis.FALLBACK:
        if not has_text(reason):
            raise InvalidInput("Say why the notice is not on Find a Tender yet.", field="publication_reason")
    elif duty.is_central:
        raise InvalidInput(
            f"{duty.words}, so it needs its notice on Find a Tender first ({duty.law}).", field="publication_basis"
        )
