"""The product's sources, parsed once for the tests of this folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "tender_scoring", "worker")
STAGES = (
    "organisations",
    "accounts",
    "importing",
    "frameworks",
    "joining",
    "members",
    "directory",
    "tendering",
    "bidding",
    "evaluation",
    "awarding",
    "contracts",
    "notices",
    "notifications",
)


LETTERS = ("portal.notifications.letters", "portal.notifications.addressing")


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> Iterator[str]:
    """What a module imports itself, wherever in it: `from a.b import c` gives `a.b` and `a.b.c`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def stage_modules() -> dict[str, Path]:
    """The modules of the stages."""
    return {name: path for name, path in modules().items() if name.startswith(tuple(f"portal.{s}." for s in STAGES))}


def is_web(name: str) -> bool:
    """Whether a stage's module belongs to its web face: views, forms, the browser's side of a session, and letters,
    which lead to pages."""
    parts = name.split(".")
    return "views" in parts or "forms" in parts or name == "portal.accounts.browser" or name.startswith(LETTERS)
