"""The stages of what is done about an interest."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class MitigationStatus(Named):
    """One person proposes what is done about an interest, another decides whether that is enough."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"


MITIGATION = Lifecycle(
    "answer to an interest",
    {MitigationStatus.PROPOSED: frozenset({MitigationStatus.AGREED, MitigationStatus.REFUSED})},
)
