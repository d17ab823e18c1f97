"""Wherever a rule asks for a reason, the box says how much is the least."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from inspect import isclass
from pathlib import Path

import pytest

from portal.core.parsing import text
from portal.web.fields import ReasonField
from portal.web.forms import BaseForm
from tests.architecture.source import ROOT

NOT_TYPED_THERE = {("portal/organisations", "unverified_reason")}
"""Rules whose box stands on the forms of other stages."""


def _called() -> Iterator[tuple[Path, str, int]]:
    """Each field that `require_reason` is called for by name, with where and the least of it."""
    for path in sorted((ROOT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require_reason":
                given = {word.arg: word.value for word in node.keywords}
                field, least = given.get("field"), given.get("least")
                if isinstance(field, ast.Constant) and isinstance(field.value, str):
                    named = least.id if isinstance(least, ast.Name) else "LEAST_REASON"
                    yield path.parent, field.value, getattr(text, named)


def _boxes(stage: Path) -> dict[str, set[int]]:
    """The boxes for reasons on the forms of a stage, with the least that each tells."""
    found: dict[str, set[int]] = defaultdict(set)
    for path in (*stage.glob("*forms.py"), *stage.glob("forms/*.py")):
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for form in vars(module).values():
            if isclass(form) and issubclass(form, BaseForm):
                for name, unbound in vars(form).items():
                    if getattr(unbound, "field_class", None) is ReasonField:
                        found[name].add(unbound.kwargs.get("least", text.LEAST_REASON))
    return found


@pytest.mark.parametrize("stage", sorted({path for path, _, _ in _called()}), ids=lambda stage: stage.name)
def test_every_reason_has_a_box_that_says_its_least(stage: Path) -> None:
    """By name, in the forms of the stage whose rule it is."""
    boxes, where = _boxes(stage), stage.relative_to(ROOT).as_posix()
    asked = {(field, least) for path, field, least in _called() if path == stage}
    missing = {field for field, least in asked if least not in boxes[field]}
    assert missing <= {field for package, field in NOT_TYPED_THERE if package == where}
