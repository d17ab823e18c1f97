"""A figure is read where it can be read in one way only."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.core.parsing.figures import (
    DAYS,
    MONTHS,
    NUMBER,
    PERCENT,
    POUNDS,
    WHOLE,
    WORDS,
    Unit,
    read_figure,
    read_whole,
)

UNITS = (NUMBER, PERCENT, POUNDS, WHOLE, MONTHS, WORDS, DAYS)


def refusal(typed: str, unit: Unit) -> str:
    """What is said about a figure that is not read."""
    with pytest.raises(InvalidInput) as refused:
        read_figure(typed, unit, field="price")
    assert refused.value.field == "price"
    return refused.value.message


@pytest.mark.parametrize(
    ("typed", "unit", "figure"),
    [
        ("118000", POUNDS, "118000"),
        ("£118,000.50", POUNDS, "118000.50"),
        (" £ 12,345,678 ", POUNDS, "12345678"),
        ("118 000", POUNDS, "118000"),
        ("118\u00a0000.5", POUNDS, "118000.5"),
        ("\u200b09\u2060", WHOLE, "9"),
        ("12.5 %", PERCENT, "12.5"),
        ("0.1250", NUMBER, "0.1250"),
        ("33.333", PERCENT, "33.333"),
        ("\u22123", NUMBER, "-3"),
        ("30 months", MONTHS, "30"),
        ("1 month", MONTHS, "1"),
        ("1,200 Words", WORDS, "1200"),
    ],
)
def test_signs_spaces_and_thousands_are_understood(typed: str, unit: Unit, figure: str) -> None:
    """The unit's own sign and word, and separators where thousands part."""
    assert read_figure(typed, unit) == Decimal(figure)


@pytest.mark.parametrize(
    ("typed", "unit", "one", "other"),
    [
        ("£143,00", POUNDS, "£143", "£14,300"),
        ("118000,50", POUNDS, "£118,000.50", "£11,800,050"),
        ("118.000,00", POUNDS, "£118,000", "£118"),
        ("1,18000", POUNDS, "£1.18", "£118,000"),
        ("118.000", POUNDS, "£118", "£118,000"),
        ("0,123", POUNDS, "£0.123", "£123"),
        ("1.234.567", POUNDS, "£1,234.567", "£1,234,567"),
        ("1,5", MONTHS, "1.5", "15"),
        ("1.500", WHOLE, "1.5", "1,500"),
        ("12,5", PERCENT, "12.5%", "125%"),
        ("1,2,3", NUMBER, "12.3", "123"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_both(typed: str, unit: Unit, one: str, other: str) -> None:
    """No separator is dropped from where it does not part thousands, and no full stop taken for what it may not be."""
    assert refusal(typed, unit) == f"“{typed}” can be read as {one} or as {other}. {unit.example}"


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "typed",
    ["forty", "1e5", "1E5", "1_000", "١٢٣", "１２", "²", "NaN", "Infinity", "(118)", "118k", "5.", ".5", "+5",
     "0x1f", "1 2", "1'000", "--5", "5-", "1,234 567", "1..5", "½"],
)  # fmt: skip
def test_what_is_no_figure_is_refused(typed: str, unit: Unit) -> None:
    """No exponents, underscores, other digits or brackets; the sentence says what to type."""
    assert refusal(typed, unit) == unit.example


@pytest.mark.parametrize(
    ("typed", "unit", "message"),
    [
        ("20%", POUNDS, f"Leave out the %. {POUNDS.example}"),
        ("£20", PERCENT, f"Leave out the £. {PERCENT.example}"),
        ("£6", WHOLE, f"Leave out the £. {WHOLE.example}"),
        ("240000.505", POUNDS, "Use at most 2 decimal places."),
        ("1.23456", NUMBER, "Use at most 4 decimal places."),
        ("2.5", WHOLE, WHOLE.example),
        ("6.0", WHOLE, WHOLE.example),
        ("1234567890123", POUNDS, "Type a figure of at most 12 digits."),
        ("1234567890", WHOLE, "Type a figure of at most 9 digits."),
        ("3 words", MONTHS, MONTHS.example),
    ],
)
def test_what_does_not_belong_to_the_unit_is_refused(typed: str, unit: Unit, message: str) -> None:
    """Signs of another unit, parts that it does not have, and figures that no column holds."""
    assert refusal(typed, unit) == message


@given(st.decimals(0, 10**12 - 1, places=2), st.sampled_from([POUNDS, NUMBER, PERCENT]))
def test_what_the_page_repeats_is_read_as_the_same_figure(figure: Decimal, unit: Unit) -> None:
    """A figure written by the portal, with its thousands and its sign, comes back unchanged."""
    assert read_figure(unit.write(figure), unit) == figure
    assert read_figure(f"{figure:f}", unit) == figure


@given(st.text(st.sampled_from("0123456789.,  -£%e_\u200b"), max_size=16), st.sampled_from(UNITS))
def test_a_figure_has_the_digits_that_were_typed(typed: str, unit: Unit) -> None:
    """Whatever is typed: a figure is refused, or is what its digits and its one full stop say."""
    try:
        figure = read_figure(typed, unit)
    except InvalidInput:
        return
    digits = "".join(character for character in typed if character.isdigit() or character == ".")
    assert figure == (None if not digits else Decimal(digits) * (-1 if "-" in typed else 1))


@given(st.text())
def test_any_text_is_read_or_refused(typed: str) -> None:
    """Nothing that can be typed is an error of the portal's."""
    for unit in UNITS:
        try:
            read_figure(typed, unit)
        except InvalidInput:
            continue


def test_whole_numbers_are_whole() -> None:
    """Nothing typed is None, a decimal zero is no part."""
    assert [read_whole(typed) for typed in ("", "\u2800", "30", "1,200", "-3")] == [None, None, 30, 1200, -3]
