"""Whoever scores bids neither opens them nor decides about them, whichever of the two comes first (P-17)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.changing_roles import change_roles
from portal.accounts.granting import confirm_role, propose_role
from portal.accounts.models import User
from portal.awarding.deciding import decide_award
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.permissions import Role
from portal.evaluation.models import PanelMember
from portal.evaluation.panels import Appointee, appoint_panel_member
from portal.evaluation.removing import remove_panel_member
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.tendering.approval_models import PublicationApproval
from portal.tendering.scoring_apart import APART, sits_on_panel
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import NOTE, proposed_award
from tests.factories.evaluation import LOCAL, Evaluation, Seat, appointed
from tests.factories.tendering import panel_named, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def put(evaluation: Evaluation, person: User) -> None:
    """Appoint the person to the professionals' panel."""
    appoint_panel_member(
        itt=evaluation.itt,
        panel=panel_named(evaluation.itt, LOCAL),
        appointee=Appointee(MemberRole.MEMBER, person.display_name, person.email or ""),
        actor=evaluation.commissioner,
        now=clock.now(),
    )


def leave(evaluation: Evaluation, seat: Seat) -> None:
    """Take somebody off of whom nothing counts."""
    remove_panel_member(itt=evaluation.itt, member=seat.member, actor=evaluation.commissioner, now=clock.now())


@pytest.mark.parametrize("role", APART)
def test_who_opens_or_decides_for_the_buyer_is_not_appointed(role: Role) -> None:
    """The refusal says why, and stands beside the address; for another authority it does not matter."""
    evaluation = appointed(published_itt())
    person = make_person(role, authority=evaluation.itt.authority)
    with pytest.raises(InvalidInput, match=f"{APART[role]} for {evaluation.itt.authority.name}") as refused:
        put(evaluation, person)
    assert refused.value.field == "email"
    put(evaluation, make_person(role))


def test_who_approved_its_publication_is_not_appointed_even_without_the_role() -> None:
    """What they decided stays theirs when the role is taken from them."""
    evaluation = appointed(published_itt())
    authority = evaluation.itt.authority
    found = select(PublicationApproval.decided_by_id).where(PublicationApproval.itt_id == evaluation.itt.id)
    person = db.session.get_one(User, db.session.scalars(found).one())
    administrator = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    change_roles(place=authority, person=person, roles=[Role.AUDITOR], actor=administrator, now=clock.now())
    with pytest.raises(InvalidInput, match="decided about the publication"):
        put(evaluation, person)


@pytest.mark.parametrize("role", APART)
def test_who_sits_on_a_panel_gets_neither_role(role: Role) -> None:
    """Not when it is proposed, and not when it was proposed before they were appointed; off the panel they do."""
    evaluation = appointed(published_itt())
    authority = evaluation.itt.authority
    first, second = (actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)) for _ in range(2))
    person = make_person(Role.AUDITOR, authority=authority)
    waiting = propose_role(person=person, role=role, authority=authority, actor=first)
    put(evaluation, person)
    with pytest.raises(InvalidInput, match="scores the bids of") as refused:
        confirm_role(role_id=waiting.id, actor=second, now=clock.now())
    assert refused.value.field == "roles"
    other = next(one for one in APART if one is not role)
    with pytest.raises(InvalidInput, match="scores the bids of"):
        change_roles(place=authority, person=person, roles=[Role.AUDITOR, role, other], actor=first, now=clock.now())
    seat = appointed_seat(evaluation, person)
    leave(evaluation, seat)
    confirm_role(role_id=waiting.id, actor=second, now=clock.now())


def appointed_seat(evaluation: Evaluation, person: User) -> Seat:
    """Where the person sits."""
    panel = panel_named(evaluation.itt, LOCAL)
    member = db.session.scalars(
        select(PanelMember).where(PanelMember.panel_id == panel.id, PanelMember.user_id == person.id)
    ).one()
    return Seat(person, member, panel)


def test_who_sits_on_a_panel_decides_nothing_of_the_procurement() -> None:
    """However they came to the role; nor does whoever stood on one while the bids were open, and has left since."""
    award = proposed_award()
    seat = panel_named(award.itt, LOCAL)
    both = make_person(Role.APPROVER, Role.PANEL_MEMBER, authority=award.itt.authority, panel=seat)
    with pytest.raises(NotAllowed) as refused:
        decide_award(decision=award.decision, actor=actor_of(both), note=NOTE, now=clock.now())
    assert refused.value.code == "panel_member"
    assert sits_on_panel(award.itt, both.id)
    for held in both.held_roles:
        if held.panel_id is not None:
            held.ended_at = clock.now()
    db.session.flush()
    assert sits_on_panel(award.itt, both.id)
    with pytest.raises(NotAllowed):
        decide_award(decision=award.decision, actor=actor_of(both), note=NOTE, now=clock.now())
