"""What the matrix knows is what the policy knows."""

from __future__ import annotations

import pytest

from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Role, policy
from portal.scenarios.matrix_people import PARTS, PLACES, Place
from tests.access.governed import STATES, UNREACHED, models


@pytest.mark.usefixtures("app")
def test_every_object_of_the_policy_has_its_states() -> None:
    """Whatever has rows has a class and states, and no row speaks of a state that its object does not know."""
    rows = policy.rows()
    assert {row.object for row in rows} == STATES.keys() == models().keys()
    assert [(row.object, row.verb) for row in rows if row.states and row.states - STATES[row.object]] == []
    assert {(name, state) for name, state in UNREACHED if state not in STATES[name]} == set()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_role_of_both_organisations_is_somebodys(place: Place) -> None:
    """Each place has one person for each of its roles, who holds no other; young people hold a card instead."""
    roles = PROVIDER_ROLES if Role.SUBMITTER in place.people else AUTHORITY_ROLES | PANEL_ROLES - {Role.YOUNG_MEMBER}
    assert place.people.keys() == roles
    assert [role for role, part in place.people.items() if part.roles not in {(role,), ()}] == []


def test_everybody_is_obviously_made_up() -> None:
    """Each name begins with Demo, and nobody shares an address."""
    assert {part.name.split()[0] for part in PARTS} == {"Demo"}
    assert len({part.email for part in PARTS}) == len(PARTS)
