"""What practitioners find in the directory."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.spreadsheet import MARK, csv_lines
from portal.directory.searching import COLUMNS, Search, directory_rows, frameworks_to_search, search_directory
from portal.extensions import db
from portal.frameworks.member_models import SettingOffer
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import AdmissionStatus
from portal.organisations.models import Provider, Setting
from tests.factories.frameworks import admit, live_framework, participant
from tests.factories.organisations import make_authority, make_provider


@pytest.fixture
def framework(db_session: object) -> Framework:
    """A market of two lots with two bandings each."""
    return live_framework(lots=2, bands=2)


def offered(
    name: str,
    lot: FrameworkLot,
    provider: Provider | None = None,
    *,
    band: int = 0,
    kind: str = "Residential",
    **details: Any,
) -> Setting:
    """A setting that a member offers on the lot."""
    if provider is None:
        provider = make_provider()
        admit(lot, provider)
    setting = Setting(**{"provider_id": provider.id, "name": name, "area": "Demotown", "capacity": 4} | details)
    db.session.add(setting)
    db.session.flush()
    db.session.add(SettingOffer(setting_id=setting.id, lot_id=lot.id, band_id=lot.bands[band].id, placement_type=kind))
    db.session.flush()
    return setting


def found(frameworks: Framework | Sequence[Framework], search: Search | None = None) -> list[str]:
    """The names of the settings that the lead authority finds."""
    searched = [frameworks] if isinstance(frameworks, Framework) else frameworks
    page = search_directory(search or Search(), frameworks=searched, now=clock.now())
    assert page.count == len(page.rows)
    return [listed.setting.name for listed in page.rows]


def test_settings_of_active_members(framework: Framework) -> None:
    """Open settings of active members are found; not those of others."""
    lot, now = framework.lots[0], clock.now()
    offered("Active", lot)
    offered("Closed", lot, closed_at=now)
    offered("No member", lot, make_provider())
    states: dict[str, dict[str, Any]] = {
        "Paused": {"paused_at": now, "paused_until": now + timedelta(days=1)},
        "Pause over": {"paused_at": now - timedelta(days=2), "paused_until": now - timedelta(days=1)},
        "Suspended": {"suspended_at": now, "suspension_reason": "Demo reason"},
        "Left": {"status": AdmissionStatus.LEFT, "ended_at": now},
        "Removal proposed": {"status": AdmissionStatus.REMOVAL_PROPOSED},
    }
    for name, state in states.items():
        provider = make_provider()
        admission = admit(lot, provider)
        for column, value in state.items():
            setattr(admission, column, value)
        offered(name, lot, provider)
    assert found(framework) == ["Active", "Pause over", "Removal proposed"]


def test_a_member_of_one_lot_only(framework: Framework) -> None:
    """An offer on a lot that the provider is no member of does not show, nor make the setting be found."""
    first, second = framework.lots
    provider = make_provider()
    admit(first, provider)
    setting = offered("House", first, provider)
    db.session.add(SettingOffer(setting_id=setting.id, lot_id=second.id, band_id=second.bands[0].id, placement_type=""))
    db.session.flush()
    page = search_directory(Search(), frameworks=[framework], now=clock.now())
    assert [offer.lot.number for listed in page.rows for offer in listed.offers] == [1]
    assert found(framework, Search(lot_id=second.id)) == []


def test_each_filter(framework: Framework) -> None:
    """Lot, banding, placement type, area, free places and words; banding and type count for one and the same offer."""
    first, second = framework.lots
    oak = offered("Oak House", first, make_member(first, "Demo Harbour"), vacancies=2, postcode="NE8 1HH")
    db.session.add(
        SettingOffer(setting_id=oak.id, lot_id=first.id, band_id=first.bands[1].id, placement_type="Short breaks")
    )
    offered("Elm House", first, make_member(first, "Demo Meadow"), area="Demoshire", registration_number="SC42")
    offered("Ash Barn", second, make_member(second, "Demo Bridge"), vacancies=1, kind="Short breaks", band=1)
    every = {
        Search(lot_id=first.id): ["Elm House", "Oak House"],
        Search(lot_id=second.id): ["Ash Barn"],
        Search(framework_id=framework.id): ["Ash Barn", "Elm House", "Oak House"],
        Search(band_id=first.bands[1].id): ["Oak House"],
        Search(band_id=first.bands[1].id, placement_type="Residential"): [],
        Search(placement_type="Short breaks"): ["Ash Barn", "Oak House"],
        Search(area="DEMOSHIRE"): ["Elm House"],
        Search(area="Demo"): [],
        Search(vacancies=1): ["Ash Barn", "Oak House"],
        Search(vacancies=2): ["Oak House"],
        Search(words="house"): ["Elm House", "Oak House"],
        Search(words="harbour HOUSE"): ["Oak House"],
        Search(words="ne8"): ["Oak House"],
        Search(words="sc42"): ["Elm House"],
        Search(words="100%"): [],
        Search(words="_"): [],
    }
    for search, names in every.items():
        assert (search, found(framework, search)) == (search, names)


def test_words_as_people_type_them(framework: Framework) -> None:
    """Accents, apostrophes of any kind or none, hyphens, case and a postcode's space make no difference."""
    lot = framework.lots[0]
    offered("St Mary’s House", lot, make_member(lot, "Smith & Söhne"), postcode="CM1 1QH")
    offered("O'Brien Lodge", lot, make_member(lot, "Demo Day-Care"), area="Ynys Môn")
    offered("Tŷ Glân", lot, make_member(lot, "Demo North"), registration_number="SC 042-7")
    offered("Éclair House", lot, make_member(lot, "Demo South"), area="Ynys Mon")
    typed = {
        "St Mary’s House": ["St Mary's", "st marys", "ST MARY’S", "St Mary`s", "CM1 1QH", "cm11qh", "smith and sohne"],
        "O'Brien Lodge": ["O’Brien", "OBrien", "o'brien", "day care", "daycare", "Day - Care"],
        "Tŷ Glân": ["Ty Glan", "tŷ glân", "ty\u0302 GLAN", "TyGlan", "SC0427", "sc-042/7"],
        "Éclair House": ["Eclair", "éclair", "ECLAIR"],
    }
    for name, ways in typed.items():
        for words in ways:
            assert (words, found(framework, Search(words=words))) == (words, [name])
    assert found(framework, Search(area="ynys mon")) == ["Éclair House", "O'Brien Lodge"]


