"""What a row of an imported file holds, whatever it is of; each kind of file keeps its rows in a table of its own."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import one_of
from portal.importing.states import RowStatus


class ImportedRow:
    """One row of an imported file as it stands in it, and what is wrong with it by column."""

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
