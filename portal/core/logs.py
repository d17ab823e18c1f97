"""What a log may say of a failure: which kind and where, never a message, for that may hold what somebody typed.

A database repeats the row that it refused, `int()` the words that are no number. Logs are read by people who may read
neither names nor bids (docs/privacy.md).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any


def kind_of(failure: BaseException) -> str:
    """The kinds of a failure and of what caused it, outermost first."""
    return " from ".join(type(one).__name__ for one in _chain(failure))


def frames_instead_of_messages(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog: write an exception as its kinds and the lines of code that it came through."""
    failure = entry.pop("exc_info", None)
    if isinstance(failure, BaseException):
        entry["exception"] = kind_of(failure)
        entry["frames"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for one in _chain(failure)
            for frame in traceback.extract_tb(one.__traceback__)
        ]
    return entry


def _chain(failure: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = failure
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
