"""The stages of an imported row."""

from __future__ import annotations

from portal.core.lifecycle import Named


class RowStatus(Named):
    """Where a row of an imported file is."""

    REJECTED = "rejected"
    """Something in it is wrong, and it says what by column; it can be corrected and tried again."""
    READY = "ready"
    IMPORTED = "imported"
