"""Codes of the Common Procurement Vocabulary: well formed, known, light touch, reservable."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line, squeeze
from portal.regulation.cpv_data import LIGHT_TOUCH_ROWS

_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_WITH_CHECK_DIGIT = re.compile(r"([0-9]{8})-[0-9]")


@dataclass(frozen=True)
class Code:
    """One CPV code. `light_touch` and `reservable` come from PR24 Schedule 1."""

    code: str
    description: str
    light_touch: bool
    reservable: bool


BUNDLED = tuple(Code(code, description, True, reservable) for code, description, reservable in LIGHT_TOUCH_ROWS)
"""The codes that the table starts with."""


def is_well_formed(code: str) -> bool:
    """Say whether `code` is 8 digits."""
    return _EIGHT_DIGITS.fullmatch(code) is not None


def normalise(typed: str, *, field: str | None = None) -> str:
    """Read one typed code: spaces around it and a check digit ("85311300-2") are dropped.

    Raises `InvalidInput` for anything that is not 8 digits.
    """
    code = squeeze(typed)
    with_check_digit = _WITH_CHECK_DIGIT.fullmatch(code)
    if with_check_digit:
        code = with_check_digit.group(1)
    if not is_well_formed(code):
        raise InvalidInput(
            f"“{one_line(typed)}” is not a CPV code. A CPV code is 8 digits, such as 85311300.", field=field
        )
    return code


def require_known(codes: Iterable[str], known: Collection[str], *, field: str | None = None) -> tuple[str, ...]:
    """Read typed codes and keep their order, each once; refuse the first that is malformed or not in the
    table.

    Raises `InvalidInput`, also when there is no code at all.
    """
    wanted = tuple(dict.fromkeys(normalise(code, field=field) for code in codes))
    if not wanted:
        raise InvalidInput("Give at least one CPV code, such as 85311300.", field=field)
    for code in wanted:
        if code not in known:
            raise InvalidInput(
                f"{code} is not in this portal’s list of CPV codes. Check it, or ask the platform "
                "administrator to add it.",
                field=field,
            )
    return wanted


def is_light_touch(codes: Iterable[str], light_touch_codes: Collection[str]) -> bool:
    """Say whether a procurement is light touch: every one of its codes is in the light-touch table.

    One ordinary code makes it ordinary, and so does having no code: both are the stricter reading (PA2023
    s.9).
    """
    wanted = tuple(codes)
    return bool(wanted) and all(code in light_touch_codes for code in wanted)
