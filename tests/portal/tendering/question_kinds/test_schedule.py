"""A price schedule: its rows, its rates, and what they come to, to the penny."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.question_kinds.schedule import first_gap, read_rates, rows_with_rates
from portal.tendering.question_kinds.schedule_rows import Row, totals_of
from portal.tendering.states import QuestionKind

SCHEDULE = KINDS[QuestionKind.PRICE_SCHEDULE]
ROWS = """Item\tUnit\tQuantity
Group session\tsession\t40
Setting up\tlump sum\t1\tonce
Holiday club\tday\t2.5\tyearly\toptional"""


def schedule(rows: str = ROWS, *, years: str = "2", vat: str = "20") -> Asked:
    settings = SCHEDULE.read_settings({"years": years, "vat": vat, "rows": rows})
    return Asked("rates", "Your rates", SCHEDULE, settings=settings)


def given_rates(**rates: str) -> dict[str, str]:
    return {f"rates.{cell[1:].replace('_', '.')}": rate for cell, rate in rates.items()}


WHOLE = given_rates(r1_1="100", r1_2="110.01", r2_1="500", r3_1="0.33", r3_2="10")


def test_rates_come_to_a_price() -> None:
    """Lines are rounded, what is optional is not counted, VAT is worked out once, and the price is written out."""
    shown = schedule().shown(WHOLE)
    assert shown.text.split("\n") == [
        "Year 1: £4,500.00",
        "Year 2: £4,400.40",
        "Total of what counts: £8,900.40",
        "VAT at 20%: £1,780.08",
        "Optional rows, not counted: £25.83",
        "Price: £10,680.48: ten thousand six hundred and eighty pounds and forty-eight pence",
    ]
    assert shown.table is not None
    assert [list(row) for row in shown.table.rows] == [
        ["1. Group session", "40 session a year", "£100.00", "£110.01", "£8,400.40"],
        ["2. Setting up", "1 lump sum once", "£500.00", "–", "£500.00"],
        ["3. Holiday club (optional)", "2.5 day a year", "£0.33", "£10.00", "£25.83"],
    ]
    assert SCHEDULE.price(schedule(), WHOLE) == "10680.48"


@given(
    st.lists(
        st.tuples(st.decimals("0.0001", 1000, places=4), st.decimals(0, 5000, places=2), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    st.decimals(0, 100, places=2),
)
def test_totals_are_exact(lines: list[tuple[Decimal, Decimal, bool]], vat: Decimal) -> None:
    """They are what fractions give, each line rounded to the penny, half a penny up, and nothing else."""
    rows = [Row(n, f"Item {n}", "each", quantity, optional=opt) for n, (quantity, _, opt) in enumerate(lines, 1)]
    totals = totals_of(rows, {(n, 1): rate for n, (_, rate, _) in enumerate(lines, 1)}, 1, vat)

    def pence(amount: Fraction) -> int:
        return int(amount * 100 + Fraction(1, 2))

    counted = sum(pence(Fraction(q) * Fraction(r)) for q, r, optional in lines if not optional)
    assert Fraction(totals.counted) == Fraction(counted, 100)
    assert Fraction(totals.vat) == Fraction(pence(Fraction(counted, 100) * Fraction(vat) / 100), 100)
    assert totals.price == totals.counted + totals.vat


def test_missing_and_unreadable_rates_are_named() -> None:
    """By row, item and year; of many the first five and how many more."""
    assert list(schedule().gaps({**WHOLE, "rates.1.2": "", "rates.3.1": "1,5"}, ())) == [
        "Give your rate for “Row 1, Group session, year 2”.",
        "Answer “Row 3, Holiday club, year 1” again. “1,5” can be read as £1.50 or as £15. Type an amount in pounds, "
        "such as 240,000 or 118000.50.",
    ]
    many = schedule("\n".join(f"Item {n},each,1" for n in range(1, 41)), years="1")
    gaps = list(many.gaps({"rates.1.1": "5"}, ()))
    assert gaps[0] == "Give your rate for “Row 2, Item 2”."
    assert (len(gaps), gaps[-1]) == (6, "Give 34 more rates in “Your rates”.")
    assert (first_gap(many, {"rates.1.1": "5"}), first_gap(schedule(), WHOLE)) == (2, 1)
    assert SCHEDULE.price(many, {"rates.1.1": "5"}) is None
    assert "Look at your rates" in next(schedule("A,each,1", years="1").gaps({"rates.1.1": "0"}, ()))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("", "Give at least one row."),
        ("Session,hour", "Row 1: give a quantity of more than 0."),
        ("Session,,4", "Row 1: give an item and a unit."),
        ("Session,hour,1e5", "Row 1: Type a quantity, such as 40 or 12.5."),
        ("Session,hour,4,monthly", "Row 1: “monthly” is neither “yearly” nor “once”."),
        ("Session,hour,4,once,maybe", "Row 1: “maybe” is neither “counted” nor “optional”."),
        ("A,hour,4\nB,hour,2\na ,Hour,9", "Row 3: “a” is in row 1 already."),
        ("\n".join(f"Item {n},each,none" for n in range(9)), "And 4 more rows with faults."),
        ("x,y,1\n" * 5001, "A schedule has at most 5,000 rows; this one has 5,001."),
    ],
)
def test_rows_with_faults_are_refused_by_number(rows: str, message: str) -> None:
    """What is missing, doubled or cannot be read is named with its row."""
    with pytest.raises(InvalidInput) as refused:
        schedule(rows)
    assert (message in refused.value.message, refused.value.field) == (True, "rows")


def test_rates_are_pasted_from_a_spreadsheet() -> None:
    """The file that the portal gives is read back, however many rows of it; a comma in an item parts nothing."""
    asked = schedule('"Sessions, in groups",hour,4\nVisit,each,2,once', vat="0")
    answers = {"rates.1.1": "12.5", "rates.1.2": "13", "rates.2.1": "7"}
    lines = ["\t".join(row) for row in rows_with_rates(asked, answers)]
    assert lines[0] == "1\tSessions, in groups\thour\t4\tyearly\tcounted\t12.5\t13"
    assert read_rates(asked, "Row\tItem\n" + "\n".join(lines), field="pasted") == answers
    assert read_rates(asked, lines[1], field="pasted") == {"rates.2.1": "7"}


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("1\tA\t5\t6\n1\tA\t5\t6", "Row 1 is there twice."),
        ("9\tA\t5\t6", "Row 9 is not in the schedule."),
        ("1\tA\t5\t1,5", "Row 1: “1,5” can be read as"),
        ("1\t5", "Row 1 has 1 rate for 2 years."),
        ("1\tA\t5\t6\nTotal\t\t5\t6", "Line 2 does not begin with the number of a row."),
    ],
)
def test_pasted_rates_with_faults_are_refused_by_row(pasted: str, message: str) -> None:
    """Doubled, unknown, unreadable and missing cells are named."""
    with pytest.raises(InvalidInput) as refused:
        read_rates(schedule(), pasted, field="pasted")
    assert message in refused.value.message
