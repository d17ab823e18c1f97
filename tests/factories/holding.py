"""A factory is alone in its transaction: what its session holds is what stands in the database.

Every activity locks its row and reads it afresh with all that belongs to it, because in the portal somebody else may
have changed it before the lock. Carrying an invitation to its publication takes a dozen activities, each of which would
read again what the one before it wrote: two fifths of what the factory costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

import pytest

from portal.core import taking
from portal.extensions import db

_lock = taking.lock


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, the first activity that takes a row reads it afresh, and each asks for its permission, as ever."""
    if taking.lock is not _lock:
        yield
        return
    read: set[tuple[object, ...]] = set()
    maker = get_ident()

    def lock(model: type[Any], identifier: Any, *options: Any, share: bool = False) -> Any:
        if get_ident() != maker:
            return _lock(model, identifier, *options, share=share)
        asked = (db.session(), model, identifier)
        # What the options load is there for whoever asks for nothing, not the other way round.
        if (*asked, True) in read or (not options and (*asked, False) in read):
            db.session.flush()
            return db.session.get_one(model, identifier)
        read.add((*asked, bool(options)))
        return _lock(model, identifier, *options, share=share)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking, "lock", lock)
        yield
