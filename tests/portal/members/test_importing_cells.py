"""Reading one row of an imported file strictly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.frameworks.models import Band, Framework, FrameworkLot
from portal.importing.files import SHAPE
from portal.members.importing_cells import Reader
from portal.members.importing_columns import MEMBERS_FILE
from tests.factories.importing import member_row, setting_row

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRAMEWORK = Framework(
    valid_from=datetime(2018, 3, 31, 23, tzinfo=UTC),
    valid_until=NOW + timedelta(days=365),
    lots=[
        FrameworkLot(
            number=1,
            title="Children's Residential Homes",
            placement_types=["Residential", "Short breaks"],
            bands=[Band(position=1, title="Band 1"), Band(position=2, title="Band 2")],
        ),
        FrameworkLot(number=2, title="Outreach", placement_types=[], bands=[]),
    ],
)


def faults(**cells: str) -> dict[str, str]:
    """What is wrong with a row of a setting with these cells different."""
    return Reader(FRAMEWORK, NOW).read(2, setting_row(**cells)).faults


def test_a_whole_row() -> None:
    """Every cell becomes what it says."""
    reading = Reader(FRAMEWORK, NOW).read(2, setting_row(company_number="9506232", charity_number="sc042386"))
    assert reading.faults == {}
    assert (reading.provider, reading.setting, reading.area) == ("Demo Care Ltd", "Demo House", "Demotown")
    assert [number.org_id for number in reading.numbers if number] == ["GB-COH-09506232", "GB-SC-SC042386"]
    assert (reading.capacity, reading.vacancies, reading.postcode) == (6, 2, "ZZ99 9ZZ")
    assert reading.lot is FRAMEWORK.lots[0]
    assert reading.band is FRAMEWORK.lots[0].bands[0]
    assert (reading.placement_type, reading.admitted_on) == ("Residential", date(2026, 11, 1))


@pytest.mark.parametrize("typed", ["1", "lot 1", "LOT  1", "children's residential homes"])
def test_a_lot_by_number_or_title(typed: str) -> None:
    """Case and spaces do not matter."""
    assert faults(lot=typed) == {}


def test_a_member_without_places() -> None:
    """Without a setting neither banding nor placement type is asked for."""
    assert Reader(FRAMEWORK, NOW).read(2, member_row()).faults == {}
    assert Reader(FRAMEWORK, NOW).read(2, member_row(lot="2")).faults == {}


@pytest.mark.parametrize("typed", ["2018-04-01", "01/04/2018", "1/4/2018", "2026-11-20"])
def test_days(typed: str) -> None:
    """The first day and today count, in both ways of writing."""
    assert faults(admitted_on=typed) == {}


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"provider": ""}, "provider", "Enter the provider’s name."),
        ({"provider": "---"}, "provider", "Enter the provider’s name in letters."),
        (
            {"provider": "St Maryâ€™s Care"},
            "provider",
            "“St Maryâ€™s Care” was read wrongly by a program on its way. Is it “St Mary’s Care”? Type it as it should "
            "read.",
        ),
        (
            {"setting": "TÅ· GlÃ¢n"},
            "setting",
            "“TÅ· GlÃ¢n” was read wrongly by a program on its way. Is it “Tŷ Glân”? Type it as it should read.",
        ),
        (
            {"area": "Ynys M\ufffdn"},
            "area",
            "Letters were lost when “Ynys M\ufffdn” was copied or saved. Type it as it should read.",
        ),
        ({"provider": "x" * 201}, "provider", "Use at most 200 characters."),
        (
            {"company_number": ""},
            "company_number",
            "Enter a company number or a charity number: names alone tell nobody apart.",
        ),
        (
            {"company_number": "£143,00"},
            "company_number",
            "A company number has 8 characters, such as 09506232 or SC123456. Find yours on Companies House.",
        ),
        (
            {"capacity": "£143,00"},
            "capacity",
            "Leave out the £. Enter a whole number in figures, such as 6.",
        ),
        ({"capacity": ""}, "capacity", "Enter a whole number; 0 for none."),
        ({"vacancies": "2.0"}, "vacancies", "Enter a whole number in figures, such as 6."),
        ({"vacancies": "7"}, "vacancies", "There are more free places (7) than places (6)."),
        ({"area": ""}, "area", "Enter the council area that the setting lies in."),
        ({"postcode": "Gateshead"}, "postcode", "Enter a full UK postcode, such as CM1 1QH."),
        ({"setting": ""}, "setting", "Name the setting: the row gives its area."),
        (
            {"lot": "3"},
            "lot",
            "There is no lot “3”. The lots are: 1 Children's Residential Homes; 2 Outreach.",
        ),
        ({"lot": ""}, "lot", "Enter the lot’s number or title."),
        ({"band": "Band 9"}, "band", "This lot has no banding “Band 9”. It has: Band 1; Band 2."),
        ({"band": ""}, "band", "Enter the banding. This lot has: Band 1; Band 2."),
        ({"lot": "2", "placement_type": ""}, "band", "This lot has no bandings: leave this empty."),
        (
            {"placement_type": "<b>Foster</b>"},
            "placement_type",
            "This lot has no placement type “<b>Foster</b>”. It has: Residential; Short breaks.",
        ),
        ({"admitted_on": ""}, "admitted_on", "Enter the day of admission, such as 2018-04-01."),
        (
            {"admitted_on": "1 April"},
            "admitted_on",
            "“1 April” is no day. Write 2018-04-01, or day/month/year as 01/04/2018.",
        ),
        (
            {"admitted_on": "04/31/2018"},
            "admitted_on",
            "“04/31/2018” is not in the calendar. The order is day, month, year.",
        ),
        ({"admitted_on": "2026-11-21"}, "admitted_on", "“2026-11-21” is in the future. Nobody has been admitted then."),
        ({"admitted_on": "2018-03-31"}, "admitted_on", "“2018-03-31” is before 2018-04-01, when this began."),
    ],
)
def test_what_is_wrong_with_a_cell(cells: dict[str, str], column: str, message: str) -> None:
    """Each fault stands beside its column; nothing is coerced or guessed."""
    assert faults(**cells)[column] == message


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "########", "Err:502", "#n/a"])
@pytest.mark.parametrize("column", ["provider", "company_number", "setting", "registration_number", "vacancies"])
def test_a_spreadsheet_s_error_is_named_in_its_cell(column: str, error: str) -> None:
    """Whatever belongs there: an error is no value of any column."""
    message = f"“{error}” is an error that a spreadsheet shows in place of a value. Type the value."
    assert faults(**{column: error})[column] == message


def test_a_row_of_another_length_is_faulty() -> None:
    """Its cells may stand in wrong columns."""
    reading = Reader(FRAMEWORK, NOW).read(2, {**setting_row(), SHAPE: "14 of 13"})
    assert reading.faults == {
        SHAPE: "This row has 14 of 13 cells, so they may stand in the wrong columns. Check each one."
    }


CELL = st.one_of(
    st.text(max_size=20), st.sampled_from(["1", "Band 1", "2018-04-01", "29/02/2019", "0/0/0000", "Residential"])
)


@given(st.dictionaries(st.sampled_from(MEMBERS_FILE.names), CELL))
def test_any_cells(cells: dict[str, str]) -> None:
    """Whatever stands in the cells, a row is read, and either whole or faulty."""
    reading = Reader(FRAMEWORK, NOW).read(2, cells)
    whole = bool(reading.provider and reading.lot and reading.admitted_on and (reading.company or reading.charity))
    assert whole or reading.faults
    assert set(reading.faults) <= {*MEMBERS_FILE.names, SHAPE}
