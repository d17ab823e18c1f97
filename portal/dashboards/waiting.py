"""What waits for whoever looks at an authority's desk: the most urgent first, each with one press to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from portal.core.permissions import Actor, Role
from portal.core.words import counted
from portal.dashboards.joining import Queue, queues_of
from portal.dashboards.next_steps import steps_for
from portal.dashboards.queries import itts_at_work
from portal.dashboards.situation import situations_of
from portal.evaluation.safeguarding.queries import disclosures_waiting_for
from portal.members.identity import decisions_waiting_for
from portal.members.models import ChangeDecision
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender

DAYS_COUNTED = 14
"""What is left is said inside so many days; nobody plans by the day of next year."""


@dataclass(frozen=True)
class Waiting:
    """One act: what to do, where, about what, and by when."""

    text: str
    href: str
    about: str
    due_on: date | None = None
    is_own: bool = False
    """Whether whoever looks, or somebody for whom they stand in, looks after it."""

    def is_late(self, today: date) -> bool:
        """Whether its day is over."""
        return self.due_on is not None and self.due_on < today

    def days_left(self, today: date) -> int | None:
        """Days until then where they are worth counting."""
        left = (self.due_on - today).days if self.due_on else None
        return left if left is not None and 0 <= left <= DAYS_COUNTED else None


def waiting_for(actor: Actor, now: datetime) -> Sequence[Waiting]:
    """Everything that waits for somebody of an authority: what is due first, then what has waited longest."""
    assert actor.authority_id is not None
    found = (
        *_of_children(actor),
        *_of_procurements(itts_at_work(actor.authority_id), actor, now),
        *_of_frameworks(queues_of(actor.authority_id), actor),
        *map(_of_a_name, decisions_waiting_for(actor)),
    )
    return sorted(found, key=lambda one: (one.due_on or date.max, not one.is_own))


def _of_children(actor: Actor) -> Iterator[Waiting]:
    """What may be about harm to a child: late from the day on which it was written."""
    if Role.SAFEGUARDING_LEAD not in actor.authority_roles:
        return
    for work, since in disclosures_waiting_for(actor):
        page = url_for("safeguarding.panel", panel_id=work.panel_id)
        about = f"{work.panel.name}, {_named(work.itt)}"
        yield Waiting("Read what a young person wrote", page, about, local_date(since), is_own=True)


def _of_procurements(itts: Sequence[InvitationToTender], actor: Actor, now: datetime) -> Iterator[Waiting]:
    """The first act of each procurement that has one for the actor."""
    situations = situations_of([itt.id for itt in itts], now)
    for itt in itts:
        step = next(iter(steps_for(itt, situations[itt.id], actor, now)), None)
        if step is not None and step.is_act:
            yield Waiting(step.text, step.href(itt), _named(itt), step.due_on(itt), itt.owner_id in actor.people)


def _of_frameworks(queues: Iterable[Queue], actor: Actor) -> Iterator[Waiting]:
    for queue in queues:
        page = url_for("admissions.queue", reference=queue.reference)
        if queue.applications and Role.COMMISSIONER in actor.authority_roles:
            yield Waiting(f"Decide {counted(queue.applications, 'application')}", page, _named(queue), queue.due_on)
        if Role.APPROVER in actor.authority_roles and (queue.refusals or queue.removals):
            members = url_for("members.index", reference=queue.reference)
            kinds = ((queue.refusals, "refusal"), (queue.removals, "removal"))
            what = ", ".join(counted(count, kind) for count, kind in kinds if count)
            yield Waiting("Be the second person", page if queue.refusals else members, f"{_named(queue)}: {what}")


def _named(thing: InvitationToTender | Queue) -> str:
    """Title and reference: every year's invitation can have the same title."""
    return f"{thing.title}, {thing.reference}"


def _of_a_name(found: ChangeDecision) -> Waiting:
    change, framework = found.change, found.framework
    named = change.provider.at(change.asked_at).name
    return Waiting(
        "Decide another name",
        url_for("identity_changes.decide", decision_id=found.id),
        f"{named}, a member of {framework.title}" if framework else f"{named}, a member of no framework",
    )
