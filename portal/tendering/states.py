"""The stages of an invitation to tender; written here once for the whole road."""

from __future__ import annotations

from enum import StrEnum

from portal.core.lifecycle import Lifecycle, Named


class IttStatus(Named):
    """Where a procurement is. "Closed" is not a status: it is PUBLISHED after `closes_at`, by the database's clock."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPENED = "opened"
    MODERATED = "moderated"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    CANCELLED = "cancelled"
    """Stopped after it was published, whatever had come of it."""
    NOT_AWARDED = "not_awarded"
    """Run to its end, and no lot of it awarded."""
    DISCARDED = "discarded"
    """A draft that was given up: nobody outside ever saw it."""


ITT = Lifecycle(
    "invitation to tender",
    {
        IttStatus.DRAFT: frozenset({IttStatus.PUBLISHED, IttStatus.DISCARDED}),
        IttStatus.PUBLISHED: frozenset({IttStatus.OPENED, IttStatus.CANCELLED}),
        IttStatus.OPENED: frozenset({IttStatus.MODERATED, IttStatus.NOT_AWARDED, IttStatus.CANCELLED}),
        # Back, where two people set the award aside (`portal/ending/setting_aside.py`).
        IttStatus.MODERATED: frozenset(
            {IttStatus.AWARDED, IttStatus.NOT_AWARDED, IttStatus.CANCELLED, IttStatus.OPENED}
        ),
        IttStatus.AWARDED: frozenset(
            {IttStatus.CONTRACTED, IttStatus.CANCELLED, IttStatus.MODERATED, IttStatus.OPENED}
        ),
    },
)

ENDED = (IttStatus.CANCELLED, IttStatus.NOT_AWARDED)
"""Over without a contract."""
OUTCOME_KNOWN = (IttStatus.AWARDED, IttStatus.CONTRACTED, *ENDED)
"""It has been decided who is chosen, or that nobody is."""
AFTER_MODERATION = (IttStatus.MODERATED, IttStatus.AWARDED, IttStatus.CONTRACTED)
AFTER_OPENING = (IttStatus.OPENED, *AFTER_MODERATION)
AFTER_PUBLICATION = (IttStatus.PUBLISHED, *AFTER_OPENING, *ENDED)
BEFORE_CONTRACT = (IttStatus.PUBLISHED, IttStatus.OPENED, IttStatus.MODERATED, IttStatus.AWARDED)


class EndingKind(Named):
    """How a procurement ends without a contract."""

    CANCELLATION = "cancellation"
    NO_AWARD = "no_award"


class EndingStatus(Named):
    """One person proposes to end it, another decides."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    DECIDED = "decided"


ENDING = Lifecycle("ending", {EndingStatus.PROPOSED: frozenset(EndingStatus) - {EndingStatus.PROPOSED}})


class EnvelopeKind(StrEnum):
    """A bid's sealed envelopes: officers check compliance, panels score quality, the price waits for both."""

    COMPLIANCE = "compliance"
    QUALITY = "quality"
    PRICE = "price"


class PanelKind(Named):
    """Who sits on a panel."""

    LOCAL = "local"
    YOUNG_PEOPLE = "young_people"
    PARENTS = "parents"


class Combination(Named):
    """How a panel's individual scores become its score."""

    AGREED = "agreed"
    MEAN = "mean"
    MEDIAN = "median"


class QuestionKind(Named):
    """What a bidder gives. What each kind means is in `question_kinds`; nothing else asks which one it is."""

    TEXT = "text"
    EASY_READ = "easy_read"
    PASS_FAIL = "pass_fail"
    FILES = "files"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DECLARATION = "declaration"
    PRICE_SCHEDULE = "price_schedule"
    SUPPLIER_INFORMATION = "supplier_information"
    CONDITION = "condition"
