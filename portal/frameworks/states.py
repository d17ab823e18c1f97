"""The kinds and stages of frameworks and memberships; each ladder is written here once."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class FrameworkStatus(Named):
    """Where it is. "Expired" is not a status: it is LIVE after `valid_until`, by the database's clock."""

    DRAFT = "draft"
    LIVE = "live"
    CEASED = "ceased"


FRAMEWORK = Lifecycle(
    "arrangement",
    {
        FrameworkStatus.DRAFT: frozenset({FrameworkStatus.LIVE, FrameworkStatus.CEASED}),
        FrameworkStatus.LIVE: frozenset({FrameworkStatus.CEASED}),
    },
)


class AdmissionStatus(Named):
    """Where a membership of one lot is. Paused and suspended are not statuses: they end by the clock."""

    ACTIVE = "active"
    REMOVAL_PROPOSED = "removal_proposed"
    """The reasons are on their way to the provider; it stays a member until a second person has decided."""
    REMOVED = "removed"
    LEFT = "left"
    """The provider asked to leave."""


ADMISSION = Lifecycle(
    "membership",
    {
        AdmissionStatus.ACTIVE: frozenset({AdmissionStatus.REMOVAL_PROPOSED, AdmissionStatus.LEFT}),
        AdmissionStatus.REMOVAL_PROPOSED: frozenset(
            {AdmissionStatus.ACTIVE, AdmissionStatus.REMOVED, AdmissionStatus.LEFT}
        ),
    },
)

CURRENT = (AdmissionStatus.ACTIVE, AdmissionStatus.REMOVAL_PROPOSED)
"""Those who are members, paused and suspended ones among them."""
