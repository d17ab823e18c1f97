"""Amounts in words, as they are said in the United Kingdom."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core.spelled import pounds_spelled


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("118000", "one hundred and eighteen thousand pounds"),
        ("1", "one pound"),
        ("0.01", "zero pounds and one penny"),
        ("1000.50", "one thousand pounds and fifty pence"),
        ("1001", "one thousand and one pounds"),
        ("1100", "one thousand one hundred pounds"),
        ("240315.21", "two hundred and forty thousand three hundred and fifteen pounds and twenty-one pence"),
        ("5000000", "five million pounds"),
        (
            "999999999999.99",
            "nine hundred and ninety-nine billion nine hundred and ninety-nine million nine hundred and ninety-nine "
            "thousand nine hundred and ninety-nine pounds and ninety-nine pence",
        ),
    ],
)
def test_an_amount_is_written_out(amount: str, words: str) -> None:
    """A slip of a digit is another word."""
    assert pounds_spelled(Decimal(amount)) == words
