"""Files of members for tests."""

from __future__ import annotations

import csv
import io
from typing import Any

from portal.members.importing_columns import MEMBERS_FILE

ROW = {
    "provider": "Demo Care Ltd",
    "company_number": "09506232",
    "setting": "Demo House",
    "area": "Demotown",
    "postcode": "ZZ99 9ZZ",
    "registration_number": "SC000001",
    "capacity": "6",
    "vacancies": "2",
    "lot": "1",
    "band": "Band 1",
    "placement_type": "Residential",
    "admitted_on": "2026-11-01",
}
MEMBER = {"provider": "Demo Care Ltd", "company_number": "09506232", "lot": "1", "admitted_on": "2026-11-01"}


def member_row(**cells: str) -> dict[str, str]:
    """A member without places."""
    return MEMBER | cells


def setting_row(**cells: str) -> dict[str, str]:
    """A setting that offers something on a lot; the lot has bandings."""
    return ROW | cells


def members_file(*rows: dict[str, Any], names: tuple[str, ...] = MEMBERS_FILE.names) -> bytes:
    """The rows as a CSV file."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
