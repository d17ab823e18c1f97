"""An authority's map: what lies in what, who works for it, and what keeps a locality on it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core.errors import Conflict, InvalidInput, NotAllowed
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.localities.changing import DEEPEST, add_locality, change_locality, remove_locality
from portal.localities.models import Locality
from portal.localities.queries import places_of, within
from tests.factories.accounts import actor_of, make_person
from tests.factories.localities import locality, map_maker
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def actor() -> Actor:
    return map_maker(make_authority())


def paths(actor: Actor) -> list[tuple[str, tuple[str, ...]]]:
    assert actor.authority_id is not None
    return [(place.locality.name, place.path) for place in places_of(actor.authority_id)]


def change(
    made: Locality, actor: Actor, *, name: str = "", parent: Locality | None = None, people: Sequence[uuid.UUID] = ()
) -> None:
    change_locality(locality=made, name=name or made.name, parent_id=parent and parent.id, people=people, actor=actor)


def test_the_map_is_a_tree_in_the_order_of_names(actor: Actor) -> None:
    """Each is followed by what lies in it; a part of the tree is what it is and everything beneath."""
    west = locality("West", actor)
    locality("East", actor)
    harlow = locality("Harlow", actor, parent=west)
    locality("Old Harlow", actor, parent=harlow)
    locality("Epping", actor, parent=west)
    assert paths(actor) == [
        ("East", ()),
        ("West", ()),
        ("Epping", ("West",)),
        ("Harlow", ("West",)),
        ("Old Harlow", ("West", "Harlow")),
    ]
    places = places_of(west.authority_id)
    assert len(within(places, west.id)) == 4
    assert [place.full_name for place in places][-1] == "Old Harlow, Harlow, West"


def test_no_locality_lies_in_itself_or_in_what_lies_in_it(actor: Actor) -> None:
    """Whatever way round it is tried; a map is at most so many levels deep, also where a whole branch is moved."""
    chain = [locality("Level 1", actor)]
    for level in range(2, DEEPEST + 1):
        chain.append(locality(f"Level {level}", actor, parent=chain[-1]))
    for below in chain:
        with pytest.raises(InvalidInput, match="cannot lie in itself") as refused:
            change(chain[0], actor, parent=below)
        assert refused.value.field == "parent"
    with pytest.raises(InvalidInput, match="at most 4 levels"):
        locality("One too deep", actor, parent=chain[-1])
    other = locality("Other", actor)
    with pytest.raises(InvalidInput, match="at most 4 levels"):
        change(chain[0], actor, parent=other)
    change(chain[1], actor, parent=other)
    assert paths(actor)[2] == ("Level 2", ("Other",))


def test_a_name_is_given_once_whatever_its_case(actor: Actor) -> None:
    """The second is refused beside its name; another authority's map knows nothing of it."""
    locality("Harlow", actor)
    with pytest.raises(InvalidInput, match="called HARLOW already") as refused:
        locality("HARLOW", actor)
    assert refused.value.field == "name"
    locality("Harlow", map_maker(make_authority()))


def test_who_works_for_it_is_of_the_authority(actor: Actor) -> None:
    """Somebody else's people are refused; whoever is taken off can be put back."""
    made = locality("Harlow", actor)
    own = make_person(Role.COMMISSIONER, authority=made.authority)
    change(made, actor, people=[own.id])
    assert [member.user_id for member in made.members] == [own.id]
    change(made, actor)
    change(made, actor, people=[own.id])
    assert [member.user_id for member in made.members] == [own.id]
    stranger = make_person(Role.COMMISSIONER, authority=make_authority())
    with pytest.raises(InvalidInput) as refused:
        change(made, actor, people=[stranger.id])
    assert refused.value.field == "people"


def test_what_is_used_stays_on_the_map(actor: Actor) -> None:
    """Neither what others lie in nor what an invitation names can be removed; what was, is in the record."""
    west = locality("West", actor)
    harlow = locality("Harlow", actor, parent=west)
    with pytest.raises(Conflict, match="Other localities lie in it"):
        remove_locality(locality=west, actor=actor)
    itt = draft_itt(authority=west.authority)
    itt.locality = harlow
    db.session.flush()
    with pytest.raises(Conflict, match="An invitation names it"):
        remove_locality(locality=harlow, actor=actor)
    itt.locality = None
    db.session.flush()
    remove_locality(locality=harlow, actor=actor)
    remove_locality(locality=west, actor=actor)
    assert paths(actor) == []
    removed = select(Event.data["name"].astext).where(Event.kind == EventKind.LOCALITY_REMOVED).order_by(Event.seq)
    assert list(db.session.scalars(removed)) == ["Harlow", "West"]


def test_only_administrators_draw_the_map(actor: Actor) -> None:
    """A commissioner reads it."""
    made = locality("Harlow", actor)
    officer = actor_of(make_person(Role.COMMISSIONER, authority=made.authority))
    with pytest.raises(NotAllowed):
        add_locality(authority=made.authority, name="Epping", parent_id=None, people=[], actor=officer)
    with pytest.raises(NotAllowed):
        remove_locality(locality=made, actor=officer)
