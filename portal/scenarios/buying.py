"""A draft that another authority is asked to buy together, and a body that is no authority of the portal monitors."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from portal.core import clock
from portal.core.columns import db
from portal.core.storage import FileStore
from portal.organisations.models import ContractingAuthority
from portal.scenarios import people
from portal.scenarios.papers import add_papers
from portal.tendering.joint import add_joint_buyer
from portal.tendering.models import InvitationToTender

MONITORS = "Demo Children’s Health Board"
AGREED = "By letter of its chief officer, after the meeting of the three bodies in September."


def ask_the_partner(itt: InvitationToTender, files: FileStore) -> InvitationToTender:
    """Ask it to buy and sign; the other body has agreed in words."""
    now = clock.now()
    add_papers(itt, files=files, made_at=now)
    named = ContractingAuthority.name == people.PARTNER_AUTHORITY
    partner = db.session.scalars(select(ContractingAuthority.id).where(named)).one()
    _add(itt, partner, "", "", "buys", "signs")
    _add(itt, None, MONITORS, AGREED, "monitors")
    db.session.commit()
    return itt


def _add(itt: InvitationToTender, authority_id: uuid.UUID | None, name: str, agreement: str, *parts: str) -> None:
    add_joint_buyer(
        itt=itt,
        authority_id=authority_id,
        name=name,
        agreement=agreement,
        parts=parts,
        actor=people.actor_of(people.COMMISSIONER),
        now=clock.now(),
    )
