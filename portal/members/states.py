"""States of what members ask for."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class ChangeStatus(Named):
    """Where one framework's decision about another name stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


CHANGE = Lifecycle(
    "request",
    {ChangeStatus.WAITING: frozenset({ChangeStatus.ACCEPTED, ChangeStatus.REFUSED, ChangeStatus.WITHDRAWN})},
)
