"""Loading a scenario, and when not to."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from flask import Flask

from portal.config import Settings
from portal.scenarios.loading import NotADemonstration, UnknownScenario, load
from tests.worker_process import ROOT, worker_variables


def test_an_unknown_scenario(app: Flask) -> None:
    """A name that is none is refused with those there are."""
    with pytest.raises(UnknownScenario, match="There is no scenario winter; there is demo, essex, gateshead, matrix"):
        load(app, "winter")


def test_nothing_is_loaded_where_real_people_work(app: Flask) -> None:
    """A database that does not call itself a demonstration takes no scenario."""
    with pytest.raises(NotADemonstration):
        load(app, "demo")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("winter", "There is no scenario winter; there is demo, essex, gateshead, matrix."),
        ("demo", "Scenarios are loaded into demonstrations only; this database is not one."),
    ],
)
def test_the_command_says_why_it_cannot(worker_environment: Settings, name: str, sentence: str) -> None:
    """`portal seed` answers 2 with one sentence and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "portal", "seed", name, "--json"],
        cwd=ROOT,
        env=os.environ | worker_variables(worker_environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", sentence)
