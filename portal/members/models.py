"""Files of members that officers bring along, row by row."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model
from portal.frameworks.models import Framework
from portal.importing.models import ImportedRow


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


class ImportRow(ImportedRow, Model):
    """A row of a file of members."""

    __tablename__ = "import_row"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)

    batch: Mapped[ImportBatch] = relationship(back_populates="rows")
