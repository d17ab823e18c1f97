"""JSON in one way only, so that the same value always has the same fingerprint and the same signature."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def text_of(value: Any) -> str:
    """The value as text: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def bytes_of(value: Any) -> bytes:
    """The text in UTF-8."""
    return text_of(value).encode()


def sha256_of(value: Any) -> str:
    """SHA-256 (hexadecimal) of the bytes."""
    return hashlib.sha256(bytes_of(value)).hexdigest()
