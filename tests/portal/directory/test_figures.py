"""The figures of public pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.core import clock
from portal.directory.figures import (
    FEWEST_REFUSALS,
    MOST_PERIODS,
    Decisions,
    Growth,
    Refusals,
    decisions_of,
    growth_of,
    members_by_lot,
    refusals_of,
)
from portal.extensions import db
from portal.frameworks.counting import Counts, counts_of
from portal.frameworks.member_models import SettingOffer
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus
from portal.joining.deciding import admit_provider, decide_refusal, propose_refusal
from portal.joining.models import Application
from portal.organisations.models import Provider, Setting
from portal.regulation.kinds import FrameworkKind
from tests.factories.frameworks import admit, live_framework, participant
from tests.factories.organisations import make_provider
from tests.plans import rows_touched
from tests.portal.joining.submitted import (
    FINDINGS,
    approver_of,
    commissioner_of,
    lasting_framework,
    submitted_application,
)
from tests.services import Database


def offer(framework: Framework, provider: Provider, *lots: int) -> Setting:
    """An open setting of the provider, offered on those lots."""
    setting = Setting(provider_id=provider.id, name="Demo Home", area="Demotown", capacity=4, vacancies=1)
    db.session.add(setting)
    db.session.flush()
    for lot in lots:
        for kind in ("Residential", "Short breaks"):
            lot_id = framework.lots[lot - 1].id
            db.session.add(SettingOffer(setting_id=setting.id, lot_id=lot_id, placement_type=kind))
    db.session.flush()
    return setting


def test_everything_is_counted_once(db_session: object) -> None:
    """A provider on two lots, a setting with four offers; not who left, what closed, and who withdrew."""
    framework, other = live_framework(lots=2), live_framework()
    provider = make_provider()
    for lot in framework.lots:
        admit(lot, provider)
    gone = admit(framework.lots[0])
    gone.status, gone.ended_at = AdmissionStatus.LEFT, clock.now()
    offer(framework, provider, 1, 2)
    offer(framework, gone.provider, 1)
    offer(framework, make_provider(), 1)
    offer(framework, provider, 1).closed_at = clock.now()
    withdrawn = participant(framework)
    participant(framework)
    for one in framework.participants:
        if one.authority_id == withdrawn.id:
            one.withdrawn_on = clock.today()
    assert counts_of([framework.id, other.id]) == {framework.id: Counts(1, 1, 2), other.id: Counts(0, 0, 1)}
    assert counts_of([]) == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_counting_takes_three_statements(db_session: Any, count_statements: Any, rows: int) -> None:
    """For one framework and for three."""
    frameworks = [live_framework() for _ in range(rows)]
    db_session.flush()
    with count_statements() as statements:
        counts_of(framework.id for framework in frameworks)
    assert len(statements) == 3


def test_members_stand_by_lot_and_name(db_session: object) -> None:
    """With their own settings there; a member without any stands with none."""
    framework = live_framework(lots=2)
    oak, elm = make_provider("oak homes"), make_provider("Elm Care")
    for provider in (oak, elm):
        admit(framework.lots[0], provider)
    admit(framework.lots[1], oak)
    offer(framework, oak, 1)
    offer(framework, oak, 1, 2)
    found = members_by_lot(framework.id)
    assert [[(one.name, one.settings) for one in found[lot.id]] for lot in framework.lots] == [
        [("Elm Care", 0), ("oak homes", 2)],
        [("oak homes", 1)],
    ]


def test_no_figure_meets_every_member_with_every_offer(fresh_app: Flask, fresh_database: Database) -> None:
    """Forty members with two settings each on three lots: no step of a query handles more rows than there are."""
    with fresh_app.app_context():
        framework = live_framework(lots=3)
        for _ in range(40):
            provider = make_provider()
            for lot in framework.lots:
                admit(lot, provider)
            for _ in range(2):
                offer(framework, provider, 1, 2, 3)
        db.session.commit()
        offers = 40 * 2 * 3 * 2
        for work in (lambda: members_by_lot(framework.id), lambda: counts_of([framework.id])):
            assert rows_touched(work, fresh_database) == offers


def test_growth_shows_two_becoming_fourteen(db_session: object) -> None:
    """The months end at midnight in Europe/London; who left is counted while a member."""
    framework = lasting_framework(lots=2, kind=FrameworkKind.DPS)
    first = datetime(2026, 1, 10, tzinfo=UTC)
    for number in range(2):
        admit(framework.lots[0], at=first + timedelta(days=number))
    leaver = admit(framework.lots[1], at=datetime(2026, 2, 1, tzinfo=UTC))
    leaver.status, leaver.ended_at = AdmissionStatus.LEFT, datetime(2026, 3, 31, 23, tzinfo=UTC)
    for _ in range(12):
        admit(framework.lots[0], at=datetime(2026, 3, 31, 22, 59, 59, tzinfo=UTC))
    now = datetime(2026, 5, 5, tzinfo=UTC)
    assert growth_of(framework, now) == Growth(
        (
            datetime(2026, 2, 1, tzinfo=UTC),
            datetime(2026, 3, 1, tzinfo=UTC),
            datetime(2026, 3, 31, 23, tzinfo=UTC),
            datetime(2026, 4, 30, 23, tzinfo=UTC),
            now,
        ),
        ((1, (2, 2, 14, 14, 14)), (2, (1, 1, 0, 0, 0))),
    )


def test_growth_over_years_is_thinned(db_session: object) -> None:
    """At most so many points, the last of them now, or the end of the validity; nobody yet, nothing to draw."""
    framework = live_framework(valid_for=-timedelta(days=10), live_ago=timedelta(days=4000))
    assert growth_of(framework, clock.now()) == Growth()
    admit(framework.lots[0], at=clock.now() - timedelta(days=3900))
    growth = growth_of(framework, clock.now())
    assert 6 <= len(growth.instants) <= MOST_PERIODS
    assert growth.instants[-1] == framework.valid_until
    assert sorted(set(growth.instants)) == list(growth.instants)


def decided(framework: Framework, days: int, *, refuse: bool = False) -> Application:
    """An application that was decided so many days after it came."""
    came = datetime(2026, 3, 2, 12, tzinfo=UTC)
    application = submitted_application(framework, received_at=came)
    at = came + timedelta(days=days)
    if refuse:
        propose_refusal(
            application=application, version=1, findings=FINDINGS, actor=commissioner_of(framework.authority), now=at
        )
        decide_refusal(application=application, note="", actor=approver_of(framework.authority), now=at)
    else:
        admit_provider(application=application, version=1, actor=commissioner_of(framework.authority), now=at)
    return application


def test_days_to_decision_are_calendar_days(db_session: object) -> None:
    """In four groups, with the middle one and the longest."""
    framework = lasting_framework()
    assert decisions_of(framework.id) == Decisions()
    for days in (0, 7, 8, 14, 21, 22, 90):
        decided(framework, days)
    submitted_application(framework)
    assert decisions_of(framework.id) == Decisions((2, 2, 1, 2), 14, 90)
    assert decisions_of(live_framework().id).total == 0


def test_reasons_are_told_once_they_point_at_nobody(db_session: object) -> None:
    """By the question that was failed; a refusal that is only proposed counts for nothing."""
    framework = lasting_framework()
    assert refusals_of(framework.id) == Refusals(0, None)
    for number in range(1, FEWEST_REFUSALS + 1):
        decided(framework, 3, refuse=True)
        told = refusals_of(framework.id)
        assert (told.total, told.reasons is None) == (number, number < FEWEST_REFUSALS)
    pending = submitted_application(framework)
    propose_refusal(
        application=pending, version=1, findings=FINDINGS, actor=commissioner_of(framework.authority), now=clock.now()
    )
    assert refusals_of(framework.id) == Refusals(3, (("Your public liability insurance certificate", 3),))
