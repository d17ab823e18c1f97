"""The stages of an addendum."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class AddendumStatus(Named):
    """Where a change of a published invitation is: nothing changes before the second person."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"


ADDENDUM = Lifecycle(
    "addendum", {AddendumStatus.PROPOSED: frozenset({AddendumStatus.PUBLISHED, AddendumStatus.REFUSED})}
)
