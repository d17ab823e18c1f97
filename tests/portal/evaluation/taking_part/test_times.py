"""When young people can sit."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from portal.core.errors import InvalidInput, NotFound
from portal.evaluation.taking_part.times import MIDNIGHT, Times, set_sitting_times, times_of
from tests.factories.evaluation import LOCAL, YOUNG, appointed
from tests.factories.tendering import panel_named, published_itt

AFTER_SCHOOL = Times(weekdays=(0, 2), opens_at=time(16), closes_at=time(18, 30))


@pytest.mark.parametrize(
    ("at", "is_open", "opens"),
    [
        ("2026-12-07T16:00Z", True, "on Wednesday at 4pm"),
        ("2026-12-07T15:59Z", False, "today at 4pm"),
        ("2026-12-07T18:30Z", False, "on Wednesday at 4pm"),
        ("2026-12-08T17:00Z", False, "tomorrow at 4pm"),
        ("2026-12-09T19:00Z", False, "on Monday at 4pm"),
        ("2026-06-01T15:00Z", True, "on Wednesday at 4pm"),
    ],
)
def test_times_go_by_the_clocks_of_the_country(at: str, is_open: bool, opens: str) -> None:
    """From the first minute to the last, in summer by summer time; the next opening is said in words."""
    instant = datetime.fromisoformat(at).astimezone(UTC)
    assert (AFTER_SCHOOL.are_open(instant), AFTER_SCHOOL.next_opening(instant)) == (is_open, opens)


def test_an_end_at_midnight_is_the_end_of_the_day() -> None:
    """From midnight to midnight is the whole day; where nothing is said, from seven to nine in the evening."""
    late = datetime(2026, 12, 7, 23, 59, tzinfo=UTC)
    assert Times(opens_at=MIDNIGHT, closes_at=MIDNIGHT).are_open(late)
    assert not Times().are_open(late)
    assert Times().next_opening(late) == "tomorrow at 7am"


@pytest.mark.usefixtures("db_session")
def test_the_commissioner_says_when(app: object) -> None:
    """For a panel of young people alone, with a day and an end after the beginning."""
    evaluation = appointed(published_itt())
    itt, young = evaluation.itt, panel_named(evaluation.itt, YOUNG)
    set_sitting_times(itt=itt, panel=young, times=AFTER_SCHOOL, actor=evaluation.commissioner)
    assert times_of(young.id) == AFTER_SCHOOL
    for times, field in (
        (Times(weekdays=()), "weekdays"),
        (Times(opens_at=time(16), closes_at=time(16)), "closes_at"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            set_sitting_times(itt=itt, panel=young, times=times, actor=evaluation.commissioner)
        assert refusal.value.field == field
    with pytest.raises(NotFound):
        set_sitting_times(itt=itt, panel=panel_named(itt, LOCAL), times=Times(), actor=evaluation.commissioner)
