"""What tests of notices share: the reference data in the tables, and the schemas to hold releases against."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.factories.notices import seeded_reference_data

# Reference data kept beside the checkout.
REFERENCE_DATA = Path(__file__).parents[3].parent / "shared" / "data"
RELEASE_SCHEMA = "https://standard.open-contracting.org/schema/1__1__5/release-schema.json"

Check = Callable[[Any], list[str]]


@pytest.fixture
def reference_data(db_session: Any) -> Any:
    """A session on a database with bank holidays and CPV codes."""
    seeded_reference_data()
    return db_session


@pytest.fixture(scope="session")
def ocds() -> Path:
    """The folder of OCDS schemas and codelists, or a visible skip."""
    folder = REFERENCE_DATA / "ocds"
    if not folder.exists():
        pytest.skip("the OCDS schemas are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def faults_of(ocds: Path) -> Callable[[str], Check]:
    """Make a checker for "release", "release-package" or "record-package": it lists what a document gets
    wrong.
    """
    schemas = {
        "release": json.loads((ocds / "uk-release-schema-patched.json").read_text()),
        "release-package": json.loads((ocds / "release-package-schema.json").read_text()),
        "record-package": json.loads((ocds / "record-package-schema.json").read_text()),
    }
    registry: Any = Registry().with_resource(RELEASE_SCHEMA, DRAFT4.create_resource(schemas["release"]))

    def make(name: str) -> Check:
        validator = Draft4Validator(schemas[name], registry=registry, format_checker=FormatChecker())
        return lambda document: [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in validator.iter_errors(document)
        ]

    return make
