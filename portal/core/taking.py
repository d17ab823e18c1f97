"""Taking a row: lock it, read it afresh, and only then judge who may do what with it.

One step, because each order but this one is a fault: what was judged before the lock may be something else once the
lock is granted, and what was read before it may be old. Whoever changes a row that others change too begins here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm.interfaces import ORMOption

from portal.core.columns import Model, db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Governed, Verb, policy

Row = TypeVar("Row", bound=Model)
Thing = TypeVar("Thing", bound=Governed)
Follow = Callable[[Governed, Verb, Actor], None]

_following: list[Follow] = []


def after_taking(follow: Follow) -> Follow:
    """Have what follows from taking a thing done each time, whoever takes it; it may refuse by a typed error."""
    _following.append(follow)
    return follow


def lock(model: type[Row], identifier: Any, *options: ORMOption, share: bool = False) -> Row:
    """Lock a row until the transaction ends, and read it afresh with what the options load; raises `NotFound`.

    `share`: with others who only rely on it. What was changed before is written first: reading afresh would undo it.
    """
    db.session.flush()
    found = db.session.get(
        model, identifier, options=options, populate_existing=True, with_for_update={"of": model, "read": share}
    )
    if found is None:
        raise NotFound("This is no longer there.")
    return found


def take(thing: Thing, verb: Verb, *options: ORMOption, actor: Actor, share: bool = False) -> Thing:
    """Lock the thing as `lock` does and require that the actor may do `verb` to it as it is under the lock.

    What follows from that by `after_taking` is done. Raises `NotFound`, `NotAllowed` or `WrongState` as the policy
    does.
    """
    identity = inspect(thing, raiseerr=True).mapper.primary_key_from_instance(thing)
    taken: Thing = lock(type(thing), tuple(identity), *options, share=share)  # type: ignore[type-var]
    policy.require(actor, verb, taken)
    for follow in _following:
        follow(taken, verb, actor)
    return taken
