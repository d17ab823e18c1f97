"""What is done about an interest: one person proposes it, another decides whether it is enough."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.core.uniqueness import unless_taken
from portal.tendering.interests.models import Interest, Mitigation
from portal.tendering.interests.states import MITIGATION, MitigationOutcome, MitigationStatus
from portal.tendering.second_person import take_to_decide

WAITS = "An answer to this interest waits for its decision already."
LONGEST = 4_000
"""Characters."""


class Follow(Protocol):
    """What follows from an answer that two people agreed on."""

    def __call__(self, *, mitigation: Mitigation, actor: Actor, now: datetime) -> None: ...


_following: list[Follow] = []


def after_agreeing(follow: Follow) -> Follow:
    """Have what follows from an answer done when its second person agrees; it may refuse by a typed error."""
    _following.append(follow)
    return follow


def propose_mitigation(
    *, interest: Interest, outcome: MitigationOutcome, words: str, actor: Actor, now: datetime
) -> Mitigation:
    """Propose what is done about an interest: nothing, these steps, or that the person takes no further part.

    Of a panel member's link with a bidder also that they judge nothing of that bidder's lot. `words`: the steps, or why
    none are needed. Records MITIGATION_PROPOSED; the approvers are told. Raises `InvalidInput` (fields "outcome",
    "words"), `WrongState` where there is no interest, `Conflict` while another answer waits. Source: Procurement Act
    2023 s.82.
    """
    take(interest.itt, Verb.ASSESS_CONFLICTS, actor=actor)
    held = lock(Interest, interest.id)
    if not held.has_interest:
        raise WrongState("No interest was declared here.")
    if held.has_stepped_back:
        raise WrongState("They have stepped back already.")
    if outcome.is_lot and held.bid_id is None:
        raise InvalidInput("Only a panel member steps back from one lot.", field="outcome")
    ask = "Say which steps are taken so that nobody has an unfair advantage, or why none are needed"
    said = require_reason(words, ask, field="words", most=LONGEST)
    proposed = Mitigation(
        itt_id=held.itt_id,
        interest_id=held.id,
        outcome=outcome,
        words=said,
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    with unless_taken({"uq_mitigation_proposed": lambda: Conflict(WAITS)}):
        db.session.add(proposed)
        db.session.flush()
    db.session.expire(held, ["mitigations"])
    record(EventKind.MITIGATION_PROPOSED, proposed, actor=actor, outcome=outcome)
    return proposed


def decide_mitigation(*, mitigation: Mitigation, agreed: bool, note: str, actor: Actor, now: datetime) -> None:
    """Decide as the second person whether the steps are enough; a refused answer leaves the interest unanswered.

    Whoever takes no further part cannot change or approve anything of the procurement from here on; a panel member
    leaves the panel or the lot at once, or goes on (`portal/evaluation/recusing.py`). Records MITIGATION_DECIDED.
    Raises `NotAllowed` for whoever proposed it or declared the interest, `InvalidInput` (field "note"), `WrongState`
    when it is decided.
    """
    take_to_decide(mitigation, actor)
    said = require_reason(note, "Say what you considered", field="note", most=LONGEST)
    mitigation.status = MITIGATION.move(
        mitigation.status, MitigationStatus.AGREED if agreed else MitigationStatus.REFUSED
    )
    mitigation.decide(actor, now=now, note=said)
    if agreed:
        for follow in _following:
            follow(mitigation=mitigation, actor=actor, now=now)
    record(EventKind.MITIGATION_DECIDED, mitigation, actor=actor, agreed=agreed, outcome=mitigation.outcome)
