"""A commissioner says what is bought, for how much, by when, and where it was published first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.core.parsing.figures import MONTHS, POUNDS
from portal.core.permissions import Role
from portal.regulation.kinds import PublicationBasis
from portal.tendering.models import InvitationToTender
from portal.tendering.starting_points import StartingPoint
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.tendering import draft_itt
from tests.portal.tendering.views.browsing import errors_of, post

TIMETABLE: dict[str, Any] = {
    "closes__day": "4",
    "closes__month": "12",
    "closes__year": "2027",
    "closes_time": "noon",
    "questions_end__day": "",
    "questions_end__month": "",
    "questions_end__year": "",
    "questions_end_time": "",
    "answers_by_date__day": "",
    "answers_by_date__month": "",
    "answers_by_date__year": "",
    "award_date__day": "29",
    "award_date__month": "1",
    "award_date__year": "2028",
    "contract_start_date__day": "1",
    "contract_start_date__month": "4",
    "contract_start_date__year": "2028",
    "visit_date__day": "",
    "visit_date__month": "",
    "visit_date__year": "",
    "visit_words": "",
    "presentations_date__day": "",
    "presentations_date__month": "",
    "presentations_date__year": "",
    "presentations_words": "",
    "validity_days": "90",
}
ASKING = {
    "questions_end__day": "20",
    "questions_end__month": "11",
    "questions_end__year": "2027",
    "questions_end_time": "5pm",
    "answers_by_date__day": "26",
    "answers_by_date__month": "11",
    "answers_by_date__year": "2027",
}


@pytest.fixture
def itt(client: CheckedClient) -> InvitationToTender:
    """An empty draft of the signed-in commissioner."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    return draft_itt(actor=actor_of(person), title="Early help", start=StartingPoint.EMPTY)


def address(itt: InvitationToTender, part: str) -> str:
    """A page of the draft."""
    return f"/commissioning/itts/{itt.reference}/draft/{part}"


def values_of(answer: Any) -> dict[str, str]:
    """What the boxes of a page hold."""
    page = BeautifulSoup(answer.text, "html.parser")
    boxes = [box for box in page.select("main input.govuk-input, main textarea") if box.get("name")]
    return {str(box["name"]): str(box.get("value", box.get_text().strip())) for box in boxes}


def test_the_service_is_described(client: CheckedClient, itt: InvitationToTender) -> None:
    """Title, description and codes are saved, a check digit dropped."""
    answer = post(
        client, address(itt, "service"), title="Counselling", description="For families.", cpv_codes="85312320-8"
    )
    assert answer.location.endswith("/draft")
    assert (itt.title, itt.description, itt.cpv_codes, itt.light_touch) == (
        "Counselling",
        "For families.",
        ["85312320"],
        True,
    )


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"title": ""}, {"#title": "Give the procurement a title."}),
        ({"title": "a" * 201}, {"#title": "Use at most 200 characters."}),
        ({"description": "\x00 "}, {"#description": "Describe the service."}),
        (
            {"cpv_codes": "8531"},
            {"#cpv_codes": "“8531” is not a CPV code. A CPV code is 8 digits, such as 85311300."},
        ),
        (
            {"cpv_codes": "12345678"},
            {
                "#cpv_codes": "12345678 is not in this portal’s list of CPV codes. Check it, or ask the platform "
                "administrator to add it."
            },
        ),
    ],
)
def test_a_wrong_description_is_refused(
    client: CheckedClient, itt: InvitationToTender, changes: dict[str, str], errors: dict[str, str]
) -> None:
    """Beside the field and in the summary, and everything typed is kept."""
    typed = {"title": "Counselling", "description": "For families.", "cpv_codes": "85312320"} | changes
    answer = post(client, address(itt, "service"), **typed)
    assert (answer.status_code, errors_of(answer)) == (422, errors)
    kept = values_of(answer)
    assert kept["cpv_codes"] == typed["cpv_codes"]
    assert BeautifulSoup(answer.text, "html.parser").title.text.startswith("Error: ")  # type: ignore[union-attr]
    assert itt.description == ""


