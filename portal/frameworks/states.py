"""The kinds and stages of frameworks, applications and admissions; each ladder is written here once."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle


class FrameworkKind(StrEnum):
    """What providers join: the law of each decides its terms, clocks and refusals (`terms.py`)."""

    FRAMEWORK = "framework"
    DPS = "dps"
    DYNAMIC_MARKET = "dynamic_market"


class FrameworkStatus(StrEnum):
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


class ApplicationStatus(StrEnum):
    """Where an application to one lot is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CLARIFICATION = "clarification"
    """The officers asked something; the provider answers by submitting again."""
    REFUSAL_PROPOSED = "refusal_proposed"
    """One officer found a failed criterion; a second person decides."""
    ADMITTED = "admitted"
    REFUSED = "refused"
    """With the reasons; it can be put right and submitted again in place."""
    WITHDRAWN = "withdrawn"


APPLICATION = Lifecycle(
    "application",
    {
        ApplicationStatus.DRAFT: frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN}),
        ApplicationStatus.SUBMITTED: frozenset(
            {
                ApplicationStatus.SUBMITTED,
                ApplicationStatus.CLARIFICATION,
                ApplicationStatus.REFUSAL_PROPOSED,
                ApplicationStatus.ADMITTED,
                ApplicationStatus.WITHDRAWN,
            }
        ),
        ApplicationStatus.CLARIFICATION: frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN}),
        ApplicationStatus.REFUSAL_PROPOSED: frozenset(
            {ApplicationStatus.SUBMITTED, ApplicationStatus.REFUSED, ApplicationStatus.WITHDRAWN}
        ),
        ApplicationStatus.REFUSED: frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN}),
    },
)

PENDING = (ApplicationStatus.SUBMITTED, ApplicationStatus.CLARIFICATION, ApplicationStatus.REFUSAL_PROPOSED)
"""Received and not decided: its provider may bid in a dynamic market's call-off (PA2023 s.34(4))."""

EDITABLE = (
    ApplicationStatus.DRAFT,
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.CLARIFICATION,
    ApplicationStatus.REFUSED,
)
"""Its answers can be changed beside what was submitted; only submitting again makes them count."""

CLOSED = (ApplicationStatus.ADMITTED, ApplicationStatus.WITHDRAWN)
"""Nothing more happens to it; its provider may apply to the lot anew once it is not a member."""


class AdmissionStatus(StrEnum):
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


class Outcome(StrEnum):
    """What was decided about one version of an application."""

    ADMITTED = "admitted"
    REFUSED = "refused"


class RowStatus(StrEnum):
    """Where a row of an imported file is."""

    REJECTED = "rejected"
    """Something in it is wrong, and it says what by column; it can be corrected and tried again."""
    READY = "ready"
    IMPORTED = "imported"
