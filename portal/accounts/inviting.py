"""Colleagues: an administrator brings them in with a code that is handed over once, and ends their access."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portal.accounts.granting import propose_role, roles_waiting_for, takes_two_people, withdraw_roles
from portal.accounts.handed_codes import hand_out, take_in
from portal.accounts.models import AccessCard, CardPurpose, HeldRole, User
from portal.accounts.passwords import check_new_password, hash_password
from portal.accounts.people import add_person, grant
from portal.accounts.queries import colleague_of, words_about
from portal.accounts.sessions import end_sessions_of
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Actor, Role, Verb, policy
from portal.core.seals import KeyFolder
from portal.organisations.models import ContractingAuthority, Provider

CODE_LASTS = timedelta(days=14)
WRONG_CODE = "That code does not work. A code works once and for 14 days. Ask your administrator for a new one."


@dataclass(frozen=True)
class InvitedColleague:
    """A new colleague, and the code that the administrator hands over. It cannot be read back later."""

    person: User
    code: str
    expires_at: datetime


def invite_colleague(
    *,
    place: Provider | ContractingAuthority,
    name: str,
    email: str,
    roles: Collection[Role],
    actor: Actor,
    keys: KeyFolder,
    now: datetime,
) -> InvitedColleague:
    """Add a colleague to the provider or the authority, with roles, and a code for choosing a password.

    The code works once, within 14 days. A role of an authority that takes two people to give waits until another
    administrator has confirmed it; joining does not. Records MEMBER_INVITED, and ROLE_PROPOSED for each role that
    waits. Raises `InvalidInput` with the field: "name",
    "email", "roles" (none, or one that does not belong to such a place).
    """
    if not roles or set(roles) - roles_offered(place, actor):
        raise InvalidInput("Choose at least one role.", field="roles")
    # Nobody knows this password: the account opens with the code alone.
    person = add_person(name=name, email=email, password_hash=hash_password(secrets.token_urlsafe(32)))
    for role in sorted(roles):
        if isinstance(place, ContractingAuthority) and takes_two_people(role):
            propose_role(person=person, role=role, authority=place, actor=actor)
        else:
            grant(person, role, **_where(place))
    return _hand_out(place, person, roles, actor, keys, now)


def renew_invitation(
    *, place: Provider | ContractingAuthority, person: User, actor: Actor, keys: KeyFolder, now: datetime
) -> InvitedColleague:
    """Make a new code for a colleague who has not joined yet; the one before stops working.

    Records MEMBER_INVITED. Raises `NotFound` for somebody who is not a colleague, `WrongState` for one who
    joined.
    """
    policy.require(actor, Verb.INVITE, place)
    colleague_of(place, person.id)
    roles = [row.role for row in _held_roles(place, person)]
    roles += [row.role for row in roles_waiting_for(person.id)]
    if not awaits_joining(person):
        raise WrongState("This colleague has joined already.")
    return _hand_out(place, person, roles, actor, keys, now)


def join(*, code: str, password: str, origin: Origin, keys: KeyFolder, now: datetime) -> User | None:
    """Let a colleague choose a password with their code; return the person, or None for a wrong code.

    Records PERSON_REGISTERED. Raises `InvalidInput` (field "password"), `TooManyTries` (field "code").
    """
    # A password that is refused gives the code back.
    with db.session.begin_nested():
        card = take_in(code=code, purpose=CardPurpose.JOINING, origin=origin, keys=keys, now=now, field="code")
        person = db.session.get_one(User, card.user_id) if card else None
        if card is None or person is None or not person.is_active:
            return None
        check_new_password(password, about=words_about(person))
    person.password_hash = hash_password(password)
    record(EventKind.PERSON_REGISTERED, person, actor=Actor(user_id=person.id))
    return person


def end_access(*, place: Provider | ContractingAuthority, person: User, actor: Actor, now: datetime) -> None:
    """End a colleague's access to the provider or the authority, and every session of theirs, at once.

    What they did stays theirs in the record; roles they wait for fall away. Records MEMBERSHIP_ENDED. Raises
    `NotFound` for somebody who is not a colleague, `InvalidInput` for oneself (an organisation keeps at least the
    administrator who acts).
    """
    policy.require(actor, Verb.END_ACCESS, place)
    colleague_of(place, person.id)
    rows = _held_roles(place, person)
    if person.id == actor.user_id:
        raise InvalidInput("You cannot end your own access. Ask another administrator.")
    ending = update(HeldRole).where(HeldRole.id.in_([row.id for row in rows])).values(ended_at=now)
    db.session.execute(ending)
    if isinstance(place, ContractingAuthority):
        withdraw_roles(person=person, authority=place)
    end_sessions_of(user_id=person.id, now=now)
    record(EventKind.MEMBERSHIP_ENDED, person, actor=actor, place=place.id, roles=sorted(row.role for row in rows))


def roles_offered(place: Provider | ContractingAuthority, actor: Actor) -> frozenset[Role]:
    """The roles that the actor may give in the place; raises `NotAllowed` when the actor may not invite."""
    policy.require(actor, Verb.INVITE, place)
    return PROVIDER_ROLES if isinstance(place, Provider) else AUTHORITY_ROLES


def may_invite(place: Provider | ContractingAuthority, actor: Actor) -> bool:
    """Whether the actor may bring people in and end their access."""
    return policy.allows(actor, Verb.INVITE, place)


def awaits_joining(person: User) -> bool:
    """Whether an invited person has not chosen a password yet."""
    cards = select(AccessCard).where(AccessCard.user_id == person.id, AccessCard.purpose == CardPurpose.JOINING)
    uses = [card.used_at for card in db.session.scalars(cards)]
    return bool(uses) and not any(uses)


def _where(place: Provider | ContractingAuthority) -> dict[str, uuid.UUID]:
    return {"provider_id" if isinstance(place, Provider) else "authority_id": place.id}


def _hand_out(
    place: Provider | ContractingAuthority,
    person: User,
    roles: Collection[Role],
    actor: Actor,
    keys: KeyFolder,
    now: datetime,
) -> InvitedColleague:
    if actor.user_id is None:
        raise NotFound("Only a person can invite.")
    db.session.flush()
    code = hand_out(
        user_id=person.id,
        purpose=CardPurpose.JOINING,
        issued_by_id=actor.user_id,
        lasts=CODE_LASTS,
        keys=keys,
        now=now,
    )
    record(EventKind.MEMBER_INVITED, person, actor=actor, place=place.id, roles=sorted(roles))
    return InvitedColleague(person=person, code=code, expires_at=now + CODE_LASTS)


def _held_roles(place: Provider | ContractingAuthority, person: User) -> list[HeldRole]:
    held = select(HeldRole).where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None))
    return list(db.session.scalars(held.filter_by(**_where(place)).order_by(HeldRole.role)))
