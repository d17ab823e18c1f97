"""What keeps a draft back: problems by task (going live, publishing), gaps by question (submitting)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from portal.core.errors import InvalidInput, PortalError
from portal.core.words import noun

Task = TypeVar("Task", bound=StrEnum)
Draft = TypeVar("Draft")


@dataclass(frozen=True)
class Problem(Generic[Task]):
    """One thing to put right, and the task where that is done."""

    task: Task
    message: str


class NotReady(InvalidInput):
    """The draft cannot go on yet; `problems` says everything that is missing or wrong."""

    code = "not_ready"

    def __init__(self, problems: Sequence[Problem[Any]]) -> None:
        more = len(problems) - 1
        rest = f" There {noun(more, 'is', 'are')} {more} more to put right." if more else ""
        super().__init__(problems[0].message + rest)
        self.problems = problems


@dataclass(frozen=True)
class Gap:
    """One thing that blocks submission: the key of what is asked, and what to do."""

    key: str
    message: str


class Incomplete(InvalidInput):
    """The draft cannot be submitted yet; `gaps` says exactly why."""

    code = "incomplete"

    def __init__(self, gaps: Sequence[Gap]) -> None:
        count = "One thing has" if len(gaps) == 1 else f"{len(gaps)} things have"
        super().__init__(f"{count} to be done before you can submit.")
        self.gaps = tuple(gaps)


def find_problems(
    checks: Mapping[Task, Callable[[Draft, datetime], Iterator[str]]], draft: Draft, now: datetime
) -> list[Problem[Task]]:
    """Run every check of a draft at `now`, in the order of the tasks."""
    return [Problem(task, message) for task, check in checks.items() for message in check(draft, now)]


def refusal_of(rule: Callable[[], object]) -> Iterator[str]:
    """What the rule says when it refuses; nothing when it does not."""
    try:
        rule()
    except PortalError as refusal:
        yield refusal.message
