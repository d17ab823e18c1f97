"""What an addendum changes of a question or a criterion, field by field, in the words in which bidders read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.tendering.amending.states import ChangedPart
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.registry import asked_by

Columns = Mapping[str, Any]
_REQUIRED = {True: "Yes", False: "No"}


@dataclass(frozen=True)
class Difference:
    """One field that changes: its name, and its words before and after."""

    label: str
    before: str
    after: str


def asked_as(key: str, columns: Columns) -> Asked:
    """A question as bidders are asked it, from the columns of its row."""
    return asked_by({**columns, "key": key})


def differences(part: ChangedPart, key: str, before: Columns | None, after: Columns | None) -> list[Difference]:
    """The fields that change; of a question that comes or goes, all that say something."""
    said = _of_criterion if part.is_criterion else _of_question
    old, new = dict(said(key, before)), dict(said(key, after))
    labels = list(dict.fromkeys([*old, *new]))
    found = [Difference(label, old.get(label, ""), new.get(label, "")) for label in labels]
    return [each for each in found if each.before != each.after]


def _of_question(key: str, columns: Columns | None) -> Iterator[tuple[str, str]]:
    if columns is None:
        return
    asked = asked_as(key, columns)
    yield "Question", asked.prompt
    yield "Help", columns["guidance"]
    yield "Answer", asked.rule
    yield "Must be answered", _REQUIRED[asked.required]


def _of_criterion(_key: str, columns: Columns | None) -> Iterator[tuple[str, str]]:
    if columns is None:
        return
    yield "Criterion", columns["title"]
    yield "What a good answer shows", columns["guidance"]
    yield "In plain words", columns["plain_title"]
    yield "Weight", f"{columns['weight']}%"
    yield "Minimum score", "None" if columns["minimum"] is None else f"{columns['minimum']}"
