"""E-mail addresses are compared as they look and refused where no letter could arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.core.parsing.emails import IN_FULL, fold_email, read_email

TOO_MANY = "The e-mail address has a full stop too many. Check it letter by letter."


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Jo@Example.ORG ", "jo@example.org"),
        ("j\u200bo@exam\u00adple.org\ufeff", "jo@example.org"),
        ("o'neil+bids@team.example.org", "o'neil+bids@team.example.org"),
        ("jo@xn--mnchen-3ya.example", "jo@xn--mnchen-3ya.example"),
    ],
)
def test_addresses_are_read_as_they_look(typed: str, address: str) -> None:
    """Small letters, and nothing that cannot be seen."""
    assert (read_email(typed), fold_email(typed)) == (address, address)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("jo..dots@example.org", TOO_MANY),
        ("jo.@example.org", TOO_MANY),
        (".jo@example.org", TOO_MANY),
        ("jo@example..org", TOO_MANY),
        ("jo@example.org.", TOO_MANY),
        ("rené@example.org", "Many mail servers cannot deliver to an address with “é” in it. Use another address."),
        ("jо@example.org", "Many mail servers cannot deliver to an address with “о” in it. Use another address."),
        (
            "jo@münchen.example",
            "Many mail servers cannot deliver to an address with “ü” in it. Enter its domain as it begins with xn--.",
        ),
        *((typed, IN_FULL) for typed in ("jo", "jo@", "@example.org", "jo@localhost", "jo@1.2.3.4",
          "jo bloggs@example.org", '"jo"@example.org', "jo@-example.org", "jo@@example.org", "<jo@example.org>",
          f"{'j' * 65}@example.org",
          f"jo@{'e' * 64}.org", f"jo@{'e.' * 130}org", "", "\u200b")),
    ],
)  # fmt: skip
def test_addresses_that_no_letter_reaches_are_refused(typed: str, message: str) -> None:
    """Doubled and trailing full stops, letters outside ASCII, quoted names, numbers for hosts: each with its reason."""
    with pytest.raises(InvalidInput) as refused:
        read_email(typed)
    assert (refused.value.message, refused.value.field) == (message, "email")


@given(st.emails(), st.text(st.sampled_from("\u200b\u00ad\ufeff\u2060"), max_size=3))
def test_noise_that_cannot_be_seen_changes_nothing(address: str, noise: str) -> None:
    """One address has one reading, and reading it again gives the same."""
    try:
        read = read_email(address)
    except InvalidInput:
        return
    assert read_email(noise.join(address)) == read_email(read) == read == address.lower()


@given(st.text())
def test_any_text_is_read_or_refused(typed: str) -> None:
    """An address that is accepted is ASCII with one "@" and no blank."""
    try:
        address = read_email(typed)
    except InvalidInput:
        return
    assert (address.isascii(), address.count("@"), set(address) & set(" \t\n")) == (True, 1, set())
