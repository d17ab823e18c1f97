"""Where people are named in the database."""

from __future__ import annotations

import portal.tables  # noqa: F401
from portal.core.columns import Model
from portal.privacy.holdings import HOLDINGS


def test_what_becomes_of_every_mention_of_a_person_is_said() -> None:
    """Each column that names somebody is in portal/privacy/holdings.py, which says what erasing them does to it."""
    naming = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "user_account" for key in column.foreign_keys)
    }
    assert {holding.column for holding in HOLDINGS} == naming
    assert len(HOLDINGS) == len(naming)
