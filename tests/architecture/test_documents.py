"""What the documents say of the code: places exist, and promises have tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, parsed

PLACE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)(?:::([\w.]+))?`")
PROMISE = re.compile(r"\b[A-Z]{1,2}-\d\d\b")
ROW = re.compile(r"\| ([A-Z]{1,2}-\d\d) \| (.+) \| (.+) \|")


def names_of(nodes: list[ast.stmt], before: str = "") -> Iterator[str]:
    """The functions, classes and assignments of a module, members of a class after its name and a dot."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield before + node.name
        if isinstance(node, ast.ClassDef):
            yield from names_of(node.body, f"{before}{node.name}.")
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (before + target.id for target in targets if isinstance(target, ast.Name))


def missing(text: str, below: str = "") -> list[str]:
    """The places of a text that are not there."""
    wrong = []
    for path, name in PLACE.findall(text):
        file = ROOT / below / path
        if not file.exists() or (name and name not in names_of(parsed(file).body)):
            wrong.append(f"{path}::{name}")
    return wrong


@pytest.mark.parametrize("document", ["docs/where-is.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_place_that_a_document_names_exists(document: str) -> None:
    """Whoever follows a document finds the file, and the name in it."""
    assert missing((ROOT / document).read_text()) == []


def promises() -> dict[str, str]:
    """By each promise's id, what holds it."""
    rows = ROW.findall((ROOT / "docs/promises.md").read_text())
    assert len(rows) == len({row[0] for row in rows}), "an id stands for one promise"
    return {number: held for number, _sentence, held in rows}


def test_every_promise_has_its_test_or_a_reason() -> None:
    """The tests that the list names exist; a promise without one says why."""
    held = promises()
    assert [found for tests in held.values() for found in missing(tests, "tests")] == []
    assert [number for number, tests in held.items() if not tests.startswith(("`", "No test: "))] == []


def test_every_promise_that_is_cited_is_in_the_list() -> None:
    """An id in code, templates or tests can be looked up."""
    cited = {
        number
        for folder in ("portal", "worker", "tender_scoring", "templates", "tests")
        for pattern in ("*.py", "*.html", "*.txt")
        for path in (ROOT / folder).rglob(pattern)
        for number in PROMISE.findall(path.read_text())
    }
    assert sorted(cited - promises().keys()) == []


def test_decisions_are_numbered_one_by_one() -> None:
    """No number is missing or stands for two, and each is the one in its own heading."""
    found = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in found] == list(range(1, len(found) + 1))
    assert [file.name for file in found if not file.read_text().startswith(f"# {int(file.name[:4])}. ")] == []
