"""What the portal holds that may connect a panel member with a bidder whom they declared no link with.

A hint is a question for whoever answers for the procurement to ask, never a finding: nothing follows from it, it is
worked out anew for each reading and kept nowhere. Whoever has a link declares it themselves (`declaring`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import HeldRole, User
from portal.core.columns import db
from portal.core.permissions import Actor, Verb, policy
from portal.evaluation.models import PanelMember
from portal.evaluation.queries import members_of, members_who_declared, opened_bids
from portal.identity.verifying import ANYBODYS
from portal.organisations.models import ContractingAuthority, Provider
from portal.tendering.interests.models import Interest
from portal.tendering.models import InvitationToTender


@dataclass(frozen=True)
class Place:
    """An organisation in which somebody has or had a role."""

    id: uuid.UUID
    name: str
    parent: str = ""
    """What owns or controls it, in its own words."""


@dataclass(frozen=True)
class Person:
    """What the portal holds of somebody that may connect them with others."""

    id: uuid.UUID
    places: frozenset[Place] = frozenset()
    domain: str = ""
    """Of their e-mail address; "" where it says nothing of whom they work for."""


@dataclass(frozen=True)
class Bidder:
    """A bidder and everybody who has or had a role in it."""

    place: Place
    people: Sequence[Person] = ()


@dataclass(frozen=True)
class Hint:
    """What may connect somebody with one bidder, as questions."""

    bidder: Place
    questions: Sequence[str]


@dataclass(frozen=True)
class Hinted:
    """A member of a panel to whom there is something to ask."""

    member: PanelMember
    has_declared: bool
    hints: Sequence[Hint]


def hints_for(person: Person, bidders: Sequence[Bidder]) -> list[Hint]:
    """What to ask somebody about each of those bidders; nothing is read or written."""
    found = (Hint(bidder.place, list(_questions(person, bidder))) for bidder in bidders)
    return [hint for hint in found if hint.questions]


def _questions(person: Person, bidder: Bidder) -> Iterator[str]:
    name, others = bidder.place.name, [one for one in bidder.people if one.id != person.id]
    if bidder.place in person.places:
        yield f"They have or had access here for {name}. Do they work for it, or did they?"
    if person.domain and any(one.domain == person.domain for one in others):
        yield (
            f"Their e-mail address ends in “@{person.domain}”, and so does one of {name}. Do they work for the same "
            "organisation?"
        )
    for place in sorted(person.places - {bidder.place}, key=lambda place: (place.name, place.id)):
        if any(place in one.places for one in others):
            yield f"They and somebody of {name} have or had access here for {place.name}. Did they work together?"
        if above := _body_above(place, bidder.place):
            yield f"They have or had access here for {place.name}. It and {name} belong to {above}. Is there a link?"


def _body_above(place: Place, bidder: Place) -> str:
    """The umbrella body that both belong to, or which one of them is of the other; "" where there is none."""
    bodies = [{one.casefold() for one in (place.name, place.parent) if one} for place in (place, bidder)]
    shared = bodies[0] & bodies[1]
    return next((one for one in (bidder.parent, place.parent) if one and one.casefold() in shared), "")


def links_to_ask_about(*, itt: InvitationToTender, actor: Actor) -> list[Hinted]:
    """Whom of the panels to ask about a link that they did not declare; nobody before the bids are open.

    Of young people nothing is held that could hint at one. Nothing is written. Raises `NotAllowed`, `NotFound`.
    """
    policy.require(actor, Verb.SEE_INTERESTS, itt)
    members = _asked(itt)
    bids = opened_bids(itt.id)
    providers = {bid.bid.provider_id: bid.bid.provider for bid in bids}
    people = _people(itt, [one.user_id for one in members], list(providers))
    by_place: dict[Place, list[Person]] = defaultdict(list)
    for person in people.values():
        for place in person.places:
            by_place[place].append(person)
    places = sorted(map(_place, providers.values()), key=lambda place: (place.name, place.id))
    bidders = [Bidder(place, by_place[place]) for place in places]
    linked = _linked(itt, {bid.bid_id: bid.bid.provider_id for bid in bids})
    declared = members_who_declared([one.id for one in members])
    asked = [
        Hinted(
            member,
            bool(bids) and member.id in declared,
            hints_for(people[member.user_id], [one for one in bidders if one.place.id not in linked[member.user_id]]),
        )
        for member in members
    ]
    return [one for one in asked if one.hints]


def _asked(itt: InvitationToTender) -> list[PanelMember]:
    seats = [member for found in members_of([panel.id for panel in itt.panels]).values() for member in found]
    in_force = [one for one in seats if one.removed_at is None and one.recused_at is None]
    return [one for one in in_force if not one.role.is_young_member]


def _linked(itt: InvitationToTender, bidder_of: Mapping[uuid.UUID, uuid.UUID]) -> Mapping[uuid.UUID, set[uuid.UUID]]:
    """By person the bidders whom they declared a link with."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    declared = select(Interest.user_id, Interest.bid_id).where(
        Interest.itt_id == itt.id, Interest.bid_id.is_not(None), Interest.has_interest.is_(True)
    )
    for user_id, bid_id in db.session.execute(declared):
        if bid_id is not None:
            found[user_id].add(bidder_of[bid_id])
    return found


def _place(organisation: Provider | ContractingAuthority) -> Place:
    parent = organisation.parent if isinstance(organisation, Provider) else ""
    return Place(organisation.id, organisation.name, parent)


def _places(roles: Sequence[HeldRole]) -> Mapping[uuid.UUID, Place]:
    """The organisations in which these roles are or were held."""
    providers = select(Provider).where(Provider.id.in_({role.provider_id for role in roles}))
    authorities = select(ContractingAuthority).where(ContractingAuthority.id.in_({role.authority_id for role in roles}))
    found = [*db.session.scalars(providers), *db.session.scalars(authorities)]
    return {one.id: _place(one) for one in found}


def _people(
    itt: InvitationToTender, members: Sequence[uuid.UUID], providers: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Person]:
    """The members, and whoever has or had a role in one of the bidders; the same statements for any number of them."""
    theirs = select(HeldRole.user_id).where(HeldRole.provider_id.in_(providers))
    of_the_buyer = HeldRole.authority_id == itt.authority_id
    roles = db.session.scalars(
        select(HeldRole)
        .where(or_(HeldRole.user_id.in_(members), HeldRole.user_id.in_(theirs), of_the_buyer))
        .options(joinedload(HeldRole.user))
    ).all()
    places = _places(roles)
    held: dict[uuid.UUID, set[Place]] = defaultdict(set)
    users: dict[uuid.UUID, User] = {}
    for role in roles:
        users[role.user_id] = role.user
        held[role.user_id] |= {places[one] for one in (role.provider_id, role.authority_id) if one is not None}
    domains = {user_id: (user.email or "").rpartition("@")[2] for user_id, user in users.items()}
    # What the buyer's own people have says no more than that.
    common = {domains[role.user_id] for role in roles if role.authority_id == itt.authority_id} | ANYBODYS
    return {
        user_id: Person(user_id, frozenset(held[user_id]), domain if domain not in common else "")
        for user_id, domain in domains.items()
    }
