"""The catalogue of notices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.regulation.notice_catalogue import CATALOGUE

# Reference data kept beside the checkout.
REFERENCE_DATA = Path(__file__).parents[3].parent / "shared" / "data"


def test_the_catalogue_runs_from_uk1_to_uk17() -> None:
    """Seventeen kinds, in order, each under its own code."""
    assert list(CATALOGUE) == [f"UK{number}" for number in range(1, 18)]
    assert all(code == kind.code for code, kind in CATALOGUE.items())


def test_the_catalogue_agrees_with_the_reference_list() -> None:
    """Section, tag, document type and flag of each notice are those of the reference list."""
    path = REFERENCE_DATA / "notices_pa2023.json"
    if not path.exists():
        pytest.skip("the reference data is not beside this checkout")
    for reference in json.loads(path.read_text())["notices"]:
        kind = CATALOGUE[reference["code"]]
        assert kind.section == f"PA2023 {reference['act_section']}"
        assert kind.tag == reference["suggested_ocds_tag"]
        assert kind.document_type == reference["suggested_document_type"]
        assert kind.statute_verified is reference["statute_verified"]
        assert reference["name"].startswith(kind.name)


def test_the_notices_of_the_road() -> None:
    """The three notices that the portal publishes carry these tags."""
    assert [(code, CATALOGUE[code].tag) for code in ("UK4", "UK6", "UK7")] == [
        ("UK4", "tender"),
        ("UK6", "award"),
        ("UK7", "contract"),
    ]


def test_only_the_numbers_read_in_a_source_are_called_verified() -> None:
    """The numbers that were only remembered say so."""
    assert [code for code, kind in CATALOGUE.items() if kind.number_verified] == [
        "UK1",
        "UK2",
        "UK3",
        "UK4",
        "UK13",
        "UK15",
    ]
