"""The conflicts assessment: made before publication, revised whenever something becomes known."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import WrongState, all_at_once
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.tendering.interests.models import ConflictsAssessment
from portal.tendering.interests.queries import assessments_of
from portal.tendering.models import InvitationToTender

LONGEST = 10_000
"""Characters."""


def assess_conflicts(
    *, itt: InvitationToTender, known: str, perceived: str, actor: Actor, now: datetime
) -> ConflictsAssessment:
    """Make the conflicts assessment, or a new version of it; the earlier ones stay.

    `known`: which conflicts were identified, and what is done; `perceived`: what somebody might take for one. Records
    CONFLICTS_ASSESSED. Raises `InvalidInput` beside `known` or `perceived`. Source: Procurement Act 2023 s.83.
    """
    take(itt, Verb.ASSESS_CONFLICTS, actor=actor)
    all_at_once(
        lambda: require_text(
            known, "Say which conflicts there are, or that there are none.", field="known", most=LONGEST
        ),
        lambda: require_text(
            perceived,
            "Say what somebody might take for a conflict, or that there is nothing.",
            field="perceived",
            most=LONGEST,
        ),
    )
    said, taken_for = require_text(known, "", field="known"), require_text(perceived, "", field="perceived")
    return _next_version(itt, said, taken_for, actor=actor, now=now)


def confirm_assessment(*, itt: InvitationToTender, actor: Actor, now: datetime) -> ConflictsAssessment:
    """Say that the conflicts assessment was looked at again and still holds: a version in the words of the last one.

    Records CONFLICTS_ASSESSED. Raises `WrongState` where there is none. Source: Procurement Act 2023 s.83(5).
    """
    take(itt, Verb.ASSESS_CONFLICTS, actor=actor)
    last = next(iter(assessments_of(itt.id)), None)
    if last is None:
        raise WrongState("Make the conflicts assessment first.")
    return _next_version(itt, last.known, last.perceived, actor=actor, now=now)


def _next_version(
    itt: InvitationToTender, known: str, perceived: str, *, actor: Actor, now: datetime
) -> ConflictsAssessment:
    before = assessments_of(itt.id)
    made = ConflictsAssessment(
        itt_id=itt.id,
        number=len(before) + 1,
        known=known,
        perceived=perceived,
        made_by_id=actor.user_id,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    is_confirmed = bool(before) and (before[0].known, before[0].perceived) == (known, perceived)
    record(EventKind.CONFLICTS_ASSESSED, made, actor=actor, number=made.number, confirmed=is_confirmed)
    return made
