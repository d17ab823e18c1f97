"""The whole road through the running portal, over plain HTTP: without JavaScript, pictures or style sheets."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson
from tests.journeys.story import Story
from tests.journeys.telling import check_logs, check_mail, check_open_data, told
from tests.portal_process import RunningPortal

pytestmark = pytest.mark.journey


class NotingPerson(HttpPerson):
    """Somebody of whom is noted what they typed: sentences, names and addresses."""

    typed: ClassVar[set[str]] = set()

    def press(self, button: str, **values: str | Path | list[str]) -> None:
        said = [value for value in values.values() if isinstance(value, str)]
        self.typed.update(value for value in said if " " in value or "@" in value)
        super().press(button, **values)


def test_over_http(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """An invitation becomes a published contract through real PostgreSQL, Redis, Celery and SMTP."""
    with told(Story, lambda: NotingPerson(portal.url), portal, clock, state, folder) as story:
        check_open_data(portal)
        check_mail(portal, story)
        check_logs(state, NotingPerson.typed)
