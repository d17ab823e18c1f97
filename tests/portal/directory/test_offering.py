"""What a provider's settings offer on the lots that it is a member of or applies to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.references import new_reference
from portal.directory.offering import choices_of, lots_to_offer_on, offers_among, offers_on, set_offers
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.organisations.models import Provider, Setting
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider


@pytest.fixture
def framework(db_session: object) -> Framework:
    """A market with three lots of two bandings."""
    return live_framework(lots=3, bands=2)


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider."""
    return make_provider()


@pytest.fixture
def actor(provider: Provider) -> Actor:
    """One of its contributors."""
    return actor_of(make_person(Role.CONTRIBUTOR, provider=provider))


def make_setting(provider: Provider, name: str = "Demo House", **details: object) -> Setting:
    """A setting of the provider."""
    setting = Setting(**{"provider_id": provider.id, "name": name, "area": "Demotown", "capacity": 4} | details)
    db.session.add(setting)
    db.session.flush()
    return setting


def apply_to(framework: Framework, lot: int, provider: Provider, status: ApplicationStatus) -> Application:
    """An application as a row."""
    received = None if status is ApplicationStatus.DRAFT else clock.now()
    application = Application(
        reference=new_reference("APP"),
        framework_id=framework.id,
        lot_id=framework.lots[lot].id,
        provider_id=provider.id,
        status=status,
        received_at=received,
        version=1 if received else 0,
    )
    db.session.add(application)
    db.session.flush()
    return application


def test_members_and_applicants_offer(framework: Framework, provider: Provider) -> None:
    """A provider offers on lots that it is a member of or applies to, and on no other."""
    admit(framework.lots[0], provider)
    admit(framework.lots[2])
    apply_to(framework, 1, provider, ApplicationStatus.DRAFT)
    apply_to(framework, 2, provider, ApplicationStatus.WITHDRAWN)
    assert [lot.number for lot in lots_to_offer_on(provider.id, clock.now())] == [1, 2]


def test_what_is_over_takes_no_offers(provider: Provider) -> None:
    """Neither a lot that the provider left nor an expired arrangement is there to offer on."""
    left = admit(live_framework().lots[0], provider)
    left.status, left.ended_at = AdmissionStatus.LEFT, clock.now()
    admit(live_framework(valid_for=timedelta(days=-1)).lots[0], provider)
    assert lots_to_offer_on(provider.id, clock.now()) == []


def test_offers_are_set(framework: Framework, provider: Provider, actor: Actor) -> None:
    """What is chosen replaces what was offered on that lot, and leaves other lots alone; none takes it off."""
    setting, lots = make_setting(provider), framework.lots
    for lot in lots[:2]:
        admit(lot, provider)
    keys = [choice.key for choice in choices_of(lots[0])]
    assert [choice.label for choice in choices_of(lots[0])] == [
        "Band 1, Residential",
        "Band 1, Short breaks",
        "Band 2, Residential",
        "Band 2, Short breaks",
    ]
    other = choices_of(lots[1])[0].key
    set_offers(setting=setting, lot=lots[1], chosen=[other], actor=actor, now=clock.now())
    set_offers(setting=setting, lot=lots[0], chosen=keys[:3], actor=actor, now=clock.now())
    set_offers(setting=setting, lot=lots[0], chosen=keys[1:], actor=actor, now=clock.now())
    assert sorted(offers_on(setting, lots[0])) == sorted(keys[1:])
    assert offers_on(setting, lots[1]) == [other]
    set_offers(setting=setting, lot=lots[0], chosen=[], actor=actor, now=clock.now())
    assert [offer.lot.number for offer in offers_among([setting.id])[setting.id]] == [2]


def test_a_lot_without_bandings_or_types_is_one_choice(provider: Provider, actor: Actor) -> None:
    """Where a lot is not divided, offering it is one tick."""
    lot = live_framework(bands=0).lots[0]
    lot_keys = [choice.label for choice in choices_of(lot)]
    assert lot_keys == ["Residential", "Short breaks"]
    lot.placement_types = []
    assert [choice.key for choice in choices_of(lot)] == ["|"]


def test_what_the_lot_does_not_hold(framework: Framework, provider: Provider, actor: Actor) -> None:
    """A choice of another lot, or none at all, is refused beside the choices."""
    admit(framework.lots[0], provider)
    for wrong in (choices_of(framework.lots[1])[0].key, "nonsense", ""):
        with pytest.raises(InvalidInput) as refused:
            set_offers(
                setting=make_setting(provider, f"Demo {wrong[:9]}"),
                lot=framework.lots[0],
                chosen=[wrong],
                actor=actor,
                now=clock.now(),
            )
        assert refused.value.field == "chosen"


def test_who_may_not(framework: Framework, provider: Provider, actor: Actor) -> None:
    """No lot that one is not on, no setting of others, no closed one."""
    lot, now = framework.lots[0], clock.now()
    key = choices_of(lot)[0].key
    with pytest.raises(NotFound, match="neither a member of this lot nor applying"):
        set_offers(setting=make_setting(provider), lot=lot, chosen=[key], actor=actor, now=now)
    admit(lot, provider)
    with pytest.raises(NotFound):
        set_offers(setting=make_setting(make_provider()), lot=lot, chosen=[key], actor=actor, now=now)
    closed = make_setting(provider, "Closed", closed_at=now)
    with pytest.raises(WrongState):
        set_offers(setting=closed, lot=lot, chosen=[key], actor=actor, now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_reading_costs_the_same(
    provider: Provider,
    actor: Actor,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
    count: int,
) -> None:
    """The lots take two statements and the offers of all settings one, however many there are."""
    settings = [make_setting(provider, f"House {number}") for number in range(count)]
    for _ in range(count):
        framework = live_framework(lots=count, bands=count)
        for lot in framework.lots:
            admit(lot, provider)
            for setting in settings:
                chosen = [choice.key for choice in choices_of(lot)]
                set_offers(setting=setting, lot=lot, chosen=chosen, actor=actor, now=clock.now())
    wanted = [setting.id for setting in settings]
    db.session.expunge_all()
    with count_statements() as statements:
        for lot in lots_to_offer_on(provider.id, clock.now()):
            assert (lot.framework.title, lot.bands[0].title) != ("", "")
        for offers in offers_among(wanted).values():
            assert [offer.lot.framework.title for offer in offers if offer.band] != []
    assert len(statements) == 3
