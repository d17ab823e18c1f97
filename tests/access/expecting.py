"""What the policy's rows say that somebody is answered, worked out without the code that answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.core.permissions import Permit, Role, Verb

DONE, SIGN_IN, REFUSED, NOWHERE, TOO_LATE = "done", "sign in", "403", "404", "409"
MILDEST = (DONE, TOO_LATE, REFUSED, NOWHERE, SIGN_IN)


@dataclass(frozen=True)
class Ask:
    """One thing that somebody may want at an address: a verb, to an object in a state."""

    object: str
    state: str
    verb: Verb
    theirs: bool
    """Whether the object exists for the person."""
    shut_out: bool
    """Whether the route is for other roles."""


Rows = Mapping[tuple[str, Verb], Sequence[Permit]]
"""The policy's rows by their object and verb."""


def expected(rows: Rows, role: Role | None, asked: Sequence[Ask]) -> frozenset[str]:
    """The right answers; where several things are done at one address, those to the one that is answered mildest."""
    return min((_expected(rows, role, ask) for ask in asked), key=lambda answers: min(map(MILDEST.index, answers)))


def _expected(rows: Rows, role: Role | None, ask: Ask) -> frozenset[str]:
    """The right answers to one.

    Whoever has a role that never allows the verb may be told so before anything is looked up: it tells nothing.
    """
    if role is None:
        return frozenset({SIGN_IN})
    if ask.shut_out:
        return frozenset({REFUSED})
    allowed = [row for row in rows.get((ask.object, ask.verb), ()) if role in row.roles]
    if not ask.theirs:
        return frozenset({NOWHERE} if allowed else {NOWHERE, REFUSED})
    if not allowed:
        return frozenset({REFUSED})
    if any(row.states is None or ask.state in row.states for row in allowed):
        return frozenset({DONE})
    return frozenset({TOO_LATE})
