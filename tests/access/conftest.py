"""The access matrix's scenario, loaded once with the running worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from portal.config import Settings
from portal.running.demonstration import mark_as_demonstration
from portal.scenarios.loading import load
from tests.services import Database, Services
from tests.worker_process import running_worker


class NobodyToWake:
    """In place of the nudger once the worker has gone: what it is sent would only pile up in Redis."""

    def nudge(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def matrix(
    services: Services,
    worker_id: str,
    settings_for: Callable[[Database], Settings],
    app_on: Callable[[Database], AbstractContextManager[Flask]],
) -> Iterator[Flask]:
    """The portal on a database that holds the scenario and nothing else; the worker has gone."""
    with services.database(f"matrix_{worker_id}") as database, app_on(database) as app:
        mark_as_demonstration(database.owner_url)
        with running_worker(settings_for(database)):
            load(app, "matrix")
        app.extensions["nudger"] = NobodyToWake()
        yield app
