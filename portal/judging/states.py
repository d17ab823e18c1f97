"""What is judged of a bid between the opening and the award, and how far a judgement is."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class Matter(Named):
    """What a judgement is about."""

    REQUIREMENT = "requirement"
    """The answer to a question that officers judge; the judgement names the question."""


class Verdict(Named):
    """Whether the bid stays in."""

    PASSES = "passes"
    FAILS = "fails"


class JudgementStatus(Named):
    """A pass stands at once; whatever takes a bid out, or takes it back in, waits for a second person."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    DECIDED = "decided"
    REPLACED = "replaced"


JUDGEMENT = Lifecycle(
    "judgement",
    {
        JudgementStatus.PROPOSED: frozenset({JudgementStatus.REFUSED, JudgementStatus.DECIDED}),
        JudgementStatus.DECIDED: frozenset({JudgementStatus.REPLACED}),
    },
)
