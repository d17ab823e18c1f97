"""People in letters."""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import select, text

from portal.accounts.granting import propose_role
from portal.accounts.models import User
from portal.audit.models import Event
from portal.core.permissions import Role
from portal.core.personal import ERASED
from portal.extensions import db
from portal.notifications.composing import tell
from portal.notifications.letters_of_roles import role_proposed
from portal.notifications.models import Message
from tests.architecture.source import modules, parsed
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority
from tests.portal.accounts.test_sealed_people import ADDRESS, NAME, erase_key, stored

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def person() -> User:
    """Somebody of whom three administrators were written to, because a role waits for them."""
    authority = make_authority()
    colleague = make_person(Role.COMMISSIONER, authority=authority, display_name=NAME, email=ADDRESS)
    administrator = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    db.session.flush()
    propose_role(person=colleague, role=Role.OPENER, authority=authority, actor=actor_of(administrator))
    role_proposed(db.session.scalars(select(Event)).one())
    return colleague


def letters() -> list[Message]:
    """Every message, read afresh."""
    db.session.flush()
    db.session.expire_all()
    return list(db.session.scalars(select(Message)))


def test_a_letter_is_read_with_the_name_and_stored_without(person: User) -> None:
    """Subject and body show name and address to the reader; no table holds either."""
    assert len(letters()) == 3
    for letter in letters():
        assert letter.subject == f"A role waits for a second person: {NAME}"
        assert f"that {NAME} ({ADDRESS}) gets the role" in letter.body
    assert [word for word in (NAME, ADDRESS) if word in stored()] == []


def test_a_letter_follows_the_person(person: User) -> None:
    """Whoever changes their name is called by the new one in letters of before, and an erased person by none."""
    person.display_name = "Demo Renamed"
    assert {letter.subject for letter in letters()} == {"A role waits for a second person: Demo Renamed"}
    erase_key(person)
    assert {letter.subject for letter in letters()} == {f"A role waits for a second person: {ERASED}"}
    assert [letter.body for letter in letters() if "Renamed" in letter.body or ADDRESS in letter.body] == []


def test_a_mark_that_somebody_typed_names_nobody(person: User) -> None:
    """Only people whom the letter was given are named in it, whatever stands in a title."""
    [event] = db.session.scalars(select(Event))
    other = make_person(Role.CONTRIBUTOR, display_name="Demo Other")
    db.session.execute(text("DELETE FROM message_mention"))
    mark = f"\u27e6name {other.id}\u27e7"
    told = {"person": person, "proposer": person, "authority": mark, "role": "opener"}
    tell(event=event, people=[other.id], template="accounts/role_proposed", link="/", thread=other.id, **told)
    [letter] = [letter for letter in letters() if letter.user_id == other.id]
    assert mark in letter.body
    assert NAME in letter.body
    assert "Demo Other" not in letter.body


def test_no_letter_reads_a_name_itself() -> None:
    """A letter is given people, never their names: nothing but mentions and mail reads `display_name` or `email`."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        if name.startswith("portal.notifications.")
        if name not in {"portal.notifications.mentions", "portal.notifications.sending"}
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in {"display_name", "email"}
    ]
    assert wrong == []
