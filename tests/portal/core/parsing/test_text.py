"""Text is judged by what of it can be seen."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.core.parsing import text
from portal.core.parsing.text import (
    has_text,
    length,
    one_line,
    require_reason,
    require_text,
    squeeze,
    tidy,
    words_in,
)
from tests.architecture.source import ROOT

UNSEEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u2800\u3164\uffa0\u00a0\u2003\u202e\ufe0f\u0301\x07\x00"
)
unseen = st.text(st.sampled_from(UNSEEN) | st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp"]), max_size=30)
seen = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters=UNSEEN), min_size=1, max_size=30)


@given(unseen)
def test_what_cannot_be_seen_is_empty(typed: str) -> None:
    """However much of it there is: it is no text, no words, no code, and nothing is stored."""
    assert (has_text(typed), tidy(typed), one_line(typed), squeeze(typed), words_in(typed)) == (
        False, "", "", "", 0,
    )  # fmt: skip


@given(unseen, seen, unseen)
def test_what_can_be_seen_is_kept(before: str, shown: str, after: str) -> None:
    """Every letter, figure, sign and symbol stays, whatever stands around it, and tidying again changes nothing."""
    tidied = tidy(before + shown + after)
    assert shown in tidied
    assert (tidy(tidied), has_text(tidied)) == (tidied, True)
    assert one_line(one_line(before + shown + after)) == one_line(before + shown + after)


def test_a_long_gap_is_read_once() -> None:
    """A million gaps within a text cost what a million letters cost: anybody can send them."""
    typed = "one" + " \u2800" * 500_000 + "two"
    assert (tidy(f" {typed}\n"), one_line(typed), words_in(typed)) == (typed, "one two", 2)


@pytest.mark.parametrize("soft", ["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\x1c", "\x1d", "\x1e"])
def test_every_kind_of_line_break_is_one(soft: str) -> None:
    """What Word, a PDF or another system pastes as a break is a break."""
    assert tidy(f" one{soft}two{soft}{soft}three\t ") == "one\ntwo\n\nthree"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Derwent \u00a0 Youth\u200b\tTrust\n", "Derwent Youth Trust"),
        ("Cafe\u0301", "Café"),
        ("Trust\u202egnihsif", "Trustgnihsif"),
        ("A\u2800\u3164B", "A B"),
        ("Demo\u200bCare\u202e", "DemoCare"),
        ("O’Demo & Sons (Essex) Ltd.", "O’Demo & Sons (Essex) Ltd."),
    ],
)
def test_a_name_is_stored_as_it_looks(typed: str, kept: str) -> None:
    """Composed, with single spaces, without marks that turn the text."""
    assert one_line(typed) == kept


def test_emoji_and_flags_stay_whole() -> None:
    """A family, a heart and the flag of Wales hold characters that cannot be seen by themselves."""
    family, heart, wales = "👩‍👧‍👦", "❤️", "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
    assert [tidy(each) for each in (family, heart, wales)] == [family, heart, wales]


@pytest.mark.parametrize(
    ("typed", "count"),
    [("", 0), (" \n ", 0), ("one", 1), ("well-being  for\nall", 3), ("co\u00adoperate", 1), ("a – b", 3)],
)
def test_words_are_what_stands_between_gaps(typed: str, count: int) -> None:
    """A soft hyphen parts nothing, a dash between spaces is counted as browsers and Word count it."""
    assert words_in(typed) == count


@given(
    st.lists(seen.filter(lambda word: not re.search(r"\s", word)), min_size=1, max_size=20),
    st.sampled_from("\u2800\u200b\u3164\u00a0\u2003\ufeff"),
)
def test_no_gap_hides_words(words: list[str], gap: str) -> None:
    """Six hundred words are six hundred, whatever they are joined by."""
    assert words_in(gap.join(words)) == len(words)


def test_the_page_counts_words_by_the_same_gaps() -> None:
    """The counter in the browser and the server have one list."""
    script = (ROOT / "portal/static/fairlot.js").read_text()
    found = re.search(r"var run = /\[\^(.*)\]\+/g;", script)
    assert (found or [""] * 2)[1] == text.GAPS


@pytest.mark.parametrize(("typed", "count"), [("abc", 3), ("a\r\nb", 3), ("😀", 2), ("é", 1), ("", 0), ("\ud800", 1)])
def test_lengths_count_as_browsers_count(typed: str, count: int) -> None:
    """UTF-16 code units, a line break as one."""
    assert length(typed) == count


@given(st.sampled_from("aA.·-👍7\u200b\u2800"), st.integers(0, 200))
def test_one_character_repeated_is_no_reason(character: str, times: int) -> None:
    """Whatever the character and however often it is typed, with spaces or without."""
    for typed in (character * times, f"{character * 7} " * times):
        with pytest.raises(InvalidInput):
            require_reason(typed, "Give the reasons", field="reason")


@given(st.lists(st.sampled_from(["\u3164\u115f", "\u2800", "\u200b", " ", "."]), max_size=60).map("".join))
def test_no_reason_is_made_of_what_cannot_be_seen(noise: str) -> None:
    """Blanks and fillers are neither words nor length, also beside a letter or two."""
    with pytest.raises(InvalidInput):
        require_reason(f"So {noise}", "Give the reasons", field="reason")


def test_a_reason_says_what_to_do() -> None:
    """The sentence has the rule in it; a reason is stored tidied."""
    with pytest.raises(InvalidInput) as refused:
        require_reason("No good.", "Give the reasons: the provider reads them", field="reason")
    assert refused.value.message == "Give the reasons: the provider reads them. Use words, and at least 20 characters."
    assert (
        require_reason(" It names two workers.\u2028 ", "Give the reasons", field="reason") == "It names two workers."
    )
    with pytest.raises(InvalidInput, match="Use at most 25 characters"):
        require_reason("It names two workers in each of the houses.", "Give the reasons", field="reason", most=25)


def test_a_text_is_asked_for_in_the_words_of_its_field() -> None:
    """Empty and too long are two sentences; what is within is returned tidied."""
    with pytest.raises(InvalidInput, match="Write the question"):
        require_text("\u200b", "Write the question.", field="prompt")
    with pytest.raises(InvalidInput, match="Use at most 4 characters"):
        require_text("a 😀😀", "Write the question.", field="prompt", most=4)
    assert require_text(" a 😀", "Write the question.", field="prompt", most=4) == "a 😀"


@given(st.text(st.sampled_from("0123456789ABC")), unseen)
def test_codes_are_compared_as_they_look(code: str, noise: str) -> None:
    """Spaces and unseen characters anywhere in a code change nothing."""
    typed = noise.join(code)
    assert squeeze(noise + typed + noise) == code
