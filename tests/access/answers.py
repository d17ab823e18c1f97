"""Where the portal refuses more than the policy's rows say, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from portal.core.permissions import PROVIDER_ROLES, SUBMITTING_ROLES, Role, Verb
from tests.access.expecting import NOWHERE, REFUSED, TOO_LATE

PLATFORM = frozenset({Role.PLATFORM_ADMINISTRATOR})
OVER = ("cancelled", "not_awarded")
LEADS = frozenset({Role.SAFEGUARDING_LEAD})
OFFICERS = PLATFORM | {Role.AUTHORITY_ADMINISTRATOR}


class Narrower(NamedTuple):
    """What is answered instead, and why; only in these states and of these roles, where some are named."""

    answer: str
    why: str
    states: frozenset[str] = frozenset()
    by: frozenset[Role] = frozenset()

    def covers(self, answer: str, state: str, role: Role | None) -> bool:
        """Whether an answer is this one."""
        return answer == self.answer and (not self.states or state in self.states) and (not self.by or role in self.by)


def _in(*states: str) -> frozenset[str]:
    return frozenset(states)


NARROWER: Mapping[tuple[str, Verb], Narrower] = {
    ("admission", Verb.RENEW): Narrower(TOO_LATE, "nobody has been asked to renew", by=SUBMITTING_ROLES),
    ("admission", Verb.SUSPEND): Narrower(
        TOO_LATE,
        "where the published terms provide for it, and of whoever is suspended",
        by=frozenset({Role.COMMISSIONER}),
    ),
    ("admission", Verb.PAUSE): Narrower(TOO_LATE, "only a pause can be ended", by=SUBMITTING_ROLES),
    ("bid", Verb.CALL_SUBMITTERS): Narrower(TOO_LATE, "until the closing time", _in("submitted")),
    ("bid", Verb.DRAFT): Narrower(TOO_LATE, "until the closing time", _in("submitted")),
    ("bid", Verb.KEEP_LATE): Narrower(TOO_LATE, "of what bidding closed on, and did not receive", by=SUBMITTING_ROLES),
    ("bid", Verb.WITHDRAW): Narrower(TOO_LATE, "until the closing time", _in("submitted")),
    ("bid", Verb.WITHDRAW_FROM_AWARD): Narrower(NOWHERE, "of what was awarded to it", by=SUBMITTING_ROLES),
    ("clarification", Verb.ANSWER): Narrower(
        TOO_LATE, "until the bids are opened or it ends", by=frozenset({Role.COMMISSIONER})
    ),
    ("clarification", Verb.ASK): Narrower(TOO_LATE, "while questions are taken", by=PROVIDER_ROLES),
    ("role", Verb.DECIDE): Narrower(REFUSED, "the authority has somebody who decides", _in("proposed"), PLATFORM),
    ("itt", Verb.APPROVE_DIRECT_AWARD): Narrower(NOWHERE, "only of a direct award", by=frozenset({Role.APPROVER})),
    ("itt", Verb.PROPOSE_PUBLICATION): Narrower(
        TOO_LATE, "a draft that lacks nothing, no direct award", _in("draft"), frozenset({Role.COMMISSIONER})
    ),
    ("itt", Verb.EXPLAIN_UNDECIDED): Narrower(TOO_LATE, "from the closing time on", _in("published")),
    ("itt", Verb.OPEN_BIDS): Narrower(TOO_LATE, "from the closing time on", _in("published")),
    ("itt", Verb.PROPOSE_AWARD): Narrower(
        TOO_LATE, "while none waits", _in("moderated"), frozenset({Role.COMMISSIONER})
    ),
    ("itt", Verb.TAKE_PUBLIC_REPORT): Narrower(TOO_LATE, "where panels had closed before it ended", _in(*OVER)),
    ("itt", Verb.TAKE_REPORT): Narrower(TOO_LATE, "where panels had closed before it ended", _in(*OVER)),
    ("itt", Verb.TELL_PANEL): Narrower(TOO_LATE, "a panel that had closed before it ended", _in(*OVER)),
    ("itt", Verb.PUBLISH_ANSWERS): Narrower(TOO_LATE, "where an answer is written", _in("published")),
    ("panel", Verb.FORGET_PIN): Narrower(NOWHERE, "of young people, of whom one is the lead", by=LEADS),
    ("panel", Verb.KEY_SHEET): Narrower(NOWHERE, "of young people alone", by=LEADS | {Role.COMMISSIONER}),
    ("panel", Verb.READ_INFLUENCE): Narrower(TOO_LATE, "once it is decided who is chosen", _in("closed")),
    ("panel", Verb.SCORE): Narrower(TOO_LATE, "until the scorecard is submitted", _in("scoring")),
    ("panel", Verb.SEE_HELD_WORDS): Narrower(NOWHERE, "of young people, of whom one is the lead", by=LEADS),
    ("panel", Verb.START_MODERATION): Narrower(TOO_LATE, "once everybody has submitted", _in("scoring")),
    ("provider", Verb.ASK_IDENTITY_CHANGE): Narrower(TOO_LATE, "whoever no council knows yet corrects itself"),
    ("provider", Verb.PROVE): Narrower(TOO_LATE, "by the way that an officer has begun", _in("not_yet_verified")),
} | {
    (place, verb): Narrower(NOWHERE, "only one's own colleagues are found", by=by)
    for place, by in (("authority", PLATFORM), ("provider", OFFICERS))
    for verb in (Verb.CHANGE_ROLES, Verb.END_ACCESS, Verb.END_SESSIONS)
}
"""By object and verb."""

ALIKE: Mapping[tuple[str, Verb], str] = {
    ("authority", Verb.PROPOSE_SUCCESSOR): "one form for authorities and providers: whoever is named there decides",
    ("provider", Verb.PROPOSE_SUCCESSOR): "one form for authorities and providers: whoever is named there decides",
    ("itt", Verb.PROPOSE_NO_AWARD): "a choice in the form that proposes a cancellation, by the same role",
    ("number_claim", Verb.PROPOSE_MOVE): "a choice in the form that dismisses the claim, by the same roles",
}
"""Rows without which everybody would be answered the same, each with what else opens the address."""

GENTLE: Mapping[str, str] = {"sitting": "a young person is led to a page that says where things stand"}
"""Blueprints where whoever comes at the wrong stage meets no error."""
