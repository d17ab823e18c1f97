"""Until when a young person's alias is kept: one rule, for the job that lets go and for the page that tells them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select

from portal.accounts.models import User
from portal.awarding.models import Standstill
from portal.contracts.models import Contract
from portal.core.columns import db
from portal.evaluation.models import PanelMember
from portal.evaluation.states import MemberRole
from portal.privacy.models import RetentionHold
from portal.tendering.models import InvitationToTender, Panel

KIND = "young_people"
"""The aliases' key among the kinds of data (`portal/privacy/retention.py`)."""
KEPT_FOR = timedelta(days=180)
"""After the procurement is over."""
WITHOUT_OUTCOME = timedelta(days=365)
"""A procurement counts as over so long after its closing time, whatever has become of it."""


@dataclass(frozen=True)
class Keeping:
    """When one young person's alias goes at the latest, unless somebody holds all of them back for now."""

    until: datetime
    is_held: bool


def past_young_people(then: datetime) -> Select[uuid.UUID]:
    """Young members all of whose procurements were over before an instant, and who have still an alias."""
    young = exists().where(PanelMember.user_id == User.id, PanelMember.role == MemberRole.YOUNG_MEMBER)
    over = func.coalesce(_over_at() < then, False)
    seats = (
        exists()
        .where(PanelMember.user_id == User.id)
        .where(Panel.id == PanelMember.panel_id, InvitationToTender.id == Panel.itt_id)
        .correlate(User)
    )
    return select(User.id).where(User.person_key.is_not(None), User.email_index.is_(None), young, ~seats.where(~over))


def keeping_of(person_id: uuid.UUID) -> Keeping | None:
    """Until when a young person's alias is kept; sooner once what they helped with is decided.

    None for whoever sits on no panel as a young person.
    """
    last = (
        select(func.max(_over_at()))
        .select_from(PanelMember)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(InvitationToTender, InvitationToTender.id == Panel.itt_id)
        .where(PanelMember.user_id == person_id, PanelMember.role == MemberRole.YOUNG_MEMBER)
    )
    held = exists().where(RetentionHold.kind == KIND, RetentionHold.released_at.is_(None))
    over, is_held = db.session.execute(select(last.scalar_subquery(), held)).one()
    return Keeping(over + KEPT_FOR, is_held) if over is not None else None


def _over_at() -> ColumnElement[datetime]:
    """When a procurement is over for its young people: standstill, contract or end, or a year after closing."""
    itt = InvitationToTender
    standstill = select(func.min(Standstill.ends_until)).where(Standstill.itt_id == itt.id).scalar_subquery()
    contract = select(func.min(Contract.concluded_at)).where(Contract.itt_id == itt.id).scalar_subquery()
    return func.least(standstill, contract, itt.ended_at, itt.closes_at + WITHOUT_OUTCOME)
