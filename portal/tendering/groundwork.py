"""Record what was thought of before publication: equality, consultation, small providers."""

from __future__ import annotations

from datetime import date, datetime

from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor
from portal.regulation.local_time import local_date
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.groundwork_models import SUBJECTS, Groundwork, GroundworkOutcome, GroundworkSubject
from portal.tendering.models import InvitationToTender

LONGEST = 10_000
"""Characters."""


def record_groundwork(
    *,
    itt: InvitationToTender,
    subject: GroundworkSubject,
    outcome: GroundworkOutcome,
    words: str,
    on_date: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record what came of one subject (Equality Act 2010 s.149; Procurement Act 2023 s.12(4)).

    `on_date`: when it was finished. Raises `InvalidInput` beside `outcome`, `words` or `on_date`. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    if outcome not in SUBJECTS[subject].answers:
        raise InvalidInput("Choose one of the answers.", field="outcome")
    all_at_once(
        lambda: require_reason(words, "Say it in a sentence or two", field="words", most=LONGEST),
        lambda: _require_day(outcome, on_date, now),
    )
    kept = db.session.get(Groundwork, (itt.id, subject)) or Groundwork(itt_id=itt.id, subject=subject)
    kept.outcome, kept.words = outcome, require_reason(words, "", field="words")
    kept.on_date = on_date if outcome.is_done else None
    assert actor.user_id is not None
    kept.recorded_by_id, kept.recorded_at = actor.user_id, now
    db.session.add(kept)
    db.session.flush()
    record_change(itt, actor, Task(subject.value), outcome=outcome.value)


def _require_day(outcome: GroundworkOutcome, on_date: date | None, now: datetime) -> None:
    if outcome.is_done and on_date is None:
        raise InvalidInput("Give the day on which it was finished.", field="on_date")
    if outcome.is_done and on_date is not None and on_date > local_date(now):
        raise InvalidInput("That day has not come yet.", field="on_date")
