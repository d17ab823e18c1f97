"""Finding people by the address that they sign in with."""

from __future__ import annotations

import ast

import pytest

from portal.accounts.people import people_with_emails, person_with_email
from portal.core.permissions import Role
from portal.extensions import db
from tests.architecture.source import modules, parsed
from tests.factories.accounts import make_person


@pytest.mark.usefixtures("db_session")
def test_an_address_is_found_as_it_looks() -> None:
    """Capitals, spaces around it and what cannot be seen make no difference; nobody is found for nothing."""
    person = make_person(Role.CONTRIBUTOR, email="demo@people.example")
    make_person(Role.CONTRIBUTOR)
    db.session.flush()
    for typed in ("demo@people.example", " Demo@PEOPLE.example ", "de\u200bmo@people.example"):
        assert person_with_email(typed) is person
    assert [person_with_email(typed) for typed in ("", None, "other@people.example")] == [None] * 3
    assert people_with_emails(["Demo@people.example", "other@people.example"]) == {"demo@people.example": person}


def test_nobody_else_looks_people_up_by_address() -> None:
    """Looking somebody up by address is done by one module: no other compares the column."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if name != "portal.accounts.people"
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Compare) and "User.email" in ast.unparse(node))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "User.email.in_")
    ]
    assert wrong == []
