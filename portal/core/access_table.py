"""The policy's rows as a document: who may do what to what, in which state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from portal.core.permissions import Permit, Role, Verb

TITLE = """\
# Who may do what

Printed by `portal policy --matrix` from the rows that the portal itself obeys; everything else is refused. To try it \
out, load `portal seed matrix` into a demonstration: every role in two councils and two providers, and each of these \
objects in every state.

Whoever is not of the organisations that a thing belongs to is told that it is not there (404), whoever has another \
role that it is not theirs to do (403), and whoever comes at the wrong stage that it cannot be done now (409).

† is one half of an act of two people: whoever proposed it cannot decide it, and two people give the role.
"""


def as_markdown(rows: Sequence[Permit]) -> str:
    """One table for each object, with a column for each role that may do anything to it."""
    sections = (_section(name, list(found)) for name, found in groupby(rows, key=lambda row: row.object))
    return "\n".join([TITLE, *sections])


def _section(name: str, rows: Sequence[Permit]) -> str:
    roles = [role for role in Role if any(role in row.roles for row in rows)]
    head = [f"## {_words(name)}", "", _line(["act", "when", *map(_words, roles)]), _line(["---"] * (len(roles) + 2))]
    return "\n".join([*head, *(_act(row, roles) for row in rows), ""])


def _act(row: Permit, roles: Iterable[Role]) -> str:
    when = "always" if row.states is None else ", ".join(sorted(state.replace("_", " ") for state in row.states))
    allowed = ("yes" if role in row.roles else "" for role in roles)
    return _line([_words(row.verb) + (" †" if row.half else ""), when, *allowed])


def _words(name: str | Role | Verb) -> str:
    return str(name).replace("_", " ").capitalize()


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
