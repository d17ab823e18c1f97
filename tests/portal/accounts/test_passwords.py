"""Passwords."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest

from portal.accounts import passwords
from portal.accounts.passwords import COMMON, check_new_password, hash_password, password_matches
from portal.core.errors import InvalidInput


def test_a_hash_matches_its_password_alone() -> None:
    """The hash is argon2id, salted, and matches nothing else."""
    first, second = hash_password("three random words"), hash_password("three random words")
    assert first.startswith("$argon2id$")
    assert first != second
    assert password_matches(first, "three random words")
    assert not password_matches(first, "Three random words")


def test_a_process_of_the_portal_hashes_as_owasp_advises() -> None:
    """The portal's hashes cost 19 MiB and two passes, and so does the one for addresses that nobody has (W-04)."""
    script = "from portal.accounts.passwords import *; print(hash_password('three random words'), NOBODY)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert [hashed.rpartition("p=1$")[0] for hashed in done.stdout.split()] == ["$argon2id$v=19$m=19456,t=2,"] * 2


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_no_hash_matches_nothing(stored: str | None) -> None:
    """An account without a password, or with a broken hash, cannot be entered."""
    assert not password_matches(stored, "three random words")
    assert not password_matches(stored, "")


@pytest.mark.parametrize("password", ["three random words", "xyz-abc-123-!", "пароль с пробелами", "a b c d e f g"])
def test_long_enough_is_good_enough(password: str) -> None:
    """No rule about capitals, digits or signs."""
    check_new_password(password, about=[])


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least"),
        ("eleven char", "at least"),
        ("ababababababab", "easy to guess"),
        ("1Qaz2wsx3edc", "easy to guess"),
        ("ＱＷＥＲＴＹ１２３４５６", "easy to guess"),
        ("password2026!!", "about you or this site"),
        ("Fairlot-Fairlot", "about you or this site"),
        ("ashgrove12345", "about you or this site"),
        ("Marian.Ashgrove1", "about you or this site"),
        ("riverside-people", "about you or this site"),
        ("x" * 201, "at most"),
    ],
)
def test_what_is_easy_to_guess_is_refused_with_the_reason(password: str, why: str) -> None:
    """Too short, common in whatever letters, or made of the site's words and the person's; or over 200 characters."""
    about = ["Marian Ashgrove", "marian@people.example", "Riverside Family Support", None]
    with pytest.raises(InvalidInput, match=why) as refusal:
        check_new_password(password, about=about)
    assert refusal.value.field == "password"


def test_a_word_about_oneself_among_others_is_fine() -> None:
    """What counts is how much is left that nobody knows."""
    check_new_password("Ashgrove ferry lantern", about=["Marian Ashgrove"])


def test_at_least_three_thousand_common_passwords_are_known() -> None:
    """Each is long enough to have been chosen here, and written as it is compared (ASVS 6.2.4)."""
    known = [line for line in COMMON.read_text().splitlines() if not line.startswith("#")]
    assert len(set(known)) == len(known) >= 3000
    assert [word for word in known if len(word) < 12 or unicodedata.normalize("NFKC", word).casefold() != word] == []


def test_one_password_is_one_however_the_keyboard_writes_it() -> None:
    """Letters with accents in one or in two characters, and wide letters, are the same; case is not."""
    stored = hash_password("caf\u00e9 im Gr\u00fcnen")
    assert password_matches(stored, "cafe\u0301 im Gru\u0308nen")
    assert password_matches(stored, "ｃａｆ\u00e9 im Gr\u00fcnen")
    assert not password_matches(stored, "Caf\u00e9 im Gr\u00fcnen")


def test_a_hash_from_before_still_matches() -> None:
    """What an earlier release hashed as it was typed opens the account, typed the same way."""
    typed = "cafe\u0301 im Gru\u0308nen"
    assert password_matches(passwords.hasher.hash(typed), typed)
