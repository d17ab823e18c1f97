"""The same story on the oldest PostgreSQL that the product supports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson
from tests.journeys.story import Story
from tests.journeys.telling import check_open_data, told
from tests.portal_process import start_portal

DEBIAN_POSTGRESQL_15 = Path("/usr/lib/postgresql/15/bin")

pytestmark = pytest.mark.journey


@pytest.mark.long
def test_over_http_on_debians_postgresql(clock: MovingClock, state: Path, folder: Path) -> None:
    """The story runs on Debian's PostgreSQL 15 as well."""
    if not DEBIAN_POSTGRESQL_15.exists():
        pytest.skip("no PostgreSQL 15 on this machine (on Debian 12: apt install postgresql-15)")
    environment = clock.environment | {"PORTAL_POSTGRES_BIN": str(DEBIAN_POSTGRESQL_15)}
    with (
        start_portal(environment=environment, state=state) as portal,
        told(Story, lambda: HttpPerson(portal.url), portal, clock, state, folder),
    ):
        check_open_data(portal)
