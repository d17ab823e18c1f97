"""The forms of a bid's files: the plain one, a replacement, and what the page's script sends in parts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import UUID, NumberRange, Optional, Regexp

from portal.bidding.arriving import Arriving, Part
from portal.core.keeping import Upload
from portal.tendering.models import Question
from portal.web.forms import BaseForm
from portal.web.uploads import UploadField, UploadsField

SHA256 = r"[0-9a-f]{64}\Z"


class DocumentsForm(BaseForm):
    """Files for a question: fields `files-<question key>`."""

    @property
    def chosen(self) -> dict[str, list[Upload]]:
        """The chosen files by question key."""
        boxes = {name[6:]: box.uploads for name, box in self._fields.items() if name.startswith("files-")}
        return {key: uploads for key, uploads in boxes.items() if uploads}

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one file."""
        valid = super().validate(extra_validators)
        if valid and not self.chosen:
            self.form_errors = ["Choose at least one file."]
        return valid and bool(self.chosen)

    def box(self, key: str) -> Any:
        """The field of one question."""
        return self[f"files-{key}"]


def documents_form(questions: Sequence[Question]) -> DocumentsForm:
    """Make the form for the questions that take files."""
    fields = {f"files-{question.key}": UploadsField("Add files", missing=None) for question in questions}
    made: DocumentsForm = type("DocumentsForm", (DocumentsForm,), fields)()
    return made


class ArrivingForm(BaseForm):
    """A file in parts, as the page's script sends it: what it is, and one of its parts or none."""

    question = StringField()
    name = StringField()
    size = IntegerField(validators=[NumberRange(min=0)])
    replaces = StringField(validators=[Optional(), UUID()])
    sha256 = StringField(validators=[Regexp(SHA256)])
    number = IntegerField(validators=[Optional(), NumberRange(min=0)])
    digest = StringField(validators=[Optional(), Regexp(SHA256)])
    piece = UploadField("Part", missing=None)

    @property
    def arriving(self) -> Arriving:
        """The file."""
        replaces = uuid.UUID(self.replaces.data) if self.replaces.data else None
        return Arriving(self.question.data or "", self.name.data or "", self.size.data, self.sha256.data, replaces)

    @property
    def part(self) -> Part | None:
        """The part that is sent, if one is."""
        if not self.piece.data or self.number.data is None:
            return None
        return Part(self.number.data, self.piece.data.read(), self.digest.data or "")


class ReplaceForm(BaseForm):
    """One file in place of another."""

    file = UploadField("The new file", missing="Choose the new file.")