def test_the_order_of_names(framework: Framework) -> None:
    """As people look for them, whatever the capitals, accents and apostrophes; pages go on in it."""
    names = ["Ash Lodge", "Ashby House", "Éclair House", "eden", "O'Brien Lodge", "Óg House", "The Old Barn", "zebra"]
    for name in reversed(names):
        offered(name, framework.lots[0])
    assert found(framework) == names
    seen, after = [], ""
    while after is not None:
        page = search_directory(Search(), frameworks=[framework], now=clock.now(), after=after, size=3)
        seen += [listed.setting.name for listed in page.rows]
        after = page.next_key
    assert seen == names


def make_member(lot: FrameworkLot, name: str) -> Provider:
    """A member of the lot."""
    provider = make_provider(name)
    admit(lot, provider)
    return provider


def test_which_arrangements_an_authority_may_search(db_session: object) -> None:
    """Its own, those that it takes part in, and those that publish their members; never drafts or what is over."""
    authority, now = make_authority(), clock.now()
    own = live_framework(title="A", authority=authority, publishes_members=False)
    joined = live_framework(title="B", publishes_members=False)
    participant(joined, authority)
    public = live_framework(title="C")
    withdrawn = live_framework(title="D", publishes_members=False)
    participant(withdrawn, authority)
    withdrawn.participants[-1].withdrawn_on = clock.today()
    live_framework(title="E", publishes_members=False)
    live_framework(title="F", authority=authority, valid_for=timedelta(days=-1))
    assert list(frameworks_to_search(authority.id, now)) == [own, joined, public]


