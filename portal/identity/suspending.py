"""Suspending an organisation, and lifting that: two people each time, with a reason that the organisation reads."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import Half, is_first_person, require_second_person
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, NotFound
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import take
from portal.core.uniqueness import unless_taken
from portal.organisations.models import Provider, Suspension
from portal.organisations.states import DECIDED, OPEN, SUSPENSION, SuspensionStatus
from portal.regulation.local_time import end_of_day, local_date, start_of_day

LONGEST_REASON = 2000
LONGEST_UNREVIEWED = timedelta(days=183)
WHY = "Give the reason with the ground that it rests on: the organisation reads it"


def propose_suspension(
    *,
    provider: Provider,
    reason: str,
    first_day: date | None,
    last_day: date | None,
    review_date: date | None,
    actor: Actor,
    now: datetime,
) -> Suspension:
    """Propose to suspend an organisation; nothing is stopped until a second person has decided.

    An authority's administrator proposes it for what that authority runs, the platform's for everything. Without
    `last_day` it lasts until it is lifted. Records SUSPENSION_PROPOSED; those who may decide are told. Raises
    `InvalidInput` with the field ("reason", "first_day", "last_day", "review_date": within half a year), `Conflict`
    when one waits or runs already.
    """
    take(provider, Verb.SUSPEND_ORGANISATION, actor=actor)
    said = require_reason(reason, WHY, field="reason", most=LONGEST_REASON)
    today = local_date(now)
    first = first_day or today
    if first < today:
        raise InvalidInput("It can begin today or later.", field="first_day")
    if last_day is not None and last_day < first:
        raise InvalidInput("The last day must be the first day or later.", field="last_day")
    if review_date is None or not today < review_date <= today + LONGEST_UNREVIEWED:
        raise InvalidInput("Give a day within the next six months on which you look at it again.", field="review_date")
    proposed = Suspension(
        provider=provider,
        authority_id=None if actor.platform_roles else actor.authority_id,
        reason=said,
        starts_at=max(now, start_of_day(first)),
        ends_at=None if last_day is None else end_of_day(last_day),
        review_date=review_date,
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    _close_those_that_ended(provider, now)
    _add(proposed)
    record(EventKind.SUSPENSION_PROPOSED, proposed, actor=actor, provider=provider.id, authority=proposed.authority_id)
    return proposed


def decide_suspension(*, suspension: Suspension, actor: Actor, note: str, now: datetime) -> None:
    """Suspend the organisation as the second person, from this instant or from its first day if that is later.

    Consequences: see `standing.py`; its people are told the reason. Records ORGANISATION_SUSPENDED. Raises
    `NotAllowed` for who proposed, `WrongState` when nothing waits, `InvalidInput` (field "note") without words, and
    when its last day has passed.
    """
    take(suspension, Verb.DECIDE, actor=actor)
    said = require_reason(note, "Say what you checked", field="note", most=LONGEST_REASON)
    if suspension.ends_at is not None and suspension.ends_at <= now:
        raise InvalidInput("Its last day has passed, so nothing is left to decide. Refuse it.", field="note")
    suspension.decide(actor, now=now, note=said)
    suspension.status = SUSPENSION.move(suspension.status, SuspensionStatus.IN_FORCE)
    suspension.starts_at = max(now, suspension.starts_at)
    record(EventKind.ORGANISATION_SUSPENDED, suspension, actor=actor, provider=suspension.provider_id)


def refuse_suspension(*, suspension: Suspension, actor: Actor, note: str, now: datetime) -> None:
    """Refuse a proposed suspension as the second person: nothing was stopped, and the organisation is not told.

    Records SUSPENSION_REFUSED. Raises as `decide_suspension`.
    """
    take(suspension, Verb.DECIDE, actor=actor)
    said = require_reason(note, "Say why: who proposed it reads it", field="note", most=LONGEST_REASON)
    suspension.decide(actor, now=now, note=said)
    suspension.status = SUSPENSION.move(suspension.status, SuspensionStatus.REFUSED)
    record(EventKind.SUSPENSION_REFUSED, suspension, actor=actor, provider=suspension.provider_id)


def propose_lifting(*, suspension: Suspension, reason: str, actor: Actor, now: datetime) -> None:
    """Propose to lift a suspension; it goes on until a second person has decided. Records LIFTING_PROPOSED.

    Raises `InvalidInput` (field "reason") for a reason of fewer than 20 characters.
    """
    take(suspension, Verb.PROPOSE_LIFTING, actor=actor)
    suspension.lift_reason = require_reason(
        reason, "Say why it is lifted: the organisation reads it", field="reason", most=LONGEST_REASON
    )
    suspension.lift_proposed_by_id, suspension.lift_proposed_at = actor.user_id, now
    suspension.status = SUSPENSION.move(suspension.status, SuspensionStatus.LIFT_PROPOSED)
    record(EventKind.LIFTING_PROPOSED, suspension, actor=actor, provider=suspension.provider_id)


def lift_organisation(*, suspension: Suspension, actor: Actor, now: datetime) -> None:
    """Lift a suspension as the second person: the organisation goes on from this instant, and is told.

    Records ORGANISATION_LIFTED. Raises `NotAllowed` for who proposed.
    """
    take(suspension, Verb.LIFT, actor=actor)
    require_second_person(actor, _lift_half(suspension))
    suspension.lifted_by_id, suspension.lifted_at = actor.user_id, now
    suspension.status = SUSPENSION.move(suspension.status, SuspensionStatus.LIFTED)
    record(EventKind.ORGANISATION_LIFTED, suspension, actor=actor, provider=suspension.provider_id)


def keep_suspension(*, suspension: Suspension, actor: Actor) -> None:
    """Keep a suspension as the second person who was asked to lift it. Records LIFTING_REFUSED.

    Raises `NotAllowed` for who proposed.
    """
    take(suspension, Verb.LIFT, actor=actor)
    require_second_person(actor, _lift_half(suspension))
    suspension.status = SUSPENSION.move(suspension.status, SuspensionStatus.IN_FORCE)
    record(EventKind.LIFTING_REFUSED, suspension, actor=actor, provider=suspension.provider_id)


def is_first_of(suspension: Suspension, actor: Actor) -> bool:
    """Whether the actor proposed what waits now, and somebody else has to decide it."""
    lifting = suspension.status is SuspensionStatus.LIFT_PROPOSED
    return is_first_person(actor, _lift_half(suspension) if lifting else suspension.first_half)


def _lift_half(suspension: Suspension) -> Half:
    """Who proposed to lift it, and when."""
    return Half(suspension.lift_proposed_by_id, suspension.lift_proposed_at)


def suspensions_open_to(actor: Actor) -> Sequence[Suspension]:
    """Those that wait or run in the actor's authority, or by the platform for its administrators; reviews first."""
    theirs = [Suspension.authority_id == actor.authority_id] if actor.authority_id else []
    if actor.platform_roles:
        theirs.append(Suspension.authority_id.is_(None))
    query = select(Suspension).where(or_(*theirs), Suspension.status.in_(OPEN)).options(joinedload(Suspension.provider))
    return db.session.scalars(query.order_by(Suspension.review_date, Suspension.id)).all()


def suspension_with_id(suspension_id: uuid.UUID, actor: Actor, verb: Verb = Verb.READ) -> Suspension:
    """The suspension, for whoever may do that to it; `NotFound` for whoever does not decide it."""
    found = db.session.get(Suspension, suspension_id, options=[joinedload(Suspension.provider)])
    if found is None:
        raise NotFound("There is no such suspension.")
    policy.require(actor, verb, found)
    return found


def _close_those_that_ended(provider: Provider, now: datetime) -> None:
    """One whose last day has passed makes room for another."""
    over = select(Suspension).where(
        Suspension.provider_id == provider.id, Suspension.status.in_(DECIDED & OPEN), Suspension.ends_at <= now
    )
    for found in db.session.scalars(over):
        found.status = SUSPENSION.move(found.status, SuspensionStatus.ENDED)


def _add(proposed: Suspension) -> None:
    with unless_taken({"uq_suspension_provider_id_authority_id_open": _another_waits}):
        db.session.add(proposed)


def _another_waits() -> Conflict:
    return Conflict("A suspension of this organisation waits or runs already. Look at that one.")
