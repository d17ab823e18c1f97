"""The walk through the matrix, and what in its answers is not as the policy's rows say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, groupby, product, repeat
from typing import Any

from flask import Flask

from portal.core.permissions import Permit, Role, Verb
from tests.access.addresses import GET, NOWHERE
from tests.access.answers import GENTLE, NARROWER
from tests.access.attempting import Attempts
from tests.access.cells import Cell, cells
from tests.access.expecting import DONE, TOO_LATE, Ask, expected
from tests.access.governed import STATES, UNREACHED, everything, one_of_each
from tests.access.people import Person, how_many_walk, is_of_the_matrix, walkers
from tests.prepared import Prepared, in_savepoint, prepared_once


@dataclass(frozen=True)
class Answered:
    """A cell of the matrix and what the person was answered there."""

    cell: Cell
    answer: str

    def is_narrower(self, ask: Ask) -> bool:
        """Whether the portal refused more than the rows, as the table of such refusals says."""
        narrower = NARROWER.get((ask.object, ask.verb))
        role = self.cell.person.role
        return narrower is not None and ask.theirs and narrower.covers(self.answer, ask.state, role)


def walk(app: Flask, whose: Callable[[Person], bool], *, by_turns: bool = False) -> list[Answered]:
    """Let everybody of those try everything of the matrix, or `by_turns` one thing of each object."""
    with prepared_once(app, lambda: None) as prepared:
        with in_savepoint(app, prepared):
            things = [thing for thing in everything() if is_of_the_matrix(thing)]
            chosen = one_of_each(sorted(things, key=how_many_walk, reverse=True))
            people = list(filter(whose, walkers(chosen)))
            each = turns(chosen) if by_turns else repeat(chosen)
            plan = list(cells(app, zip(people, each, strict=False), things))
        return attempted(app, prepared, plan)


def turns(things: Sequence[Any]) -> Iterator[list[Any]]:
    """One thing of each object, each time those that come next."""
    by_object: dict[str, list[Any]] = defaultdict(list)
    for thing in things:
        by_object[thing.policy_object].append(thing)
    yield from (list(theirs) for theirs in zip(*map(cycle, by_object.values()), strict=False))


def attempted(app: Flask, prepared: Prepared, plan: Iterable[Cell]) -> list[Answered]:
    """Try each cell, those of one person together; each attempt is rolled back."""
    answered = []
    for person, theirs in groupby(plan, key=lambda cell: cell.person):
        with in_savepoint(app, prepared):
            browser = Attempts(app, prepared, person)
            answered += [Answered(cell, browser.answer(cell.method, cell.path)) for cell in theirs]
    return answered


def wrong(rows: Sequence[Permit], walked: Sequence[Answered]) -> Iterator[str]:
    """Each answer that these rows do not give.

    Where a page is of another stage its form is, too, whoever sends it.
    """
    told = defaultdict(list)
    for row in rows:
        told[row.object, row.verb].append(row)
    right_of = {id(found.cell): expected(told, found.cell.person.role, found.cell.asked) for found in walked}
    pages = {(one.cell.person, one.cell.path): right_of[id(one.cell)] for one in walked if one.cell.method == GET}
    for found in walked:
        page = pages.get((found.cell.person, found.cell.path))
        right = right_of[id(found.cell)] | (page if page == {TOO_LATE} else frozenset())
        if right == {TOO_LATE} and found.cell.endpoint.partition(".")[0] in GENTLE:
            right |= {DONE}
        narrower = any(found.is_narrower(ask) for ask in found.cell.asked)
        if found.answer not in right and not narrower:
            asked = ", ".join(sorted({f"{ask.verb} {ask.object} {ask.state}" for ask in found.cell.asked})[:4])
            cell = found.cell
            yield f"{cell.person.name}: {cell.method} {cell.path} ({asked}): {found.answer}, not {' or '.join(right)}"


def by_right(walked: Sequence[Answered]) -> Mapping[tuple[str, Verb], Sequence[Answered]]:
    """By object and verb the answers that a row about them can change: where it is asked, whatever the method."""
    asked: dict[tuple[Person, str], set[tuple[str, Verb]]] = defaultdict(set)
    for found in walked:
        asked[found.cell.person, found.cell.path].update((ask.object, ask.verb) for ask in found.cell.asked)
    answers: dict[tuple[str, Verb], list[Answered]] = defaultdict(list)
    for found in walked:
        for right in asked[found.cell.person, found.cell.path]:
            answers[right].append(found)
    return answers


def unused(rows: Sequence[Permit], walked: Sequence[Answered]) -> Iterator[tuple[str, Verb, Role, str]]:
    """Each right of these rows of which nobody made use: object, verb, role and state.

    Whom a route's own list of roles shuts out is refused whatever the rows say, so a right too many shows here alone.
    """
    done = {
        (ask.object, ask.verb, found.cell.person.role, ask.state)
        for found in walked
        if found.answer == DONE and found.cell.person.role is not None
        for ask in found.cell.asked
        if ask.theirs
    }
    for row in rows:
        for role, state in product(row.roles, row.states or STATES[row.object]):
            is_walked = (row.object, row.verb) not in NOWHERE and (row.object, state) not in UNREACHED
            if is_walked and (row.object, row.verb, role, state) not in done:
                yield row.object, row.verb, role, state