def test_pages(framework: Framework) -> None:
    """Each setting stands on one page, by name, also when names are the same or odd."""
    names = ["Same", "Same", "a~b", "Zoë", "Élan", "01", "O'Neill", "Same"]
    for name in names:
        offered(name, framework.lots[0])
    seen, key = [], ""
    while True:
        page = search_directory(Search(), frameworks=[framework], now=clock.now(), after=key, size=3)
        seen += [listed.setting for listed in page.rows]
        assert page.count == len(names)
        if page.next_key is None:
            break
        key = page.next_key
    assert sorted(setting.name for setting in seen) == sorted(names)
    assert len({setting.id for setting in seen}) == len(names)
    for wrong in ("x", "~", f"{framework.id}x~"):
        with pytest.raises(NotFound, match="does not exist"):
            search_directory(Search(), frameworks=[framework], now=clock.now(), after=wrong)


def test_counting_stops(framework: Framework) -> None:
    """Beyond two hundred it is "more than 200"."""
    provider = make_member(framework.lots[0], "Demo Many")
    for number in range(203):
        offered(f"House {number:03}", framework.lots[0], provider)
    page = search_directory(Search(), frameworks=[framework], now=clock.now())
    assert (len(page.rows), page.count) == (20, 201)


def test_a_file_is_safe_to_open(framework: Framework) -> None:
    """Cells that a spreadsheet would run are kept as text, and quotes and line ends do not break rows."""
    setting = offered('=HYPERLINK("x")', framework.lots[0], make_member(framework.lots[0], "@Demo\nCare"))
    setting.vacancies_at = datetime(2026, 7, 1, 11, tzinfo=UTC)
    setting.postcode, setting.registration_number = "-1+2", "+44"
    db.session.flush()
    lines = "".join(csv_lines(COLUMNS, directory_rows(Search(), frameworks=[framework], now=clock.now())))
    [row] = csv.DictReader(io.StringIO(lines.removeprefix(MARK), newline=""))
    assert row == {
        "setting": '\'=HYPERLINK("x")',
        "provider": "'@Demo Care",
        "area": "Demotown",
        "postcode": "'-1+2",
        "registration_number": "'+44",
        "capacity": "4",
        "vacancies": "0",
        "vacancies_said_at": "2026-07-01T12:00+01:00",
        "offers": "Lot 1 Lot title 1, Band 1, Residential",
    }


@pytest.mark.parametrize("search", [Search(), Search(words="House", area="Demotown", vacancies=1)])
def test_statements_are_constant(
    framework: Framework, count_statements: Callable[[], AbstractContextManager[list[str]]], search: Search
) -> None:
    """A page takes five statements and a file as well, with one setting as with three; a later page six."""
    for rows in (1, 3):
        for number in range(rows):
            offered(f"House {rows}{number}", framework.lots[number % 2], vacancies=1)
        db.session.expire_all()
        authority_id = framework.authority_id
        with count_statements() as statements:
            frameworks = frameworks_to_search(authority_id, clock.now())
            page = search_directory(search, frameworks=frameworks, now=clock.now())
            assert [(listed.setting.provider.name, listed.offers[0].lot.title) for listed in page.rows] != []
        assert len(statements) == 5
        db.session.expire_all()
        authority_id = framework.authority_id
        with count_statements() as statements:
            frameworks = frameworks_to_search(authority_id, clock.now())
            assert len(list(directory_rows(search, frameworks=frameworks, now=clock.now()))) >= rows
        assert len(statements) == 5
    key = f"{uuid.UUID(int=0)}~House"
    with count_statements() as statements:
        frameworks = frameworks_to_search(framework.authority_id, clock.now())
        later = search_directory(replace(search, words=""), frameworks=frameworks, now=clock.now(), after=key)
    assert (len(statements), later.count, len(later.rows)) == (6, 4, 4)
