"""What a draft is warned of: it keeps nothing back, and two people think about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from portal.core import clock
from portal.regulation.queries import uk_calendar
from portal.tendering.effort import effort_of
from portal.tendering.models import InvitationToTender
from portal.tendering.warnings import REASONABLE_DAYS, warnings_of
from tests.factories.tendering import draft_itt

pytestmark = pytest.mark.usefixtures("db_session")


def warned(itt: InvitationToTender, words: str) -> list[str]:
    """The warnings with these words."""
    return [said for said in warnings_of(itt, clock.now()) if words in said]


def working_noon(days: int) -> datetime:
    """Noon of the first working day so many days from now."""
    later = clock.now().astimezone(clock.LONDON) + timedelta(days=days)
    day = uk_calendar().first_working_day_from(later.date())
    return later.replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0, second=0, microsecond=0)


def test_what_bidding_costs_is_compared_with_the_value() -> None:
    """Words and documents of the fullest bid, for all who are expected, against two per cent of what is bought."""
    itt = draft_itt()
    effort = effort_of(itt)
    itt.estimated_value = Decimal(effort.cost * 50)
    assert warned(itt, "of work") == []
    itt.estimated_value -= 1
    [said] = warned(itt, "of work")
    assert f"{effort.words:,} words" in said
    assert "Small providers may not be able to afford it" in said
    itt.estimated_value = None
    assert warned(itt, "of work") == []


def test_a_short_time_to_bid_is_warned_of_where_the_law_has_no_number() -> None:
    """Light touch: what small organisations say that they need."""
    itt = draft_itt()
    itt.closes_at = working_noon(REASONABLE_DAYS)
    assert warned(itt, "small organisations") == []
    itt.closes_at = working_noon(5)
    assert len(warned(itt, "small organisations")) == 1


def test_a_closing_time_on_a_day_off_is_warned_of() -> None:
    """A weekend, a bank holiday, and a year whose bank holidays nobody knows yet by its weekdays alone."""
    itt, days = draft_itt(), uk_calendar()
    itt.closes_at = working_noon(30)
    assert warned(itt, "a weekend or a bank holiday") == []
    friday = itt.closes_at + timedelta(days=4 - itt.closes_at.weekday())
    holiday = min(day for day in days.holidays if day > friday.date() and day.weekday() < 5)
    at_holiday = friday.replace(year=holiday.year, month=holiday.month, day=holiday.day)
    unknown = friday.replace(year=days.last_year + 1, month=1, day=10)
    unknown += timedelta(days=5 - unknown.weekday())
    for at in (friday + timedelta(days=1), at_holiday, unknown):
        itt.closes_at = at
        assert len(warned(itt, "a weekend or a bank holiday")) == 1


def test_where_young_people_score_it_is_said_in_easy_words() -> None:
    """Nothing said, or said in hard words, is told; three easy sentences and panels of adults alone are not."""
    itt = draft_itt()
    assert warned(itt, "easy words") == []
    itt.easy_read = ""
    assert warned(itt, "easy words") == ["Young people score, and nothing says in easy words what it is about."]
    itt.easy_read = (
        "The commissioning partnership procures preventative interventions. Multidisciplinary practitioners deliver "
        "evidence-based therapeutic programmes. Outcomes are continuously evaluated against contractual indicators."
    )
    [said] = warned(itt, "easy words")
    assert said.endswith("Aim for 11.")
    itt.panels = [panel for panel in itt.panels if not panel.kind.is_young_people]
    assert warned(itt, "easy words") == []
