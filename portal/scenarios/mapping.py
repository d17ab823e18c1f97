"""The map of the demonstration's council, and which of its localities an invitation is for."""

from __future__ import annotations

from portal.core.columns import db
from portal.core.permissions import Actor
from portal.localities.changing import add_locality
from portal.localities.queries import places_of
from portal.organisations.models import ContractingAuthority
from portal.scenarios import people
from portal.tendering.drafting import describe_service
from portal.tendering.models import InvitationToTender

MAP = {
    "Demo North": ("Demo Northfield", "Demo Highfield", "Demo Eastgate", "Demo Fairmead", "Demo Ashgrove"),
    "Demo South": ("Demo Southgate", "Demo Harbourside", "Demo Lowmarsh", "Demo Fernhill", "Demo Brookfield"),
    "Demo West": ("Demo Westway", "Demo Oldbridge", "Demo Millbrook", "Demo Longmeadow"),
}


def draw(authority: ContractingAuthority) -> None:
    """Put three districts on the map, and what lies in them; the commissioner works for the north."""
    actor, works = people.actor_of(people.AUTHORITY_ADMINISTRATOR), [people.person_of(people.COMMISSIONER).id]
    for district, within in MAP.items():
        wide = add_locality(
            authority=authority,
            name=district,
            parent_id=None,
            people=works if district == "Demo North" else [],
            actor=actor,
        )
        for name in within:
            add_locality(authority=authority, name=name, parent_id=wide.id, people=[], actor=actor)
    db.session.commit()


def place(itt: InvitationToTender, actor: Actor) -> None:
    """Let a draft be for the locality whose name ends its title, such as "Youth theatre: Demo Southgate"."""
    known = {each.locality.name: each.locality.id for each in places_of(itt.authority_id)}
    describe_service(
        itt=itt,
        title=itt.title,
        description=itt.description,
        cpv_codes=itt.cpv_codes,
        locality_id=known.get(itt.title.rpartition(": ")[2]),
        actor=actor,
    )
