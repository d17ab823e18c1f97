"""The published rules of what can be typed are what the portal does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.core.errors import InvalidInput
from portal.core.parsing.emails import read_email
from portal.core.parsing.figures import MONTHS, PERCENT, POUNDS, WHOLE, read_figure, read_whole
from portal.core.parsing.text import require_reason, require_text, words_in
from portal.core.parsing.times import read_day, read_time
from portal.core.references import normalise_code
from portal.organisations.details import read_postcode
from portal.organisations.names import read_name
from portal.regulation.identifiers import company_number
from tests.architecture.source import ROOT

PAGE = (ROOT / "docs/what-can-be-typed.md").read_text()
ROWS = [
    tuple(cell.replace("·", "\u200b").replace("⏎", "\n") for cell in row)
    for row in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    if row[0] != "field"
]
READERS: dict[str, Callable[[str], Any]] = {
    "pounds": lambda typed: read_figure(typed, POUNDS),
    "percentage": lambda typed: read_figure(typed, PERCENT),
    "whole number": lambda typed: read_whole(typed, WHOLE),
    "months": lambda typed: read_whole(typed, MONTHS),
    "text": lambda typed: require_text(typed, "Write something.", field=None),
    "name": lambda typed: read_name(typed, "the name", field="name", most=200),
    "words": words_in,
    "reason": lambda typed: require_reason(typed, "Give the reason", field=None),
    "e-mail": read_email,
    "day": lambda typed: read_day(*typed.split(" / ")),
    "time": lambda typed: f"{read_time(typed):%H:%M}",
    "company number": lambda typed: company_number(typed).value,
    "postcode": read_postcode,
    "card": normalise_code,
}


@pytest.mark.parametrize(("field", "typed", "happens"), ROWS)
def test_each_example_of_the_published_rules_is_true(field: str, typed: str, happens: str) -> None:
    """What is kept follows the arrow; what is refused is refused with that sentence."""
    try:
        found = f"→ {READERS[field](typed)}"
    except InvalidInput as refused:
        found = refused.message
    assert found == happens


def test_every_reader_has_an_example() -> None:
    """No kind of field is without a published example, and each section has some."""
    assert {row[0] for row in ROWS} == set(READERS)
