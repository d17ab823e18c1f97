"""States of what is known and decided about an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.core.lifecycle import Lifecycle, Named


class VerificationMethod(Named):
    """How it was proved that an organisation's number is its own."""

    REGISTER = "register"
    POST = "post"
    DOMAIN = "domain"
    BEFORE_RECORDS = "before_records"


METHOD_WORDS: Mapping[VerificationMethod, str] = MappingProxyType(
    {
        VerificationMethod.REGISTER: "An officer compared it with the register",
        VerificationMethod.POST: "A code was posted to the registered address and typed in",
        VerificationMethod.DOMAIN: "Somebody’s confirmed e-mail address is at the organisation’s own domain",
        VerificationMethod.BEFORE_RECORDS: "Before records of how began",
    }
)


class VerificationStatus(Named):
    """Where one try to prove a number stands."""

    ASKED = "asked"
    """A code is on its way, or a domain is named: somebody of the organisation has still to act."""
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """It held once: an officer withdrew it, or the name or the number is another since."""
    VOID = "void"
    """Nobody acted: the code was too old or guessed at, or another try took its place."""


VERIFICATION = Lifecycle(
    "check",
    {
        VerificationStatus.ASKED: frozenset({VerificationStatus.VERIFIED, VerificationStatus.VOID}),
        VerificationStatus.VERIFIED: frozenset({VerificationStatus.WITHDRAWN}),
    },
)


class SuspensionStatus(Named):
    """Where a suspension of an organisation stands; whether it runs is also a matter of its days."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    IN_FORCE = "in_force"
    LIFT_PROPOSED = "lift_proposed"
    LIFTED = "lifted"
    ENDED = "ended"
    """Its last day passed."""


OPEN = frozenset({SuspensionStatus.PROPOSED, SuspensionStatus.IN_FORCE, SuspensionStatus.LIFT_PROPOSED})
DECIDED = frozenset(
    {SuspensionStatus.IN_FORCE, SuspensionStatus.LIFT_PROPOSED, SuspensionStatus.LIFTED, SuspensionStatus.ENDED}
)
"""A second person has decided it: within its days the organisation is, or was, suspended."""

SUSPENSION = Lifecycle(
    "suspension",
    {
        SuspensionStatus.PROPOSED: frozenset({SuspensionStatus.IN_FORCE, SuspensionStatus.REFUSED}),
        SuspensionStatus.IN_FORCE: frozenset({SuspensionStatus.LIFT_PROPOSED, SuspensionStatus.ENDED}),
        SuspensionStatus.LIFT_PROPOSED: frozenset(
            {SuspensionStatus.LIFTED, SuspensionStatus.IN_FORCE, SuspensionStatus.ENDED}
        ),
    },
)


class ClaimStatus(Named):
    """Where a claim to a number stands."""

    OPEN = "open"
    HOLDER_ASKED = "holder_asked"
    MOVE_PROPOSED = "move_proposed"
    UPHELD = "upheld"
    """The number is the claimant's: it was taken from its holder, and is kept for whoever has the claim's code."""
    DISMISSED = "dismissed"


CLAIM = Lifecycle(
    "claim",
    {
        ClaimStatus.OPEN: frozenset({ClaimStatus.HOLDER_ASKED, ClaimStatus.DISMISSED}),
        ClaimStatus.HOLDER_ASKED: frozenset({ClaimStatus.MOVE_PROPOSED, ClaimStatus.DISMISSED}),
        ClaimStatus.MOVE_PROPOSED: frozenset({ClaimStatus.UPHELD, ClaimStatus.HOLDER_ASKED}),
    },
)
