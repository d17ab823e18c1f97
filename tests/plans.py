"""What PostgreSQL did for a statement, counted in rows: a measure of growth that no busy machine disturbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

from portal.extensions import db
from tests.services import Database


def rows_touched(work: Callable[[], object], database: Database) -> int:
    """The rows that the most laborious step of `work`'s queries handed on, each query run once more to be explained.

    What is asked about must have been committed: the tables' owner counts them first, as autovacuum would.
    """
    owner = create_engine(database.owner_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    owner.dispose()
    executed: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            executed.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    connection = db.session.connection()
    plans = [
        connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar_one()
        for statement, parameters in executed
    ]
    return max(_most_rows(plan[0]["Plan"]) for plan in plans)


def _most_rows(node: dict[str, Any]) -> int:
    own = round(node["Actual Rows"] * node["Actual Loops"])
    return max([own, *(_most_rows(inner) for inner in node.get("Plans", []))])
