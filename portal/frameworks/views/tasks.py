"""The task list of a draft: what there is to do, in groups, and how far each thing is."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.core.drafts import Problem
from portal.frameworks.checking import OPTIONAL, Task, is_blank
from portal.frameworks.models import Framework
from portal.web.task_list import task_group, task_row

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
FINISHED_AT_ONCE = frozenset({Task.TERM, Task.CRITERIA, Task.WINDOWS})


def groups_of(framework: Framework, problems: list[Problem[Task]], *, may_edit: bool) -> list[dict[str, Any]]:
    """List the groups with their tasks as the task list shows them."""
    return [
        task_group(
            title, (_row(framework, task, text, problems, may_edit) for task, text in tasks if _has(framework, task))
        )
        for title, tasks in GROUPS
    ]


def _has(framework: Framework, task: Task) -> bool:
    """Windows are for frameworks that take new providers alone."""
    if task is not Task.WINDOWS:
        return True
    return not framework.law.is_open_every_day and framework.takes_new_providers


def _row(framework: Framework, task: Task, title: str, problems: list[Problem[Task]], may_edit: bool) -> dict[str, Any]:
    return task_row(
        title,
        [problem.message for problem in problems if problem.task is task],
        href=url_for(ADDRESSES[task], reference=framework.reference) if may_edit else None,
        blank=is_blank(framework, task),
        waits=task is Task.LOTS and not framework.cpv_codes,
        waits_for="Give the CPV codes under “What is bought” first.",
        optional=task in OPTIONAL,
        finished_at_once=task in FINISHED_AT_ONCE,
    )
