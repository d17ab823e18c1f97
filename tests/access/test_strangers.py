"""A slice of the access matrix: whoever is of another organisation comes to nothing, one thing of each kind."""

from __future__ import annotations

from flask import Flask

from portal.core.permissions import Role, policy
from tests.access.cells import cells
from tests.access.governed import everything
from tests.access.people import VISITOR, Person
from tests.access.walk import attempted, wrong
from tests.factories.accounts import make_person
from tests.factories.everything import everything as make_everything
from tests.prepared import in_savepoint, prepared_once

STRANGERS = (Role.COMMISSIONER, Role.APPROVER, Role.SUBMITTER)


def test_strangers_are_answered_as_the_policy_says(app: Flask) -> None:
    """Of another council and another provider: 404, or 403 where their role would not do; a visitor signs in first."""
    with prepared_once(app, _made) as prepared:
        with in_savepoint(app, prepared):
            things = everything()
            of_each_object = {thing.policy_object: thing for thing in things}
            who = [VISITOR, *prepared.told]
            plan = list(cells(app, ((one, list(of_each_object.values())) for one in who), things))
        walked = attempted(app, prepared, plan)
    assert list(wrong(policy.rows(), walked)) == []
    assert {found.cell.person.role for found in walked} == {None, *STRANGERS}


def _made() -> list[Person]:
    make_everything()
    return [Person(f"a {role.value} elsewhere", make_person(role).id, role) for role in STRANGERS]
