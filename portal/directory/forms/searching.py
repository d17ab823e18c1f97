"""What a practitioner typed and chose to search the directory."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line
from portal.directory.searching import Search
from portal.frameworks.models import Framework
from portal.organisations.settings import whole_number

LONGEST = 100


def read_search(typed: Mapping[str, str]) -> Search:
    """The search in an address; what makes no sense there is left out, for nobody types it.

    `lot` is a lot's id, or "all:" and a framework's. Raises `InvalidInput` (field "vacancies") for free places that
    are not a whole number: that is typed.
    """
    lot = typed.get("lot", "")
    free = one_line(typed.get("vacancies"))
    return Search(
        words=_text(typed.get("words", "")),
        framework_id=_id(lot.removeprefix("all:")) if lot.startswith("all:") else None,
        lot_id=None if lot.startswith("all:") else _id(lot),
        band_id=_id(typed.get("band", "")),
        placement_type=_text(typed.get("placement", "")),
        area=_text(typed.get("area", "")),
        vacancies=whole_number(free, field="vacancies") if free else 0,
    )


def read_what_can_be(typed: Mapping[str, str]) -> tuple[Search, str]:
    """The search, and what is wrong with the free places that were typed: then they are left out of it."""
    try:
        return read_search(typed), ""
    except InvalidInput as wrong:
        return read_search({**typed, "vacancies": ""}), wrong.message


def areas_of(frameworks: Sequence[Framework]) -> list[str]:
    """The areas that their lots name."""
    return sorted({area for framework in frameworks for lot in framework.lots for area in lot.areas})


def placement_types_of(frameworks: Sequence[Framework]) -> list[str]:
    """The placement types that their lots name."""
    return sorted({kind for framework in frameworks for lot in framework.lots for kind in lot.placement_types})


def _text(typed: str) -> str:
    return one_line(typed)[:LONGEST]


def _id(typed: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None
