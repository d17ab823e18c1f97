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


def attend(work: PanelWork, present: Set[uuid.UUID], *, now: datetime) -> None:
    """Let the seats with these identifiers, and no others, take part from now on; the caller holds the panel's row."""
    if not present <= {member.id for member in seats_of(work.panel_id)}:
        raise InvalidInput("Choose among the people who are on this panel now.", field="present")
    there = {row.panel_member_id: row for row in attendance_of(work.panel_id) if row.left_at is None}
    for member_id, row in there.items():
        if member_id not in present:
            row.left_at = now
    for member_id in present - there.keys():
        db.session.add(Attendance(panel_member_id=member_id, came_at=now))
    db.session.flush()


def arrive(work: PanelWork, member_id: uuid.UUID, *, now: datetime) -> None:
    """Let one more seat take part; the caller holds the panel's row."""
    there = {row.panel_member_id for row in attendance_of(work.panel_id) if row.left_at is None}
    attend(work, there | {member_id}, now=now)


def leave(work: PanelWork, member_id: uuid.UUID, *, now: datetime) -> None:
    """Let whoever leaves the panel take part no longer; the caller holds the panel's row."""
    for row in attendance_of(work.panel_id):
        if row.panel_member_id == member_id and row.left_at is None:
            row.left_at = now
