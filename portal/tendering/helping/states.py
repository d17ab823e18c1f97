"""The stages of a bidder's request for help."""

from __future__ import annotations

from portal.core.lifecycle import Lifecycle, Named


class HelpStatus(Named):
    """Where a request for help is."""

    ASKED = "asked"
    ANSWERED = "answered"


HELP = Lifecycle("request for help", {HelpStatus.ASKED: frozenset({HelpStatus.ANSWERED})})
