"""What a factory makes from nothing is made once, and put back row by row wherever it is asked for again.

Carrying an invitation to its publication takes hundreds of statements of the real activities, and some hundred tests
begin with one. A factory marked `@made_once` that is given nothing but plain values runs in a transaction of its own
on the empty database; the rows that it wrote are kept in this process, and put back in the transaction of each test
that asks for the same, keys and ledger included. Whoever asks twice in one test gets two.

Only a session that is undone after its test is given kept rows: on a database of its own a test makes what it needs.
"""

from __future__ import annotations

import io
import os
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from itertools import chain, count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import current_app
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from portal.audit.queries import is_demonstration
from portal.core import clock
from portal.core.columns import Model
from portal.core.permissions import Actor
from portal.extensions import db
from tests.prepared import prepared_once

P = ParamSpec("P")
Made = TypeVar("Made")

WRITTEN = text("SELECT CAST(kept.written(:since) AS text)")
PUT_BACK = text("SELECT kept.put_back(CAST(:rows AS json)), set_config('kept.here', :here, true)")
SET_HERE = text("SELECT set_config('kept.here', :here, true)")
HERE = text("SELECT coalesce(current_setting('kept.here', true), '')")


@dataclass(frozen=True)
class _Kept:
    """What one call made: its rows, what it returned, and the numbers of all that is part of it."""

    numbers: frozenset[str]
    rows: str
    returned: bytes


MOST = 8
"""How many of one kind are kept: a test that asks for more makes the others for real."""
_kept: defaultdict[bytes, list[_Kept]] = defaultdict(list)
_files_of: dict[str, dict[Path, bytes]] = {}
_numbers = count(1)
_anew: list[bool] = []


def made_once(make: Callable[P, Made]) -> Callable[P, Made]:
    """Let a factory run once for each set of plain arguments; with a row or a person among them it always runs."""

    @wraps(make)
    def kept(*args: P.args, **kwargs: P.kwargs) -> Made:
        asked = None if _anew or not isinstance(db.engine, Connection) else _asked(make, args, kwargs)
        if asked is None:
            return make(*args, **kwargs)
        # A setting that ends with the transaction, or with the savepoint that is undone, as the rows do.
        here = _here()
        found = next((one for one in _kept[asked] if one.numbers.isdisjoint(here)), None)
        if found is None and len(_kept[asked]) == MOST:
            return make(*args, **kwargs)
        if found is None:
            found = _make(lambda: make(*args, **kwargs), here)
            _kept[asked].append(found)
        db.session.execute(PUT_BACK, {"rows": found.rows, "here": ",".join(here | found.numbers)})
        # A test before this one may have destroyed or changed what lies outside the database.
        for path, content in chain.from_iterable(_files_of[number].items() for number in found.numbers):
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
        made: Made = _Unpickler(io.BytesIO(found.returned)).load()
        return made

    return kept


@contextmanager
def made_anew() -> Iterator[None]:
    """Inside, every factory runs: for a factory that changes how the ones below it work."""
    _anew.append(True)
    try:
        yield
    finally:
        _anew.pop()


def _make(make: Callable[[], Any], here: frozenset[str]) -> _Kept:
    def build() -> _Kept:
        # What stands uncommitted in the test's own transaction cannot be put back into this one beside it.
        db.session.execute(SET_HERE, {"here": ",".join(here)})
        before = _files()
        since = db.session.execute(text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")).scalar_one()
        made = make()
        db.session.flush()
        returned = io.BytesIO()
        _Pickler(returned).dump(made)
        parts = _here() - here
        rows = db.session.execute(WRITTEN, {"since": since}).scalar_one()
        _files_of[number := str(next(_numbers))] = {path: path.read_bytes() for path in _files() - before}
        return _Kept(parts | {number}, rows, returned.getvalue())

    with prepared_once(current_app._get_current_object(), build) as prepared:  # type: ignore[attr-defined]
        found: _Kept = prepared.told
    return found


def _asked(make: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes | None:
    """What tells this call from others, or None where it hangs on more than plain values."""
    # What was made at ten to the hour is not what a test of five past would have made.
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    asked = io.BytesIO()
    try:
        known = (make.__module__, make.__qualname__, args, sorted(kwargs.items()))
        _PlainPickler(asked).dump((*known, hour, is_demonstration(), *_folders()))
    except (pickle.PicklingError, AttributeError, TypeError):
        return None
    return asked.getvalue()


def _here() -> frozenset[str]:
    return frozenset(filter(None, db.session.execute(HERE).scalar_one().split(",")))


def _folders() -> tuple[Path, Path]:
    return current_app.extensions["keys"].folder, current_app.extensions["files"].folder


def _files() -> set[Path]:
    return {Path(place, name) for folder in _folders() for place, _, names in os.walk(folder) for name in names}


class _PlainPickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> None:
        if isinstance(value, Model | Actor):
            raise pickle.PicklingError


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> tuple[type, Any] | None:
        return (type(value), inspect(value, raiseerr=True).identity) if isinstance(value, Model) else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, known: tuple[type, Any]) -> Any:
        return db.session.get_one(*known)
