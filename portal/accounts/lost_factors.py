"""A lost phone or key: the person asks after the right password, two people check who it is, and they begin anew.

Neither of the two is the person, and they are not the same. They are administrators of the person's organisation;
where it has fewer than two others, those of the platform, and for somebody who works for no authority any authority's.
An installation's last platform administrator is helped by whoever runs it (`portal remove-second-factor`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.devices import forget_devices
from portal.accounts.factor_models import LOST, LostFactor, LostStatus, Passkey, RecoveryCode, Responsible
from portal.accounts.models import HeldRole, User
from portal.accounts.people import person_with_email
from portal.accounts.second_factor import has_factor
from portal.accounts.sessions import end_sessions_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import is_first_person, require_second_person
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import SYSTEM, Actor, Role, Verb, policy
from portal.core.references import new_reference
from portal.core.taking import lock

LASTS = timedelta(days=7)
ADMINISTRATORS = frozenset({Role.PROVIDER_ADMINISTRATOR, Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})
WAITING = (LostStatus.ASKED, LostStatus.CHECKED)


def ask_to_begin_anew(*, actor: Actor, now: datetime) -> LostFactor:
    """Ask that the person's second factor is removed; asking again leaves the request as it is.

    Records LOST_FACTOR_ASKED: those who can check are told. Raises `WrongState` for somebody without a factor.
    """
    person = lock(User, actor.user_id)
    if not has_factor(person):
        raise WrongState("You have no second factor yet. Set one up.")
    if (found := own_request(person.id, now)) is not None:
        return found
    withdraw_request(user_id=person.id, now=now)
    asked = LostFactor(id=uuid.uuid4(), user_id=person.id, reference=new_reference("LOST", 5), asked_at=now)
    db.session.add(asked)
    record(EventKind.LOST_FACTOR_ASKED, asked, actor=actor, person=person.id)
    return asked


def confirm_person(*, lost_id: uuid.UUID, actor: Actor, now: datetime) -> LostFactor:
    """Record that the actor has made sure that it is the person who asks; the second one's word removes the factor.

    Records LOST_FACTOR_CHECKED and then, by somebody else, LOST_FACTOR_REMOVED: every factor and recovery code is
    removed, all sessions end, no browser is known any more, and the person sets up anew when they sign in. Raises
    `NotFound`, `NotAllowed` for the person and for whoever checked first, `WrongState` when it waits no more.
    """
    found = _take(lost_id, actor, now)
    if found.status is LostStatus.ASKED:
        found.status = LOST.move(found.status, LostStatus.CHECKED)
        found.checked_by_id, found.checked_at = actor.user_id, now
        record(EventKind.LOST_FACTOR_CHECKED, found, actor=actor, person=found.user_id)
        return found
    found.status = LOST.move(found.status, LostStatus.REMOVED)
    found.confirmed_by_id, found.ended_at = actor.user_id, now
    _remove_factors(found.user_id, now)
    record(EventKind.LOST_FACTOR_REMOVED, found, actor=actor, person=found.user_id)
    return found


def refuse_person(*, lost_id: uuid.UUID, actor: Actor, now: datetime) -> LostFactor:
    """Refuse: it was not the person, or nobody could make sure. Records LOST_FACTOR_REFUSED; raises as above."""
    found = _take(lost_id, actor, now)
    found.status, found.ended_at = LOST.move(found.status, LostStatus.REFUSED), now
    record(EventKind.LOST_FACTOR_REFUSED, found, actor=actor, person=found.user_id)
    return found


def withdraw_request(*, user_id: uuid.UUID, now: datetime) -> None:
    """Let the person's request fall away: they have shown their second factor."""
    waiting = update(LostFactor).where(LostFactor.user_id == user_id, LostFactor.status.in_(WAITING))
    db.session.execute(waiting.values(status=LostStatus.WITHDRAWN, ended_at=now))


