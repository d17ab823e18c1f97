"""Second looks at the agreed scores that decide a result alone (P-13 in docs/promises.md)."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnIttChain
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.evaluation.models import Result
from portal.evaluation.states import LookConclusion


class SecondLook(OnIttChain, Model):
    """Somebody looked again before the award of one result; the last one counts, and none is overwritten."""

    __tablename__ = "second_look"
    __table_args__ = (
        CheckConstraint("btrim(seen) <> ''", name="says_what_was_seen"),
        CheckConstraint("btrim(finding) <> ''", name="says_what_came_of_it"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    result_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.id"), index=True)
    conclusion: Mapped[LookConclusion] = one_of(LookConclusion)
    seen: Mapped[str]
    """What was looked at."""
    finding: Mapped[str]
    """Why the scores stay, or what is to be corrected."""
    looked_at: Mapped[CreatedAt]
    looked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    result: Mapped[Result] = relationship()
    looked_by: Mapped[User] = relationship()
