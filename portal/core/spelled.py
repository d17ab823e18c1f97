"""Amounts of money written out, so that a slip of a digit is seen: "one hundred and eighteen thousand pounds"."""

from __future__ import annotations

from decimal import Decimal

from portal.core.words import noun

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


def spelled(number: int) -> str:
    """A whole number from 0 below a thousand billion in words, as it is said in the United Kingdom."""
    parts = []
    rest = number
    for size, name in _GROUPS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{_below_thousand(count)} {name}")
    if rest or not parts:
        parts.append(f"and {_below_thousand(rest)}" if parts and rest < 100 else _below_thousand(rest))
    return " ".join(parts)


def pounds_spelled(amount: Decimal | str) -> str:
    """An amount of pounds and pence in words."""
    pounds, pence = divmod(int(Decimal(amount).quantize(Decimal("0.01")) * 100), 100)
    written = f"{spelled(pounds)} {noun(pounds, 'pound')}"
    return f"{written} and {spelled(pence)} {noun(pence, 'penny', 'pence')}" if pence else written


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    return f"{_SMALL[hundreds]} hundred" + (f" and {_below_hundred(rest)}" if rest else "")


def _below_hundred(number: int) -> str:
    if number < len(_SMALL):
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
