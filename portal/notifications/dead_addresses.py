"""People whom mail does not reach: they, their organisation's administrators and the platform's see it.

Never anybody else: that mail to a bidder failed would tell a buyer before the opening who bids. For the same reason
no administrator reads here what the mail was about.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.dml import ReturningInsert

from portal.accounts.models import HeldRole, User
from portal.accounts.people import has_address
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.audit.outbox import MAIL
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import SYSTEM, Actor, Role
from portal.notifications.models import DeadAddress, Message
from portal.notifications.sending import goes_to_own_address
from portal.tendering.models import InvitationToTender, Panel


def note_outcomes(*, mails: Sequence[Delivery], messages: Sequence[Message], now: datetime) -> None:
    """Note whom mail did not reach, after a claim was carried onwards, and forget it of those whom it reached.

    Records MAIL_GIVEN_UP, in a chain of its own, once until mail arrives again.
    """
    by_id = {message.id: message for message in messages}
    carried = [(by_id[mail.subject_id], mail) for mail in mails if mail.subject_id in by_id]
    # What went elsewhere, such as to an address that is still to be confirmed, says nothing of the person's own.
    own = [(found.user, mail) for found, mail in carried if goes_to_own_address(found)]
    reached = {person.id for person, mail in own if mail.sent_at is not None}
    if reached:
        db.session.execute(delete(DeadAddress).where(DeadAddress.user_id.in_(reached)))
    given_up = {person: mail.last_error or "" for person, mail in own if mail.dead_at is not None}
    rows = [
        {"id": uuid.uuid4(), "user_id": person.id, "address": person.email_index, "since": now, "failure": failure}
        for person, failure in given_up.items()
    ]
    if rows:
        for noted in db.session.scalars(_adding(), rows).all():
            record(EventKind.MAIL_GIVEN_UP, noted, actor=SYSTEM)


def dead_since(user_id: uuid.UUID) -> ScalarSelect[datetime]:
    """Since when mail to the address that the person has now was given up, for a statement; null where it was not."""
    return select(DeadAddress.since).where(DeadAddress.user_id == user_id, *_STILL_THEIRS).scalar_subquery()


def dead_addresses_for(actor: Actor) -> Sequence[DeadAddress]:
    """The actor's own, and those of the people whose administrator the actor is, the newest first."""
    found = select(DeadAddress).join(User, User.id == DeadAddress.user_id).where(_shown_to(actor), *_STILL_THEIRS)
    ordered = found.order_by(DeadAddress.since.desc(), DeadAddress.id).options(joinedload(DeadAddress.user))
    return db.session.scalars(ordered).all()


def try_again(*, person_id: uuid.UUID, now: datetime) -> None:
    """Let the mail to a person that was given up be tried again from the beginning."""
    theirs = select(Message.id).where(Message.user_id == person_id)
    dead = (Delivery.consumer == MAIL, Delivery.dead_at.is_not(None), Delivery.subject_id.in_(theirs))
    db.session.execute(update(Delivery).where(*dead).values(dead_at=None, attempts=0, next_at=now))


def send_again(*, person_id: uuid.UUID, actor: Actor, now: datetime) -> User:
    """Send somebody the mail that was given up once more; return whose it is.

    Raises `NotFound` for people whose trouble the actor is not shown.
    """
    own = DeadAddress.user_id == person_id
    found = db.session.scalars(select(DeadAddress).join(User).where(own, _shown_to(actor))).one_or_none()
    if found is None:
        raise NotFound("There is nobody here whom mail does not reach.")
    try_again(person_id=person_id, now=now)
    return found.user


_STILL_THEIRS = (User.id == DeadAddress.user_id, has_address(DeadAddress.address))
"""Whoever has another address since is reached again, as far as anybody knows."""


def _adding() -> ReturningInsert[Any]:
    """Add a row; one of an address that the person no longer has gives way to the new trouble."""
    adding = insert(DeadAddress)
    new = {name: adding.excluded[name] for name in ("id", "address", "since", "failure")}
    other = DeadAddress.address != adding.excluded.address
    replacing = adding.on_conflict_do_update(index_elements=[DeadAddress.user_id], set_=new, where=other)
    return replacing.returning(DeadAddress)


def _shown_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on a person that the actor is told when mail does not reach them."""
    if actor.platform_roles:
        return true()
    shown = [User.id == actor.user_id]
    works_here = (HeldRole.user_id == User.id, HeldRole.ended_at.is_(None))
    if Role.PROVIDER_ADMINISTRATOR in actor.provider_roles:
        shown.append(exists().where(*works_here, HeldRole.provider_id == actor.provider_id))
    if Role.AUTHORITY_ADMINISTRATOR in actor.authority_roles:
        panels = select(Panel.id).join(InvitationToTender).where(InvitationToTender.authority_id == actor.authority_id)
        here = or_(HeldRole.authority_id == actor.authority_id, HeldRole.panel_id.in_(panels))
        shown.append(exists().where(*works_here, here))
    return or_(*shown)
