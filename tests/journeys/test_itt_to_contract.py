"""The whole road through the running portal, over plain HTTP: without JavaScript, pictures or style sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson
from tests.journeys.story import Story
from tests.journeys.telling import check_mail, check_open_data, told
from tests.portal_process import RunningPortal

pytestmark = pytest.mark.journey


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """An invitation becomes a published contract through real PostgreSQL, Redis, Celery and SMTP."""
    with told(Story, lambda: HttpPerson(portal.url), portal, clock, state, folder) as story:
        check_open_data(portal)
        check_mail(portal, story)
