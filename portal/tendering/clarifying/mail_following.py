"""Following an invitation by mail alone: an address is asked first, and stops with one press.

The answer is the same whether an address follows already, has an account or is nobody's: nobody learns who follows.
"""

from __future__ import annotations

import hmac
import uuid
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.emails import read_email
from portal.core.permissions import SYSTEM
from portal.core.personal import address_indexes
from portal.core.seals import KeyFolder
from portal.core.taking import lock
from portal.tendering.clarifying.mail_models import MailFollower
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

FREE = 20
"""Addresses typed at one place before each further one waits."""
MOST_AN_HOUR = 3
"""Letters to one address that it did not confirm: nobody's mailbox is filled by a stranger who knows it."""
CONFIRMED_WITHIN = timedelta(days=7)
GONE = "This link does not work any more: you follow nothing with it."


class FollowLinkGone(WrongState):
    """Nobody follows with this link: it was never given, was not confirmed in time, or was used to stop."""

    code = "link_gone"


def ask_to_follow(*, itt: InvitationToTender, email: str, origin: Origin, keys: KeyFolder, now: datetime) -> None:
    """Write to an address whether it wants to follow the invitation; without its press it hears nothing more.

    Records MAIL_FOLLOW_ASKED in the follower's own chain. An address that follows already, or was written to three
    times in the last hour, is not written to. Raises `InvalidInput` (`email`), `TooManyTries` after twenty from one
    place, `WrongState` when nothing will change any more.
    """
    with guess(at=f"follow:{origin.network}", origin=origin, keys=keys, now=now, free=FREE, field="email"):
        pass
    address = read_email(email)
    if itt.status is not IttStatus.PUBLISHED:
        raise WrongState("Nothing about this invitation will change any more, so there is nothing to follow.")
    indexes = address_indexes(address)
    # Who types one address twice at once takes turns, so that there is one row and one letter.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(indexes[0].hex(), 0))))
    of_address = select(MailFollower).where(MailFollower.address_index.in_(indexes))
    lately = of_address.where(MailFollower.asked_at > now - timedelta(hours=1)).with_only_columns(func.count())
    known = db.session.scalars(of_address.where(MailFollower.itt_id == itt.id)).one_or_none()
    if (known and known.confirmed_at) or (db.session.scalar(lately) or 0) >= MOST_AN_HOUR:
        return
    follower = known or MailFollower(itt_id=itt.id, address=address)
    follower.asked_at = now
    db.session.add(follower)
    db.session.flush()
    record(EventKind.MAIL_FOLLOW_ASKED, follower, actor=SYSTEM)


def find_mail_follower(token: str, *, keys: KeyFolder, now: datetime) -> MailFollower:
    """Who follows, or was asked to, by the token of their letters; raises `FollowLinkGone`."""
    identifier, _, _ = token.partition(".")
    try:
        found = db.session.get(MailFollower, uuid.UUID(identifier))
    except ValueError:
        found = None
    if found is None or not hmac.compare_digest(token.encode(), follow_token(found.id, keys).encode()):
        raise FollowLinkGone(GONE)
    if found.confirmed_at is None and found.asked_at + CONFIRMED_WITHIN <= now:
        raise FollowLinkGone(GONE)
    return found


def follow_token(follower_id: uuid.UUID, keys: KeyFolder) -> str:
    """What the letters carry: the follower, signed with a key that no table and no backup holds."""
    signed = urlsafe_b64encode(keys.keyed_hash(f"mail follower:{follower_id}")).decode().rstrip("=")
    return f"{follower_id.hex}.{signed}"


def confirm_following(*, token: str, keys: KeyFolder, now: datetime) -> InvitationToTender:
    """Follow, as the address said itself; twice is the same. Returns what is followed; raises `FollowLinkGone`."""
    follower = lock(MailFollower, find_mail_follower(token, keys=keys, now=now).id)
    follower.confirmed_at = follower.confirmed_at or now
    return follower.itt


def stop_following(*, token: str, keys: KeyFolder, now: datetime) -> InvitationToTender:
    """Forget the address. Returns what was followed; raises `FollowLinkGone`."""
    follower = lock(MailFollower, find_mail_follower(token, keys=keys, now=now).id)
    itt = follower.itt
    db.session.delete(follower)
    return itt
