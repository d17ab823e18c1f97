"""Files of members that officers bring along, row by row."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.frameworks.models import Framework
from portal.members.states import RowStatus


class ImportBatch(Model):
    """A file of members that an officer brought along: checked first, imported when every row is as it should be."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    created_at: Mapped[CreatedAt]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    framework: Mapped[Framework] = relationship()
    rows: Mapped[list[ImportRow]] = relationship(
        back_populates="batch", order_by="ImportRow.number", cascade="all, delete-orphan"
    )


class ImportRow(Model):
    """One row of an imported file as it stands in it, and what is wrong with it by column."""

    __tablename__ = "import_row"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """The line in the file; the heading is 1."""
    cells: Mapped[dict[str, Any]]
    """{column: text}, as read or as corrected since."""
    faults: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """{column: message}, and under "alike" whom its provider may be; empty when it can be imported."""
    status: Mapped[RowStatus] = one_of(RowStatus)
    same_as_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"))
    """The provider that an officer said it is, where names are alike; nothing is guessed."""
    is_new: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """An officer said that it is another organisation than those with a like name."""

    batch: Mapped[ImportBatch] = relationship(back_populates="rows")
