"""What somebody may do in their organisation after they have joined: roles changed, and access ended.

Taking a role away needs one administrator; giving one needs as many as at first (portal/accounts/granting.py). What the
person has in hand stays: what they proposed waits for its second person, what they drafted for their colleagues.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from portal.accounts.absences import end_absences_of
from portal.accounts.granting import give_role, roles_waiting_for, withdraw_roles
from portal.accounts.link_models import LinkPurpose
from portal.accounts.mailed_links import withdraw_links
from portal.accounts.models import HeldRole, User
from portal.accounts.people import place_key
from portal.accounts.queries import colleague_of, held_roles, in_order, roles_in
from portal.accounts.sessions import end_sessions_of
from portal.accounts.succession import administrator_role, require_successor
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import Half, is_first_person
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role, Verb
from portal.core.taking import take
from portal.organisations.models import ContractingAuthority, Provider


@dataclass(frozen=True)
class RolesChanged:
    """What became of somebody's roles: in force from now on, waiting for a second person, ended."""

    given: tuple[Role, ...]
    waiting: tuple[Role, ...]
    taken: tuple[Role, ...]


def change_roles(
    *, place: Provider | ContractingAuthority, person: User, roles: Collection[Role], actor: Actor, now: datetime
) -> RolesChanged:
    """Give a colleague exactly these roles in the provider or the authority; open sessions have them at once.

    A role that takes two people to give waits for the second one; one that waited and is not among these falls away.
    Records ROLES_CHANGED for what is changed already, and ROLE_PROPOSED for each role that waits. Raises `NotFound`
    for somebody who is not a colleague, and `InvalidInput` (field "roles") for no role at all, for one more of one's
    own, and when the last administrator would be none any more.
    """
    take(place, Verb.CHANGE_ROLES, actor=actor)
    colleague_of(place, person.id)
    wanted = set(roles)
    if not wanted or wanted - roles_in(place):
        raise InvalidInput("Choose at least one role. To take them all away, end the access.", field="roles")
    held = {row.role for row in held_roles(place, person)}
    asked = {row.role for row in roles_waiting_for(person.id)}
    if wanted - held - asked and is_first_person(actor, Half(person.id)):
        raise InvalidInput("Nobody gives themselves a role. Ask another administrator.", field="roles")
    taken = held - wanted
    if administrator_role(place) in taken:
        require_successor(person, place)
    _end(place, person, taken, now)
    withdraw_roles(person=person, roles=asked - wanted)
    for role in sorted(wanted - held - asked):
        give_role(person=person, role=role, place=place, actor=actor)
    db.session.flush()
    given = {row.role for row in held_roles(place, person)} - held
    names = {"given": sorted(given), "taken": sorted(taken), "not_wanted": sorted(asked - wanted)}
    if any(names.values()):
        record(EventKind.ROLES_CHANGED, person, actor=actor, place=place.id, **names)
    return RolesChanged(in_order(given), in_order(wanted - held - given), in_order(taken))


def end_access(*, place: Provider | ContractingAuthority, person: User, actor: Actor, now: datetime) -> None:
    """End a colleague's access to the provider or the authority, and every session of theirs, at once.

    What they did stays theirs in the record; roles they wait for and absences fall away. Records MEMBERSHIP_ENDED.
    Raises `NotFound` for somebody who is not a colleague, `InvalidInput` for oneself, and for the last administrator.
    """
    take(place, Verb.END_ACCESS, actor=actor)
    colleague_of(place, person.id)
    roles = sorted(row.role for row in held_roles(place, person))
    if administrator_role(place) in roles:
        require_successor(person, place)
    if is_first_person(actor, Half(person.id)):
        raise InvalidInput("You cannot end your own access. Ask another administrator.")
    _end(place, person, roles, now)
    withdraw_roles(person=person, roles=roles_in(place))
    withdraw_invitation(person, now=now)
    end_absences_of(person=person, place=place, actor=actor, now=now)
    end_sessions_of(user_id=person.id, now=now)
    record(EventKind.MEMBERSHIP_ENDED, person, actor=actor, place=place.id, roles=roles)


def withdraw_invitation(person: User, *, now: datetime) -> None:
    """Let the person's link stop working, once no role is left, neither held nor waiting, to join with."""
    held = select(HeldRole.id).where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None))
    if db.session.scalar(held.limit(1)) is None and not roles_waiting_for(person.id):
        withdraw_links(user_id=person.id, purposes={LinkPurpose.JOIN}, now=now)


def _end(place: Provider | ContractingAuthority, person: User, roles: Collection[Role], now: datetime) -> None:
    ending = update(HeldRole).where(
        HeldRole.user_id == person.id, HeldRole.ended_at.is_(None), HeldRole.role.in_(roles)
    )
    db.session.execute(ending.filter_by(**place_key(place)).values(ended_at=now))
