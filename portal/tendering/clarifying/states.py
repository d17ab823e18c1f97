"""The stages of a question that a bidder asks about an invitation."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class ClarificationStatus(Named):
    """Where a question is. An answer that is written has gone nowhere: answers are published together."""

    ASKED = "asked"
    ANSWERED = "answered"
    """The answer is written and not published."""
    PUBLISHED = "published"
    TAKEN_BACK = "taken_back"


CLARIFICATION = Lifecycle(
    "question",
    {
        ClarificationStatus.ASKED: frozenset({ClarificationStatus.ANSWERED, ClarificationStatus.TAKEN_BACK}),
        ClarificationStatus.ANSWERED: frozenset(
            {ClarificationStatus.ANSWERED, ClarificationStatus.PUBLISHED, ClarificationStatus.TAKEN_BACK}
        ),
    },
)

WAITING = (ClarificationStatus.ASKED, ClarificationStatus.ANSWERED)
"""Not published yet."""
