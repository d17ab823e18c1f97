"""The demonstration's people: every role of the product, each obviously a demonstration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyotp
from sqlalchemy import select

from portal.accounts.granting import (
    administrators_of,
    confirm_role,
    deciders_of,
    propose_role,
    takes_two_people,
)
from portal.accounts.models import User
from portal.accounts.passwords import hash_password
from portal.accounts.people import add_person, grant, person_with_email
from portal.accounts.second_factor import sealed_secret
from portal.accounts.sessions import actor_for
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import SECOND_FACTOR_ROLES, Actor, Role
from portal.core.seals import KeyFolder
from portal.evaluation.states import MemberRole
from portal.identity.verifying import check_register
from portal.organisations.changing import register_provider
from portal.organisations.details import ProviderDetails
from portal.organisations.models import ContractingAuthority, Provider

PASSWORD = "demonstration sign-in"
"""Everybody's password. It opens nothing: these people exist only where the database is a demonstration."""


@dataclass(frozen=True)
class Part:
    """A part to play: the person's name, mailbox, role in words and what there is to do."""

    name: str
    mailbox: str
    title: str
    does: str
    roles: tuple[Role, ...] = ()
    provider: str | None = None
    factor: bool = False
    company_number: str = ""
    """Of the provider, where it is not one of `COMPANY_NUMBERS`."""

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.mailbox}@demo.example"


@dataclass(frozen=True)
class Cast:
    """Who carries a contracting authority's procurements along the road."""

    commissioner: Part
    approver: Part
    openers: tuple[Part, Part]
    manager: Part
    leads: tuple[Part, Part | None]
    """Who looks after the young people's safety, and who if that one is away."""
    seats: tuple[tuple[str, MemberRole, Part], ...]
    """The adults of the panels, by the panel's key."""
    bidders: tuple[Part, ...]

    def moderator(self, panel: str) -> Part:
        """Who leads the panel to agreed scores."""
        leads = {MemberRole.CHAIR, MemberRole.FACILITATOR}
        return next(part for key, role, part in self.seats if key == panel and role in leads)

    @property
    def facilitator(self) -> Part:
        """Who supports the young people."""
        return next(part for _, role, part in self.seats if role is MemberRole.FACILITATOR)


AUTHORITY = "Demo Riverside Locality Partnership"

COMMISSIONER = Part(
    "Demo Commissioner",
    "commissioner",
    "Commissioner",
    "Drafts and publishes, appoints panels, proposes awards, concludes contracts.",
    (Role.COMMISSIONER,),
)
APPROVER = Part(
    "Demo Approver", "approver", "Approver", "Decides an award that somebody else proposed.", (Role.APPROVER,)
)
OPENER_ONE = Part("Demo Opener One", "opener1", "Opener", "Opens bids together with the second opener.", (Role.OPENER,))
OPENER_TWO = Part("Demo Opener Two", "opener2", "Opener", "The second of the two people who open bids.", (Role.OPENER,))
MANAGER = Part(
    "Demo Contract Manager",
    "contracts",
    "Contract manager",
    "Concludes contracts and looks after them.",
    (Role.CONTRACT_MANAGER,),
)
AUDITOR = Part(
    "Demo Auditor",
    "auditor",
    "Auditor",
    "Reads everything of the authority, changes nothing.",
    (Role.AUDITOR,),
)
SAFEGUARDING_LEAD = Part(
    "Demo Safeguarding Lead",
    "safeguarding",
    "Safeguarding lead",
    "Reads what a young person wrote where it may be about harm, and records what was done.",
    (Role.SAFEGUARDING_LEAD,),
)
SAFEGUARDING_DEPUTY = Part(
    "Demo Safeguarding Deputy",
    "safeguarding2",
    "Deputy of the safeguarding lead",
    "Is told when the lead has not read something after half an hour.",
    (Role.SAFEGUARDING_LEAD,),
)
AUTHORITY_ADMINISTRATOR = Part(
    "Demo Authority Administrator",
    "admin",
    "Authority administrator",
    "Checks the numbers of new providers.",
    (Role.AUTHORITY_ADMINISTRATOR,),
)
SECOND_ADMINISTRATOR = Part(
    "Demo Second Administrator",
    "admin2",
    "Authority administrator",
    "Confirms the roles that the first administrator proposes.",
    (Role.AUTHORITY_ADMINISTRATOR,),
)
AUTHORITY_PEOPLE = (
    COMMISSIONER,
    APPROVER,
    OPENER_ONE,
    OPENER_TWO,
    MANAGER,
    AUDITOR,
    SAFEGUARDING_LEAD,
    SAFEGUARDING_DEPUTY,
    AUTHORITY_ADMINISTRATOR,
    SECOND_ADMINISTRATOR,
)

