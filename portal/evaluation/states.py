"""The states of a panel's work and of a scorecard."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Named


class PanelWorkStatus(Named):
    """A panel scores individually, then moderates, then its agreed scores are closed."""

    SCORING = "scoring"
    MODERATING = "moderating"
    CLOSED = "closed"


PANEL_WORK = Lifecycle(
    "panel's work",
    {
        PanelWorkStatus.SCORING: frozenset({PanelWorkStatus.MODERATING}),
        PanelWorkStatus.MODERATING: frozenset({PanelWorkStatus.CLOSED}),
        PanelWorkStatus.CLOSED: frozenset({PanelWorkStatus.MODERATING}),
    },
)


class ScorecardStatus(StrEnum):
    """A scorecard is the member's own until it is submitted; then nobody can change it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


SCORECARD = Lifecycle("scorecard", {ScorecardStatus.DRAFT: frozenset({ScorecardStatus.SUBMITTED})})


class Side(StrEnum):
    """For whom an adult reads a young person's signed sheet: one of each has to read the same."""

    PANEL = "panel"
    """Who is in the room with the young people: the facilitator."""
    AUTHORITY = "authority"
    """A commissioner or the safeguarding lead."""


class DrawStatus(Named):
    """A lot is being drawn, is drawn, was given up because somebody did not reveal, or fell with its tie."""

    OPEN = "open"
    DONE = "done"
    ABANDONED = "abandoned"
    SUPERSEDED = "superseded"
    """Panels were reopened: the tie may be gone, and a new one gets a draw of its own."""


DRAW = Lifecycle("draw", {DrawStatus.OPEN: frozenset({DrawStatus.DONE, DrawStatus.ABANDONED})})


class LookConclusion(Named):
    """What came of a second look at the agreed scores that decide alone: they stay, or a correction is asked for."""

    STAYS = "stays"
    CORRECTION = "correction"


class MemberRole(Named):
    """What a person does on a panel. A facilitator supports the young people and never scores."""

    CHAIR = "chair"
    MEMBER = "member"
    YOUNG_MEMBER = "young_member"
    FACILITATOR = "facilitator"


SCORING_ROLES = (MemberRole.CHAIR, MemberRole.MEMBER, MemberRole.YOUNG_MEMBER)
