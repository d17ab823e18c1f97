"""The task list of a draft, as `components/tasks.html` shows it: how far each task is, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

DONE = "Completed"


def task_row(
    title: str,
    messages: Sequence[str],
    *,
    href: str | None,
    blank: bool,
    waits: bool = False,
    waits_for: str = "",
    optional: bool = False,
    finished_at_once: bool = False,
) -> dict[str, Any]:
    """One task: `messages` say what is wrong with it, `blank` that nobody has worked on it.

    It cannot start while it `waits` (`waits_for` says for what). `finished_at_once`: where something unfinished is
    more likely something wrong, such as weights that have to come to 100.
    """
    row: dict[str, Any] = {"title": title}
    if waits:
        row["status"] = "Cannot start yet"
        hint = waits_for
    elif not messages:
        row["status"], hint = "Optional" if blank and optional else DONE, ""
    elif blank:
        row["status"], hint = "Not started", ""
    else:
        row["status"], hint = "There is a problem" if finished_at_once else "In progress", messages[0]
    if href and not waits:
        row["href"] = href
    if hint:
        row["hint"] = hint
    return row


def task_group(title: str, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A group of tasks, and how many of them are done."""
    tasks = list(rows)
    return {"title": title, "tasks": tasks, "done": sum(row["status"] == DONE for row in tasks)}
