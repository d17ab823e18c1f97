"""History that is built once and used by many tests, each of which leaves it as it found it.

Carrying a procurement to its award through the real activities takes hundreds of statements. A package's
`conftest.py` builds it in a transaction that its tests share, and overrides `db_session` so that each test works
in a savepoint of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy.engine import Connection

from portal.extensions import db


@dataclass
class Prepared:
    """What was built: the connection that holds its transaction, and whatever the builder returned."""

    connection: Connection
    told: Any


@contextmanager
def prepared_once(app: Flask, build: Callable[[], Any]) -> Iterator[Prepared]:
    """Run `build` in a transaction that lasts as long as the block; it returns identifiers, not objects."""
    with app.app_context():
        # Inside another prepared transaction it is that one's connection, of the same engine.
        engine = db.engine.engine
    connection = engine.connect()
    outer = connection.begin()
    try:
        with _on(app, connection):
            told = build()
            db.session.commit()
        yield Prepared(connection, told)
    finally:
        outer.rollback()
        connection.close()


@contextmanager
def in_savepoint(app: Flask, prepared: Prepared) -> Iterator[Any]:
    """`portal.extensions.db.session` in a savepoint of the prepared transaction, rolled back after the block."""
    savepoint = prepared.connection.begin_nested()
    try:
        with _on(app, prepared.connection):
            yield db.session
    finally:
        savepoint.rollback()


@contextmanager
def _on(app: Flask, connection: Connection) -> Iterator[None]:
    with app.app_context():
        engines: Any = db.engines
        engine = engines[None]
        # Inside a savepoint a session makes savepoints of its own, so its commits stay inside.
        inner = connection.begin_nested()
        engines[None] = connection
        try:
            yield
        finally:
            db.session.remove()
            engines[None] = engine
            if inner.is_active:
                inner.commit()
