"""The pages of a provider's settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.permissions import Role
from portal.directory.offering import choices_of, offers_on, set_offers
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.organisations.models import Provider, Setting
from portal.organisations.settings import SettingDetails, add_setting
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, text_of


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider."""
    return make_provider()


@pytest.fixture
def framework(provider: Provider) -> Framework:
    """A market with a lot of two bandings that the provider is a member of."""
    framework = live_framework(bands=2)
    admit(framework.lots[0], provider)
    return framework


@pytest.fixture
def browser(client: CheckedClient, provider: Provider) -> CheckedClient:
    """A contributor of the provider, signed in."""
    sign_in(client, make_person(Role.CONTRIBUTOR, provider=provider))
    return client


def make_setting(provider: Provider, name: str = "Demo House") -> Setting:
    """A setting with four places, two of them free."""
    actor = actor_of(make_person(Role.CONTRIBUTOR, provider=provider))
    details = SettingDetails(name=name, area="Demotown", capacity="4")
    return add_setting(provider=provider, details=details, vacancies="2", actor=actor, now=clock.now())


def test_from_nothing_to_an_offer(browser: CheckedClient, provider: Provider, framework: Framework) -> None:
    """A setting is added, offered on a lot, and stands in the list with its free places."""
    assert "No settings yet" in text_of(browser.get("/provider/settings"))
    typed = {"name": "Demo House", "area": "Demotown", "capacity": "4", "vacancies": "1"}
    added = fill(browser, "/provider/settings/new", typed)
    setting = db.session.scalars(select(Setting)).one()
    assert added.headers["Location"] == f"/provider/settings/{setting.id}/offers"
    [lot] = framework.lots
    address = f"/provider/settings/{setting.id}/offers/{lot.id}"
    assert address in browser.get(added.headers["Location"]).get_data(as_text=True)
    key = choices_of(lot)[0].key
    fill(browser, address, {"chosen": [key]})
    assert offers_on(setting, lot) == [key]
    assert fields_of(browser.get(address))["chosen"] == [key]
    page = text_of(browser.get("/provider/settings"))
    assert "Demo House Demotown 4" in page
    assert "1 on 1 lot" in page


def test_a_form_without_its_fields_changes_nothing(browser: CheckedClient, provider: Provider) -> None:
    """What was not sent stays as it is, numbers as well; a new setting needs its fields."""
    address = f"/provider/settings/{make_setting(provider).id}"
    token = {"csrf_token": fields_of(browser.get(address))["csrf_token"]}
    assert browser.post(address, data=token).status_code == 302
    [setting] = db.session.scalars(select(Setting))
    assert (setting.name, setting.capacity) == ("Demo House", 4)
    assert browser.post("/provider/settings/new", data=token).status_code == 422


def test_what_was_typed_stays(browser: CheckedClient) -> None:
    """A wrong number of places is explained beside its field, and nothing typed is lost."""
    typed = {"name": "Demo House", "area": "Demotown", "capacity": "£143,00", "vacancies": "1"}
    page = fill(browser, "/provider/settings/new", typed)
    assert page.status_code == 422
    assert errors_of(page) == ["Leave out the £. Enter a whole number in figures, such as 6."]
    assert {name: fields_of(page)[name] for name in typed} == typed


def test_the_quick_form_for_free_places(browser: CheckedClient, provider: Provider) -> None:
    """One field and one button a setting; a wrong number keeps what was typed, at the right setting."""
    setting, other = make_setting(provider), make_setting(provider, "Demo Barn")
    address = f"/provider/settings/{setting.id}/vacancies"
    page = browser.get("/provider/settings")
    done = browser.post(address, data=fields_of(page, action=address) | {"vacancies": "4"})
    assert (done.status_code, setting.vacancies, other.vacancies) == (302, 4, 2)
    wrong = browser.post(address, data=fields_of(page, action=address) | {"vacancies": "5"})
    assert wrong.status_code == 422
    assert errors_of(wrong) == ["Demo House: The setting has 4 places: enter that or less."]
    assert fields_of(wrong, action=address)["vacancies"] == "5"
    assert setting.vacancies == 4


def test_changing_and_closing(browser: CheckedClient, provider: Provider) -> None:
    """Details are changed on a page of their own; closing asks first."""
    setting = make_setting(provider)
    assert fill(browser, f"/provider/settings/{setting.id}", {"area": "Demoshire"}).status_code == 302
    assert setting.area == "Demoshire"
    page = browser.get(f"/provider/settings/{setting.id}/close")
    assert "It leaves your list and the directory" in text_of(page)
    assert fill(browser, f"/provider/settings/{setting.id}/close").status_code == 302
    assert setting.closed_at is not None
    assert browser.get(f"/provider/settings/{setting.id}").status_code == 409


def test_settings_of_others_do_not_exist(browser: CheckedClient, framework: Framework) -> None:
    """Another provider's setting answers 404 everywhere, and a lot that one is not on as well."""
    other = make_setting(make_provider(), "Strange House")
    lot = framework.lots[0]
    for path in ("", "/close", "/offers", f"/offers/{lot.id}"):
        assert browser.get(f"/provider/settings/{other.id}{path}").status_code == 404
    page = browser.get("/provider/settings")
    assert "Strange House" not in page.get_data(as_text=True)
    token = fields_of(browser.get("/provider/settings/new"))["csrf_token"]
    sent = browser.post(f"/provider/settings/{other.id}/vacancies", data={"vacancies": "0", "csrf_token": token})
    assert (sent.status_code, other.vacancies) == (404, 2)


def test_no_lot_to_offer_on(browser: CheckedClient, provider: Provider) -> None:
    """Without a membership or application the page says what is missing."""
    setting = make_setting(provider)
    assert "You are on no lot yet" in text_of(browser.get(f"/provider/settings/{setting.id}/offers"))
    stranger = live_framework().lots[0]
    assert browser.get(f"/provider/settings/{setting.id}/offers/{stranger.id}").status_code == 404


@pytest.mark.parametrize("path", ["/provider/settings", "/provider/settings/{id}/offers"])
def test_statements_are_constant(
    browser: CheckedClient,
    provider: Provider,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
    path: str,
) -> None:
    """The pages cost as many statements with three settings, lots and offers as with one."""
    actor = actor_of(make_person(Role.CONTRIBUTOR, provider=provider))
    counted = []
    setting: Setting | None = None
    for _ in range(2):
        for _ in range(1 if setting is None else 2):
            setting = make_setting(provider, f"House {clock.now()}")
            lot = live_framework(bands=2).lots[0]
            admit(lot, provider)
            chosen = [choice.key for choice in choices_of(lot)]
            set_offers(setting=setting, lot=lot, chosen=chosen, actor=actor, now=clock.now())
        assert setting is not None
        address = path.format(id=setting.id)
        browser.get(address)
        with count_statements() as statements:
            assert browser.get(address).status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 8
