"""Forms of importing members from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField

from portal.importing.correcting import NEW
from portal.importing.files import LARGEST, SHAPE
from portal.importing.organisations import ALIKE
from portal.members.importing_columns import MEMBERS_FILE
from portal.members.models import ImportRow
from portal.web.forms import BaseForm


class FileForm(BaseForm):
    """The file."""

    file = FileField("CSV file of members", [FileRequired("Choose a file.")])

    def content(self) -> bytes:
        """The file's bytes, at most one more than may be sent: the activity refuses what is larger."""
        content: bytes = self.file.data.stream.read(LARGEST + 1)
        return content


class RowForm(BaseForm):
    """The cells of one row; a field for each column."""

    @classmethod
    def of(cls, row: ImportRow) -> RowForm:
        """The form, filled with the row's cells (or with what was posted)."""
        return cls(data={name: row.cells.get(name, "") for name in MEMBERS_FILE.names})

    def cells(self) -> dict[str, str]:
        """The cells as typed."""
        return {name: self[name].data or "" for name in MEMBERS_FILE.names}

    def show_faults(self, faults: Mapping[str, Any]) -> None:
        """Put what is wrong with the row beside its columns."""
        for name in MEMBERS_FILE.names:
            if name in faults:
                self[name].errors = [faults[name]]
        if SHAPE in faults:
            self.form_errors = [faults[SHAPE]]


for _column in MEMBERS_FILE.columns:
    setattr(RowForm, _column.name, StringField(_column.title, description=_column.explained))


class AnswerForm(BaseForm):
    """Which organisation a row speaks of."""

    answer = RadioField("Which organisation is it?", validate_choice=False)

    @classmethod
    def of(cls, row: ImportRow) -> AnswerForm:
        """The form, with the organisations that it may be."""
        form = cls()
        candidates = row.faults.get(ALIKE, [])
        form.answer.choices = [
            (one["answer"], f"The same as {one['name']}{_where(one['answer'])}") for one in candidates
        ]
        other = "Another organisation than these" if candidates else "The name is right as it is"
        form.answer.choices.append((NEW, other))
        return form


def _where(answer: str) -> str:
    kind, _, line = answer.partition(":")
    return f": take its name and numbers from row {line}" if kind == "row" else ", registered here"
