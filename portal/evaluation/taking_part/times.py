"""When young people can sit: no child is asked to score at night, and each authority says which days and hours fit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.clock import LONDON
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.words import WEEKDAYS
from portal.evaluation.panels import begin_work
from portal.evaluation.taking_part.models import CLOSES_AT, EVERY_DAY, OPENS_AT, PARENTS_UNTIL, SittingTimes
from portal.tendering.models import InvitationToTender, Panel

MIDNIGHT = time(0)
PARENTS_UNTIL_CHOICES = (16, 18)


@dataclass(frozen=True)
class Times:
    """The days (0 is Monday) and hours in which sittings are open."""

    weekdays: tuple[int, ...] = EVERY_DAY
    opens_at: time = OPENS_AT
    closes_at: time = CLOSES_AT
    parents_until: int = PARENTS_UNTIL
    practice_first: bool = False

    def are_open(self, at: datetime) -> bool:
        """Whether one can sit at that instant."""
        here = at.astimezone(LONDON)
        ends = self.closes_at == MIDNIGHT or here.time() < self.closes_at
        return here.weekday() in self.weekdays and self.opens_at <= here.time() and ends

    def next_opening(self, at: datetime) -> str:
        """When it opens again, in words for a young person."""
        here = at.astimezone(LONDON)
        days = range(0 if here.time() < self.opens_at else 1, 8)
        ahead = next(days for days in days if (here + timedelta(days=days)).weekday() in self.weekdays)
        day = {0: "today", 1: "tomorrow"}.get(ahead, f"on {WEEKDAYS[(here.weekday() + ahead) % 7]}")
        return f"{day} at {clock_words(self.opens_at)}"


def times_of(panel_id: uuid.UUID) -> Times:
    """The panel's times; what holds for every panel that says nothing else."""
    held = db.session.get(SittingTimes, panel_id)
    if held is None:
        return Times()
    return Times(
        tuple(held.weekdays), held.opens_at, held.closes_at, held.parents_until, practice_first=held.practice_first
    )


def set_sitting_times(*, itt: InvitationToTender, panel: Panel, times: Times, actor: Actor) -> None:
    """Say when the young people of a panel can sit, under which age a parent is asked, whether they practise first.

    Consequences: outside these times a card says kindly when it opens again; what was saved stays. Records
    SITTING_TIMES_SET. Raises `InvalidInput` (fields "weekdays", "closes_at"), `NotFound` for a panel of adults,
    `NotAllowed`, `WrongState`.
    """
    take(itt, Verb.APPOINT_PANEL, actor=actor, share=True)
    if not panel.kind.is_young_people:
        raise NotFound("Only a panel of young people has sittings.")
    if not times.weekdays:
        raise InvalidInput("Choose at least one day.", field="weekdays")
    if times.closes_at != MIDNIGHT and times.closes_at <= times.opens_at:
        raise InvalidInput("Choose an end that is later than the beginning.", field="closes_at")
    held = db.session.get(SittingTimes, panel.id) or SittingTimes(panel_id=panel.id)
    held.weekdays, held.opens_at, held.closes_at = sorted(times.weekdays), times.opens_at, times.closes_at
    held.parents_until, held.practice_first = times.parents_until, times.practice_first
    db.session.add(held)
    record(
        EventKind.SITTING_TIMES_SET,
        begin_work(panel),
        actor=actor,
        panel=panel.key,
        weekdays=held.weekdays,
        opens_at=f"{times.opens_at:%H:%M}",
        closes_at=f"{times.closes_at:%H:%M}",
        parents_until=times.parents_until,
        practice_first=times.practice_first,
    )


def clock_words(at: time) -> str:
    """A time of day as young people read it."""
    if at == MIDNIGHT:
        return "midnight"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
