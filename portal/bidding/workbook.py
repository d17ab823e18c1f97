"""The questions of a bid as a workbook: what it asks, what the draft says already, and boxes for the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from portal.bidding.contents import Content
from portal.bidding.models import Bid
from portal.core.canonical import sha256_of
from portal.core.numbers import plain
from portal.core.words import london
from portal.core.workbooks import LONGEST_CELL, Entry, Sheet, make_workbook
from portal.tendering.question_kinds.days import day_in
from portal.tendering.question_kinds.kind import Asked, Control
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.question_kinds.schedule import PriceSchedule, columns_of, schedule_in
from portal.tendering.question_kinds.schedule_rows import rows_of
from portal.tendering.states import EnvelopeKind, QuestionKind

QUESTIONS, RATES, ABOUT = "Questions", "Price schedule", "About this file"
INVITATION, LOT, EDITION = "Invitation", "Lot", "Edition"
WHOLE_PRICE = Asked(
    "whole.price",
    "Your price for the whole term, in pounds",
    KINDS[QuestionKind.MONEY],
    "One price, including VAT if you charge it.",
    envelope=EnvelopeKind.PRICE,
)
"""The price of a bid whose invitation has no schedule, asked as the questions are."""
TOO_LONG = "Your draft has an answer that is too long for a cell. Change it in the portal."
KEY, ANSWER = 0, 3
"""Columns of the sheet of questions: what the machine reads, and where the answer is."""
FIRST_RATE = 6
"""The column of a schedule's first rates."""


def make_bid_workbook(bid: Bid, questions: Sequence[Asked], content: Content, *, at: datetime) -> bytes:
    """The workbook of one bid: a row a question, the price schedule on its own sheet, and what the file is for."""
    schedule = schedule_in(questions)
    sheets = [_questions(bid, questions, content)]
    if schedule is not None:
        sheets.append(_rates(schedule, content))
    about = [
        (INVITATION, bid.itt.reference),
        (LOT, str(bid.lot.number)),
        (EDITION, edition_of(questions)),
        ("Title", bid.itt.title),
        ("Closes", london(bid.itt.closes_at)),
        ("Your bid", bid.reference),
        ("Downloaded", london(at)),
    ]
    lead = ["The portal reads this sheet to know what the file belongs to. Leave it as it is."]
    sheets.append(Sheet(ABOUT, lead, (("What", 18), ("Which", 70)), about))
    return make_workbook(sheets, at=at)


def edition_of(questions: Sequence[Asked]) -> str:
    """What tells whether a file asks what is asked now: a digest over the questions."""
    said = [[each.key, each.kind.name.value, each.prompt, dict(each.settings), each.required] for each in questions]
    return sha256_of({"asked": said})[:16]


def asked_in_rows(questions: Sequence[Asked]) -> list[Asked]:
    """What has a row on the sheet of questions: all but a schedule, and the price where there is none."""
    rows = [asked for asked in questions if not asked.kind.sets_price]
    return rows if schedule_in(questions) else [*rows, WHOLE_PRICE]


def held_in(content: Content) -> dict[str, str]:
    """What a draft says, the price among its answers."""
    price = {} if content.price is None else {WHOLE_PRICE.key: plain(Decimal(content.price))}
    return content.answers | price


def words_by_value(asked: Asked) -> dict[str, str]:
    """What stands in the file for each answer that can be chosen; a declaration is confirmed with a yes."""
    if len(asked.options) == 1:
        return {asked.options[0][0]: "Yes"}
    return dict(asked.options)


def _questions(bid: Bid, questions: Sequence[Asked], content: Content) -> Sheet:
    held = held_in(content)
    lead = [
        f"{bid.itt.title}: lot {bid.lot.number}, {bid.lot.title}",
        "Type into the yellow cells. A cell that you leave empty changes nothing in your draft. Files are attached in "
        "the portal.",
        "This file is not your bid. Save it, upload it to the portal, look at what it changes, and submit there.",
    ]
    columns = (("Key", 8), ("Question", 44), ("What an answer can be", 40), ("Your answer", 90))
    rows = [(asked.key, _question(asked), _limits(asked), _entry(asked, held)) for asked in asked_in_rows(questions)]
    return Sheet(QUESTIONS, lead, columns, rows, hides_first=True)


def _question(asked: Asked) -> str:
    guidance = f"\n{asked.guidance}" if asked.guidance else ""
    return f"{asked.prompt}{guidance}" + ("" if asked.required else "\nYou do not have to answer this.")


def _limits(asked: Asked) -> str:
    if asked.kind.takes_files:
        return "Files, which you attach in the portal. Here you can add a note."
    if asked.kind.control is Control.SEVERAL and len(asked.options) > 1:
        return f"{asked.rule}. Each on a line of its own."
    if len(asked.options) == 1:
        return f"{asked.rule}. Write Yes to confirm."
    return f"{asked.rule.rstrip('.')}." + (" Such as 31/1/2027." if asked.kind.control is Control.DAY else "")


def _entry(asked: Asked, held: Mapping[str, str]) -> Entry | str:
    text, words = held.get(asked.key, ""), words_by_value(asked)
    if len(text) > LONGEST_CELL:
        return TOO_LONG
    if asked.kind.control is Control.DAY and text and asked.fault(held) is None:
        day = day_in(text)
        return Entry(f"{day.day}/{day.month}/{day.year}" if day else "")
    shown = "\n".join(words.get(line, line) for line in text.splitlines()) if words else text
    offered = tuple(words.values()) if asked.kind.control is not Control.SEVERAL or len(words) == 1 else ()
    return Entry(shown, offered, figure=asked.kind.control is Control.LINE)


def _rates(schedule: Asked, content: Content) -> Sheet:
    years, widths = schedule.settings["years"], (8, 44, 16, 12, 12, 12)
    columns = [
        (heading, widths[place] if place < FIRST_RATE else 20) for place, heading in enumerate(columns_of(schedule))
    ]
    rows: list[list[str | Entry]] = []
    for row, cells in zip(rows_of(schedule.settings["rows"]), PriceSchedule.lines(schedule.settings), strict=True):
        asked = [f"{schedule.key}.{row.number}.{year}" for year in row.years(years)]
        rates = [Entry(content.answers.get(key, ""), figure=True) for key in asked]
        rows.append([str(row.number), *cells, *rates, *[""] * (years - len(rates))])
    return Sheet(RATES, [f"{schedule.prompt}: {schedule.rule}."], columns, rows)
