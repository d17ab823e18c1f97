"""Roles that are half of an act of two people are given by two people, neither of whom gets the role.

Otherwise whoever brings people in could be both of the people who open bids or decide an award (PCR 2015 reg
22(16)(e)). Which roles those are is read from the policy. The first administrator of an authority comes from the
command line; the second is confirmed by the platform's administrator, as is every role in an authority that has
nobody else to confirm it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.accounts.absence_models import RoleInForce
from portal.accounts.models import GRANT, GivenByTwo, GrantStatus, HeldRole, RoleGrant, User
from portal.accounts.people import grant, place_key
from portal.accounts.sessions import actor_for
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import Half, require_second_person
from portal.core.columns import db
from portal.core.errors import NotAllowed, NotFound
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Role, Verb, policy
from portal.core.taking import lock
from portal.organisations.models import ContractingAuthority, Provider


class Check(Protocol):
    """What has to be so before somebody gets a role in an authority; it refuses by a typed error."""

    def __call__(self, *, person: User, role: Role, authority: ContractingAuthority) -> None: ...


_checks: list[Check] = []


def before_giving(check: Check) -> Check:
    """Have a later stage's rule asked when a role that takes two people is proposed, and again when it is confirmed."""
    _checks.append(check)
    return check


DECIDED_THERE = "The authority has another administrator, who confirms or refuses this."


def give_role(*, person: User, role: Role, place: Provider | ContractingAuthority, actor: Actor) -> None:
    """Give somebody a role in the place at once, or propose it where it takes two people to give."""
    if isinstance(place, ContractingAuthority) and takes_two_people(role):
        propose_role(person=person, role=role, authority=place, actor=actor)
    else:
        grant(person, role, **place_key(place))


def propose_role(*, person: User, role: Role, authority: ContractingAuthority, actor: Actor) -> RoleGrant:
    """Propose that somebody gets a role in the authority that takes two people to give; it is not in force yet.

    Records ROLE_PROPOSED; the authority's administrators are told, and the platform's where nobody else can confirm.
    Raises `NotAllowed` for oneself, and what a rule of `before_giving` does.
    """
    policy.require(actor, Verb.INVITE, authority)
    require_second_person(actor, Half(person.id))
    _check(person, role, authority)
    proposed = RoleGrant(user=person, user_id=person.id, role=role, authority=authority, proposed_by_id=actor.user_id)
    db.session.add(proposed)
    record_role(EventKind.ROLE_PROPOSED, proposed, actor)
    return proposed


def confirm_role(*, role_id: uuid.UUID, actor: Actor, now: datetime) -> RoleGrant:
    """Confirm a proposed role as the second person: it is in force at once. Records ROLE_CONFIRMED.

    A successor who is new here is invited: MEMBER_INVITED.

    Raises `NotFound`, `NotAllowed` for the proposer, for whoever gets the role and for the platform's administrator
    where the authority has somebody to confirm it, `WrongState` when it waits no more.
    """
    found = _take(role_id, actor)
    _check(found.user, found.role, found.authority)
    found.decide(actor, now=now)
    found.status = GRANT.move(found.status, GrantStatus.CONFIRMED)
    if not _holds(found):
        grant(found.user, found.role, **place_key(found.place))
    record_role(EventKind.ROLE_CONFIRMED, found, actor)
    if found.is_successor and found.user.awaits_joining:
        record(EventKind.MEMBER_INVITED, found.user, actor=actor, place=found.place.id, roles=[found.role])
    return found


