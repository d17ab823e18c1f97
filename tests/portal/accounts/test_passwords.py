"""Passwords."""

from __future__ import annotations

import subprocess
import sys

import pytest

from portal.accounts.passwords import check_new_password, hash_password, password_matches
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
    check_new_password(password)


@pytest.mark.parametrize("password", ["", "eleven char", "PASSWORD1234", "ababababababab", "x" * 201])
def test_short_common_or_endless_is_refused(password: str) -> None:
    """Under 12 characters, on the list of common ones, of four characters, or over 200."""
    with pytest.raises(InvalidInput) as refusal:
        check_new_password(password)
    assert refusal.value.field == "password"
