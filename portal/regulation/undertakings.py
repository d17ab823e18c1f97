"""What somebody undertakes before they read what is not for everybody."""

from __future__ import annotations

import hashlib

TUPE = (
    "We ask for these facts only to prepare our bid for this contract.",
    "We keep them confidential. Only those of our people and advisers see them who work on the bid, and they keep "
    "them confidential too.",
    "We do not try to find out who somebody is, and we contact nobody because of these facts.",
    "We store them safely, and delete every copy within 30 days after we decide not to bid or learn that we do not "
    "get the contract.",
    "If they are lost or seen by somebody who should not have seen them, we tell the buyer within 24 hours.",
)
"""Facts about staff who may transfer (TUPE 2006 reg 11(2)): personal data even without names (UK GDPR art 4(1), 5(1)).
"""


def digest_of(undertaking: tuple[str, ...]) -> str:
    """SHA-256 of the words, hexadecimal: what was signed stays known when the words change."""
    return hashlib.sha256("\n".join(undertaking).encode()).hexdigest()
