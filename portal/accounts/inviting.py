"""Colleagues: an administrator has them invited by mail.

Only who reads the invited address's mail can accept: an administrator sees neither link nor code, so that nobody acts
as somebody who does not exist.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select

from portal.accounts.card_models import CardPurpose
from portal.accounts.granting import give_role, roles_waiting_for
from portal.accounts.handed_codes import take_in
from portal.accounts.link_models import LinkPurpose
from portal.accounts.mailed_links import find_link, too_many_lately, use_link
from portal.accounts.models import GrantStatus, HeldRole, RoleGrant, User
from portal.accounts.passwords import check_new_password, hash_password
from portal.accounts.people import TAKEN, AddressTaken, add_person, person_with_email, read_person_name
from portal.accounts.queries import colleague_of, held_roles, roles_in, words_about
from portal.accounts.sessions import end_sessions_of
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.emails import read_email
from portal.core.permissions import Actor, Role, Verb, policy
from portal.core.seals import KeyFolder
from portal.core.taking import lock
from portal.organisations.models import ContractingAuthority, Provider

WRONG_CODE = "That code does not work. A code works once and for 14 days. Ask your administrator to invite you by mail."


def invite_colleague(
    *,
    place: Provider | ContractingAuthority,
    name: str,
    email: str,
    roles: Collection[Role],
    actor: Actor,
    now: datetime,
) -> User:
    """Add a colleague to the provider or the authority, with roles; a link for choosing a password is mailed.

    Somebody whose access has ended everywhere gets access again, keeps their name and their second factor, and
    chooses a new password. A role of an authority that takes two people to give waits until another administrator has
    confirmed it; joining does not. Records MEMBER_INVITED, and ROLE_PROPOSED for each role that waits. Raises
    `InvalidInput` with the field: "name", "email" (also that of somebody who has access somewhere), "roles" (none, or
    one that does not belong to such a place).
    """
    if not roles or set(roles) - roles_offered(place, actor):
        raise InvalidInput("Choose at least one role.", field="roles")
    person = person_to_invite(name, email, now)
    for role in sorted(roles):
        give_role(person=person, role=role, place=place, actor=actor)
    record(EventKind.MEMBER_INVITED, person, actor=actor, place=place.id, roles=sorted(roles))
    return person


def renew_invitation(*, place: Provider | ContractingAuthority, person: User, actor: Actor, now: datetime) -> None:
    """Have the link mailed again to a colleague who has not joined yet.

    Records MEMBER_INVITED. Raises `NotFound` for somebody who is not a colleague, `WrongState` for one who
    joined or was written to three times in the last hour.
    """
    policy.require(actor, Verb.INVITE, place)
    colleague_of(place, person.id)
    roles = [row.role for row in held_roles(place, person)]
    roles += [row.role for row in roles_waiting_for(person.id)]
    require_invitable(person, now)
    record(EventKind.MEMBER_INVITED, person, actor=actor, place=place.id, roles=sorted(roles))


def require_invitable(person: User, now: datetime) -> None:
    """Raise `WrongState` for somebody who has joined, or was invited three times in the last hour."""
    if not person.awaits_joining:
        raise WrongState(f"{person.display_name} has joined already.")
    if too_many_lately(user_id=person.id, purpose=LinkPurpose.JOIN, now=now):
        raise WrongState(f"We have written to {person.display_name} three times in the last hour. Wait an hour.")


def join(*, token: str, password: str, now: datetime) -> User:
    """Let somebody choose a password with the link of their invitation, which proves their address as well.

    Records PERSON_REGISTERED. Raises `InvalidInput` (field "password"), `LinkGone`.
    """
    check_new_password(password, about=words_about(find_link(token, now).user))
    person = lock(User, use_link(token, LinkPurpose.JOIN, now).user_id)
    person.email_confirmed_at = person.email_confirmed_at or now
    _joined(person, password)
    return person


def join_with_code(*, code: str, password: str, origin: Origin, keys: KeyFolder, now: datetime) -> User | None:
    """The same with a code on paper; return the person, or None for a wrong code. It proves no address.

    Raises `InvalidInput` (field "password"), `TooManyTries` (field "code").
    """
    # A password that is refused gives the code back.
    with db.session.begin_nested():
        card = take_in(code=code, purpose=CardPurpose.JOINING, origin=origin, keys=keys, now=now, field="code")
        person = lock(User, card.user_id) if card else None
        if person is None or not person.is_active or not person.awaits_joining:
            return None
        check_new_password(password, about=words_about(person))
    _joined(person, password)
    return person


def _joined(person: User, password: str) -> None:
    person.password_hash = hash_password(password)
    record(EventKind.PERSON_REGISTERED, person, actor=Actor(user_id=person.id))


def roles_offered(place: Provider | ContractingAuthority, actor: Actor) -> frozenset[Role]:
    """The roles that the actor may give in the place; raises `NotAllowed` when the actor may not invite."""
    policy.require(actor, Verb.INVITE, place)
    return roles_in(place)


def may_invite(place: Provider | ContractingAuthority, actor: Actor) -> bool:
    """Whether the actor may bring people in and end their access."""
    return policy.allows(actor, Verb.INVITE, place)


def person_to_invite(name: str, email: str, now: datetime) -> User:
    """Somebody new, or somebody whose access has ended everywhere."""
    read_person_name(name)
    known = person_with_email(read_email(email))
    if known is None:
        return add_person(name=name, email=email)
    held = select(HeldRole.id).where(HeldRole.user_id == known.id, HeldRole.ended_at.is_(None))
    waiting = select(RoleGrant.id).where(RoleGrant.user_id == known.id, RoleGrant.status == GrantStatus.PROPOSED)
    if not known.is_active or db.session.scalar(select(or_(held.exists(), waiting.exists()))):
        raise AddressTaken(TAKEN, field="email")
    known.password_hash = None
    end_sessions_of(user_id=known.id, now=now)
    return known
