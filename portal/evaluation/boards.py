"""How far the panels of an authority are that score, locality by locality: who owes what, and what is done."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from portal.core.columns import db
from portal.core.paging import page_key, read_page_key
from portal.evaluation.leaves import leaves_per_lot
from portal.evaluation.models import PanelWork
from portal.evaluation.progress import Progress, progress_of
from portal.evaluation.reminding import was_reminded
from portal.evaluation.states import PanelWorkStatus
from portal.tendering.models import InvitationToTender, Lot, Panel
from portal.tendering.states import IttStatus

PAGE_SIZE = 10


@dataclass(frozen=True)
class PanelProgress:
    """One panel that scores: counts and days alone, never a score."""

    work: PanelWork
    members: Sequence[Progress]
    """Who is on the panel and has scorecards of their own."""
    leaves: Mapping[uuid.UUID, int]
    """How many scores a bid takes, by its lot."""

    @property
    def owed(self) -> int:
        """How many scores its members give in all."""
        return sum(member.cells(self.leaves) for member in self.members)

    @property
    def done(self) -> int:
        """How many of them are saved."""
        return sum(member.scored for member in self.members)

    @property
    def slow(self) -> Sequence[Progress]:
        """Who has not submitted all of theirs."""
        return [member for member in self.members if member.owes]

    def may_be_reminded(self, today: date) -> bool:
        """Whether somebody owes scores, and the panel was not reminded today."""
        return bool(self.slow) and not was_reminded(self.work, today)

    def is_late(self, today: date) -> bool:
        """Whether the award was to be decided before today, and the panel still scores."""
        due = self.work.itt.award_date
        return due is not None and due < today


@dataclass(frozen=True)
class ProgressPage:
    """A page of panels, and where the next one begins."""

    rows: Sequence[PanelProgress]
    next_key: str | None


def panels_that_score(authority_id: uuid.UUID, *, after: str = "") -> ProgressPage:
    """A page of the authority's panels that score, by the invitation's reference and the panel's key.

    As many statements however many panels and people there are. Raises `NotFound` for a key that is not one.
    """
    query = (
        select(PanelWork)
        .join(PanelWork.panel)
        .join(PanelWork.itt)
        .where(
            InvitationToTender.authority_id == authority_id,
            InvitationToTender.status == IttStatus.OPENED,
            PanelWork.status == PanelWorkStatus.SCORING,
        )
        .options(contains_eager(PanelWork.panel), contains_eager(PanelWork.itt))
        .order_by(InvitationToTender.reference, Panel.key)
    )
    if after:
        query = query.where(tuple_(InvitationToTender.reference, Panel.key) > tuple_(*read_page_key(after, str, str)))
    works = db.session.scalars(query.limit(PAGE_SIZE + 1)).all()
    shown = works[:PAGE_SIZE]
    last = shown[-1] if len(works) > PAGE_SIZE else None
    return ProgressPage(_rows(shown), page_key(last.itt.reference, last.panel.key) if last is not None else None)


def _rows(works: Sequence[PanelWork]) -> list[PanelProgress]:
    found, lots = progress_of([work.panel_id for work in works]), _lots({work.itt_id for work in works})
    return [
        PanelProgress(
            work,
            [one for one in found.get(work.panel_id, ()) if one.member.has_card],
            leaves_per_lot(work.panel, lots[work.itt_id]),
        )
        for work in works
    ]


def _lots(itt_ids: set[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Lot]]:
    found: dict[uuid.UUID, list[Lot]] = defaultdict(list)
    for lot in db.session.scalars(select(Lot).where(Lot.itt_id.in_(itt_ids)).options(joinedload(Lot.itt))):
        found[lot.itt_id].append(lot)
    return found
