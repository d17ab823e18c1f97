"""What a person wants by mail: each topic that is not mailed in any case can be kept to the inbox."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.columns import db
from portal.core.permissions import Actor
from portal.notifications.models import MutedTopic
from portal.notifications.topics import topics_for


def muted_topics(user_id: uuid.UUID) -> frozenset[str]:
    """The keys of the topics that a person keeps to the inbox."""
    return frozenset(db.session.scalars(select(MutedTopic.topic).where(MutedTopic.user_id == user_id)))


def choose_topics(*, mailed: Collection[str], actor: Actor) -> None:
    """Mail the person the topics of that name from now on, and keep the others of theirs to the inbox.

    What is mailed in any case cannot be chosen, and topics of other roles stay as they were.
    """
    offered = {topic.key for topic in topics_for(actor.roles) if not topic.always}
    mine = MutedTopic.user_id == actor.user_id
    db.session.execute(delete(MutedTopic).where(mine, MutedTopic.topic.in_(offered & set(mailed))))
    muted = [{"user_id": actor.user_id, "topic": key} for key in sorted(offered - set(mailed))]
    if muted:
        db.session.execute(insert(MutedTopic).on_conflict_do_nothing(), muted)
