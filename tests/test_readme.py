"""The README says what is so."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def test_the_scoring_example_prints_what_its_comments_say() -> None:
    """The example of the scoring engine runs as it stands, and each comment is what the line above it prints."""
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})
    promised = [line.removeprefix("# ") for line in example.splitlines() if line.startswith("# ")]
    assert printed.getvalue().splitlines() == promised


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?:\]\(|src=\")((?!http)[^)#\"]+)", README))))
def test_every_link_leads_somewhere(path: str) -> None:
    """Every picture and document that the README links to is in the repository."""
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:portal|worker|tests|tender_scoring)/[^`*]+)`", README))))
def test_every_named_place_exists(path: str) -> None:
    """Every file or folder of the walk through the code exists."""
    assert (ROOT / path).exists()
