"""The form that a signed sheet is keyed into."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.evaluation.paper_sheets import OnPaper, Said
from portal.web.forms import BaseForm


class SheetForm(BaseForm):
    """What stands on one young person's sheet; made by `sheet_form`."""

    keeps_earlier = False

    def sheet(self) -> dict[uuid.UUID, Said]:
        """What was keyed, by agreed score; what the sheet leaves empty is left out."""
        names = [name.removeprefix("says-") for name in self._fields if name.startswith("says-")]
        return {
            uuid.UUID(name): Said(self[f"says-{name}"].data == "yes", self[f"dissent-{name}"].data or "")
            for name in names
            if self[f"says-{name}"].data
        }


def sheet_form(scores: Mapping[uuid.UUID, str], seen: OnPaper) -> SheetForm:
    """Two fields for each score that waits for the young person's answer, with what the actor has keyed before."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for score_id, words in scores.items():
        if score_id in seen.counts:
            continue
        fields[f"says-{score_id}"] = RadioField(
            words,
            choices=[
                SelectChoice("yes", "“That’s right for us”"),
                SelectChoice("no", "“No, I’d change it”"),
                SelectChoice("", "Nothing on the sheet"),
            ],
            default="",
        )
        fields[f"dissent-{score_id}"] = TextAreaField("What would they change, in their words?")
        if score_id in seen.own:
            data[f"says-{score_id}"] = "yes" if seen.own[score_id].agrees else "no"
            data[f"dissent-{score_id}"] = seen.own[score_id].dissent
    made: type[SheetForm] = type("SheetForm", (SheetForm,), fields)
    return made(data=data)
