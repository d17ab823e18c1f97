"""The task list of a draft: what there is to do, in groups, and how far each thing is."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.frameworks.checking import OPTIONAL, Problem, Task, is_blank
from portal.frameworks.models import Framework
from portal.frameworks.terms import takes_new_providers

GROUPS: tuple[tuple[str, tuple[tuple[Task, str], ...]], ...] = (
    (
        "What it is",
        (
            (Task.ABOUT, "What is bought"),
            (Task.TERM, "Validity"),
            (Task.TERMS, "How it works, fee and terms"),
        ),
    ),
    (
        "What is in it",
        (
            (Task.LOTS, "Lots, bandings and areas"),
            (Task.CRITERIA, "Award criteria of call-offs"),
            (Task.QUESTIONS, "What providers are asked"),
        ),
    ),
    (
        "Who takes part",
        (
            (Task.PARTICIPANTS, "Participating authorities"),
            (Task.WINDOWS, "Windows for joining"),
        ),
    ),
    ("Publication", ((Task.DOCUMENTS, "Documents"), (Task.PUBLICATION, "Notice on Find a Tender"))),
)
ADDRESSES = {task: f"framework_desk.{task.value}" for task in Task}
WRONG_RATHER_THAN_UNFINISHED = frozenset({Task.TERM, Task.CRITERIA, Task.WINDOWS})


def groups_of(framework: Framework, problems: list[Problem], *, may_edit: bool) -> list[dict[str, Any]]:
    """List the groups with their tasks as the task list shows them, and how many of each are done."""
    groups = []
    for title, tasks in GROUPS:
        rows = [_row(framework, task, text, problems, may_edit) for task, text in tasks if _has(framework, task)]
        done = sum(row["status"] == "Completed" for row in rows)
        groups.append({"title": title, "tasks": rows, "done": done})
    return groups


def _has(framework: Framework, task: Task) -> bool:
    """Windows are for frameworks that take new providers alone."""
    if task is not Task.WINDOWS:
        return True
    can_join_always = framework.kind.value != "framework"
    return not can_join_always and takes_new_providers(
        framework.kind, light_touch=framework.light_touch, is_open=framework.is_open_framework
    )


def _row(framework: Framework, task: Task, title: str, problems: list[Problem], may_edit: bool) -> dict[str, Any]:
    wrong = [problem.message for problem in problems if problem.task is task]
    row: dict[str, Any] = {"title": title, "status": _status(framework, task, wrong)}
    if may_edit and row["status"] != "Cannot start yet":
        row["href"] = url_for(ADDRESSES[task], reference=framework.reference)
    if row["status"] == "Cannot start yet":
        row["hint"] = "Give the CPV codes under “What is bought” first."
    elif wrong and row["status"] in {"In progress", "There is a problem"}:
        row["hint"] = wrong[0]
    return row


def _status(framework: Framework, task: Task, wrong: list[str]) -> str:
    if task is Task.LOTS and not framework.cpv_codes:
        return "Cannot start yet"
    blank = is_blank(framework, task)
    if not wrong:
        return "Optional" if blank and task in OPTIONAL else "Completed"
    if blank:
        return "Not started"
    return "There is a problem" if task in WRONG_RATHER_THAN_UNFINISHED else "In progress"
