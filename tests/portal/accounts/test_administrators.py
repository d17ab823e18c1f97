"""The first people of an installation."""

from __future__ import annotations

import pytest

from portal.accounts.administrators import create_administrator
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from tests.factories.accounts import actor_of
from tests.factories.organisations import make_authority

PERSON = {"name": "Demo Person", "email": "demo@people.example", "password": "three random words"}


def test_the_platform_s_administrator_belongs_to_no_place(db_session: object) -> None:
    """Without an authority the person administers the platform."""
    actor = actor_of(create_administrator(**PERSON))
    assert (actor.roles, actor.authority_id) == ({Role.PLATFORM_ADMINISTRATOR}, None)
    assert [event.kind for event in events_of("system")] == [
        EventKind.MEMBERSHIP_GRANTED,
        EventKind.CONFIRMATION_ASKED,
    ]


def test_an_authority_is_created_by_its_name(db_session: object) -> None:
    """With an authority's name the person administers it, and it exists from then on."""
    actor = actor_of(create_administrator(**PERSON, authority="  Demo   County Council "))
    authority = db.session.get_one(ContractingAuthority, actor.authority_id)
    assert (authority.name, actor.roles) == ("Demo County Council", {Role.AUTHORITY_ADMINISTRATOR})


def test_an_authority_that_exists_is_found(db_session: object) -> None:
    """Its first administrator joins it; there is no second one by this way, which takes one person alone."""
    authority = make_authority("Demo County Council", administrators=0)
    actor = actor_of(create_administrator(**PERSON, authority="Demo County Council"))
    assert actor.authority_id == authority.id
    with pytest.raises(InvalidInput) as refused:
        create_administrator(**PERSON | {"email": "another@people.example"}, authority="Demo County Council")
    assert refused.value.field == "authority"


@pytest.mark.parametrize("twin", ["demo county council", "Derno County Council", "Demo CountyCouncil"])
def test_an_authority_is_not_made_twice(db_session: object, twin: str) -> None:
    """A name that looks like that of an authority here is refused and says which."""
    make_authority("Demo County Council")
    with pytest.raises(InvalidInput, match="There is “Demo County Council” here already"):
        create_administrator(**PERSON, authority=twin)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "short"}, "password"),
        ({"email": "x"}, "email"),
        ({"name": ""}, "name"),
        ({"authority": " "}, "authority"),
    ],
)
def test_a_refusal_names_its_field(db_session: object, changed: dict[str, str], field: str) -> None:
    """What cannot be accepted is said by its field."""
    with pytest.raises(InvalidInput) as refusal:
        create_administrator(**(PERSON | changed))
    assert refusal.value.field == field
