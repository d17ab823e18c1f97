"""Whoever stands in the access matrix: one person for every role, in two authorities and two providers.

Whoever does the first half of an act of two people is a colleague, so that the person of the role can do the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, SECOND_FACTOR_ROLES, Role
from portal.evaluation.states import MemberRole
from portal.scenarios.people import Cast, Part

NORTH, SOUTH = "Demo Matrix North Council", "Demo Matrix South Council"
ALDER, BIRCH = "Demo Matrix Alder Trust", "Demo Matrix Birch Project"
ELM, FIR, GORSE = "Demo Matrix Elm Trust", "Demo Matrix Fir Trust", "Demo Matrix Gorse Trust"

DOES = "Stands in the access matrix."


@dataclass(frozen=True)
class Place:
    """An organisation with one person for each of its roles, and their colleagues."""

    name: str
    people: Mapping[Role, Part]
    colleagues: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everybody; the administrator of a provider first, who registers it."""
        first = self.people.get(Role.PROVIDER_ADMINISTRATOR)
        rest = (part for part in self.people.values() if part is not first)
        return (*((first,) if first else ()), *rest, *self.colleagues)


def _part(place: str, title: str, *roles: Role, factor: bool = False, works_there: bool = True) -> Part:
    side = place.removeprefix("Demo Matrix ").split()[0]
    return Part(
        f"Demo {side} {title}",
        f"matrix-{side.lower()}-{title.lower().replace(' ', '-')}",
        f"{title} of {place}",
        DOES,
        roles,
        place if works_there and set(roles) & PROVIDER_ROLES else None,
        factor,
    )


def _people(place: str, roles: Iterable[Role]) -> dict[Role, Part]:
    """One for each role; those of panels are given by appointing them."""
    return {
        role: _part(place, role.value.replace("_", " ").capitalize(), *({role} - PANEL_ROLES), factor=_shows_code(role))
        for role in Role
        if role in roles
    }


def _shows_code(role: Role) -> bool:
    return role in SECOND_FACTOR_ROLES


def _authority(name: str) -> Place:
    adults = AUTHORITY_ROLES | PANEL_ROLES - {Role.YOUNG_MEMBER}
    colleagues = (
        _part(name, "First administrator", Role.AUTHORITY_ADMINISTRATOR),
        _part(name, "Second opener", Role.OPENER),
        _part(name, "Colleague of the commissioner", Role.COMMISSIONER),
        _part(name, "Parent chair", factor=True),
        _part(name, "Parent"),
    )
    return Place(name, _people(name, adults), colleagues)


NORTH_PEOPLE, SOUTH_PEOPLE = _authority(NORTH), _authority(SOUTH)
ALDER_COLLEAGUES = tuple(
    _part(ALDER, f"{number} colleague", Role.SUBMITTER) for number in ("First", "Second", "Third", "Fourth", "Fifth")
)
ALDER_ADMINISTRATOR = _part(ALDER, "Second administrator", Role.PROVIDER_ADMINISTRATOR)
LEAVER = _part(ALDER, "Leaver", Role.CONTRIBUTOR)
ALDER_PEOPLE = Place(ALDER, _people(ALDER, PROVIDER_ROLES), (ALDER_ADMINISTRATOR, *ALDER_COLLEAGUES, LEAVER))
BIRCH_PEOPLE = Place(BIRCH, _people(BIRCH, PROVIDER_ROLES))
OWNERS = tuple(_part(place, "Owner", Role.PROVIDER_ADMINISTRATOR) for place in (ELM, FIR, GORSE))
PLATFORM = Part(
    "Demo Matrix Platform Administrator",
    "matrix-platform",
    "Second administrator of the platform",
    DOES,
    (Role.PLATFORM_ADMINISTRATOR,),
)
PLACES = (NORTH_PEOPLE, SOUTH_PEOPLE, ALDER_PEOPLE, BIRCH_PEOPLE)
PARTS = (*(part for place in PLACES for part in place.parts), *OWNERS, PLATFORM)


def cast_of(place: Place) -> Cast:
    """Who carries the authority's procurements along."""
    _first, opener, _colleague, parent_chair, parent = place.colleagues
    return Cast(
        commissioner=place.people[Role.COMMISSIONER],
        approver=place.people[Role.APPROVER],
        openers=(opener, place.people[Role.OPENER]),
        manager=place.people[Role.CONTRACT_MANAGER],
        leads=(place.people[Role.SAFEGUARDING_LEAD], None),
        seats=(
            ("local", MemberRole.CHAIR, place.people[Role.CHAIR]),
            ("local", MemberRole.MEMBER, place.people[Role.PANEL_MEMBER]),
            ("young-people", MemberRole.FACILITATOR, place.people[Role.FACILITATOR]),
            ("parents", MemberRole.CHAIR, parent_chair),
            ("parents", MemberRole.MEMBER, parent),
        ),
        bidders=(ALDER_PEOPLE.people[Role.SUBMITTER],),
    )


CASTS: Mapping[str, Cast] = {place.name: cast_of(place) for place in (NORTH_PEOPLE, SOUTH_PEOPLE)}
