"""The stages of what is done about an interest."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class MitigationStatus(Named):
    """One person proposes what is done about an interest, another decides whether that is enough."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"


class Extent(Named):
    """From what somebody on a panel has stepped back: from one lot, or from the whole procurement."""

    LOT = "lot"
    WHOLE = "whole"


class LinkKind(Named):
    """What kind of link a panel member has with a bidder, beside the words that describe it."""

    WORKING = "working"
    """They work or volunteer there, or did."""
    GOVERNING = "governing"
    """They help to run it, as a trustee, governor or owner."""
    EMPLOYER = "employer"
    """Whom they work for works with it, or pays it."""
    UMBRELLA = "umbrella"
    """They and it belong to one umbrella body or group."""
    FUNDING = "funding"
    """They fund it, are funded by it, or have the same funder."""
    FAMILY = "family"
    """Family or a close friend works, helps or goes there."""
    USING = "using"
    """They use what it offers, or did."""
    OTHER = "other"


class MitigationOutcome(Named):
    """What follows from an interest."""

    NOTHING = "nothing"
    """It makes no difference, and they go on."""
    CONDITIONS = "conditions"
    """They go on, with the steps that are named."""
    LOT = "lot"
    """Of a panel member: they judge nothing of the lot that the bidder bids for."""
    WHOLE = "whole"
    """They take no further part."""


MITIGATION = Lifecycle(
    "answer to an interest",
    {MitigationStatus.PROPOSED: frozenset({MitigationStatus.AGREED, MitigationStatus.REFUSED})},
)
