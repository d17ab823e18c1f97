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


ITT = Lifecycle(
    "invitation to tender",
    {
        IttStatus.DRAFT: frozenset({IttStatus.PUBLISHED, IttStatus.CANCELLED}),
        IttStatus.PUBLISHED: frozenset({IttStatus.OPENED, IttStatus.CANCELLED}),
        IttStatus.OPENED: frozenset({IttStatus.MODERATED, IttStatus.CANCELLED}),
        IttStatus.MODERATED: frozenset({IttStatus.AWARDED, IttStatus.CANCELLED}),
        IttStatus.AWARDED: frozenset({IttStatus.CONTRACTED, IttStatus.CANCELLED}),
    },
)

AFTER_PUBLICATION = (
    IttStatus.PUBLISHED,
    IttStatus.OPENED,
    IttStatus.MODERATED,
    IttStatus.AWARDED,
    IttStatus.CONTRACTED,
)
AFTER_MODERATION = (IttStatus.MODERATED, IttStatus.AWARDED, IttStatus.CONTRACTED)
AFTER_OPENING = (IttStatus.OPENED, *AFTER_MODERATION)


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
