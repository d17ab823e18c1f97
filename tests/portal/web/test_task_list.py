"""How far a task of a draft is, as its task list shows it."""

from __future__ import annotations

import pytest

from portal.web.task_list import task_group, task_row

WRONG = ["The weights total 95, they must total 100.", "“Quality” has no weight."]


@pytest.mark.parametrize(
    ("messages", "state", "status", "hint"),
    [
        ([], {}, "Completed", None),
        ([], {"optional": True}, "Completed", None),
        ([], {"optional": True, "blank": True}, "Optional", None),
        (WRONG, {"blank": True}, "Not started", None),
        (WRONG, {}, "In progress", WRONG[0]),
        (WRONG, {"finished_at_once": True}, "There is a problem", WRONG[0]),
        (WRONG, {"waits": True, "waits_for": "Add a lot first."}, "Cannot start yet", "Add a lot first."),
    ],
)
def test_a_task_says_how_far_it_is(messages: list[str], state: dict[str, bool], status: str, hint: str | None) -> None:
    """Each state has its word, the first message only once somebody began, and no link while it has to wait."""
    row = task_row("Weights", messages, href="/weights", **({"blank": False} | state))  # type: ignore[arg-type]
    assert (row["status"], row.get("hint")) == (status, hint)
    assert row.get("href") == (None if status == "Cannot start yet" else "/weights")


def test_a_group_counts_what_is_done() -> None:
    """What is optional and not there is not done."""
    rows = [task_row("One", [], href=None, blank=False), task_row("Two", [], href=None, blank=True, optional=True)]
    assert task_group("Group", rows) == {"title": "Group", "tasks": rows, "done": 1}
