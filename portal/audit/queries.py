"""Reading the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from portal.audit.kinds import EventKind
from portal.audit.models import ChainHead, Event, Installation
from portal.audit.subjects import Subject
from portal.core.columns import db


def events_of(chain: uuid.UUID | str) -> Sequence[Event]:
    """Every event of a chain, oldest first."""
    return db.session.scalars(select(Event).where(Event.chain == str(chain)).order_by(Event.seq)).all()


_installations: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


def is_demonstration() -> bool:
    """Whether the database itself says that it is a demonstration (asked once of each database: it never changes)."""
    engine = db.engine.engine
    if engine not in _installations:
        found = db.session.execute(select(Installation.demonstration)).scalar_one_or_none()
        _installations[engine] = bool(found)
    return _installations[engine]


def ask_installation_again() -> None:
    """Forget what the database said, for whoever has just had it marked."""
    _installations.pop(db.engine.engine, None)


def hash_of_first(kind: EventKind, about: Subject) -> str:
    """The hash (hexadecimal) of the first entry of a kind in the chain of a thing: evidence that a draw rests on."""
    chain, kinds = Event.chain == about.ledger_chain, Event.kind == kind.value
    return db.session.execute(select(Event.hash).where(chain, kinds).order_by(Event.seq).limit(1)).scalar_one().hex()


def length_of_chain(about: Subject) -> int:
    """How many entries the chain of a thing has: a number that grows with everything that happens to it."""
    return db.session.scalar(select(ChainHead.seq).where(ChainHead.chain == about.ledger_chain)) or 0


def entry_of_version(kind: EventKind, about: Subject, version: int) -> Event:
    """The entry of a kind about that version of a thing: evidence that a signed document names."""
    chain = (Event.chain == about.ledger_chain, Event.object_id == about.ledger_id, Event.kind == kind.value)
    return db.session.scalars(select(Event).where(*chain, Event.data["version"].as_integer() == version)).one()
