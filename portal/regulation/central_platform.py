"""The central digital platform, Find a Tender: its numbers, and why something may be published here (PR24 reg 5)."""

from __future__ import annotations

import re

from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text
from portal.regulation.kinds import PublicationBasis
from portal.regulation.procurement_law import NoticeDuty

_REFERENCE = re.compile(r"[0-9]{6,}-[0-9]{4}")
_AS_PRINTED = re.compile(r"([0-9]{4})/S 000-([0-9]{6,})")
_SHARE_CODE = re.compile(r"[6-9BCDFGHJKLMNPQRTWbcdfghjkmnpqrtwz]{8}")
"""What the platform makes: its published source takes eight of nanoid's "NoLookAlikesSafe" alphabet."""
_LONGEST_SHARE_CODE = 40
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


def read_share_code(typed: str) -> str:
    """Read the share code of somebody's core supplier information (PR24 reg 6): spaces and hyphens fall away.

    Capital and small letters differ. The platform may change how it makes them, and a bid must not fail for that: what
    only looks unusual is `is_unusual_share_code`. Raises `InvalidInput` for what is no code at all.
    """
    code = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"[0-9A-Za-z]+", code) or len(code) > _LONGEST_SHARE_CODE:
        raise InvalidInput("A share code has letters and figures only, most often eight. Copy it from Find a Tender.")
    return code


def is_unusual_share_code(code: str) -> bool:
    """Whether it is not what the platform makes today: a character is missing, or was taken for another."""
    return not _SHARE_CODE.fullmatch(code)


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
