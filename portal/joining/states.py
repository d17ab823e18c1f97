"""The stages of an application, and what can be decided about it."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class ApplicationStatus(Named):
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


class Outcome(Named):
    """What was decided about one version of an application."""

    ADMITTED = "admitted"
    REFUSED = "refused"
