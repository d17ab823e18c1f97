"""Pausing a membership: the provider asks, names the last day, and it ends by itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, select

from portal.audit.kinds import EventKind
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.permissions import SYSTEM, Actor, Verb
from portal.core.words import london_date
from portal.frameworks.member_models import Admission
from portal.frameworks.states import CURRENT
from portal.members.membership import record_of, require_valid, take_admission
from portal.regulation.local_time import end_of_day, local_date


def pause_membership(*, admission: Admission, last_day: date, actor: Actor, now: datetime) -> None:
    """Pause the provider's own membership until the end of `last_day` in Europe/London.

    Meanwhile it is not invited and cannot bid, because it asked for that: nobody else can pause it. The pause ends by
    itself, by the clock, and can be ended early; pausing again moves its end. Records
    MEMBERSHIP_PAUSED. Raises `InvalidInput` for a day that has passed or lies after the framework's end, `WrongState`
    outside the validity.
    """
    take_admission(admission, Verb.PAUSE, actor)
    require_valid(admission, now)
    framework = admission.framework
    assert framework.valid_until is not None
    if last_day < local_date(now):
        raise InvalidInput("The last day of the pause must be today or later.", field="last_day")
    until = end_of_day(last_day)
    if until > framework.valid_until:
        raise InvalidInput(
            f"This {framework.kind_words} itself ends on {london_date(framework.valid_until)}. Choose an earlier "
            "day, or leave the lot.",
            field="last_day",
        )
    # Whoever was away when a call-off closed was away, also if the pause is longer or shorter since.
    admission.paused_at = admission.paused_at if admission.is_paused(now) else now
    admission.paused_until = until
    record_of(EventKind.MEMBERSHIP_PAUSED, admission, actor, last_day=last_day)


def resume_membership(*, admission: Admission, actor: Actor, now: datetime) -> None:
    """End the provider's own pause before its time: it is invited and may bid from this instant.

    Records MEMBERSHIP_RESUMED; the provider is told of every open call-off of the lot. Raises `WrongState` when
    nothing is paused.
    """
    take_admission(admission, Verb.PAUSE, actor)
    if not admission.is_paused(now):
        raise WrongState("This membership is not paused.")
    admission.paused_until = now
    _record_end(admission, actor)


def ended_pauses(now: datetime) -> Select[Admission]:
    """The memberships whose pause had ended by itself at `now` and whose providers have not heard of it."""
    ended = select(Admission).where(
        Admission.paused_until <= now,
        Admission.status.in_(CURRENT),
        Admission.pause_end_noted.is_distinct_from(Admission.paused_until),
    )
    return ended.order_by(Admission.id)


def note_ended_pauses(*, now: datetime) -> int:
    """Note the pauses that ended by themselves, so that their providers hear of it; returns how many.

    Nobody's rights wait for this: whoever's pause has ended is active by the clock. Records MEMBERSHIP_RESUMED for
    each.
    """
    due = db.session.scalars(ended_pauses(now).with_for_update(skip_locked=True)).all()
    for admission in due:
        _record_end(admission, SYSTEM)
    return len(due)


def _record_end(admission: Admission, actor: Actor) -> None:
    """The pause itself stays on the row: whether somebody was away when a call-off closed is asked later."""
    admission.pause_end_noted = admission.paused_until
    record_of(
        EventKind.MEMBERSHIP_RESUMED,
        admission,
        actor,
        until=admission.paused_until,
        by_itself=actor is SYSTEM,
    )