CHAIR = Part(
    "Demo Chair",
    "chair",
    "Chair of the local panel",
    "Declares interests, scores, and leads the panel to agreed scores.",
    factor=True,
)
PROFESSIONAL = Part(
    "Demo Professional",
    "professional",
    "Member of the local panel",
    "Declares interests and scores each bid.",
)
PARENT_CHAIR = Part(
    "Demo Parent One",
    "parent1",
    "Chair of the parents' panel",
    "Scores as a parent, and leads the parents to agreed scores.",
    factor=True,
)
PARENT = Part("Demo Parent Two", "parent2", "Member of the parents' panel", "Scores as a parent.")
FACILITATOR = Part(
    "Demo Facilitator",
    "facilitator",
    "Facilitator of the young people's panel",
    "Prints cards for young people, supports them, and writes down what they agree. Never scores.",
    factor=True,
)
PANEL_PEOPLE = (CHAIR, PROFESSIONAL, PARENT_CHAIR, PARENT, FACILITATOR)
YOUNG_PEOPLE = ("Kestrel", "Otter", "Heron")

HARBOUR_SUBMITTER = Part(
    "Demo Submitter Harbour",
    "harbour",
    "Submitter of a provider",
    "Writes and submits bids for Demo Harbour Youth Trust.",
    (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER),
    "Demo Harbour Youth Trust",
)
HARBOUR_CONTRIBUTOR = Part(
    "Demo Contributor Harbour",
    "harbour-writer",
    "Contributor of a provider",
    "Writes answers; somebody else submits.",
    (Role.CONTRIBUTOR,),
    "Demo Harbour Youth Trust",
)
MEADOW_SUBMITTER = Part(
    "Demo Submitter Meadow",
    "meadow",
    "Submitter of a provider",
    "Writes and submits bids for Demo Meadow Families CIC.",
    (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER),
    "Demo Meadow Families CIC",
)
BRIDGE_SUBMITTER = Part(
    "Demo Submitter Bridge",
    "bridge",
    "Submitter of a provider",
    "Writes and submits bids for Demo Bridge Project.",
    (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER),
    "Demo Bridge Project",
)
SUBMITTERS = (HARBOUR_SUBMITTER, MEADOW_SUBMITTER, BRIDGE_SUBMITTER)
PROVIDER_PEOPLE = (*SUBMITTERS, HARBOUR_CONTRIBUTOR)

PLATFORM = Part(
    "Demo Platform Administrator",
    "platform",
    "Platform administrator",
    "Looks after the installation, and confirms an authority’s second administrator.",
    (Role.PLATFORM_ADMINISTRATOR,),
)
PARTNER_AUTHORITY = "Demo Hillside Council"
PARTNER_APPROVER = Part(
    "Demo Approver Hillside",
    "hillside-approver",
    "Approver of an authority that buys together",
    "Reads the draft that another authority runs, and agrees for its own.",
    (Role.APPROVER,),
)
_HERE = (*AUTHORITY_PEOPLE, *PROVIDER_PEOPLE, *PANEL_PEOPLE, PLATFORM)
PARTS = (*_HERE, PARTNER_APPROVER)
CAST = Cast(
    commissioner=COMMISSIONER,
    approver=APPROVER,
    openers=(OPENER_ONE, OPENER_TWO),
    manager=MANAGER,
    leads=(SAFEGUARDING_LEAD, SAFEGUARDING_DEPUTY),
    seats=(
        ("local", MemberRole.CHAIR, CHAIR),
        ("local", MemberRole.MEMBER, PROFESSIONAL),
        ("young-people", MemberRole.FACILITATOR, FACILITATOR),
        ("parents", MemberRole.CHAIR, PARENT_CHAIR),
        ("parents", MemberRole.MEMBER, PARENT),
    ),
    bidders=SUBMITTERS,
)

REGIONAL_AUTHORITY = "Demo Gateshead Council"
REGIONAL_COMMISSIONER = Part(
    "Demo Commissioner Gateshead",
    "ne12-commissioner",
    "Commissioner of the lead authority",
    "Sets frameworks up, decides applications, searches the directory, imports members, calls off.",
    (Role.COMMISSIONER,),
)
REGIONAL_APPROVER = Part(
    "Demo Approver Gateshead",
    "ne12-approver",
    "Approver of the lead authority",
    "The second person for every refusal, removal and direct award.",
    (Role.APPROVER,),
)
REGIONAL_ADMINISTRATORS = tuple(
    Part(
        f"Demo {which} Administrator Gateshead",
        mailbox,
        "Administrator of the lead authority",
        "Brings colleagues in; the other one confirms their roles.",
        (Role.AUTHORITY_ADMINISTRATOR,),
    )
    for which, mailbox in (("First", "ne12-admin"), ("Second", "ne12-admin2"))
)
REGIONAL_PROVIDER = Part(
    "Demo Provider Administrator NE12",
    "ne12-provider",
    "Administrator of a provider on NE12+",
    "Keeps three settings and their free places, and answers call-offs.",
    (Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER),
    "Demo NE12 Provider 01",
)
REGIONAL_AUTHORITY_PEOPLE = (REGIONAL_COMMISSIONER, REGIONAL_APPROVER, *REGIONAL_ADMINISTRATORS)
REGIONAL_PARTS = (*REGIONAL_AUTHORITY_PEOPLE, REGIONAL_PROVIDER)

