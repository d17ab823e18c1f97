"""Registering a provider, and what it hears of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.queries import events_of
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import SYSTEM, Actor, Role
from portal.extensions import db
from portal.organisations.changing import choose_alerts, register_provider
from portal.organisations.details import ProviderDetails
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_provider


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A verified provider that hears of one code."""
    seed_reference_data(db.session.connection())
    return make_provider("Demo Care Ltd", company_number="09506232", alerts=("85311300",))


@pytest.fixture
def administrator(provider: Provider) -> Actor:
    """Its administrator."""
    return actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.PROVIDER_ADMINISTRATOR, True), (Role.SUBMITTER, True), (Role.CONTRIBUTOR, False)],
)
def test_who_may_choose(provider: Provider, role: Role, allowed: bool) -> None:
    """Alerts are the administrator's and a submitter's."""
    actor = actor_of(make_person(role, provider=provider))
    if allowed:
        choose_alerts(provider=provider, codes=[], actor=actor)
    else:
        with pytest.raises(NotAllowed):
            choose_alerts(provider=provider, codes=[], actor=actor)


def test_another_provider_s_people_find_nothing(provider: Provider) -> None:
    """An administrator of another provider gets "not found", not "not allowed"."""
    with pytest.raises(NotFound):
        choose_alerts(provider=provider, codes=[], actor=actor_of(make_person(Role.PROVIDER_ADMINISTRATOR)))


def test_alerts_are_what_was_chosen_last(provider: Provider, administrator: Actor) -> None:
    """The choice replaces the one before, each code once and in order."""
    choose_alerts(provider=provider, codes=["85312000", "80000000", "85312000"], actor=administrator)
    assert [alert.cpv_code for alert in provider.alerts] == ["80000000", "85312000"]
    assert [event.data for event in events_of("system")] == [{"alerts": ["80000000", "85312000"]}]
    choose_alerts(provider=provider, codes=[], actor=administrator)
    db.session.flush()
    db.session.refresh(provider)
    assert provider.alerts == []


@pytest.mark.parametrize("code", ["8531130", "853113000", "abcdefgh", "45000000"])
def test_a_code_outside_the_table_is_refused(provider: Provider, administrator: Actor, code: str) -> None:
    """Malformed and unknown codes are refused beside the choice, and the choice stays as it was."""
    with pytest.raises(InvalidInput) as refusal:
        choose_alerts(provider=provider, codes=[code], actor=administrator)
    assert refusal.value.field == "codes"
    assert [alert.cpv_code for alert in provider.alerts] == ["85311300"]


def test_two_registrations_at_once_give_one_organisation(fresh_app: Flask) -> None:
    """Of two people who register the same number in the same moment one is told that it is taken."""
    details = ProviderDetails("Demo Care", "09506232", "", "1 Demo Street", "DE1 1AA", False, False, True)
    start = Barrier(6)

    def one(_: int) -> str:
        with fresh_app.app_context():
            start.wait(30)
            try:
                register_provider(details=details, alerts=[], actor=SYSTEM)
                db.session.commit()
            except InvalidInput as refusal:
                db.session.rollback()
                return str(refusal.field)
            return "registered"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(one, range(6)))
    assert outcomes == ["company_number"] * 5 + ["registered"]
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count(Provider.id))) == 1
