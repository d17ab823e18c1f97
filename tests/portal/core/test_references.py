"""References and codes that people read out and type."""

from __future__ import annotations

import re

import pytest

from portal.core.references import ALPHABET, new_code, new_reference, normalise_code


def test_a_reference_has_its_prefix_and_eight_characters() -> None:
    """Of the alphabet without I, L, O and U."""
    assert re.fullmatch(rf"ITT-[{ALPHABET}]{{8}}", new_reference("ITT"))
    assert len(ALPHABET) == 32
    assert set("ILOU") & set(ALPHABET) == set()


def test_references_do_not_repeat() -> None:
    """Five thousand of them are all different, and every character occurs."""
    made = {new_reference("ITT") for _ in range(5000)}
    assert len(made) == 5000
    assert {character for reference in made for character in reference[4:]} == set(ALPHABET)


def test_a_code_has_three_groups_of_four() -> None:
    """As it is printed on a card."""
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}", new_code())


@pytest.mark.parametrize(
    "typed",
    ["7K3M-9QX2-H01T", "7k3m 9qx2 h01t", " 7K3M9QX2H01T ", "7K3M–9QX2–HOIT", "7k3m-9qx2-holt", "7K3M.9QX2/HO1T"],
)
def test_however_it_is_typed_it_reads_the_same(typed: str) -> None:
    """Case, separators and look-alike letters do not matter."""
    assert normalise_code(typed) == "7K3M9QX2H01T"


@pytest.mark.parametrize("typed", ["", "---", "ü", "\x00"])
def test_what_holds_no_character_of_the_alphabet_is_empty(typed: str) -> None:
    """It matches no code."""
    assert normalise_code(typed) == ""
