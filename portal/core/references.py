"""References that people read out and type: short, random, without look-alike characters."""

from __future__ import annotations

import secrets

# Crockford's base 32 leaves out I, L, O and U: nothing to confuse over the telephone, and no words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str, length: int = 8) -> str:
    """Make a reference such as `ITT-7K3M9QX2`; 40 random bits at the default length, so never guessed."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(length))}"


def new_code(groups: int = 3, size: int = 4) -> str:
    """Make a code to hand over, such as `7K3M-9QX2-HB4T`: 60 random bits at the default size."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(size)) for _ in range(groups))


def normalise_code(typed: str) -> str:
    """Read what a person typed from a card: case, spaces and hyphens do not matter, O is 0, I and L are 1."""
    plain = typed.upper().translate(str.maketrans("OIL", "011", "- "))
    return "".join(character for character in plain if character in ALPHABET)
