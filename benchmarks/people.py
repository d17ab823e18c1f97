"""People as rows, for worlds that are written faster than the portal could make them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from portal.accounts.models import User

COLUMNS = ("id", "person_key", "name_sealed", "email_sealed", "email_index", "password_hash")


def people_rows(ids: Iterable[uuid.UUID]) -> list[dict[str, Any]]:
    """A row for each of them, sealed with the application's keys."""
    made = [
        User(id=one, display_name="Demo Person", email=f"{one}@people.example", password_hash="none") for one in ids
    ]
    return [{name: getattr(person, name) for name in COLUMNS} for person in made]
