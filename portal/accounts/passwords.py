"""Passwords: argon2id, at least 12 characters, no common ones; no capitals or expiry (NCSC advice)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.core.errors import InvalidInput

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200
TOO_COMMON = frozenset(
    {
        "password1234", "passwordpassword", "123456789012", "qwertyuiop12", "letmeinplease", "fairlotfairlot",
        "changemeplease", "administrator", "welcomewelcome", "iloveyou1234", "111111111111", "procurement1",
    }
)  # fmt: skip

# OWASP's parameters for argon2id on one thread: deadline day is when everybody signs in at once, and a hash that
# takes every core for a tenth of a second would keep bidders waiting. No setting changes them; only tests, which hash
# many passwords, put another hasher here.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A hash of nothing that anybody can type, so that an unknown address takes as long as a wrong password.
NOBODY = hasher.hash("nobody has this password, it is only here to take as long as one that somebody has")


def check_new_password(password: str) -> None:
    """Raise `InvalidInput` (field "password") unless the password may be used."""
    if len(password) < MINIMUM_LENGTH:
        raise InvalidInput(f"Use at least {MINIMUM_LENGTH} characters. Three random words work well.", field="password")
    if len(password) > MAXIMUM_LENGTH:
        raise InvalidInput(f"Use at most {MAXIMUM_LENGTH} characters.", field="password")
    if password.lower() in TOO_COMMON or len(set(password)) < 5:
        raise InvalidInput("That password is easy to guess. Three random words work well.", field="password")


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return hasher.hash(password)


def password_matches(stored: str | None, typed: str) -> bool:
    """Whether `typed` is the stored hash's password; takes the same time when there is no stored hash."""
    try:
        return hasher.verify(stored or NOBODY, typed[:MAXIMUM_LENGTH]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
