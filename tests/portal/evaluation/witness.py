"""Somebody who stands beside a panel and notes what the portal took from its members."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.audit.models import Event
from portal.core.columns import Model
from portal.evaluation.consent_models import ScoreConsent
from portal.evaluation.models import ModeratedScore, Result
from portal.evaluation.moderation_models import Attendance, Movement
from portal.extensions import db

WRITTEN_ONCE: Mapping[type[Model], frozenset[str]] = {
    Movement: frozenset({"superseded_at"}),
    ModeratedScore: frozenset({"superseded_at", "stands_at"}),
    ScoreConsent: frozenset({"superseded_at"}),
    Attendance: frozenset({"left_at"}),
    Result: frozenset({"superseded_at"}),
}
"""Tables whose rows stay as they were written, but for these columns, which are filled once."""

Place = tuple[uuid.UUID, uuid.UUID, uuid.UUID]
"""Seat, bid and criterion."""


@dataclass
class Witness:
    """What the portal took from people, as somebody would note it who stood beside them."""

    marks: dict[Place, tuple[int, str]] = field(default_factory=dict)
    """The last that each saved."""
    submitted: set[uuid.UUID] = field(default_factory=set)
    agreed: dict[uuid.UUID, tuple[Any, ...]] = field(default_factory=dict)
    agreed_now: dict[tuple[uuid.UUID, uuid.UUID], uuid.UUID] = field(default_factory=dict)
    movements: dict[uuid.UUID, tuple[Any, ...]] = field(default_factory=dict)
    movements_now: dict[Place, uuid.UUID] = field(default_factory=dict)
    answers: list[tuple[uuid.UUID, uuid.UUID, str]] = field(default_factory=list)
    """To which agreed score who said what; no words: consent."""
    interests: dict[tuple[uuid.UUID, uuid.UUID], str] = field(default_factory=dict)
    removals: dict[uuid.UUID, str] = field(default_factory=dict)
    notes: dict[Place, str] = field(default_factory=dict)
    meetings: set[str] = field(default_factory=set)
    results: set[uuid.UUID] = field(default_factory=set)
    ledger: dict[uuid.UUID, bytes] = field(default_factory=dict)
    rows: dict[tuple[type[Model], uuid.UUID], dict[str, Any]] = field(default_factory=dict)
    """Of the tables that are written once."""

    def read_everything(self) -> None:
        """Compare the ledger, and the tables that are written once, with what they said before."""
        ledger = {row.id: row.hash for row in db.session.execute(select(Event.id, Event.hash))}
        assert self.ledger.items() <= ledger.items()
        rows = {
            (model, row["id"]): dict(row)
            for model in WRITTEN_ONCE
            for row in db.session.execute(select(*model.__table__.columns)).mappings()
        }
        for (model, number), before in self.rows.items():
            now = rows[model, number]
            filled = {name for name, value in before.items() if now[name] != value}
            assert filled <= WRITTEN_ONCE[model], (model, before, now)
            assert all(before[name] is None for name in filled), (model, before, now)
        self.ledger, self.rows = ledger, rows