def test_value_and_term_are_saved(client: CheckedClient, itt: InvitationToTender) -> None:
    """As people write them: £240,000, 30 months, breaks at 12 and 18."""
    post(client, address(itt, "value"), estimated_value="£240,000", term_months="30", break_months="12 and 18")
    assert (itt.estimated_value, itt.term_months, itt.break_months) == (Decimal(240000), 30, [12, 18])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"estimated_value": ""}, {"#estimated_value": "Give the estimated value in pounds, such as 240000."}),
        ({"estimated_value": "lots"}, {"#estimated_value": POUNDS.example}),
        ({"estimated_value": "-1"}, {"#estimated_value": "The estimated value must be more than £0."}),
        ({"term_months": "-30"}, {"#term_months": "The contract must last at least 1 month."}),
        ({"term_months": "2.5"}, {"#term_months": MONTHS.example}),
        (
            {"break_months": "12, 36"},
            {
                "#break_months": "The break point at 36 months is outside the contract: it must come after the start "
                "and before the end at 30 months."
            },
        ),
        ({"break_months": "soon"}, {"#break_months": "Type the break points as months, such as 12, 18."}),
    ],
)
def test_a_wrong_value_or_term_is_refused(
    client: CheckedClient, itt: InvitationToTender, changes: dict[str, str], errors: dict[str, str]
) -> None:
    """Beside the field, everything typed kept, nothing saved."""
    typed = {"estimated_value": "£240,000", "term_months": "30", "break_months": "12, 18"} | changes
    answer = post(client, address(itt, "value"), **typed)
    assert (answer.status_code, errors_of(answer), values_of(answer)) == (422, errors, typed)
    assert (itt.estimated_value, itt.term_months, itt.break_months) == (None, None, [])


def test_a_timetable_is_saved_in_uk_time(client: CheckedClient, itt: InvitationToTender) -> None:
    """Noon in December is noon UTC, 5pm in July is 4pm UTC, and the page shows UK time again."""
    post(client, address(itt, "timetable"), **TIMETABLE)
    assert itt.closes_at == datetime(2027, 12, 4, 12, tzinfo=UTC)
    assert (itt.award_date, itt.contract_start_date) == (date(2028, 1, 29), date(2028, 4, 1))
    post(client, address(itt, "timetable"), closes__month="July", closes_time="5pm", validity_days="365")
    assert itt.closes_at == datetime(2027, 7, 4, 16, tzinfo=UTC)
    assert values_of(client.get(address(itt, "timetable")))["closes_time"] == "17:00"


