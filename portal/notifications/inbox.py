"""Reading an inbox: threads, what is new, and words in one's own messages."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_, update

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.paging import page_key, read_page_key
from portal.core.permissions import Actor
from portal.notifications.dead_addresses import dead_since
from portal.notifications.models import Message
from portal.notifications.topics import TOPICS

PAGE = 20
SEARCHED = 1000
"""Of a person's newest messages, in which words are looked for: one by one, for only their reader can read them."""
COUNTED_TO = 99


@dataclass(frozen=True)
class Filters:
    """What of an inbox is shown: words, a topic's key, only what is new; nothing chosen shows everything."""

    words: str = ""
    topic: str = ""
    new: bool = False


@dataclass(frozen=True)
class Thread:
    """All that somebody was told about one thing: its newest message, how many, and how many are new."""

    newest: Message
    count: int
    new: int


@dataclass(frozen=True)
class ThreadPage:
    """Some threads, the newest first, and the key of the next page where there is one."""

    rows: Sequence[Thread]
    next_key: str | None


@dataclass(frozen=True)
class Letters:
    """Some messages of one thread, the newest first, which of them are new, and the key of the next page."""

    rows: Sequence[Message]
    new: frozenset[uuid.UUID]
    next_key: str | None


@dataclass(frozen=True)
class Letterbox:
    """How many messages are new, counted to one more than `COUNTED_TO`, and since when mail does not arrive, if so."""

    count: int = 0
    dead_since: datetime | None = None

    @property
    def new(self) -> str:
        """The number to show; empty for none."""
        return f"{COUNTED_TO}+" if self.count > COUNTED_TO else str(self.count or "")


def threads_of(user_id: uuid.UUID, filters: Filters, *, after: str = "") -> ThreadPage:
    """A page of a person's threads, of the messages that the filters let through; one statement, two with words."""
    thread = Message.thread_id
    place = func.row_number().over(partition_by=thread, order_by=(Message.created_at.desc(), Message.id.desc()))
    count = func.count().over(partition_by=thread)
    new = func.count().filter(Message.read_at.is_(None)).over(partition_by=thread)
    own = select(Message.id, place.label("place"), count.label("count"), new.label("new"))
    own = own.where(*_chosen(user_id, filters))
    each = own.subquery()
    query = select(Message, each.c["count"], each.c.new).join(each, each.c.id == Message.id).where(each.c.place == 1)
    rows = db.session.execute(_page(query, after)).all()
    found = [Thread(*row) for row in rows[:PAGE]]
    return ThreadPage(found, _next(rows, lambda row: row.Message))


def letters_of(user_id: uuid.UUID, message_id: uuid.UUID, *, after: str = "") -> Letters:
    """The messages of the thread that one of the person's own messages belongs to; raises `NotFound`."""
    own = Message.user_id == user_id
    thread = select(Message.thread_id).where(Message.id == message_id, own).scalar_subquery()
    rows = db.session.scalars(_page(select(Message).where(own, Message.thread_id == thread), after)).all()
    if not rows:
        raise NotFound("There is no such message in your inbox.")
    shown = rows[:PAGE]
    new = frozenset(message.id for message in shown if message.read_at is None)
    return Letters(shown, new, _next(rows, lambda message: message))


def letterbox_of(user_id: uuid.UUID) -> Letterbox:
    """What every page says of a person's letters; one statement."""
    some = select(Message.id).where(Message.user_id == user_id, Message.read_at.is_(None)).limit(COUNTED_TO + 1)
    count = select(func.count()).select_from(some.subquery()).scalar_subquery()
    return Letterbox(*db.session.execute(select(count, dead_since(user_id))).one())


def mark_read(*, letters: Letters, actor: Actor, now: datetime) -> None:
    """Mark the messages of a page as read, if they are the person's own; a second time changes nothing."""
    if letters.new:
        _mark(Message.id.in_(letters.new), Message.user_id == actor.user_id, now=now)


def mark_all_read(*, actor: Actor, now: datetime) -> None:
    """Mark everything in the person's inbox as read."""
    _mark(Message.user_id == actor.user_id, now=now)


def _mark(*whose: ColumnElement[bool], now: datetime) -> None:
    marking = update(Message).where(*whose, Message.read_at.is_(None)).values(read_at=now)
    db.session.execute(marking.execution_options(synchronize_session=False))


def _chosen(user_id: uuid.UUID, filters: Filters) -> list[ColumnElement[bool]]:
    chosen = [Message.user_id == user_id]
    if filters.new:
        chosen.append(Message.read_at.is_(None))
    letters = [letter for topic in TOPICS if topic.key == filters.topic for letter in topic.letters]
    if filters.topic:
        chosen.append(Message.kind.in_(letters))
    if filters.words:
        chosen.append(Message.id.in_(_with_words(chosen, filters.words)))
    return chosen


def _with_words(chosen: Sequence[ColumnElement[bool]], words: str) -> list[uuid.UUID]:
    """The messages that hold every word, in whatever case and with or without accents."""
    wanted = _plain(words).split()
    newest = select(Message).where(*chosen).order_by(Message.created_at.desc()).limit(SEARCHED)
    return [
        message.id
        for message in db.session.scalars(newest)
        if all(word in _plain(f"{message.subject} {message.body}") for word in wanted)
    ]


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def _page(query: Select[Any], after: str) -> Select[Any]:
    place = tuple_(Message.created_at, Message.id)
    if after:
        query = query.where(place < read_page_key(after, datetime, uuid.UUID))
    return query.order_by(Message.created_at.desc(), Message.id.desc()).limit(PAGE + 1)


def _next(rows: Sequence[Any], message_of: Callable[[Any], Message]) -> str | None:
    if len(rows) <= PAGE:
        return None
    last = message_of(rows[PAGE - 1])
    return page_key(last.created_at, last.id)
