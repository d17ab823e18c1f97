"""Inputs that the scoring engine refused."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import Model


class BlockedResult(Model):
    """Inputs of one lot that the scoring engine refused, and why, by its code; the newest one is what stands."""

    __tablename__ = "blocked_result"

    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    inputs_hash: Mapped[str] = mapped_column(primary_key=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    code: Mapped[str]
    blocked_at: Mapped[datetime]
