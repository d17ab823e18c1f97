"""Passwords: argon2id, at least 12 characters, none that is easy to guess; no capitals or expiry (NCSC advice).

Read in Unicode form NFKC: what looks the same on two keyboards is the same password (ASVS 5.0, 6.2.8; NIST SP 800-63B).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import InvalidInput

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200
COMMON = Path(__file__).with_name("common_passwords.txt")
"""The most common ones that are long enough (ASVS 6.2.4); source and licence stand at its top."""
EASY_WORDS = frozenset(
    {
        "fairlot", "procurement", "tender", "tenders", "commissioning", "council", "borough", "county",
        "charity", "children", "framework", "supplier", "provider", "password", "passwort", "welcome",
        "letmein", "changeme", "please", "admin", "administrator", "qwerty", "12345", "login",
    }
)  # fmt: skip
"""Words of this place and of its trade, which somebody who guesses here tries first (ASVS 6.1.2, 6.2.11)."""
LEAST_OF_ONES_OWN = 6
"""How many different letters and digits are left, at least, once such words are taken away."""

# OWASP's parameters for argon2id on one thread: deadline day is when everybody signs in at once, and a hash that
# takes every core for a tenth of a second would keep bidders waiting. No setting changes them; only tests, which hash
# many passwords, put another hasher here.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A hash of nothing that anybody can type, so that an unknown address takes as long as a wrong password.
NOBODY = hasher.hash("nobody has this password, it is only here to take as long as one that somebody has")


def check_new_password(password: str, *, about: Iterable[str | None]) -> None:
    """Raise `InvalidInput` (field "password") unless the password may be used.

    `about` holds what is known of its owner (name, e-mail address, organisation): such words make no password.
    """
    plain = _plain(password)
    if len(plain) < MINIMUM_LENGTH:
        raise InvalidInput(f"Use at least {MINIMUM_LENGTH} characters. Three random words work well.", field="password")
    if len(plain) > MAXIMUM_LENGTH:
        raise InvalidInput(f"Use at most {MAXIMUM_LENGTH} characters.", field="password")
    folded = plain.casefold()
    if folded in _common() or len(set(folded)) < 5:
        raise InvalidInput("That password is easy to guess. Three random words work well.", field="password")
    if _is_made_of(folded, _words(about)):
        message = "That password is made of words about you or this site, so it is easy to guess. "
        raise InvalidInput(message + "Three random words work well.", field="password")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return hasher.hash(_plain(password))


def password_matches(stored: str | None, typed: str) -> bool:
    """Whether `typed` is the stored hash's password; takes the same time when there is no stored hash."""
    # A hash of a release that read passwords as they were typed matches only as they are those that NFKC changes.
    readings = dict.fromkeys((_plain(typed[:MAXIMUM_LENGTH]), typed[:MAXIMUM_LENGTH]))
    found = [_verifies(stored or NOBODY, reading) for reading in readings]
    return any(found) and stored is not None


def _verifies(stored: str, typed: str) -> bool:
    try:
        return hasher.verify(stored, typed)
    except (VerificationError, InvalidHashError):
        return False


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _common() -> frozenset[str]:
    return frozenset(line for line in COMMON.read_text().splitlines() if not line.startswith("#"))


def _words(about: Iterable[str | None]) -> set[str]:
    return {word for text in about for word in re.findall(r"[^\W_]{4,}", _plain(text or "").casefold())}


def _is_made_of(folded: str, words: set[str]) -> bool:
    """Whether little is left of the password without such words."""
    rest = folded
    for word in sorted(words | EASY_WORDS, key=lambda word: (-len(word), word)):
        rest = rest.replace(word, "")
    return rest != folded and len({sign for sign in rest if sign.isalnum()}) < LEAST_OF_ONES_OWN
