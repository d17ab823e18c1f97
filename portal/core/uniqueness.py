"""What only one can have: whoever comes second in the same second is refused in words, and not by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from portal.core.columns import db
from portal.core.errors import PortalError


@contextmanager
def unless_taken(refusals: Mapping[str, Callable[[], PortalError]]) -> Iterator[None]:
    """Write what the block changes, and raise the refusal of the unique constraint (by its name) that it meets.

    Any other fault of the database goes on: it is ours. What was written before the block stays.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as met:
        constraint = getattr(getattr(met.orig, "diag", None), "constraint_name", None) or ""
        if constraint not in refusals:
            raise
        raise refusals[constraint]() from met
