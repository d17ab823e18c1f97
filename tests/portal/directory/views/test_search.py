"""The directory's page and file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import SettingOffer
from portal.frameworks.models import Framework
from portal.organisations.models import Setting
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.filling import errors_of, text_of

ADDRESS = "/commissioning/directory"


@pytest.fixture
def framework(db_session: object) -> Framework:
    """A market of one lot with two bandings."""
    return live_framework(title="Demo market", bands=2)


@pytest.fixture
def browser(client: CheckedClient, framework: Framework) -> CheckedClient:
    """A contract manager of the lead authority, signed in: any practitioner of an authority searches."""
    sign_in(client, make_person(Role.CONTRACT_MANAGER, authority=framework.authority))
    return client


def add_settings(framework: Framework, count: int, name: str = "House") -> None:
    """Settings that a member offers."""
    lot = framework.lots[0]
    for number in range(count):
        provider = make_provider("Demo <Care>")
        admit(lot, provider)
        setting = Setting(
            provider_id=provider.id,
            name=f"{name} {number:02}",
            area="Demotown",
            capacity=4,
            vacancies=2,
            vacancies_at=clock.now(),
            registration_number="SC42",
        )
        db.session.add(setting)
        db.session.flush()
        offer = SettingOffer(
            setting_id=setting.id, lot_id=lot.id, band_id=lot.bands[0].id, placement_type="Residential"
        )
        db.session.add(offer)
    db.session.flush()


def test_a_search(browser: CheckedClient, framework: Framework) -> None:
    """The page shows setting, provider as text, registration, free places and when that was said, and the offers."""
    add_settings(framework, 1)
    lot = framework.lots[0]
    page = browser.get(f"{ADDRESS}?words=house&lot={lot.id}&band={lot.bands[0].id}&vacancies=2&area=demotown")
    words = text_of(page)
    assert "1 setting that matches, by name." in words
    assert "House 00 Demo <Care> Registration SC42 Demotown 2 of 4 Said" in words
    assert "Lot 1, Lot title 1, Band 1, Residential" in words
    assert 'value="house"' in page.get_data(as_text=True)
    assert "Nothing matches" in text_of(browser.get(f"{ADDRESS}?vacancies=3"))
    assert "1 setting, by name." in text_of(browser.get(f"{ADDRESS}?lot=all:{framework.id}")).replace(
        "1 setting that matches", "1 setting"
    )


def test_before_anything_is_there(browser: CheckedClient) -> None:
    """An empty market is empty, not an error."""
    assert "Nothing matches" in text_of(browser.get(ADDRESS))


def test_pages_and_file_keep_the_search(browser: CheckedClient, framework: Framework) -> None:
    """The next page and the file are of the same search."""
    add_settings(framework, 21)
    add_settings(framework, 1, "Barn")
    first = browser.get(f"{ADDRESS}?words=house").get_data(as_text=True)
    assert "<strong>21</strong>" in first
    assert "House 19" in first
    assert "House 20" not in first
    href = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "words=house" in href
    assert "House 20" in browser.get(href).get_data(as_text=True)
    file = browser.get(f"{ADDRESS}/settings.csv?words=house")
    assert file.mimetype == "text/csv"
    assert len(file.get_data(as_text=True).splitlines()) == 22
    assert "Barn" not in file.get_data(as_text=True)


def test_free_places_that_are_no_number(browser: CheckedClient) -> None:
    """They are explained beside their field and stay there."""
    page = browser.get(f"{ADDRESS}?vacancies=many")
    assert page.status_code == 422
    assert errors_of(page) == ["Enter a whole number in figures, such as 6."]
    assert 'value="many"' in page.get_data(as_text=True)


def test_providers_do_not_read_it(client: CheckedClient, framework: Framework) -> None:
    """The directory is for authorities."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR))
    assert client.get(ADDRESS).status_code == 403
    assert client.get(f"{ADDRESS}/settings.csv").status_code == 403


def test_statements_are_constant(
    browser: CheckedClient, framework: Framework, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The page costs as many statements with three settings as with one."""
    counted = []
    for more in (1, 2):
        add_settings(framework, more, f"House {more}")
        with count_statements() as statements:
            assert browser.get(ADDRESS).status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 8


@pytest.mark.long
@settings(max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from(["words", "lot", "band", "placement", "area", "vacancies", "after"]),
        st.one_of(st.text(max_size=30), st.sampled_from(["all:", "all:x", "~", "0", "9" * 30])),
    )
)
def test_whatever_stands_in_the_address(browser: CheckedClient, typed: dict[str, str]) -> None:
    """Every address is answered: with a page, with an explanation, or as one that no page was given."""
    for address in (ADDRESS, f"{ADDRESS}/settings.csv"):
        assert browser.get(address, query_string=typed).status_code in {200, 404, 422}
