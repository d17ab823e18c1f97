"""Who may read what an opening revealed: one module, whose every function asks who reads."""

from __future__ import annotations

import ast
from pathlib import Path

from sqlalchemy import inspect

import portal.tables  # noqa: F401  (the mappers are whole before one is looked at)
from portal.bidding.models import OpenedBid, OpenedPrice
from tests.architecture.source import modules, parsed

READING = "portal.evaluation.reading"
OPENING = "portal.bidding.opening"
CONTENT = {OpenedBid: {"compliance", "quality"}, OpenedPrice: {"said", "price"}}


def test_opened_content_is_never_loaded_by_accident() -> None:
    """Answers and prices are deferred, and raise where a query did not ask for them by name."""
    for table, content in CONTENT.items():
        columns = inspect(table).column_attrs
        assert {column.key for column in columns if column.deferred and column.raiseload} == content


def test_one_module_asks_for_opened_content() -> None:
    """What an opening revealed stands in a query of no other module."""
    asking = {name for name, path in modules().items() if _content_named(path)}
    assert asking == {READING}


def test_no_raw_sql_reads_opened_content() -> None:
    """No statement written as text names the table of opened bids."""
    naming = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
        if "opened_bid" in node.value or "opened_price" in node.value
    ]
    assert naming == []


def test_every_reading_names_its_reader() -> None:
    """Each public function of the reading module takes an actor or a reader, without a default."""
    path = modules()[READING]
    for function in (node for node in parsed(path).body if isinstance(node, ast.FunctionDef)):
        if not function.name.startswith("_"):
            required = {
                argument.arg
                for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
                if default is None
            }
            assert required & {"actor", "reader"}, function.name


def test_the_opening_key_is_used_by_the_opening_alone() -> None:
    """What was sealed for the opening is unsealed in the opening and nowhere else."""
    using = {
        name
        for name, path in modules().items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and _called(node) == "unwrap_at_opening"
    }
    assert using == {OPENING}


def _content_named(path: Path) -> list[str]:
    return [
        node.attr
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in {table.__name__: content for table, content in CONTENT.items()}.get(node.value.id, ())
    ]


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
