"""Another e-mail address: confirmed at the new one, and to be stopped from the old one for seven days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from portal.accounts.devices import forget_devices, is_known
from portal.accounts.link_models import AddressChange, LinkPurpose, MailedLink
from portal.accounts.mailed_links import GONE, LinkGone, use_link, withdraw_links
from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.accounts.people import refuse_taken, unless_address_taken
from portal.accounts.sessions import end_sessions_of
from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import read_email
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.core.taking import lock


def ask_for_other_address(
    *, actor: Actor, email: str, password: str, origin: Origin, keys: KeyFolder, now: datetime
) -> AddressChange:
    """Ask for another address; until it is confirmed there, the present one stays the one to sign in with.

    Whether the new address belongs to an account is told to nobody but its owner, by mail. A wish from before ends.
    Records ADDRESS_CHANGE_ASKED. Raises `InvalidInput` (fields "email", "password") and `TooManyTries`.
    """
    wanted = read_email(email)
    at, known = f"password:{actor.user_id}", is_known(origin.device, actor.user_id)
    with guess(at=at, origin=origin, known=known, keys=keys, now=now, field="password") as tried:
        if not password_matches(db.session.get_one(User, actor.user_id).password_hash, password):
            raise InvalidInput("That is not your password.", field="password")
        tried.succeed()
    person = lock(User, actor.user_id)
    if wanted == person.email:
        raise InvalidInput("This is your address already.", field="email")
    _end_waiting(person, now)
    change = AddressChange(user=person, new_email=wanted, asked_at=now)
    db.session.add(change)
    db.session.flush()
    record(EventKind.ADDRESS_CHANGE_ASKED, change, actor=actor, person=person.id)
    return change


def take_address(*, token: str, now: datetime) -> User:
    """Put the new address into force: the person signs in with it, and mail goes there, from now on.

    Links that were mailed to the old address for anything but stopping this stop working. Records ADDRESS_CHANGED.
    Raises `LinkGone`, and `InvalidInput` when somebody else has come to have the address meanwhile.
    """
    person, change = _change_of(use_link(token, LinkPurpose.TAKE_ADDRESS, now))
    if change.stopped_at is not None:
        raise LinkGone(GONE)
    refuse_taken(change.new_email, owner=person.id)
    with unless_address_taken():
        person.email, person.email_confirmed_at = change.new_email, now
    change.taken_at = now
    withdraw_links(
        user_id=person.id, purposes={LinkPurpose.CONFIRM_ADDRESS, LinkPurpose.RESET_PASSWORD, LinkPurpose.JOIN}, now=now
    )
    record(EventKind.ADDRESS_CHANGED, change, actor=Actor(user_id=person.id), person=person.id)
    return person


def stop_change(*, token: str, now: datetime) -> User:
    """Stop the change from the old address, which is the person's again if it was not any more.

    Whoever asked for the change knew the password: every session ends, and a link for choosing a new password is
    mailed to the old address. Records ADDRESS_CHANGE_STOPPED. Raises `LinkGone`.
    """
    person, change = _change_of(use_link(token, LinkPurpose.STOP_CHANGE, now))
    _end_waiting(person, now)
    # Whatever was changed since: the one who was first told to have lost the address gets the account back.
    with unless_address_taken():
        person.email, person.email_confirmed_at = change.old_email, now
    change.stopped_at = now
    withdraw_links(user_id=person.id, purposes={LinkPurpose.RESET_PASSWORD}, now=now)
    end_sessions_of(user_id=person.id, now=now)
    forget_devices(user_id=person.id)
    record(EventKind.ADDRESS_CHANGE_STOPPED, change, actor=Actor(user_id=person.id), person=person.id)
    return person


def waiting_change(actor: Actor) -> AddressChange | None:
    """The person's change that waits for its confirmation at the new address."""
    waits = select(AddressChange).where(
        AddressChange.user_id == actor.user_id, AddressChange.taken_at.is_(None), AddressChange.stopped_at.is_(None)
    )
    return db.session.scalars(waits.order_by(AddressChange.asked_at.desc()).limit(1)).one_or_none()


def _change_of(link: MailedLink) -> tuple[User, AddressChange]:
    return lock(User, link.user_id), lock(AddressChange, link.change_id)


def _end_waiting(person: User, now: datetime) -> None:
    waiting = update(AddressChange).where(
        AddressChange.user_id == person.id, AddressChange.taken_at.is_(None), AddressChange.stopped_at.is_(None)
    )
    db.session.execute(waiting.values(stopped_at=now))
    withdraw_links(user_id=person.id, purposes={LinkPurpose.TAKE_ADDRESS}, now=now)
