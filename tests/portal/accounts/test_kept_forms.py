"""What was typed and not sent is kept: sealed, for one person."""

from __future__ import annotations

import pytest
from flask import current_app
from sqlalchemy import select, update

from portal.accounts.kept_forms import forget_form, keep_form, kept_form, kept_forms, throw_away
from portal.accounts.models import KeptForm, User
from portal.core import clock
from portal.core.errors import NotFound, SealBroken
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import make_person

pytestmark = pytest.mark.usefixtures("db_session")

HERE, THERE = "/provider/here", "/provider/there"


def keys() -> KeyFolder:
    found: KeyFolder = current_app.extensions["keys"]
    return found


def keep(person: User, address: str = HERE, text: str = "My words") -> None:
    typed = {"reason": [text], "codes": ["1", "2"]}
    keep_form(
        user_id=person.id,
        address=address,
        shown_on="/provider/page",
        typed=typed,
        files=["a.pdf"],
        keys=keys(),
        now=clock.now(),
    )


def reason(person: User, address: str = HERE) -> str | None:
    kept = kept_form(user_id=person.id, address=address, keys=keys())
    return kept.typed["reason"][0] if kept else None


def test_what_is_kept_comes_back_to_its_person_and_form_alone() -> None:
    """Fields with several values and names of files as well; the latest takes the place of the one before."""
    person, another = make_person(Role.CONTRIBUTOR), make_person(Role.CONTRIBUTOR)
    keep(person, text="First")
    keep(person, text="Second")
    kept = kept_form(user_id=person.id, address=HERE, keys=keys())
    assert kept is not None
    assert (kept.typed, kept.files) == ({"reason": ["Second"], "codes": ["1", "2"]}, ("a.pdf",))
    assert kept.shown_on == "/provider/page"
    assert (reason(person, THERE), reason(another)) == (None, None)
    assert len(kept_forms(user_id=person.id, keys=keys())) == 1


def test_the_database_holds_no_word_of_it() -> None:
    """What is stored is sealed, and bound to its person and address: moved to another row it opens nothing."""
    person, another = make_person(Role.CONTRIBUTOR), make_person(Role.CONTRIBUTOR)
    keep(person, text="Confidential words")
    row = db.session.scalars(select(KeptForm)).one()
    assert b"Confidential" not in row.sealed
    assert len(row.sealed) > 4096
    for change in ({"user_id": another.id}, {"user_id": person.id, "address": THERE}):
        db.session.execute(update(KeptForm).values(**change))
        db.session.expire_all()
        with pytest.raises(SealBroken):
            kept_forms(user_id=change["user_id"], keys=keys())  # type: ignore[arg-type]


def test_what_was_sent_is_forgotten() -> None:
    """That form's text alone."""
    person = make_person(Role.CONTRIBUTOR)
    keep(person)
    keep(person, THERE)
    forget_form(user_id=person.id, address=HERE)
    assert (reason(person), reason(person, THERE)) == (None, "My words")


def test_only_its_person_throws_it_away() -> None:
    """Nobody else, and once."""
    person, another = make_person(Role.CONTRIBUTOR), make_person(Role.CONTRIBUTOR)
    keep(person)
    kept_id = kept_forms(user_id=person.id, keys=keys())[0].id
    with pytest.raises(NotFound):
        throw_away(user_id=another.id, kept_id=kept_id)
    throw_away(user_id=person.id, kept_id=kept_id)
    assert reason(person) is None
    with pytest.raises(NotFound):
        throw_away(user_id=person.id, kept_id=kept_id)