def refuse_role(*, role_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> RoleGrant:
    """Refuse a proposed role as the second person; it can be proposed again. Records ROLE_REFUSED.

    Raises as `confirm_role`, and `InvalidInput` (field "note") for a reason without words.
    """
    found = _take(role_id, actor)
    words = require_reason(reason, "Say why: the other administrators read it", field="note")
    found.decide(actor, now=now, note=words)
    found.status = GRANT.move(found.status, GrantStatus.REFUSED)
    record_role(EventKind.ROLE_REFUSED, found, actor)
    return found


def withdraw_roles(*, person: User, roles: Collection[Role]) -> None:
    """Let these roles, if the person waits for them, fall away."""
    waiting = update(RoleGrant).where(
        RoleGrant.user_id == person.id, RoleGrant.role.in_(roles), RoleGrant.status == GrantStatus.PROPOSED
    )
    db.session.execute(waiting.values(status=GrantStatus.WITHDRAWN))


def takes_two_people(role: Role) -> bool:
    """Whether one person alone cannot give the role, for what it may do (`Permit.half`)."""
    return role in policy.halves()


def may_decide(proposed: GivenByTwo, actor: Actor) -> bool:
    """Whether the actor may be the second person."""
    stands_in = not actor.towards_authority(proposed.authority_id) and deciders_of(proposed)
    return policy.allows(actor, Verb.DECIDE, proposed) and not proposed.is_own(actor) and not stands_in


def require_second_decider(proposed: GivenByTwo, actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor, whose role allows it, may be the second person."""
    require_second_person(actor, *proposed.first_people)
    if not may_decide(proposed, actor):
        raise NotAllowed(DECIDED_THERE)


def deciders_of(proposed: GivenByTwo) -> Sequence[uuid.UUID]:
    """The authority's administrators, and who stands in for one, who may be the second person.

    None: the platform's administrator is.
    """
    if proposed.is_successor:
        return []
    held = (RoleInForce.authority_id == proposed.authority_id, RoleInForce.role == Role.AUTHORITY_ADMINISTRATOR)
    administrators = select(RoleInForce.user_id).join(User, User.id == RoleInForce.user_id).where(*held, User.is_active)
    found = db.session.scalars(administrators.distinct().order_by(RoleInForce.user_id))
    return [one for one in found if not proposed.is_own(actor_for(one))]


def waiting_roles(actor: Actor) -> Sequence[RoleGrant]:
    """The roles that wait in the actor's authority; for the platform's administrator those that wait for it."""
    waits = (
        select(RoleGrant)
        .where(RoleGrant.status == GrantStatus.PROPOSED)
        .options(
            joinedload(RoleGrant.user),
            joinedload(RoleGrant.proposed_by),
            joinedload(RoleGrant.authority),
            joinedload(RoleGrant.provider),
        )
        .order_by(RoleGrant.proposed_at, RoleGrant.id)
    )
    if not actor.platform_roles:
        waits = waits.where(RoleGrant.authority_id == actor.authority_id, RoleGrant.asked_sealed.is_(None))
    return [found for found in db.session.scalars(waits) if _is_shown(found, actor)]


def waiting_role(role_id: uuid.UUID, actor: Actor) -> RoleGrant:
    """One role that waits; raises as the policy does, `NotAllowed` for the platform where the authority decides."""
    found = db.session.get(RoleGrant, role_id)
    if found is None:
        raise NotFound("There is no such role here.")
    policy.require(actor, Verb.DECIDE, found)
    if not _is_shown(found, actor):
        raise NotAllowed(DECIDED_THERE)
    return found


def _is_shown(found: RoleGrant, actor: Actor) -> bool:
    return found.is_successor or bool(actor.towards_authority(found.authority_id)) or may_decide(found, actor)


def roles_waiting_for(person_id: uuid.UUID) -> Sequence[RoleGrant]:
    """The roles that somebody is to get once a second person has confirmed them."""
    return db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.user_id == person_id, RoleGrant.status == GrantStatus.PROPOSED)
        .order_by(RoleGrant.role)
    ).all()


def administrators_of(authority_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Everybody who administrates the authority."""
    return db.session.scalars(
        select(HeldRole.user_id)
        .join(User, User.id == HeldRole.user_id)
        .where(
            HeldRole.authority_id == authority_id,
            HeldRole.role == Role.AUTHORITY_ADMINISTRATOR,
            HeldRole.ended_at.is_(None),
            User.is_active,
        )
        .order_by(HeldRole.user_id)
    ).all()


def missing_administrator(authority: ContractingAuthority) -> str | None:
    """What keeps an authority from publishing and opening anything: fewer than two people administrate it."""
    if len(administrators_of(authority.id)) >= 2:
        return None
    return (
        f"{authority.name} needs a second administrator, so that nobody alone gives the roles of those who open bids "
        "and decide. An administrator invites one under “Your colleagues”; the platform’s administrator confirms it."
    )


def _check(person: User, role: Role, authority: ContractingAuthority | None) -> None:
    if authority is not None:
        for check in _checks:
            check(person=person, role=role, authority=authority)


def _take(role_id: uuid.UUID, actor: Actor) -> RoleGrant:
    """Lock the role that waits, and require that the actor may be its second person."""
    found = lock(RoleGrant, role_id)
    policy.require(actor, Verb.DECIDE, found)
    require_second_decider(found, actor)
    return found


def _holds(found: RoleGrant) -> bool:
    held = (
        select(HeldRole.id)
        .where(
            HeldRole.user_id == found.user_id,
            HeldRole.role == found.role,
            HeldRole.ended_at.is_(None),
        )
        .filter_by(**place_key(found.place))
    )
    return db.session.execute(held).first() is not None


def record_role(kind: EventKind, proposed: RoleGrant, actor: Actor) -> None:
    """Record what became of a role that takes two people, without names."""
    db.session.flush()
    record(kind, proposed, actor=actor, place=proposed.place.id, person=proposed.user_id, role=proposed.role.value)
