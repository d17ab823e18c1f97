"""Writing messages: one plain-text template an event, the subject in its first line; the inbox row is the record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.link_models import MailedLink
from portal.audit.models import Event
from portal.audit.outbox import MAIL, enqueue_each
from portal.core import clock
from portal.core.columns import db
from portal.core.parsing.text import one_line, tidy
from portal.core.words import FILTERS
from portal.notifications.mentions import as_mentions, mentioned_in
from portal.notifications.models import Message, MessageMention, MutedTopic
from portal.notifications.topics import topic_of
from portal.paths import TEMPLATES
from portal.regulation.citations import CITED

SUBJECT = "Subject: "


def tell(
    *,
    event: Event,
    people: Sequence[uuid.UUID],
    template: str,
    link: str,
    thread: uuid.UUID,
    mailed_link: MailedLink | None = None,
    **values: Any,
) -> Sequence[uuid.UUID]:
    """Put the message of `templates/emails/<template>.txt` into everybody's inbox and into the outbox for mail.

    Somebody who was told of this event with this template before is not told again. `link` is the path of the
    page that the message is about, `mailed_link` the one that the mail carries instead, `thread` the identifier of
    what all such messages are about. No mail goes to whoever has muted the letter's topic. Returns the identifiers of
    the new messages.
    """
    if not people:
        return []
    subject, body = compose(template, **values)
    rows = [
        {
            "id": uuid.uuid4(),
            "event_id": event.id,
            "user_id": person,
            "thread_id": thread,
            "kind": template,
            "stored_subject": subject,
            "stored_body": body,
            "link": link,
            "mailed_link_id": mailed_link.id if mailed_link else None,
        }
        for person in people
    ]
    adding = insert(Message).on_conflict_do_nothing().returning(Message.id)
    new = db.session.scalars(adding, rows).all()
    if new and (mentioned := mentioned_in(f"{subject} {body}", values)):
        pairs = [{"message_id": message, "user_id": person} for message in new for person in mentioned]
        db.session.execute(insert(MessageMention).on_conflict_do_nothing(), pairs)
    enqueue_each(event_id=event.id, consumer=MAIL, subjects=_to_mail(event, template))
    return new


def tell_all(
    *, event: Event, people: Select[uuid.UUID], template: str, link: str, thread: uuid.UUID, **values: Any
) -> None:
    """The same for as many people as a query names: one text, two statements, whoever and however many they are."""
    subject, body = compose(template, **values)
    chosen = people.subquery()
    same = map(literal, (thread, template, subject, body, link))
    rows = select(func.gen_random_uuid(), literal(event.id), chosen.c[0], *same)
    columns = ["id", "event_id", "user_id", "thread_id", "kind", "subject", "body", "link"]
    db.session.execute(insert(Message).from_select(columns, rows).on_conflict_do_nothing())
    enqueue_each(event_id=event.id, consumer=MAIL, subjects=_to_mail(event, template))


def _to_mail(event: Event, template: str) -> Select[uuid.UUID]:
    """The messages that are mailed as well: all, but for people who want the topic in their inbox alone."""
    told = select(Message.id).where(Message.event_id == event.id, Message.kind == template)
    topic = topic_of(template)
    if topic.always:
        return told
    muted = exists().where(MutedTopic.user_id == Message.user_id, MutedTopic.topic == topic.key)
    return told.where(~muted)


def compose(template: str, **values: Any) -> tuple[str, str]:
    """Render a message and return its subject (one line) and body; people in it are marks, filled in for its reader."""
    subject, body = _parts(template)
    said = as_mentions(values)
    # One line, whatever somebody typed as a title: a header can never be smuggled in.
    return one_line(subject.render(said)), tidy(body.render(said)) + "\n"


@cache
def _parts(template: str) -> tuple[Template, Template]:
    """The subject, which is the first line of the file, and the body: apart, so that no value ends the subject."""
    environment = _environment()
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, f"emails/{template}.txt")
    first, _, rest = source.partition("\n")
    if not first.startswith(SUBJECT):
        raise ValueError(f"the message {template} does not begin with its subject")
    return environment.from_string(first.removeprefix(SUBJECT)), environment.from_string(rest)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(TEMPLATES)),
        undefined=StrictUndefined,
        autoescape=False,  # plain text, never shown as HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for function in FILTERS:
        environment.filters[function.__name__] = function
    environment.globals["hours_left"] = hours_left
    environment.globals["cited"] = CITED
    return environment


def hours_left(closes_at: datetime) -> int:
    """The whole hours until an instant: a date alone does not tell how short the time is."""
    return int((closes_at - clock.now()) / timedelta(hours=1))