def test_the_time_for_questions_is_saved_and_can_be_left_to_the_closing_time(
    client: CheckedClient, itt: InvitationToTender
) -> None:
    """In UK time; emptied, bidders can ask until bidding closes."""
    post(client, address(itt, "timetable"), **TIMETABLE | ASKING)
    assert itt.asking_until == itt.questions_until == datetime(2027, 11, 20, 17, tzinfo=UTC)
    assert itt.answers_by_date == date(2027, 11, 26)
    post(client, address(itt, "timetable"), **TIMETABLE)
    assert (itt.questions_until, itt.answers_by_date, itt.asking_until) == (None, None, itt.closes_at)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"closes__year": "2020"}, {"#closes": "The closing time must be in the future."}),
        ({"closes__day": "31", "closes__month": "2"}, {"#closes": "The date must be a real one, such as 4 12 2026."}),
        (
            {"closes__day": "28", "closes__month": "3", "closes_time": "1:30am"},
            {
                "#closes_time": "1:30am on Sunday 28 March 2027 does not exist, because the clocks go forward at 1am. "
                "Choose a time before 1am, or 2am or later."
            },
        ),
        (
            {"closes__day": "31", "closes__month": "10", "closes_time": "01:30"},
            {
                "#closes_time": "1:30am on Sunday 31 October 2027 happens twice, because the clocks go back at 2am. "
                "Choose a time before 1am, or 2am or later."
            },
        ),
        ({"closes_time": ""}, {"#closes_time": "Give the time when bidding closes, such as noon or 5pm."}),
        ({"closes_time": "5"}, {"#closes_time": "Type a time, such as noon, 5pm or 17:00."}),
        ({"award_date__year": "2027"}, {"#award_date": "The decision must come after bidding closes."}),
        (
            {"contract_start_date__month": "1"},
            {"#contract_start_date": "The contract must start after the decision."},
        ),
        ({"award_date__day": ""}, {"#award_date": "The date must include a day."}),
        (
            ASKING | {"questions_end__month": "12"},
            {"#questions_end": "The time for questions must end before bidding closes."},
        ),
        (
            ASKING | {"questions_end_time": ""},
            {"#questions_end_time": "Give the time when it ends, such as noon or 5pm."},
        ),
        (
            ASKING | {"answers_by_date__day": "19"},
            {"#answers_by_date": "The answers must come after the time for questions ends."},
        ),
        (
            ASKING | {"answers_by_date__month": "12", "answers_by_date__day": "4"},
            {"#answers_by_date": "The answers must come before the day when bidding closes."},
        ),
    ],
)
def test_a_wrong_timetable_is_refused(
    client: CheckedClient, itt: InvitationToTender, changes: dict[str, str], errors: dict[str, str]
) -> None:
    """In the past, in the hour that does not exist or happens twice, or backwards: all typed is kept."""
    typed = TIMETABLE | changes
    answer = post(client, address(itt, "timetable"), **typed)
    assert (answer.status_code, errors_of(answer)) == (422, errors)
    assert values_of(answer) == {name.replace("__", "-"): value for name, value in typed.items()}
    assert itt.closes_at is None


def test_the_minimum_period_is_named(client: CheckedClient) -> None:
    """An ordinary contract above the threshold is refused a week, with the section and the first day that would do."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    itt = draft_itt(actor=actor_of(person))
    itt.light_touch, itt.estimated_value = False, Decimal(5000000)
    soon = datetime.now(UTC).date().replace(day=1)
    day = date.fromordinal(datetime.now(UTC).date().toordinal() + 7)
    assert soon <= day
    answer = post(
        client,
        address(itt, "timetable"),
        **TIMETABLE | {"closes__day": str(day.day), "closes__month": str(day.month), "closes__year": str(day.year)},
    )
    assert "PA2023 s.54(4)" in errors_of(answer)["#closes"]


def test_a_publication_basis_is_saved(client: CheckedClient, itt: InvitationToTender) -> None:
    """The reference of the notice on the central platform."""
    itt.estimated_value = Decimal(240000)
    post(
        client,
        address(itt, "publication"),
        publication_basis="central_reference",
        central_reference="012345-2026",
    )
    assert (itt.publication_basis, itt.central_reference) == (PublicationBasis.CENTRAL_REFERENCE, "012345-2026")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"publication_basis": "central_reference", "central_reference": "12345"}, "#central_reference"),
        ({"publication_basis": "fallback", "publication_reason": " "}, "#publication_reason"),
        ({"publication_basis": "not_required"}, "#publication_basis"),
        ({"publication_basis": "anyhow"}, "#publication_basis"),
        ({"publication_basis": None}, "#publication_basis"),
    ],
)
def test_a_wrong_basis_is_refused(
    client: CheckedClient, itt: InvitationToTender, typed: dict[str, str], field: str
) -> None:
    """Beside what is wrong, and the draft stays as it was."""
    itt.estimated_value = Decimal(240000)
    answer = post(client, address(itt, "publication"), **typed)
    assert (answer.status_code, list(errors_of(answer))) == (422, [field])
    assert itt.central_reference is None
