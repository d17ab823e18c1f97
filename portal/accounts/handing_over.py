"""An organisation's only administrator is gone: the platform's administrators make somebody else of it administrator.

Two of them, as with a lost second factor: one says who asked and how it was made sure, another decides. The former
administrator is written to before anything happens, and keeps their access until the new one ends it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.accounts.granting import record_role
from portal.accounts.inviting import person_to_invite
from portal.accounts.models import GrantStatus, HeldRole, RoleGrant, User
from portal.accounts.people import person_with_email, place_key
from portal.accounts.queries import held_roles
from portal.accounts.succession import administrator_role, has_another_administrator
from portal.audit.kinds import EventKind
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import read_email
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Role, Verb
from portal.core.taking import take
from portal.organisations.models import ContractingAuthority, Provider
from portal.organisations.queries import place_with_id


def propose_successor(
    *, former: str, name: str, email: str, asked: str, checked: str, actor: Actor, now: datetime
) -> RoleGrant:
    """Propose who becomes administrator where the only one, whose address is `former`, is gone.

    Somebody with access there, by their address, or else somebody new, who is invited once it is confirmed. Records
    ROLE_PROPOSED. Raises `NotAllowed`, and `InvalidInput` with the field: "former" (administrates nothing, is not the
    only one), "email" (the same person, somebody with access elsewhere), "name", "asked", "checked".
    """
    gone = person_with_email(read_email(former, field="former"))
    place = _administrated_by(gone)
    if gone is None or place is None:
        raise InvalidInput("Nobody with this address administrates an organisation here.", field="former")
    place = take(place, Verb.PROPOSE_SUCCESSOR, actor=actor)
    if has_another_administrator(gone, place):
        raise InvalidInput(f"{place.name} has another administrator, who can do this.", field="former")
    if _waits(place):
        raise InvalidInput(f"Somebody is proposed for {place.name} already, and waits for a decision.", field="former")
    proposed = RoleGrant(
        user=_successor(place, gone, name, email, now),
        role=administrator_role(place),
        proposed_by_id=actor.user_id,
        **place_key(place),
    )
    proposed.grounds = (
        require_reason(asked, "Say who asked, and how they reached you", field="asked"),
        require_reason(checked, "Say how you made sure", field="checked"),
    )
    db.session.add(proposed)
    record_role(EventKind.ROLE_PROPOSED, proposed, actor)
    return proposed


def _administrated_by(person: User | None) -> Provider | ContractingAuthority | None:
    if person is None:
        return None
    roles = (Role.PROVIDER_ADMINISTRATOR, Role.AUTHORITY_ADMINISTRATOR)
    held = select(HeldRole).where(HeldRole.user_id == person.id, HeldRole.role.in_(roles), HeldRole.ended_at.is_(None))
    row = db.session.scalars(held.order_by(HeldRole.created_at, HeldRole.id).limit(1)).first()
    place_id = row and (row.provider_id or row.authority_id)
    return place_with_id(place_id) if place_id else None


def _waits(place: Provider | ContractingAuthority) -> bool:
    waiting = select(RoleGrant.id).where(RoleGrant.status == GrantStatus.PROPOSED, RoleGrant.asked_sealed.is_not(None))
    return db.session.scalars(waiting.filter_by(**place_key(place)).limit(1)).first() is not None


def _successor(place: Provider | ContractingAuthority, gone: User, name: str, email: str, now: datetime) -> User:
    known = person_with_email(read_email(email))
    if known is not None and known.id == gone.id:
        raise InvalidInput("This is the administrator who is gone.", field="email")
    if known is not None and held_roles(place, known):
        return known
    return person_to_invite(name, email, now)
