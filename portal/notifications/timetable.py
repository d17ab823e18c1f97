"""THE timetable of reminders: what waits, and how long before or after the instant that it turns on it is reminded of.

A reminder goes out between 8am and 6pm in London; only in the last hours before a closing it comes at any hour. What
is due is read from what waits now, so that a closing which moves is reminded of anew (docs/letters.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Interval, Select, case, cast, exists, literal, select, union_all

from portal.core.clock import LONDON
from portal.notifications import waiting
from portal.notifications.models import Reminder

HOURS = range(8, 18)
"""Of the day in London, when anybody is reminded of anything."""
AT_ANY_HOUR = timedelta(hours=4)
"""So shortly before a closing a reminder does not wait for the morning."""
TOO_LATE = timedelta(days=3)
"""What should have been told so long ago is told no more: an upgrade writes to nobody about last year."""


def _before(**lengths: Sequence[int]) -> tuple[timedelta, ...]:
    return tuple(-timedelta(**{unit: length}) for unit, many in lengths.items() for length in many)


def _after(*days: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=length) for length in days)


@dataclass(frozen=True)
class Entry:
    """One row: the kind, the query of what waits (`waiting.py`), and the steps from the instant that it turns on."""

    kind: str
    waits: Callable[[datetime], Select[Any]]
    steps: tuple[timedelta, ...]

    def steps_at(self, now: datetime) -> tuple[timedelta, ...]:
        """The steps that may be carried out at this hour of the day."""
        if now.astimezone(LONDON).hour in HOURS:
            return self.steps
        return tuple(step for step in self.steps if -AT_ANY_HOUR <= step < timedelta(0))

    def due(self, now: datetime) -> Select[Any]:
        """What is to be reminded of at `now`, and was not: the last step that has come, once for each instant.

        A step that had passed before anything waited is left out: whoever begins an hour before the closing does not
        hear that there are two days left.
        """
        waits = self.waits(now).subquery()
        steps = sorted(self.steps_at(now), reverse=True)
        last = case(*((waits.c.turns_at <= now - step, cast(literal(step), Interval)) for step in steps), else_=None)
        come = select(waits, last.label("step")).subquery()
        told = exists().where(
            Reminder.kind == self.kind,
            Reminder.subject_id == come.c.subject_id,
            Reminder.provider_id.is_not_distinct_from(come.c.provider_id),
            Reminder.turns_at == come.c.turns_at,
            Reminder.step == come.c.step,
        )
        columns = (come.c.subject_id, come.c.provider_id, come.c.turns_at, come.c.step)
        at = come.c.turns_at + come.c.step
        return select(literal(self.kind).label("kind"), *columns).where(at > come.c.since, at > now - TOO_LATE, ~told)


BEFORE_CLOSING = _before(hours=(48, 24, 4, 1))
UNTIL_DONE = _after(1, 3, 7)

TIMETABLE: tuple[Entry, ...] = (
    Entry("unsent_bid", waiting.unsent_bids, BEFORE_CLOSING),
    Entry("changed_bid", waiting.changed_bids, BEFORE_CLOSING),
    Entry("unconfirmed_bid", waiting.unconfirmed_bids, BEFORE_CLOSING),
    Entry("unanswered_invitation", waiting.unanswered_invitations, _before(days=(7, 2))),
    Entry("read_invitation", waiting.read_invitations, _before(days=(7, 2))),
    Entry("followed_invitation", waiting.followed_invitations, _before(days=(7, 2))),
    Entry("unanswered_validity", waiting.unanswered_validities, _before(days=(3, 1))),
    Entry("unsent_application", waiting.unsent_applications, _after(3, 10, 30)),
    Entry("changed_application", waiting.changed_applications, _after(1, 3, 10)),
    Entry("closing_application", waiting.closing_applications, BEFORE_CLOSING),
    Entry("unused_cards", waiting.unused_cards, _before(days=(7, 2))),
    Entry("unused_invitation", waiting.unused_invitations, _before(days=(7, 2))),
    Entry("opening", waiting.openings, UNTIL_DONE),
    Entry("moderation", waiting.moderations, _after(2, 5, 10)),
    Entry("award_to_decide", waiting.awards_to_decide, UNTIL_DONE),
    Entry("judgement_to_decide", waiting.judgements_to_decide, UNTIL_DONE),
    Entry("ending_to_decide", waiting.endings_to_decide, UNTIL_DONE),
    Entry("setting_aside_to_decide", waiting.settings_aside_to_decide, UNTIL_DONE),
    Entry("refusal_to_decide", waiting.refusals_to_decide, UNTIL_DONE),
    Entry("application_to_decide", waiting.applications_to_decide, (*_before(days=(3, 1)), *_after(1, 7))),
    Entry("contract_to_conclude", waiting.contracts_to_conclude, _after(2, 7, 14)),
    Entry("role_to_confirm", waiting.roles_to_confirm, UNTIL_DONE),
    Entry("deputy_to_confirm", waiting.deputies_to_confirm, UNTIL_DONE),
)


def due_reminders(now: datetime) -> Select[Any]:
    """Everything that is to be reminded of at `now`, the whole timetable in one statement."""
    rows = union_all(*(entry.due(now) for entry in TIMETABLE if entry.steps_at(now))).subquery()
    return select(rows).order_by(rows.c.turns_at, rows.c.kind, rows.c.subject_id)
