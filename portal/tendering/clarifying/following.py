"""Following an invitation: its answers and changes come by inbox and mail, and the authority does not learn of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.core.columns import db
from portal.core.permissions import Actor
from portal.tendering.clarifying.models import Follower, Reader
from portal.tendering.models import InvitationToTender


def note_reader(*, itt: InvitationToTender, actor: Actor, now: datetime) -> bool:
    """Note that somebody of a provider has opened an invitation that takes bids; whether this was the first time.

    No event: the ledger would tell the authority who.
    """
    if actor.provider_id is None or not itt.is_open(now):
        return False
    noted = insert(Reader).values(itt_id=itt.id, provider_id=actor.provider_id).on_conflict_do_nothing()
    return db.session.execute(noted.returning(Reader.id)).first() is not None


def follow(*, itt: InvitationToTender, actor: Actor) -> None:
    """Follow the invitation; doing it twice changes nothing. No event: the ledger would tell the authority who."""
    db.session.execute(insert(Follower).values(itt_id=itt.id, user_id=actor.user_id).on_conflict_do_nothing())


def unfollow(*, itt: InvitationToTender, actor: Actor) -> None:
    """Follow it no longer."""
    db.session.execute(delete(Follower).where(Follower.itt_id == itt.id, Follower.user_id == actor.user_id))
