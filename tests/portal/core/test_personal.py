"""What stands under a person's key."""

from __future__ import annotations

import uuid

import pytest

from portal.core.errors import SealBroken
from portal.core.personal import address_index, new_person_key, seal, unseal


@pytest.mark.usefixtures("db_session")
def test_a_seal_is_bound_to_person_and_kind() -> None:
    """What was sealed is read with its own person, key and kind, and with no other."""
    one, other = uuid.uuid4(), uuid.uuid4()
    keys = {person: new_person_key(person) for person in (one, other)}
    sealed = seal("Demo Person", key=keys[one], person_id=one, what="name")
    assert unseal(sealed, key=keys[one], person_id=one, what="name") == "Demo Person"
    assert b"Demo" not in sealed
    for key, person, what in (
        (keys[one], one, "email"),
        (keys[other], one, "name"),
        (keys[one], other, "name"),
        (keys[other], other, "name"),
    ):
        with pytest.raises(SealBroken):
            unseal(sealed, key=key, person_id=person, what=what)


@pytest.mark.usefixtures("db_session")
def test_equal_words_look_different_and_equal_addresses_are_found() -> None:
    """Two people of one name cannot be told to share it; the index of an address is the same each time."""
    one, other = uuid.uuid4(), uuid.uuid4()
    sealed = {seal("Demo", key=new_person_key(person), person_id=person, what="name") for person in (one, one, other)}
    assert len(sealed) == 3
    assert address_index("a@people.example") == address_index("a@people.example") != address_index("b@people.example")
    assert b"people" not in address_index("a@people.example")
