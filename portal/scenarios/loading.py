"""Load a scenario by name: the one path by which history comes into a database other than by people's acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from portal.audit.queries import ask_installation_again, is_demonstration
from portal.audit.recording import marked_as_seeded
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.extensions import db
from portal.scenarios import demo, gateshead, matrix_people, people
from portal.scenarios import essex_people as cast
from portal.scenarios.essex import loading as essex
from portal.scenarios.matrix import loading as matrix
from portal.scenarios.sign_ins import sign_ins

Loader = Callable[..., dict[str, str]]

SCENARIOS: Mapping[str, Loader] = {
    "demo": demo.load,
    "gateshead": gateshead.load,
    "matrix": matrix.load,
    "essex": essex.load,
}
PARTS: Mapping[str, tuple[people.Part, ...]] = {
    "demo": people.PARTS,
    "gateshead": people.REGIONAL_PARTS,
    "matrix": matrix_people.PARTS,
    "essex": cast.PARTS,
}


class UnknownScenario(LookupError):
    """There is no scenario of that name; the message lists those there are."""


class NotADemonstration(RuntimeError):
    """The database does not say that it is a demonstration, so nothing is loaded into it."""


def load(app: Flask, name: str) -> dict[str, Any]:
    """Load the scenario and return its references and sign-ins. Every event is marked as seeded.

    Raises `UnknownScenario`, `NotADemonstration` for a database that real people use, and `people.AlreadyLoaded`.
    """
    if name not in SCENARIOS:
        raise UnknownScenario(f"There is no scenario {name}; there is {', '.join(sorted(SCENARIOS))}.")
    keys: KeyFolder = app.extensions["keys"]
    files: FileStore = app.extensions["files"]
    with app.app_context():
        ask_installation_again()
        if not is_demonstration():
            raise NotADemonstration("Scenarios are loaded into demonstrations only; this database is not one.")
        with marked_as_seeded():
            references = SCENARIOS[name](keys=keys, files=files)
        loaded = {"scenario": name, "references": references, "sign_ins": sign_ins(PARTS[name])}
        db.session.commit()
    return loaded
