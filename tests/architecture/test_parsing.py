"""What people type is read by portal.core.parsing, and by nothing else."""

from __future__ import annotations

import ast

from tests.architecture.source import modules, parsed, stage_modules


def test_no_stage_goes_by_white_space() -> None:
    """`.strip()` knows white space only: a text that nobody can see would not be empty to it."""
    wrong = {
        f"{name}:{node.lineno}"
        for name, path in stage_modules().items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"strip", "lstrip", "rstrip"}
        and not node.args
    }
    assert wrong == set()


def test_no_figure_is_read_by_deleting_what_is_no_digit() -> None:
    """Whoever catches InvalidOperation makes a Decimal of something that was typed."""
    wrong = {
        name
        for name, path in modules().items()
        if name.startswith("portal.") and not name.startswith("portal.core.parsing")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name) and node.id == "InvalidOperation"
    }
    assert wrong == set()
