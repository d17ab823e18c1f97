"""How a request for erasure goes."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle


class ErasureStatus(StrEnum):
    """Asked for, and then withdrawn by whoever asked, or carried out or refused by somebody else."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"


ERASURE = Lifecycle(
    "erasure",
    {ErasureStatus.ASKED: frozenset({ErasureStatus.WITHDRAWN, ErasureStatus.CARRIED_OUT, ErasureStatus.REFUSED})},
)