def remove_by_command(*, email: str, now: datetime) -> User:
    """Remove somebody's second factor from the command line, where no two people could check it in the portal.

    Records LOST_FACTOR_REMOVED by the system. Raises `InvalidInput` for an unknown address, and where there are two.
    """
    person = person_with_email(email)
    if person is None or not has_factor(person):
        raise InvalidInput("Nobody with that e-mail address has a second factor.", field="email")
    if len(checkers_of(person)) >= 2:
        raise InvalidInput("Two people can check this in the portal: ask for it on the page for the code.")
    _remove_factors(person.id, now)
    withdraw_request(user_id=person.id, now=now)
    record(EventKind.LOST_FACTOR_REMOVED, person, actor=SYSTEM, person=person.id)
    return person


def own_request(user_id: uuid.UUID, now: datetime) -> LostFactor | None:
    """The person's request that waits, if there is one."""
    mine = select(LostFactor).where(LostFactor.user_id == user_id, LostFactor.status.in_(WAITING))
    return db.session.scalar(mine.where(LostFactor.asked_at > now - LASTS))


def lost_factors_for(*, actor: Actor, now: datetime) -> list[LostFactor]:
    """The requests that the actor, as an administrator, can do something about or has checked, oldest first."""
    if not actor.roles & ADMINISTRATORS:
        return []
    waiting = (
        select(LostFactor)
        .where(
            LostFactor.status.in_(WAITING), LostFactor.asked_at > now - LASTS, LostFactor.user_id.not_in(actor.people)
        )
        .options(joinedload(LostFactor.user).options(selectinload(User.held_roles)), joinedload(LostFactor.checked_by))
        .order_by(LostFactor.asked_at, LostFactor.id)
    )
    return [found for found in db.session.scalars(waiting) if found.policy_roles(actor) & ADMINISTRATORS]


def lost_factor(*, lost_id: uuid.UUID, actor: Actor) -> LostFactor:
    """One request that waits; raises as the policy does."""
    found = db.session.get(LostFactor, lost_id)
    if found is None:
        raise NotFound("There is no such request here.")
    policy.require(actor, Verb.DECIDE, found)
    return found


def may_check(found: LostFactor, actor: Actor) -> bool:
    """Whether the actor's word is still needed."""
    return not is_first_person(actor, *found.halves)


def checkers_of(person: User) -> Sequence[uuid.UUID]:
    """Everybody who can be one of the two: those of the person's organisation where they are two, else all."""
    rows = db.session.execute(
        select(HeldRole)
        .join(User, User.id == HeldRole.user_id)
        .where(HeldRole.role.in_(ADMINISTRATORS), HeldRole.ended_at.is_(None), User.is_active, User.id != person.id)
        .order_by(HeldRole.created_at, HeldRole.id)
    ).scalars()
    near = Responsible.for_person(person)
    nearest: list[uuid.UUID] = []
    far: list[uuid.UUID] = []
    for row in rows:
        if row.provider_id in near.providers or row.authority_id in near.authorities:
            nearest.append(row.user_id)
        elif row.role is Role.PLATFORM_ADMINISTRATOR or (row.authority_id and near.any_authority):
            far.append(row.user_id)
    return list(dict.fromkeys(nearest if len(set(nearest)) >= 2 else [*nearest, *far]))


def _take(lost_id: uuid.UUID, actor: Actor, now: datetime) -> LostFactor:
    """Lock the request, and require that the actor may be one of the two."""
    found = lock(LostFactor, lost_id)
    policy.require(actor, Verb.DECIDE, found)
    require_second_person(actor, *found.halves)
    if found.asked_at <= now - LASTS:
        raise WrongState("This request is more than seven days old. The person has to ask again.")
    return found


def _remove_factors(user_id: uuid.UUID, now: datetime) -> None:
    person = lock(User, user_id)
    person.totp_sealed, person.totp_step, person.totp_drift, person.totp_near = None, 0, 0, None
    for model in (Passkey, RecoveryCode):
        db.session.execute(delete(model).where(model.user_id == user_id))
    forget_devices(user_id=user_id)
    end_sessions_of(user_id=user_id, now=now)
