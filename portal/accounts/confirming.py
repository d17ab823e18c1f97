"""A confirmed e-mail address: somebody who reads its mail has pressed the button behind a mailed link.

Nothing waits for it but mail: whoever has not confirmed yet writes, applies and submits like everybody else.
"""

from __future__ import annotations

from datetime import datetime

from portal.accounts.link_models import LinkPurpose
from portal.accounts.mailed_links import too_many_lately, use_link
from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.core.taking import lock


def ask_for_confirmation(*, actor: Actor, now: datetime) -> User:
    """Ask that the confirmation is mailed once more. Records CONFIRMATION_ASKED.

    Raises `InvalidInput` when the address is confirmed already, or was written to three times in the last hour.
    """
    person = lock(User, actor.user_id)
    if person.email_confirmed_at is not None or person.email is None:
        raise InvalidInput("Your e-mail address is confirmed already.")
    if too_many_lately(user_id=person.id, purpose=LinkPurpose.CONFIRM_ADDRESS, now=now):
        raise InvalidInput("We have written to you three times in the last hour. Look among the unwanted mail, too.")
    record(EventKind.CONFIRMATION_ASKED, person, actor=actor)
    return person


def confirm_address(*, token: str, now: datetime) -> User:
    """Confirm the address that the link was mailed to: mail goes there from now on. Records ADDRESS_CONFIRMED.

    Raises `LinkGone`.
    """
    person = lock(User, use_link(token, LinkPurpose.CONFIRM_ADDRESS, now).user_id)
    person.email_confirmed_at = person.email_confirmed_at or now
    record(EventKind.ADDRESS_CONFIRMED, person, actor=Actor(user_id=person.id))
    return person
