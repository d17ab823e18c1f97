"""Who takes part in a panel's moderation: from when they come until they leave, or it closes."""

from __future__ import annotations

import uuid
from collections.abc import Set
from datetime import datetime

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.evaluation.models import PanelWork
from portal.evaluation.moderation_models import Attendance
from portal.evaluation.moderation_queries import attendance_of, seats_of
from portal.evaluation.states import MemberRole


def attend(work: PanelWork, present: Set[uuid.UUID], *, now: datetime) -> set[uuid.UUID]:
    """Let the adults with these seats, and no others, take part from now on, and return whoever does then.

    The caller holds the panel's row.

    A young person takes part by sitting down with their own card or sheet, and until they leave the panel: no adult
    writes either for them, or a child who says no could be counted out.
    """
    seats = {member.id: member for member in seats_of(work.panel_id)}
    if not present <= seats.keys():
        raise InvalidInput("Choose among the people who are on this panel now.", field="present")
    young = {member.id for member in seats.values() if member.role is MemberRole.YOUNG_MEMBER}
    taking_part = {*(present - young), *(_there(work).keys() & young)}
    _let_be_there(work, taking_part, now=now)
    return taking_part


def arrive(work: PanelWork, member_id: uuid.UUID, *, now: datetime) -> None:
    """Let one more seat take part; the caller holds the panel's row."""
    _let_be_there(work, _there(work).keys() | {member_id}, now=now)


def end_meeting(work: PanelWork, *, now: datetime) -> None:
    """Let nobody take part any longer; the caller holds the panel's row."""
    _let_be_there(work, set(), now=now)


def leave(work: PanelWork, member_id: uuid.UUID, *, now: datetime) -> None:
    """Let whoever leaves the panel take part no longer; the caller holds the panel's row."""
    for row in attendance_of(work.panel_id):
        if row.panel_member_id == member_id and row.left_at is None:
            row.left_at = now


def _there(work: PanelWork) -> dict[uuid.UUID, Attendance]:
    return {row.panel_member_id: row for row in attendance_of(work.panel_id) if row.left_at is None}


def _let_be_there(work: PanelWork, present: Set[uuid.UUID], *, now: datetime) -> None:
    there = _there(work)
    for member_id, row in there.items():
        if member_id not in present:
            row.left_at = now
    for member_id in present - there.keys():
        db.session.add(Attendance(panel_member_id=member_id, came_at=now))
    db.session.flush()
