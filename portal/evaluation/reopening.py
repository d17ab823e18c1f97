"""Panels that agree their scores again: what they agreed, and the result that came of it, stay on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update

from portal.core.columns import db
from portal.evaluation.attending import attend
from portal.evaluation.draw_models import Draw
from portal.evaluation.models import ModeratedScore, PanelWork, Result
from portal.evaluation.moderation_queries import seats_of
from portal.evaluation.queries import works_of_itt
from portal.evaluation.states import PANEL_WORK, DrawStatus, PanelWorkStatus
from portal.evaluation.taking_part.chairing import go_on
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import ITT, Combination, IttStatus


def reopenable(itt: InvitationToTender) -> list[Panel]:
    """The panels that have agreed scores and closed; where the method combines scores by itself, nothing is agreed."""
    works = works_of_itt(itt.id)
    return [
        panel
        for panel in itt.panels
        if panel.combine is Combination.AGREED and panel.id in works and works[panel.id].status.is_closed
    ]


def reopen_panels(
    itt: InvitationToTender, panels: Sequence[Panel], *, now: datetime, only: ModeratedScore | None = None
) -> dict[str, str]:
    """Take panels back into their moderation, and return their meeting records as they were, by the panel's key.

    The caller holds the ITT's row. Individual scores never change; each agreed score stands until another replaces
    it, and is kept then; `only`: the one of them that can be replaced. Results are superseded, and so are the lots
    drawn for their ties.
    """
    works = works_of_itt(itt.id)
    meetings = {panel.key: works[panel.id].meeting_record for panel in panels}
    for panel in panels:
        _reopen(works[panel.id], now)
        works[panel.id].corrects = only
    superseded = update(Result).where(Result.itt_id == itt.id, Result.superseded_at.is_(None))
    db.session.execute(superseded.values(superseded_at=now))
    drawn = update(Draw).where(Draw.itt_id == itt.id, Draw.status.in_((DrawStatus.OPEN, DrawStatus.DONE)))
    db.session.execute(drawn.values(status=DrawStatus.SUPERSEDED))
    itt.status = ITT.move(itt.status, IttStatus.OPENED)
    return meetings


def _reopen(work: PanelWork, now: datetime) -> None:
    work.status = PANEL_WORK.move(work.status, PanelWorkStatus.MODERATING)
    work.moderation_started_at, work.closed_at, work.closed_by_id = now, None, None
    go_on(work.panel_id)
    attend(work, {member.id for member in seats_of(work.panel_id)}, now=now)
