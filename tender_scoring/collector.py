"""Building many small values at once without being searched for cycles again and again.

A board of 136,200 entries makes some 400,000 dictionaries and tuples, none of which refers back to another.
The cyclic collector goes through all of them several times while they are made, which costs as much as making
them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Put the cyclic collector off while the body runs, and leave it as it was found."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
