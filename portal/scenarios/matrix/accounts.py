"""Roles that wait, absences, lost second factors and requests for erasure in every state."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.absences import confirm_deputy, end_absence, name_deputy, refuse_deputy
from portal.accounts.changing_roles import end_access
from portal.accounts.factor_models import LostFactor
from portal.accounts.granting import refuse_role
from portal.accounts.handing_over import propose_successor
from portal.accounts.inviting import invite_colleague
from portal.accounts.lost_factors import ask_to_begin_anew, confirm_person, refuse_person, withdraw_request
from portal.accounts.models import RoleGrant
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.states import MemberRole
from portal.organisations.models import ContractingAuthority
from portal.organisations.queries import provider_with_id
from portal.privacy.asking import ask_erasure, ask_erasure_of_young_person, withdraw_erasure
from portal.privacy.erasing import carry_out_erasure, refuse_erasure
from portal.scenarios import people
from portal.scenarios.matrix_people import (
    ALDER_ADMINISTRATOR,
    ALDER_COLLEAGUES,
    ALDER_PEOPLE,
    LEAVER,
    NORTH_PEOPLE,
    OWNERS,
    PLATFORM,
)
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import PanelKind

REASON = "A demonstration: the second person did not know them and said no."
FIRST = NORTH_PEOPLE.colleagues[0]
SECOND = NORTH_PEOPLE.people[Role.AUTHORITY_ADMINISTRATOR]
ADMINISTRATOR = ALDER_PEOPLE.people[Role.PROVIDER_ADMINISTRATOR]
SUBMITTER = ALDER_PEOPLE.people[Role.SUBMITTER]
_ELM, _FIR, GORSE = OWNERS


def load(north: ContractingAuthority, open_itt: str) -> None:
    """Make them, each by the acts that lead to its state; `open_itt` is the reference of one with panels."""
    _roles(north)
    _successors()
    _absences(north)
    _lost_factors()
    _erasures(open_itt)


def _roles(north: ContractingAuthority) -> None:
    """Proposed, refused, and withdrawn with the person's access; confirmed are those of the officers."""
    first, now = people.actor_of(FIRST), clock.now()
    guests = [
        invite_colleague(
            place=north,
            name=f"Demo North Guest {number}",
            email=f"matrix-north-guest-{number.lower()}@demo.example",
            roles=[Role.AUDITOR, Role.OPENER],
            actor=first,
            now=now,
        )
        for number in ("One", "Two", "Three")
    ]
    db.session.commit()
    refused = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == guests[1].id)).one()
    refuse_role(role_id=refused.id, reason=REASON, actor=people.actor_of(SECOND), now=now)
    end_access(place=north, person=guests[2], actor=first, now=now)
    db.session.commit()


def _successors() -> None:
    """Of an organisation's only administrator, by those of the platform: refused, and proposed."""
    for number, is_refused in (("One", True), ("Two", False)):
        proposed = propose_successor(
            former=GORSE.email,
            name=f"Demo Gorse Successor {number}",
            email=f"matrix-gorse-successor-{number.lower()}@demo.example",
            asked=REASON,
            checked=REASON,
            actor=people.actor_of(people.PLATFORM),
            now=clock.now(),
        )
        db.session.commit()
        if is_refused:
            refuse_role(role_id=proposed.id, reason=REASON, actor=people.actor_of(PLATFORM), now=clock.now())
            db.session.commit()


def _absences(north: ContractingAuthority) -> None:
    """Proposed, agreed, refused and taken back, all to come: nobody holds another's roles in the matrix.

    In a provider, where nobody confirms them: agreed and taken back.
    """
    now, today = clock.now(), clock.today()
    opener = people.actor_of(NORTH_PEOPLE.colleagues[1])
    named = [
        name_deputy(
            place=north,
            person=people.person_of(NORTH_PEOPLE.colleagues[1]),
            deputy=people.person_of(NORTH_PEOPLE.people[Role.AUDITOR]),
            first_day=today + timedelta(days=days),
            last_day=today + timedelta(days=days),
            actor=opener,
            now=now,
        )
        for days in (100, 101, 102, 103)
    ]
    db.session.commit()
    confirm_deputy(absence=named[1], actor=people.actor_of(FIRST), now=now)
    refuse_deputy(absence=named[2], reason=REASON, actor=people.actor_of(FIRST), now=now)
    end_absence(absence=named[3], actor=opener, now=now)
    submitter = people.actor_of(SUBMITTER)
    theirs = [
        name_deputy(
            place=provider_with_id(submitter.provider_id),
            person=people.person_of(SUBMITTER),
            deputy=people.person_of(ADMINISTRATOR),
            first_day=today + timedelta(days=days),
            last_day=today + timedelta(days=days),
            actor=submitter,
            now=now,
        )
        for days in (100, 101)
    ]
    end_absence(absence=theirs[1], actor=submitter, now=now)
    db.session.commit()


def _lost_factors() -> None:
    """Of Alder's colleagues: asked, checked, removed, refused, withdrawn; and of an officer of the council: asked."""
    now = clock.now()
    for part in (*ALDER_COLLEAGUES, NORTH_PEOPLE.colleagues[2]):
        ask_to_begin_anew(actor=people.actor_of(part), now=now)
    db.session.commit()
    _asked, checked, removed, refused, withdrawn = (people.person_of(part).id for part in ALDER_COLLEAGUES)
    waiting = {found.user_id: found.id for found in db.session.scalars(select(LostFactor))}
    confirm_person(lost_id=waiting[checked], actor=people.actor_of(ALDER_ADMINISTRATOR), now=now)
    for part in (ALDER_ADMINISTRATOR, ADMINISTRATOR):
        confirm_person(lost_id=waiting[removed], actor=people.actor_of(part), now=now)
    refuse_person(lost_id=waiting[refused], actor=people.actor_of(ADMINISTRATOR), now=now)
    withdraw_request(user_id=withdrawn, now=now)
    db.session.commit()


def _erasures(open_itt: str) -> None:
    """Of Alder's colleagues: asked, withdrawn, refused, carried out; and of a young person of a panel: asked."""
    now, administrator = clock.now(), people.actor_of(ADMINISTRATOR)
    asked = [ask_erasure(actor=people.actor_of(part)) for part in (*ALDER_COLLEAGUES[:3], LEAVER)]
    db.session.commit()
    _waiting, withdrawn, refused, erased = asked
    withdraw_erasure(request=withdrawn, actor=people.actor_of(ALDER_COLLEAGUES[1]))
    refuse_erasure(request_id=refused.id, reason=REASON, actor=administrator, now=now)
    carry_out_erasure(request_id=erased.id, actor=administrator, now=now)
    db.session.commit()
    member = db.session.scalars(
        select(PanelMember)
        .join(PanelMember.panel)
        .join(Panel.itt)
        .where(
            InvitationToTender.reference == open_itt,
            Panel.kind == PanelKind.YOUNG_PEOPLE,
            PanelMember.role == MemberRole.YOUNG_MEMBER,
        )
        .order_by(PanelMember.id.desc())
    ).first()
    assert member is not None
    ask_erasure_of_young_person(
        work=db.session.get_one(PanelWork, member.panel_id),
        member_id=member.id,
        actor=people.actor_of(NORTH_PEOPLE.people[Role.FACILITATOR]),
    )
    db.session.commit()
