"""What the keys of a result are called, for pages that say it in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from portal.core.columns import db
from portal.evaluation.explaining import Names
from portal.evaluation.models import PanelMember
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel


def names_in(itt: InvitationToTender, bids: Mapping[str, str]) -> tuple[Names, Sequence[Panel]]:
    """The names of criteria, panels and members beside those of the bids, by reference; and the panels in order."""
    seats = select(Panel, PanelMember).outerjoin(PanelMember, PanelMember.panel_id == Panel.id)
    found = db.session.execute(seats.where(Panel.itt_id == itt.id).order_by(Panel.position)).all()
    panels = list(dict.fromkeys(panel for panel, _ in found))
    aliases = {str(member.id): member.alias for _, member in found if member is not None}
    return Names(bids, _titles(itt.id), {panel.key: panel.name for panel in panels}, aliases), panels


def _titles(itt_id: uuid.UUID) -> dict[str, str]:
    found = db.session.execute(select(AwardCriterion.key, AwardCriterion.title).where(AwardCriterion.itt_id == itt_id))
    return {row.key: row.title for row in found}
