"""What the law leaves to judgement about a draft, for two people to think about before it is published."""

from __future__ import annotations

from datetime import datetime

from portal.core.reading_age import YOUNG, reading_age, sentences_in
from portal.core.words import counted, london
from portal.frameworks.proportion import asks_too_much
from portal.regulation.citations import CITED
from portal.regulation.local_time import local_date
from portal.regulation.queries import uk_calendar
from portal.tendering import inheriting
from portal.tendering.effort import effort_warnings
from portal.tendering.models import InvitationToTender
from portal.tendering.promises import breaks_promise
from portal.tendering.stated_shares import disagreements

REASONABLE_DAYS = 28
"""What small organisations say that they need; no law has the figure."""
FEW_SENTENCES = 3
"""Fewer tell little of how easily they are read."""


def warnings_of(itt: InvitationToTender, now: datetime) -> list[str]:
    """Everything that keeps nothing back and should be looked at."""
    stated = [found.sentence for found in disagreements(itt) if not breaks_promise(found)]
    return [
        *inheriting.warnings_of(itt, now),
        *_short_time(itt, now),
        *day_off(itt.closes_at),
        *stated,
        *_conditions(itt),
        *_easy_words(itt),
        *effort_warnings(itt),
    ]


def day_off(closes_at: datetime | None) -> list[str]:
    """A closing time on a day on which officers may not be there to help (PA2023 s.123(1) has the working days)."""
    if closes_at is None or uk_calendar().of_any_year().is_working_day(local_date(closes_at)):
        return []
    return [
        f"Bidding closes at {london(closes_at)}: a weekend or a bank holiday somewhere in the United Kingdom. Somebody "
        "who needs help in the last two hours may find nobody."
    ]


def _conditions(itt: InvitationToTender) -> list[str]:
    """What no bidder may be kept out for (PA2023 s.22), by the words of what it passes or fails; people decide."""
    judged = [question for question in itt.questions if question.asked.is_judged]
    return [
        f"“{question.prompt}”: {said} ({CITED['conditions']})"
        for question in judged
        for said in asks_too_much(f"{question.prompt} {question.guidance} {question.asked.rule}", question.required)
    ]


def _easy_words(itt: InvitationToTender) -> list[str]:
    """Young people who score read first what it is about, and whether they understand it is nothing that law asks."""
    if not any(panel.kind.is_young_people for panel in itt.panels):
        return []
    if not itt.easy_read:
        return ["Young people score, and nothing says in easy words what it is about."]
    said = sentences_in(itt.easy_read.splitlines())
    if len(said) < FEW_SENTENCES or reading_age(said) <= YOUNG:
        return []
    age = counted(round(reading_age(said)), "year")
    return [f"What is said in easy words is read easily from about {age} on. Aim for {YOUNG}."]


def _short_time(itt: InvitationToTender, now: datetime) -> list[str]:
    """Where the row of the law has no least time, the time must be reasonable all the same."""
    if itt.closes_at is None or itt.framework_lot_id is not None:
        return []
    size = itt.law.size_of(itt.estimated_value, light_touch=itt.light_touch, on=local_date(now))
    days = (local_date(itt.closes_at) - local_date(now)).days
    if itt.law.minimum_period(size, light_touch=itt.light_touch) is not None or days >= REASONABLE_DAYS:
        return []
    return [
        f"Bidders have {counted(days, 'day')}. The law sets no number here and wants the time to be reasonable, and "
        f"the same for everybody; small organisations often need {counted(REASONABLE_DAYS, 'day')}."
    ]
