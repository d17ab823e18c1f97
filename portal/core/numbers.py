"""Decimals as people read them."""

from __future__ import annotations

from decimal import Decimal


def plain(value: Decimal) -> str:
    """The number without superfluous zeros and without an exponent: "100", "2.5"."""
    return format(value.normalize(), "f")