COMPANY_NUMBERS: Mapping[str, str] = {
    "Demo Harbour Youth Trust": "99000001",
    "Demo Meadow Families CIC": "99000002",
    "Demo Bridge Project": "99000003",
    "Demo Matrix Alder Trust": "99003001",
    "Demo Matrix Birch Project": "99003002",
    "Demo Matrix Elm Trust": "99003003",
    "Demo Matrix Fir Trust": "99003004",
    "Demo Matrix Gorse Trust": "99003005",
}
UNCHECKED = frozenset({"Demo Meadow Families CIC", "Demo Matrix Birch Project"})
"""No officer has compared them with the register."""
ALERTS = ("85311300", "85312310")


class AlreadyLoaded(RuntimeError):
    """The scenario's people are here already: it is loaded once."""


def create_people(*, keys: KeyFolder) -> ContractingAuthority:
    """Create everybody who has a part, and return the authority that most are of; raises `AlreadyLoaded`."""
    authority = create_authority(AUTHORITY)
    create_parts(_HERE, authority, keys=keys)
    create_parts([PARTNER_APPROVER], create_authority(PARTNER_AUTHORITY), keys=keys)
    return authority


def create_authority(name: str) -> ContractingAuthority:
    """Create a contracting authority of the demonstration; raises `AlreadyLoaded` when it is here."""
    if db.session.scalars(select(ContractingAuthority.id).where(ContractingAuthority.name == name)).first():
        raise AlreadyLoaded(f"This scenario is loaded already: {name} is here.")
    authority = ContractingAuthority(
        name=name,
        organisation_scheme="GB-LAE",
        organisation_number="DEMO",
        address="1 Demonstration Street, Demoford",
        postcode="ZZ99 9ZZ",
        contact_email="procurement@demo.example",
    )
    db.session.add(authority)
    db.session.flush()
    return authority


def create_parts(parts: Iterable[Part], authority: ContractingAuthority, *, keys: KeyFolder) -> None:
    """Create the people of those parts: in the authority, or in the provider that a part names.

    As in real life the administrators come first; the roles that two people give are proposed by one of them and
    confirmed by another, the second administrator's by the platform's.
    """
    password_hash = hash_password(PASSWORD)
    if person_with_email(PLATFORM.email) is None:
        _create(PLATFORM, authority, password_hash, keys)
    first = {Role.AUTHORITY_ADMINISTRATOR}
    for part in sorted((part for part in parts if part is not PLATFORM), key=lambda part: not first & {*part.roles}):
        _create(part, authority, password_hash, keys)


def _create(part: Part, authority: ContractingAuthority, password_hash: str, keys: KeyFolder) -> None:
    person = add_person(name=part.name, email=part.email, password_hash=password_hash, confirmed_at=clock.now())
    if part.factor or set(part.roles) & SECOND_FACTOR_ROLES:
        person.totp_sealed = sealed_secret(pyotp.random_base32(), user_id=person.id, keys=keys)
    provider = _provider(part, person, authority) if part.provider else None
    for role in part.roles:
        if provider is not None:
            grant(person, role, provider_id=provider.id)
        elif role is Role.PLATFORM_ADMINISTRATOR:
            grant(person, role)
        else:
            _give(person, role, authority)
    db.session.flush()


def _give(person: User, role: Role, authority: ContractingAuthority) -> None:
    administrators = administrators_of(authority.id)
    if not takes_two_people(role) or not administrators:
        grant(person, role, authority_id=authority.id)
        return
    proposed = propose_role(person=person, role=role, authority=authority, actor=actor_for(administrators[0]))
    second = next(iter(deciders_of(proposed)), None) or person_of(PLATFORM).id
    confirm_role(role_id=proposed.id, actor=actor_for(second), now=clock.now())


def _provider(part: Part, person: User, authority: ContractingAuthority) -> Provider:
    known = db.session.scalars(select(Provider).where(Provider.name == part.provider)).one_or_none()
    if known is not None:
        return known
    assert part.provider is not None
    details = ProviderDetails(
        name=part.provider,
        company_number=part.company_number or COMPANY_NUMBERS[part.provider],
        charity_number="",
        address="2 Demonstration Street, Demoford",
        postcode="ZZ99 9ZZ",
        is_sme=True,
        is_vcse=True,
    )
    provider = register_provider(details=details, alerts=ALERTS, actor=Actor(user_id=person.id))
    if part.provider not in UNCHECKED:
        officer = actor_for(administrators_of(authority.id)[0])
        looked = "Demonstration register: the name and the office are the same."
        check_register(provider=provider, seen=looked, seen_on=clock.today(), actor=officer, now=clock.now())
    return provider


def person_of(part: Part) -> User:
    """The person who has the part."""
    person = person_with_email(part.email)
    assert person is not None, f"nobody has the part {part.title}"
    return person


def actor_of(part: Part) -> Actor:
    """The part's person as activities see people, with the roles in force now."""
    return actor_for(person_of(part).id)
