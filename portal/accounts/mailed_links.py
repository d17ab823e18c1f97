"""Mailed links: one way to make, find, use and withdraw them, whatever they are for.

A token is worked out from the row's identifier and a key outside the database, so that it stands nowhere but in the
mail: neither in a table, nor in the inbox, nor in a backup. Opening a link changes nothing (programs that look for
malware open every link of a mail); what it is for happens when the person presses the button on its page.
"""

from __future__ import annotations

import hashlib
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from portal.accounts.link_models import LinkPurpose, MailedLink
from portal.audit.models import Event
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.seals import KeyFolder
from portal.core.taking import lock

LASTS: Mapping[LinkPurpose, timedelta] = {
    LinkPurpose.CONFIRM_ADDRESS: timedelta(days=7),
    LinkPurpose.RESET_PASSWORD: timedelta(hours=1),
    LinkPurpose.TAKE_ADDRESS: timedelta(days=1),
    LinkPurpose.STOP_CHANGE: timedelta(days=7),
    LinkPurpose.JOIN: timedelta(days=14),
}
"""How long each works, from when it was asked for. A link is a password while it lives (ASVS 5.0 V6.4.1, V6.4.3)."""

MOST_AN_HOUR = 3
"""Links of one purpose for one person in an hour: nobody's mailbox is filled by a stranger who knows the address."""
LINKS = "/link/"
"""The path before a token: mail is written without a request, and `tests/portal/accounts/views` holds that it leads."""
GONE = "This link does not work any more. It works once, and only for a time."


class LinkGone(WrongState):
    """The link was used, withdrawn or is too old, or there never was one."""

    code = "link_gone"


def issue_link(
    *,
    event: Event,
    user_id: uuid.UUID,
    purpose: LinkPurpose,
    keys: KeyFolder,
    now: datetime,
    change_id: uuid.UUID | None = None,
) -> MailedLink | None:
    """Make the link that the event asks for, or find it again; None when there were enough in the last hour.

    The ones before keep working until one is used: a stranger's request must not take the person's own link away.
    """
    known = db.session.scalar(select(MailedLink).where(MailedLink.event_id == event.id, MailedLink.purpose == purpose))
    if known is not None:
        return known
    if too_many_lately(user_id=user_id, purpose=purpose, now=now):
        return None
    identifier = uuid.uuid4()
    link = MailedLink(
        id=identifier,
        event_id=event.id,
        asked_by_id=event.actor_id,
        user_id=user_id,
        purpose=purpose,
        token_hash=_hash(_token(identifier, keys)),
        change_id=change_id,
        created_at=now,
        expires_at=now + LASTS[purpose],
    )
    db.session.add(link)
    db.session.flush()
    return link


def too_many_lately(*, user_id: uuid.UUID, purpose: LinkPurpose, now: datetime) -> bool:
    """Whether the person was mailed as many links of the purpose in the last hour as anybody gets."""
    lately = select(func.count(MailedLink.id)).where(
        MailedLink.user_id == user_id,
        MailedLink.purpose == purpose,
        MailedLink.created_at > now - timedelta(hours=1),
    )
    return (db.session.scalar(lately) or 0) >= MOST_AN_HOUR


def token_of(link: MailedLink, keys: KeyFolder) -> str:
    """The token as the mail carries it: 256 bits."""
    return _token(link.id, keys)


def find_link(token: str, now: datetime) -> MailedLink:
    """The link that the token opens, changing nothing; raises `LinkGone`."""
    link = db.session.scalar(select(MailedLink).where(MailedLink.token_hash == _hash(token)))
    if link is None or not link.works(now) or not link.user.is_active:
        raise LinkGone(GONE)
    return link


def use_link(token: str, purpose: LinkPurpose, now: datetime) -> MailedLink:
    """Use the link up, with every other of the same person and purpose; raises `LinkGone`.

    But for those that stop a change: whoever asked for two in a row must not end the first address's way back.
    """
    # The lock makes two presses of one link take turns: the second finds it used.
    link = lock(MailedLink, find_link(token, now).id)
    if link.purpose is not purpose or not link.works(now):
        raise LinkGone(GONE)
    link.used_at = now
    withdraw_links(user_id=link.user_id, purposes={purpose} - {LinkPurpose.STOP_CHANGE}, now=now)
    return link


def withdraw_links(*, user_id: uuid.UUID, purposes: set[LinkPurpose], now: datetime) -> None:
    """Let the person's links of these purposes stop working."""
    db.session.flush()
    waiting = update(MailedLink).where(
        MailedLink.user_id == user_id,
        MailedLink.purpose.in_(purposes),
        MailedLink.used_at.is_(None),
        MailedLink.withdrawn_at.is_(None),
    )
    db.session.execute(waiting.values(withdrawn_at=now))


def _token(identifier: uuid.UUID, keys: KeyFolder) -> str:
    return urlsafe_b64encode(keys.keyed_hash(f"mailed link:{identifier}")).decode().rstrip("=")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
