"""Names and addresses in the database, and what is left of them without the key."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import String, cast, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import RoleGrant, User
from portal.accounts.people import add_person, person_with_email
from portal.accounts.sessions import find_signed_in, start_session
from portal.core import clock
from portal.core.columns import Model
from portal.core.errors import WrongState
from portal.core.permissions import Role
from portal.core.personal import ERASED
from portal.extensions import db
from tests.factories.accounts import make_person
from tests.factories.organisations import make_authority

NAME, ADDRESS = "Demo Unmistakable", "unmistakable@people.example"

pytestmark = pytest.mark.usefixtures("db_session")


def stored() -> str:
    """Everything that stands in the database, as text; bytes with what they would read as."""
    db.session.flush()
    found = []
    for table in Model.metadata.sorted_tables:
        row = select(cast(text(f'"{table.name}"::text'), String)).select_from(table)
        found += [str(value) for value in db.session.scalars(row)]
        for column in table.columns:
            if str(column.type) in {"BLOB", "BYTEA"}:
                found += [repr(value) for value in db.session.scalars(select(column))]
    return "\n".join(found)


def erase_key(person: User) -> None:
    """Destroy somebody's key, as an erasure does."""
    db.session.flush()
    emptied: dict[str, Any] = dict.fromkeys(("person_key", "name_sealed", "email_sealed", "email_index"))
    ended = update(User).where(User.id == person.id).values(**emptied, password_hash=None, is_active=False)
    db.session.execute(ended)
    db.session.refresh(person)


def test_no_table_holds_a_name_or_an_address() -> None:
    """Nothing that the database holds of a person or of a role that was refused tells the name, address or reason."""
    authority = make_authority()
    person = make_person(Role.COMMISSIONER, authority=authority, display_name=NAME, email=ADDRESS)
    proposer = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    waiting = RoleGrant(user=person, user_id=person.id, role=Role.OPENER, authority=authority)
    waiting.proposed_by_id = proposer.id
    waiting.decision_note = "Nobody unmistakable."
    db.session.add(waiting)
    everything = stored()
    assert str(person.id) in everything
    assert [word for word in (NAME, ADDRESS, "nmistakable") if word in everything] == []
    db.session.expire_all()
    assert (person.display_name, person.email, waiting.decision_note) == (NAME, ADDRESS, "Nobody unmistakable.")


def test_without_the_key_nobody_is_named() -> None:
    """Whose key is destroyed is an erased person, found by no address, and nothing is sealed for them any more."""
    person = make_person(Role.CONTRIBUTOR, display_name=NAME, email=ADDRESS)
    token = start_session(user_id=person.id, now=clock.now())
    erase_key(person)
    assert (person.display_name, person.email, person_with_email(ADDRESS)) == (ERASED, None, None)
    assert find_signed_in(token, clock.now()) is None
    with pytest.raises(WrongState):
        person.display_name = "Somebody"
    assert add_person(name=NAME, email=ADDRESS, password_hash="none").id != person.id


def test_one_address_belongs_to_one_person() -> None:
    """The database refuses a second account for an address, although it cannot read it."""
    make_person(Role.CONTRIBUTOR, email=ADDRESS)
    db.session.flush()
    db.session.add(User(display_name="Demo", email=ADDRESS, password_hash="none"))
    with pytest.raises(IntegrityError):
        db.session.flush()
