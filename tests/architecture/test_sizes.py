"""Ceilings: what is longer than these is doing several things."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, functions, modules, parsed

MODULE, FUNCTION, VIEW, TEMPLATE, TEST_MODULE, MODEL = 400, 40, 20, 150, 500, 150
JUNK = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "base", "stuff"}


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body; signature and docstring may be as long as they need."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body = node.body[1:] if documented else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_modules() -> None:
    """No module has more than 400 lines."""
    assert {name: length(path) for name, path in modules().items() if length(path) > MODULE} == {}


def test_functions() -> None:
    """No function has more than 40 lines of body."""
    wrong = {
        f"{name}.{node.name}": body_length(node)
        for name, path in modules().items()
        for node in functions(path)
        if body_length(node) > FUNCTION
    }
    assert wrong == {}


def test_views() -> None:
    """No view has more than 20 lines of body: load, form, one activity, redirect."""
    wrong = {
        f"{name}.{node.name}": body_length(node)
        for name, path in modules().items()
        if ".views." in name
        for node in functions(path)
        if _is_route(node) and body_length(node) > VIEW
    }
    assert wrong == {}


def test_models() -> None:
    """No model class has more than 150 lines."""
    wrong = {
        f"{name}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, path in modules().items()
        if name.endswith(".models")
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno + 1 > MODEL
    }
    assert wrong == {}


def test_templates() -> None:
    """No template has more than 150 lines."""
    wrong = {
        str(path.relative_to(ROOT)): length(path)
        for path in (ROOT / "templates").rglob("*")
        if path.is_file() and length(path) > TEMPLATE
    }
    assert wrong == {}


def test_test_modules() -> None:
    """No test module has more than 500 lines."""
    wrong = {
        str(path.relative_to(ROOT)): length(path)
        for path in (ROOT / "tests").rglob("*.py")
        if length(path) > TEST_MODULE
    }
    assert wrong == {}


def test_no_junk_drawers() -> None:
    """No module is called utils, helpers, common or the like."""
    named = {*modules(), *(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in _tests())}
    assert sorted(name for name in named if name.split(".")[-1] in JUNK) == []


def _tests() -> Iterator[Path]:
    yield from (ROOT / "tests").rglob("*.py")


def _is_route(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("bp." in ast.unparse(decorator) for decorator in node.decorator_list)
