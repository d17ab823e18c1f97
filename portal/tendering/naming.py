"""Keys of panels, criteria, scales and questions: short, readable, unique within an invitation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

LONGEST = 40


def new_key(title: str, taken: Collection[str], *, otherwise: str = "part") -> str:
    """Make a key such as `keeping-children-safe` from a title, with a number behind it where it is taken.

    A key never changes once given: bids, scores and the published method refer to it.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower().replace("'", "")
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or otherwise
    key, count = words, 1
    while key in taken:
        count += 1
        key = f"{words}-{count}"
    return key
