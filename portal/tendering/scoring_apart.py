"""Whoever scores bids neither opens them nor decides about them: one rule, whichever of the two comes first.

Somebody who opens or approves for the buyer is not appointed (`why_not_to_score`, which appointing asks); whoever sits
on a panel is refused when they open (`portal/bidding/openers.py` asks `sits_on_panel`) or decide, and is given neither
role while the procurement runs. PCR 2015 reg 22(16)(e); Procurement Act 2023 ss.81-83.
"""

from __future__ import annotations

import uuid

from sqlalchemy import exists, or_, select

from portal.accounts.absence_models import RoleInForce
from portal.accounts.granting import before_giving
from portal.accounts.models import HeldRole, User
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.permissions import Actor, Governed, Role, Verb
from portal.core.taking import after_taking
from portal.organisations.models import ContractingAuthority
from portal.tendering.approval_models import PublicationApproval
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import BEFORE_CONTRACT

APART = {Role.APPROVER: "decides about bids", Role.OPENER: "opens bids and prices"}
"""Roles of a buyer that go with no seat on a panel of its procurements, and what whoever holds one does."""
SEATS = (Role.CHAIR, Role.PANEL_MEMBER, Role.YOUNG_MEMBER, Role.FACILITATOR)
DECIDING = frozenset({Verb.DECIDE, Verb.DECIDE_LATE, Verb.APPROVE_PUBLICATION, Verb.APPROVE_DIRECT_AWARD})
"""What an approver does to a procurement, or to something of it."""


def why_not_to_score(itt: InvitationToTender, person: User) -> str:
    """Why somebody cannot sit on a panel of the procurement: they open or decide for its buyer; "" where they can."""
    held = select(RoleInForce.role).where(
        RoleInForce.user_id == person.id, RoleInForce.authority_id == itt.authority_id, RoleInForce.role.in_(APART)
    )
    for role in db.session.scalars(held.order_by(RoleInForce.role)):
        return (
            f"This person {APART[role]} for {itt.authority.name}, so cannot score them. Appoint somebody else, or have "
            "an administrator take that role from them first."
        )
    approved = exists().where(PublicationApproval.itt_id == itt.id, PublicationApproval.decided_by_id == person.id)
    if db.session.scalar(select(approved)):
        return "This person decided about the publication of this procurement, so cannot score its bids."
    return ""


def sits_on_panel(itt: InvitationToTender, *people: uuid.UUID | None) -> bool:
    """Whether any of the people holds a role on a panel of the invitation, or held one once its bids were open."""
    still = HeldRole.ended_at.is_(None)
    counts = still if itt.opened_at is None else or_(still, HeldRole.ended_at > itt.opened_at)
    found = db.session.scalar(
        select(HeldRole.id)
        .join(Panel, Panel.id == HeldRole.panel_id)
        .where(HeldRole.user_id.in_(people), counts, Panel.itt_id == itt.id)
        .limit(1)
    )
    return found is not None


@after_taking
def refuse_who_scores(thing: Governed, verb: Verb, actor: Actor) -> None:
    """Refuse whoever decides something of a procurement whose bids they, or whom they stand in for, score."""
    itt_id = thing.id if isinstance(thing, InvitationToTender) else getattr(thing, "itt_id", None)
    if verb not in DECIDING or itt_id is None:
        return
    if sits_on_panel(db.session.get_one(InvitationToTender, itt_id), *actor.people):
        raise NotAllowed(
            "You score the bids of this procurement, or stand in for somebody who does, so somebody else decides this.",
            code="panel_member",
        )


@before_giving
def refuse_role_of_who_scores(*, person: User, role: Role, authority: ContractingAuthority) -> None:
    """Refuse the role of an approver or opener for whoever sits on a panel of the authority's open procurements."""
    if role not in APART:
        return
    seats = (
        select(InvitationToTender.title)
        .join(Panel, Panel.itt_id == InvitationToTender.id)
        .join(HeldRole, HeldRole.panel_id == Panel.id)
        .where(
            HeldRole.user_id == person.id,
            HeldRole.role.in_(SEATS),
            HeldRole.ended_at.is_(None),
            InvitationToTender.authority_id == authority.id,
            InvitationToTender.status.in_(BEFORE_CONTRACT),
        )
    )
    if title := db.session.scalar(seats.order_by(InvitationToTender.title).limit(1)):
        raise InvalidInput(
            f"{person.display_name} scores the bids of “{title}”, so cannot be who {APART[role]} until its contract is "
            "made. Give the role to somebody else, or take them off that panel first.",
            field="roles",
        )
