"""Somebody is away: a colleague stands in for them from a day to another.

A deputy is named by whoever goes away, or by an administrator for somebody who is ill, and never by themselves. They
hold the absent person's roles beside their own, and count as that person in every act of two people
(portal/core/approval.py). Nobody is asked why they are away.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import false, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.absence_models import ABSENCE, Absence, AbsenceStatus
from portal.accounts.granting import may_decide, require_second_decider
from portal.accounts.models import User
from portal.accounts.people import place_key
from portal.accounts.queries import colleague_of, held_roles
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock, take
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.local_time import end_of_day, local_date, start_of_day

Place = Provider | ContractingAuthority
LONGEST = timedelta(days=366)


def name_deputy(
    *, place: Place, person: User, deputy: User, first_day: date, last_day: date, actor: Actor, now: datetime
) -> Absence:
    """Name somebody's deputy in the organisation from the first to the last of these days (Europe/London).

    In a provider it holds at once, in an authority once a second person has confirmed it. Records ABSENCE_PROPOSED or
    ABSENCE_AGREED. Raises `NotFound` for somebody who is not a colleague, `NotAllowed` for another person's absence
    without being an administrator, and `InvalidInput` with the field ("deputy", "first_day", "last_day").
    """
    lock(User, colleague_of(place, person.id).id)
    policy.require(actor, Verb.NAME_DEPUTY if person.id == actor.user_id else Verb.CHANGE_ROLES, place)
    _check_deputy(place, person, deputy, actor)
    begins_at, ends_at = _term(first_day, last_day, now)
    if twin := _overlapping(place, person, begins_at, ends_at):
        raise InvalidInput(f"{twin.deputy.display_name} stands in then already. End that first.", field="first_day")
    takes_two = isinstance(place, ContractingAuthority)
    absence = Absence(
        user=person,
        deputy=deputy,
        begins_at=begins_at,
        ends_at=ends_at,
        status=AbsenceStatus.PROPOSED if takes_two else AbsenceStatus.AGREED,
        proposed_by_id=actor.user_id,
        **place_key(place),
    )
    db.session.add(absence)
    db.session.flush()
    _record(EventKind.ABSENCE_PROPOSED if takes_two else EventKind.ABSENCE_AGREED, absence, actor)
    return absence


def confirm_deputy(*, absence: Absence, actor: Actor, now: datetime) -> None:
    """Confirm a deputy as the second person. Records ABSENCE_AGREED.

    Raises `NotAllowed` for who named the deputy and for the two whom it is about, `WrongState` when it waits no more
    or its time is over.
    """
    _take(absence, actor)
    if absence.ends_at <= now:
        raise WrongState("The last day is over. The deputy can be named again for other days.")
    absence.decide(actor, now=now)
    absence.begins_at = max(absence.begins_at, now)
    absence.status = ABSENCE.move(absence.status, AbsenceStatus.AGREED)
    _record(EventKind.ABSENCE_AGREED, absence, actor)


def refuse_deputy(*, absence: Absence, reason: str, actor: Actor, now: datetime) -> None:
    """Refuse a deputy as the second person. Records ABSENCE_REFUSED.

    Raises as `confirm_deputy`, and `InvalidInput` (field "note") for a reason without words.
    """
    _take(absence, actor)
    words = require_reason(reason, "Say why: whoever named the deputy reads it", field="note")
    absence.decide(actor, now=now, note=words)
    absence.status = ABSENCE.move(absence.status, AbsenceStatus.REFUSED)
    _record(EventKind.ABSENCE_REFUSED, absence, actor)


def end_absence(*, absence: Absence, actor: Actor, now: datetime) -> None:
    """End it before its time, or take it back before it begins: by either of the two, or an administrator.

    What the deputy did meanwhile stays the absent person's too. Records ABSENCE_ENDED. Raises `NotAllowed` for others,
    `WrongState` when it is over.
    """
    take(absence, Verb.READ, actor=actor)
    if not may_end(absence=absence, actor=actor, now=now):
        raise NotAllowed("Whoever is away, their deputy or an administrator can end this, while it is not over.")
    _end(absence, actor, now)


def end_absences_of(*, person: User, place: Place | None, actor: Actor, now: datetime) -> None:
    """End whatever somebody who goes has or does as a deputy, in the organisation or everywhere."""
    theirs = select(Absence.id).where(
        or_(Absence.user_id == person.id, Absence.deputy_id == person.id),
        Absence.status.in_((AbsenceStatus.PROPOSED, AbsenceStatus.AGREED)),
        Absence.ends_at > now,
    )
    if place is not None:
        theirs = theirs.filter_by(**place_key(place))
    for absence_id in db.session.scalars(theirs.order_by(Absence.id)).all():
        absence = lock(Absence, absence_id)
        if is_open(absence, now):
            _end(absence, actor, now)


def may_end(*, absence: Absence, actor: Actor, now: datetime) -> bool:
    """Whether the actor may end it, and there is something to end."""
    theirs = actor.user_id in absence.concerned or policy.allows(actor, Verb.CHANGE_ROLES, absence.place)
    return theirs and is_open(absence, now)


def is_open(absence: Absence, now: datetime) -> bool:
    """Whether it waits, is to come, or holds now."""
    return absence.status in (AbsenceStatus.PROPOSED, AbsenceStatus.AGREED) and absence.ends_at > now


def absences_open_to(actor: Actor) -> Sequence[Absence]:
    """Those of the actor's organisation, past ones too; for the platform's administrator those that wait for it."""
    found = select(Absence).options(joinedload(Absence.deputy), joinedload(Absence.authority))
    if not actor.platform_roles:
        here = ((Absence.authority_id, actor.authority_id), (Absence.provider_id, actor.provider_id))
        found = found.where(or_(false(), *(column == place for column, place in here if place is not None)))
    listed = db.session.scalars(found.order_by(Absence.begins_at.desc(), Absence.id))
    return [absence for absence in listed if not actor.platform_roles or may_decide(absence, actor)]


def away_now(authority_id: uuid.UUID, now: datetime) -> Sequence[Absence]:
    """Who of an authority is away at the instant, each with their deputy; who is back first comes first."""
    holds = (Absence.status == AbsenceStatus.AGREED, Absence.begins_at <= now, Absence.ends_at > now)
    found = select(Absence).options(joinedload(Absence.deputy)).where(Absence.authority_id == authority_id, *holds)
    return db.session.scalars(found.order_by(Absence.ends_at, Absence.id)).all()


def absence_with_id(absence_id: uuid.UUID, actor: Actor) -> Absence:
    """One of them; raises as the policy does."""
    absence = db.session.get(Absence, absence_id)
    if absence is None:
        raise NotFound("There is no such absence here.")
    policy.require(actor, Verb.READ, absence)
    return absence


def _take(absence: Absence, actor: Actor) -> None:
    """Take it for its second person."""
    take(absence, Verb.DECIDE, actor=actor)
    require_second_decider(absence, actor)


def _check_deputy(place: Place, person: User, deputy: User, actor: Actor) -> None:
    """Raise `InvalidInput` (field "deputy") unless the colleague can stand in."""
    colleague_of(place, deputy.id)
    if deputy.id == person.id:
        raise InvalidInput("Choose somebody else than who is away.", field="deputy")
    if deputy.id == actor.user_id:
        raise InvalidInput("Nobody names themselves. Ask another administrator.", field="deputy")
    if deputy.awaits_joining or not held_roles(place, deputy):
        raise InvalidInput(f"{deputy.display_name} has not joined yet, or has no role.", field="deputy")


def _term(first_day: date, last_day: date, now: datetime) -> tuple[datetime, datetime]:
    if first_day < local_date(now):
        raise InvalidInput("The first day cannot be over already: what was done stays as it was.", field="first_day")
    if last_day < first_day:
        raise InvalidInput("The last day comes before the first.", field="last_day")
    if last_day - first_day > LONGEST:
        raise InvalidInput("A deputy is for a year at most. For longer, change the roles.", field="last_day")
    return max(start_of_day(first_day), now), end_of_day(last_day)


def _overlapping(place: Place, person: User, begins_at: datetime, ends_at: datetime) -> Absence | None:
    same = select(Absence).where(
        Absence.user_id == person.id,
        Absence.status.in_((AbsenceStatus.PROPOSED, AbsenceStatus.AGREED)),
        Absence.begins_at < ends_at,
        Absence.ends_at > begins_at,
    )
    return db.session.scalars(same.filter_by(**place_key(place)).limit(1)).first()


def _end(absence: Absence, actor: Actor, now: datetime) -> None:
    absence.ended_by_id = actor.user_id
    if absence.status is AbsenceStatus.AGREED and absence.begins_at < now:
        absence.ends_at = now
    else:
        absence.status = ABSENCE.move(absence.status, AbsenceStatus.WITHDRAWN)
    _record(EventKind.ABSENCE_ENDED, absence, actor)


def _record(kind: EventKind, absence: Absence, actor: Actor) -> None:
    people = {"person": absence.user_id, "deputy": absence.deputy_id}
    term = {"begins": absence.begins_at, "ends": absence.ends_at}
    record(kind, absence, actor=actor, place=absence.place.id, **people, **term)
