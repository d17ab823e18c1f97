"""The key over persons' keys is replaced while everybody goes on reading and writing."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.link_models import AddressChange
from portal.accounts.models import User
from portal.accounts.people import AddressTaken, holder_of, people_with_emails, person_with_email, refuse_taken
from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import SealBroken
from portal.core.permissions import Role
from portal.core.personal import address_index
from portal.core.seals import KeyFolder
from portal.extensions import db
from portal.notifications.models import DeadAddress
from portal.organisations.claim_models import NumberClaim
from portal.privacy import rewrapping
from portal.privacy.rewrapping import note_dropped, replace_key, rewrap_portions
from portal.regulation.identifiers import Scheme
from tests.factories.accounts import make_person
from tests.factories.organisations import make_provider

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def keys(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KeyFolder:
    """A key folder of this test's own, as a running process holds it."""
    folder = KeyFolder(tmp_path)
    monkeypatch.setitem(app.extensions, "keys", folder)
    return folder


def rewrap() -> int:
    return sum(rewrap_portions())


def test_people_are_found_and_read_at_every_step(keys: KeyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the new key, with both, with some under each, and with the new one alone."""
    monkeypatch.setattr(rewrapping, "PORTION", 1)
    people = {f"p{number}@demo.example": make_person(Role.CONTRIBUTOR) for number in range(3)}
    for address, person in people.items():
        person.email = address
    db.session.flush()
    wrapped, names = [person.person_key for person in people.values()], [p.display_name for p in people.values()]

    def all_well() -> None:
        db.session.expire_all()
        for address, person in people.items():
            assert person_with_email(address) is person
            assert (person.email, holder_of(address)) == (address, person)
            with pytest.raises(AddressTaken):
                refuse_taken(address)
        assert people_with_emails(people) == people
        assert [person.display_name for person in people.values()] == names

    all_well()
    replace_key(keys)
    all_well()
    for _portion in rewrap_portions():
        all_well()
    note_dropped()
    keys.drop_person_key_before()
    all_well()
    assert not {*wrapped} & {person.person_key for person in people.values()}
    recorded = select(Event.kind).where(Event.object_type == "person_key").order_by(Event.seq)
    assert db.session.scalars(recorded).all() == ["person_key_replaced", "person_key_dropped"]


def test_a_process_that_runs_changes_to_the_new_key_at_once(keys: KeyFolder) -> None:
    """Whoever had read the key before wraps with the new one from then on, and goes on with an interrupted change."""
    running = KeyFolder(keys.folder)
    [before] = running.person_keys()
    keys.replace_person_key()
    present, also = running.person_keys()
    assert (also, present == before) == (before, False)
    keys.replace_person_key()
    assert running.person_keys() == (present, before)
    keys.drop_person_key_before()
    assert running.person_keys() == (present,)
    assert {path.stat().st_mode & 0o077 for path in keys.folder.iterdir()} == {0}


def test_everything_that_is_under_the_key_moves(keys: KeyFolder) -> None:
    """Claimants, former addresses and dead ones as well; the erased stay erased; twice changes nothing more."""
    person, erased = make_person(Role.CONTRIBUTOR), make_person(Role.CONTRIBUTOR)
    change = AddressChange(user=person, new_email="new@demo.example", asked_at=clock.now())
    dead = DeadAddress(user_id=person.id, address=person.email_index, since=clock.now(), failure="550")
    claim = NumberClaim(
        code_hash=b"c",
        scheme=Scheme.COMPANY,
        number="09506232",
        holder_id=make_provider("H").id,
        claimed_at=clock.now(),
    )
    claim.contact = "Demo Stranger"
    db.session.add_all([change, dead, claim])
    erased.person_key = erased.name_sealed = erased.email_sealed = erased.email_index = erased.password_hash = None
    erased.is_active = False
    db.session.flush()
    replace_key(keys)
    rewrap()
    first = (person.person_key, claim.person_key)
    rewrap()
    assert (person.person_key, claim.person_key) == first
    keys.drop_person_key_before()
    db.session.flush()
    db.session.expire_all()
    index = address_index(person.email or "")
    assert (person.email_index, change.old_index, dead.address) == (index, index, index)
    assert (claim.contact, change.new_email, erased.person_key) == ("Demo Stranger", "new@demo.example", None)


def test_what_was_left_under_the_key_before_is_unreadable_without_it(keys: KeyFolder) -> None:
    """So the change is finished only when nothing is."""
    person = make_person(Role.CONTRIBUTOR)
    keys.replace_person_key()
    keys.drop_person_key_before()
    with pytest.raises(SealBroken):
        _ = db.session.get_one(User, person.id).display_name
