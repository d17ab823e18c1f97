"""What the keys of a result are called, for pages that say it in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import select

from portal.core.columns import db
from portal.evaluation.explaining import Names
from portal.evaluation.models import PanelMember
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel


def names_in(itt: InvitationToTender, bids: Mapping[str, str]) -> Names:
    """The names of criteria, panels and members beside those of the bids, by reference."""
    panels = {panel.key: panel.name for panel in itt.panels}
    return Names(bids, _titles(itt.id), panels, _aliases(itt.id))


def _titles(itt_id: uuid.UUID) -> dict[str, str]:
    found = db.session.execute(select(AwardCriterion.key, AwardCriterion.title).where(AwardCriterion.itt_id == itt_id))
    return {row.key: row.title for row in found}


def _aliases(itt_id: uuid.UUID) -> dict[str, str]:
    found = db.session.scalars(
        select(PanelMember).join(Panel, Panel.id == PanelMember.panel_id).where(Panel.itt_id == itt_id)
    )
    return {str(member.id): member.alias for member in found}
