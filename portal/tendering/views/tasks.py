"""The task list of a draft: what there is to do, in groups, and how far each thing is."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.core.drafts import Problem
from portal.tendering.checking import Task, blank_tasks
from portal.tendering.groundwork_models import SUBJECTS
from portal.tendering.groundwork_records import is_asked
from portal.tendering.models import InvitationToTender
from portal.tendering.tree import scored
from portal.web.task_list import task_group, task_row

Group = tuple[str, tuple[tuple[Task, str], ...]]

APPROVED = (Task.APPROVAL, "Approval by a second person")
THOUGHT_OF = tuple((Task(subject.value), facts.title) for subject, facts in SUBJECTS.items())
"""What an invitation alone is asked: a call-off rests on its framework."""
GROUPS: tuple[Group, ...] = (
    (
        "The service",
        (
            (Task.SERVICE, "About the service"),
            (Task.OUTCOMES, "Outcomes, outputs and activities"),
            (Task.LOTS, "Lots"),
            (Task.VALUE, "Value, length and break points"),
            (Task.JOINT, "Buying together"),
            (Task.TIMETABLE, "Timetable"),
        ),
    ),
    (
        "How bids are judged",
        (
            (Task.PANELS, "Panels"),
            (Task.SCALES, "Scales and what the points mean"),
            (Task.CRITERIA, "Award criteria and their weights"),
            (Task.SHARES, "Which panel scores what"),
            (Task.PRICE, "Price formula"),
            (Task.TIE_BREAK, "Tie-break"),
        ),
    ),
    ("What bidders read and answer", ((Task.DOCUMENTS, "Documents"), (Task.QUESTIONS, "Questions and price schedule"))),
    ("Before it is published", ((Task.INTERESTS, "Interests and conflicts"), *THOUGHT_OF)),
    (
        "Publication",
        (
            APPROVED,
            (Task.PUBLICATION, "Notice on Find a Tender"),
        ),
    ),
)
INVITED = ("Who is invited", ((Task.INVITED, "The members of the lot"),))
CHOSEN = ("Who is invited", ((Task.INVITED, "The provider, and why directly"),))
ADDRESSES = {task: f"itts.{task.value}" for task in Task} | {
    Task.INVITED: "calling_off.invited",
    Task.JOINT: "joint.buyers",
    Task.INTERESTS: "interests.index",
    Task.APPROVAL: "itts.ask",
}
OPTIONAL = frozenset({Task.OUTCOMES, Task.JOINT, Task.PRICE, Task.DOCUMENTS})
FINISHED_AT_ONCE = frozenset({Task.CRITERIA, Task.SHARES, Task.TIMETABLE})


def groups_of(itt: InvitationToTender, problems: list[Problem[Task]], *, may_edit: bool) -> list[dict[str, Any]]:
    """List the groups with their tasks as the task list shows them."""
    left_out = (() if is_asked(itt) else THOUGHT_OF) + ((APPROVED,) if itt.law.names_one_provider else ())
    blank = blank_tasks(itt)
    return [
        task_group(
            title,
            (
                _row(itt, task, text, problems, blank=task in blank, may_edit=may_edit)
                for task, text in tasks
                if (task, text) not in left_out
            ),
        )
        for title, tasks in (*_first(itt), *GROUPS)
    ]


def address_of(itt: InvitationToTender, task: Task) -> str:
    """The endpoint of the page where a task is done."""
    if task is Task.INVITED and itt.law.names_one_provider:
        return "calling_off.direct_award"
    return ADDRESSES[task]


def _first(itt: InvitationToTender) -> tuple[Group, ...]:
    if itt.framework_lot_id is None:
        return ()
    return (CHOSEN,) if itt.law.names_one_provider else (INVITED,)


def _row(
    itt: InvitationToTender, task: Task, title: str, problems: list[Problem[Task]], *, blank: bool, may_edit: bool
) -> dict[str, Any]:
    return task_row(
        title,
        [problem.message for problem in problems if problem.task is task],
        href=url_for(address_of(itt, task), reference=itt.reference) if may_edit else None,
        blank=blank,
        waits=task is Task.SHARES and not (itt.panels and scored(itt)),
        optional=task in OPTIONAL,
        finished_at_once=task in FINISHED_AT_ONCE,
    )
