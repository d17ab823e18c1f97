"""Company and charity numbers, and the codes made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.regulation.identifiers import (
    COMPANY_PREFIXES,
    Scheme,
    any_charity_number,
    charity_number,
    company_number,
)


@pytest.mark.parametrize(
    ("typed", "org_id"),
    [
        ("09506232", "GB-COH-09506232"),
        ("9506232", "GB-COH-09506232"),
        (" sc 123456 ", "GB-COH-SC123456"),
        ("NI654321", "GB-COH-NI654321"),
        ("CE001234", "GB-COH-CE001234"),
        ("R0000123", "GB-COH-R0000123"),
        ("OC301234", "GB-COH-OC301234"),
        ("IP12345R", "GB-COH-IP12345R"),
    ],
)
def test_a_company_number_becomes_an_org_id(typed: str, org_id: str) -> None:
    """However it is written on paper, a company number keeps its eight characters and leading zeros."""
    assert company_number(typed).org_id == org_id


@pytest.mark.parametrize("typed", ["", "1234", "123456789", "SC12345", "0950623X2", "ABCDEFGH", "٠٩٥٠٦٢٣٢"])
def test_what_is_no_company_number_is_refused_in_words(typed: str) -> None:
    """A number of the wrong form is refused beside its field."""
    with pytest.raises(InvalidInput, match="A company number has 8 characters") as refused:
        company_number(typed, field="company_number")
    assert refused.value.field == "company_number"


def test_an_unknown_prefix_is_named() -> None:
    """Two letters that Companies House does not use are refused by name."""
    with pytest.raises(InvalidInput, match="No company number begins with XX"):
        company_number("XX123456")


def test_eight_zeros_are_no_company() -> None:
    """The number that people type to get past a field is refused."""
    with pytest.raises(InvalidInput, match="00000000 is not a company number"):
        company_number("00000000")


@given(st.integers(1, 99_999_999))
def test_every_numeric_company_number_keeps_eight_digits(number: int) -> None:
    """A number of England and Wales comes out with eight digits and reads back as itself."""
    typed = f"{number:08d}"
    assert company_number(typed).value == typed


@given(st.sampled_from(sorted(COMPANY_PREFIXES)), st.integers(0, 999_999))
def test_every_known_prefix_is_accepted(prefix: str, number: int) -> None:
    """Each prefix of Companies House is accepted with six digits."""
    assert company_number(f"{prefix}{number:06d}").value == f"{prefix}{number:06d}"


@pytest.mark.parametrize(
    ("typed", "scheme", "org_id"),
    [
        ("1090095", Scheme.CHARITY_ENGLAND_AND_WALES, "GB-CHC-1090095"),
        ("279417", Scheme.CHARITY_ENGLAND_AND_WALES, "GB-CHC-279417"),
        ("sc042386", Scheme.CHARITY_SCOTLAND, "GB-SC-SC042386"),
        ("NIC100012", Scheme.CHARITY_NORTHERN_IRELAND, "GB-NIC-100012"),
        ("NIC 100012", Scheme.CHARITY_NORTHERN_IRELAND, "GB-NIC-100012"),
    ],
)
def test_a_charity_number_tells_its_register(typed: str, scheme: Scheme, org_id: str) -> None:
    """The three registers are told apart by the form of their numbers, and each has its own org-id."""
    assert any_charity_number(typed).org_id == org_id
    assert charity_number(typed, scheme).org_id == org_id


@pytest.mark.parametrize(
    ("typed", "scheme", "words"),
    [
        ("12345", Scheme.CHARITY_ENGLAND_AND_WALES, "6 or 7 digits"),
        ("SC042386", Scheme.CHARITY_ENGLAND_AND_WALES, "6 or 7 digits"),
        ("042386", Scheme.CHARITY_SCOTLAND, "SC and 6 digits"),
        ("NIC12", Scheme.CHARITY_NORTHERN_IRELAND, "6 digits, sometimes after NIC"),
    ],
)
def test_a_charity_number_of_another_form_is_refused(typed: str, scheme: Scheme, words: str) -> None:
    """Each register says what its numbers look like."""
    with pytest.raises(InvalidInput, match=words) as refused:
        charity_number(typed, scheme, field="charity_number")
    assert refused.value.field == "charity_number"


def test_a_company_register_is_no_charity_register() -> None:
    """Asking for a charity number of Companies House is the caller's error."""
    with pytest.raises(ValueError, match="not a charity register"):
        charity_number("1090095", Scheme.COMPANY)
