"""Names of organisations are compared as the eye reads them."""

from __future__ import annotations

import pytest

from portal.organisations.names import name_key


@pytest.mark.parametrize(
    "twin",
    [
        "DEMO CARE LTD",
        "Demo Care Limited",
        "Dеmо Cаrе Ltd",
        "Demo Care, Ltd.",
        "Demo\u200b Care Ltd",
        "Ｄｅｍｏ Care Ltd",
        "Démo Care Ltd",
        "The Demo Care Ltd",
        "Dem0 Care Ltd",
        "Demo Care 1td",
        "Ꭰemo Care Ltd".replace("Ꭰ", "D"),
        "DΕΜΟ CΑRΕ LTD",
        "Derno Care Ltd",
        "ꓓꓰꓟꓳ Care Ltd",
    ],
)
def test_names_that_look_alike_have_one_key(twin: str) -> None:
    """Case, spacing, accents, Cyrillic, Greek and full-width letters, digits for letters and legal forms (W-17)."""
    assert name_key(twin) == name_key("Demo Care Ltd")


@pytest.mark.parametrize(
    "other", ["Demo Care", "Demo Cars Ltd", "Demo Care North Ltd", "Demos Care Ltd", "Care Demo Ltd"]
)
def test_names_that_differ_have_keys_that_differ(other: str) -> None:
    """A different word, order or legal form is a different name."""
    assert name_key(other) != name_key("Demo Care Ltd")


def test_two_letters_pass_for_one() -> None:
    """As Unicode's table of confusables has them: rn for m, vv for w."""
    assert name_key("VVarrnth") == name_key("Warmth")


def test_and_is_written_in_two_ways() -> None:
    """An ampersand reads as "and"."""
    assert name_key("Demo & Sons") == name_key("Demo and Sons")


@pytest.mark.parametrize("empty", ["", "…", "---", "\u200b", "!!!"])
def test_what_holds_no_word_has_no_key(empty: str) -> None:
    """A name of punctuation alone is no name."""
    assert name_key(empty) == ""
