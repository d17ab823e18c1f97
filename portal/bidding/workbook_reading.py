"""What a bidder filled into its workbook, and what of it would change the draft. Nothing here saves anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.bidding.contents import Content
from portal.bidding.models import Bid
from portal.bidding.workbook import (
    ABOUT,
    ANSWER,
    EDITION,
    FIRST_RATE,
    INVITATION,
    KEY,
    LOT,
    QUESTIONS,
    RATES,
    TOO_LONG,
    asked_in_rows,
    edition_of,
    held_in,
    words_by_value,
)
from portal.core.errors import InvalidInput
from portal.core.inspecting import MEDIA_TYPES, inspect_file, shown_name
from portal.core.keeping import Upload
from portal.core.parsing.text import one_line
from portal.core.words import counted
from portal.core.workbooks import Formula, read_workbook
from portal.tendering.question_kinds.kind import Asked, Control
from portal.tendering.question_kinds.schedule import schedule_in

DAY_ZERO = date(1899, 12, 30)
"""The day that spreadsheets number 0."""
AGAIN = "Download the file again, fill that one in and upload it."


@dataclass
class Filled:
    """What a file says: answers as they would be stored, and what is wrong with cells, by question."""

    answers: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """An answer that the file would put in the place of the draft's."""

    asked: Asked
    draft: str
    """As it is stored; "" for none."""
    file: str
    fault: str | None = None

    @property
    def draft_shown(self) -> str:
        """What the draft says, as people read it."""
        return self.asked.shown({self.asked.key: self.draft}).text

    @property
    def file_shown(self) -> str:
        """What the file says, as people read it."""
        return self.asked.shown({self.asked.key: self.file}).text


def read_filled(*, bid: Bid, questions: Sequence[Asked], upload: Upload) -> Filled:
    """Read the file that was made for this bid; raises `InvalidInput` (field "file") for every other."""
    name, read = upload
    try:
        data = read()
        if inspect_file(name, data).media_type != MEDIA_TYPES["xlsx"]:
            raise InvalidInput(f"{shown_name(name)} is not the file that you downloaded here. Save it as Excel (xlsx).")
        sheets = read_workbook(data)
        _require_own(bid, questions, sheets)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, field="file") from refusal
    filled = Filled()
    _read_questions(sheets.get(QUESTIONS, []), questions, filled)
    _read_rates(sheets.get(RATES, []), questions, filled)
    return filled


def differences(questions: Sequence[Asked], content: Content, filled: Filled) -> list[Difference]:
    """What would change, in the order of the questions, with what is wrong with it; the rates of a schedule first."""
    schedule, held = schedule_in(questions), held_in(content)
    asked = [*(schedule.parts if schedule else ()), *asked_in_rows(questions)]
    return [
        Difference(each, held.get(each.key, ""), new, filled.faults.get(each.key) or each.fault({each.key: new}))
        for each in asked
        for new in [filled.answers.get(each.key, held.get(each.key, ""))]
        if new != held.get(each.key, "") or each.key in filled.faults
    ]


def _require_own(bid: Bid, questions: Sequence[Asked], sheets: Mapping[str, Sequence[Mapping[int, str]]]) -> None:
    about = {one_line(row.get(0)): one_line(row.get(1)) for row in sheets.get(ABOUT, ())}
    if not about.get(INVITATION) or QUESTIONS not in sheets:
        raise InvalidInput(f"This is not the file of this invitation. {AGAIN}")
    if about[INVITATION] != bid.itt.reference:
        raise InvalidInput(
            f"This file belongs to the invitation {about[INVITATION][:40]}, not to {bid.itt.reference}. {AGAIN}"
        )
    if about.get(LOT) != str(bid.lot.number):
        raise InvalidInput(f"This file belongs to lot {about.get(LOT, '')[:10]}, not to lot {bid.lot.number}. {AGAIN}")
    if about.get(EDITION) != edition_of(questions):
        raise InvalidInput(
            f"The questions were changed after this file was downloaded. {AGAIN} It has what your draft says; what you "
            "typed since then is still in the file that you have."
        )


def _read_questions(rows: Sequence[Mapping[int, str]], questions: Sequence[Asked], filled: Filled) -> None:
    asked = {each.key: each for each in asked_in_rows(questions)}
    seen: set[str] = set()
    for row in rows:
        found, typed = asked.get(row.get(KEY, "")), row.get(ANSWER, "")
        if found is None:
            continue
        if found.key in seen:
            filled.faults[found.key] = "Your file has this question twice. Check which answer is meant."
        seen.add(found.key)
        if isinstance(typed, Formula):
            filled.faults[found.key] = "The cell in your file has a formula. Type what it comes to."
        elif typed != TOO_LONG and (text := found.stored(_answer(found, typed))):
            filled.answers[found.key] = text


def _answer(asked: Asked, typed: str) -> str:
    """What was typed into a cell, as somebody would have typed or chosen it on the page."""
    if asked.kind.control is Control.DAY:
        if typed.isdecimal() and len(typed) <= 6:
            return (DAY_ZERO + timedelta(days=int(typed))).isoformat()
        return re.sub(r"[ .]+", "/", one_line(typed))
    values = {one_line(words).casefold(): value for value, words in words_by_value(asked).items()}
    return "\n".join(values.get(one_line(line).casefold(), line) for line in typed.splitlines()) if values else typed


def _read_rates(rows: Sequence[Mapping[int, str]], questions: Sequence[Asked], filled: Filled) -> None:
    schedule = schedule_in(questions)
    parts = {part.key: part for part in schedule.parts} if schedule else {}
    for row in rows:
        for column in (each for each in row if each >= FIRST_RATE):
            part = parts.get(f"{schedule.key if schedule else ''}.{row.get(0, '')}.{column - FIRST_RATE + 1}")
            if part is None:
                continue
            if isinstance(row[column], Formula):
                filled.faults[part.key] = "The cell in your file has a formula. Type the rate."
            else:
                filled.answers[part.key] = part.stored(row[column])


def told(found: Sequence[Difference]) -> str:
    """How much a file would change, in words."""
    wrong = sum(each.fault is not None for each in found)
    said = f"Your file changes {counted(len(found), 'answer')} of your draft."
    return f"{said} {counted(wrong, 'of them needs', 'of them need')} another look." if wrong else said
