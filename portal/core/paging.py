"""Where a list goes on: the key of the next page, written into an address and read back from it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from portal.core.errors import NotFound

SEPARATOR = "~"


def page_key(*parts: str | datetime | uuid.UUID) -> str:
    """Write the values that the last row of a page is ordered by; free text comes last, as it may hold anything."""
    return SEPARATOR.join(
        part.astimezone(UTC).isoformat() if isinstance(part, datetime) else str(part) for part in parts
    )


def read_page_key(typed: str, *kinds: type[str | datetime | uuid.UUID]) -> tuple[Any, ...]:
    """Read what `page_key` wrote, a value of each kind.

    Raises `NotFound` for anything else: an address that nobody was given leads nowhere.
    """
    try:
        parts = typed.split(SEPARATOR, len(kinds) - 1)
        return tuple(_read(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except ValueError as wrong:
        raise NotFound("That page of the list does not exist. Start again from the first page.") from wrong


def _read(part: str, kind: type[Any]) -> Any:
    if kind is not datetime:
        return kind(part)
    instant = datetime.fromisoformat(part)
    if instant.tzinfo is None:
        raise ValueError(part)
    return instant.astimezone(UTC)
