"""The stages of an addendum."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class AddendumStatus(Named):
    """Where a change of a published invitation is: nothing changes before the second person."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"
    REFUSED = "refused"


class ChangedPart(Named):
    """What of the method and the questions a change is about."""

    QUESTION = "question"
    CRITERION = "criterion"


class EarlierAnswers(Named):
    """What an answer counts as that was given before its question was changed, and not confirmed since."""

    STAND = "stand"
    NOT_GIVEN = "not_given"

    @property
    def words(self) -> str:
        """The rule as everybody reads it."""
        return _RULES[self]


_RULES = {
    EarlierAnswers.STAND: "What was answered before and not confirmed stands as the answer to the question as it is "
    "now.",
    EarlierAnswers.NOT_GIVEN: "What was answered before and not confirmed counts as not given for the questions that "
    "changed.",
}

ADDENDUM = Lifecycle("addendum", {AddendumStatus.PROPOSED: frozenset(AddendumStatus) - {AddendumStatus.PROPOSED}})
