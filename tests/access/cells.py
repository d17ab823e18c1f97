"""The cells of the matrix: who tries what where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from portal.core.permissions import Role, Verb
from tests.access.addresses import ADDRESSES, Address, names_of
from tests.access.expecting import Ask
from tests.access.people import Person, is_theirs


@dataclass
class Cell:
    """One person at one address, and what they may want there."""

    person: Person
    method: str
    endpoint: str
    path: str
    asked: list[Ask] = field(default_factory=list)


def cells(app: Flask, who_where: Iterable[tuple[Person, Sequence[Any]]], things: Sequence[Any]) -> Iterator[Cell]:
    """Every cell of each person at the addresses of the things chosen for them, those of one person together.

    The other things count where they share an address with a chosen one: an award has its invitation's.
    """
    attempts = list(_attempts(app, things))
    refused: dict[tuple[Role | None, str], Person] = {}
    for person, chosen in who_where:
        own, picked = {thing: is_theirs(person, thing) for thing in things}, set(chosen)
        paths = {attempt[3] for attempt in attempts if attempt[0] in picked}
        found: dict[tuple[str, str], Cell] = {}
        for thing, verb, address, path, audience in attempts:
            if path not in paths:
                continue
            theirs, shut_out = own[thing], person.role not in audience
            if address.own and not shut_out and not (theirs and person.role in address.by):
                continue
            # Whom a route is not for it refuses before anything is looked up, whatever the method: once is enough for
            # all who have the role.
            if shut_out and refused.setdefault((person.role, address.endpoint), person) is not person:
                continue
            key = ("" if shut_out else address.method, address.endpoint if shut_out else path)
            cell = found.setdefault(key, Cell(person, address.method, address.endpoint, path))
            cell.asked.append(Ask(thing.policy_object, thing.policy_state, verb, theirs, shut_out))
        yield from found.values()


def _attempts(app: Flask, things: Iterable[Any]) -> Iterator[tuple[Any, Verb, Address, str, frozenset[Role]]]:
    for thing in things:
        for (name, verb), addresses in ADDRESSES.items():
            if name == thing.policy_object:
                for address in addresses:
                    yield thing, verb, address, path_of(app, address, thing), audience_of(app, address.endpoint)


def path_of(app: Flask, address: Address, thing: Any) -> str:
    """The address of the thing."""
    given = {name: value for name, value in names_of(thing, address.endpoint).items() if value is not None}
    rules = [rule for rule in app.url_map.iter_rules(address.endpoint) if rule.arguments <= given.keys()]
    assert rules, f"{address.endpoint} is made of more than {sorted(given)}"
    rule = max(rules, key=lambda rule: len(rule.arguments))
    adapter = app.url_map.bind("localhost")
    return str(adapter.build(address.endpoint, {name: given[name] for name in rule.arguments}))


def audience_of(app: Flask, endpoint: str) -> frozenset[Role]:
    """The roles for which the route is."""
    access = app.view_functions[endpoint].access  # type: ignore[attr-defined]
    return frozenset(Role) if access.roles is None else access.roles
