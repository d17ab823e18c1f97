"""The public pages of frameworks, dynamic purchasing systems and dynamic markets."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import current_app

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.documents import add_document
from portal.frameworks.member_models import SettingOffer
from portal.frameworks.models import Framework
from portal.frameworks.states import FrameworkStatus
from portal.organisations.models import ContractingAuthority, Provider, Setting
from portal.regulation.kinds import FrameworkKind
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.frameworks import admit, draft_framework, live_framework, participant
from tests.factories.organisations import make_provider
from tests.filling import text_of


def offer(framework: Framework, provider: Provider, *, lot: int = 1, name: str = "Demo Home") -> Setting:
    """An open setting of the provider, offered on a lot."""
    setting = Setting(provider_id=provider.id, name=name, area="Demotown", capacity=4, vacancies=1)
    db.session.add(setting)
    db.session.flush()
    db.session.add(SettingOffer(setting_id=setting.id, lot_id=framework.lots[lot - 1].id))
    db.session.flush()
    return setting


def test_the_list_shows_what_can_be_joined(client: CheckedClient) -> None:
    """Title, authority, state, end with date, time and zone, and figures; a draft is not there."""
    framework = live_framework(title="Homes for children in the east", lots=2)
    admit(framework.lots[0])
    draft_framework(title="A secret draft")
    text = text_of(client.get("/frameworks"))
    for words in ("Homes for children in the east", framework.authority.name, "Open to providers", "Providers 1"):
        assert words in text
    assert "GMT" in text or "BST" in text
    assert "A secret draft" not in text


def test_the_list_can_show_one_kind(client: CheckedClient) -> None:
    """What is no kind shows everything, and a kind of which there is none says so."""
    live_framework(title="A market")
    live_framework(title="A system", kind=FrameworkKind.DPS)
    assert "A market" not in client.get("/frameworks?kind=dps").text
    assert "A system" in client.get("/frameworks?kind=dps").text
    assert "A market" in client.get("/frameworks?kind=odd").text
    assert "Nothing of this kind" in client.get("/frameworks?kind=framework").text
    assert client.get("/frameworks?after=x").status_code == 404


def test_pages_follow_one_another(client: CheckedClient) -> None:
    """Twenty on a page, each once, newest first; the link carries what was looked for."""
    made = [live_framework(live_ago=timedelta(days=day)).reference for day in range(1, 23)]
    first = client.get("/frameworks.json?kind=dynamic_market").json
    assert "kind=dynamic_market" in first["next"]
    rest = client.get(first["next"]).json
    assert [row["reference"] for row in first["frameworks"] + rest["frameworks"]] == made
    assert rest["next"] is None
    assert "More frameworks" in client.get("/frameworks").text


def test_the_page_says_how_to_join_and_that_there_is_no_limit(client: CheckedClient) -> None:
    """A market: any day, the last second included, no limit, no cost, the decision promised, the law named."""
    framework = live_framework(fee_percent="0.5", bands=2, decision_days=8)
    text = text_of(client.get(f"/frameworks/{framework.reference}"))
    for words in (
        "You can apply on any day until it ends, up to the last second (PA2023 s.36(6)).",
        "There is no limit on the number of members.",
        "We decide within 8 working days, which is our promise.",
        "The provider that is awarded a contract pays 0.5% of its estimated value; nobody else pays anything "
        "(Procurement Act 2023, section 38).",
        "Procurement Act 2023, light touch",
        "Every member of a lot is invited to every call-off from it.",
        "Need of level 2.",
        "Demotown, Demoshire",
        "Residential, Short breaks",
        "40% to 80%",
        "Join until",
    ):
        assert words in text


def test_a_dps_names_the_2015_regulations(client: CheckedClient) -> None:
    """Its clock is 10 working days, or 15 with a reason, and it is free."""
    framework = live_framework(kind=FrameworkKind.DPS)
    text = text_of(client.get(f"/frameworks/{framework.reference}"))
    for words in (
        "We decide within 10 working days, or 15 where there is a reason for that one (Public Contracts Regulations "
        "2015, regulation 34(16)-(17)).",
        "PCR2015 reg 34(13), (15)",
        "Public Contracts Regulations 2015, light touch",
        "there is no fee on contracts",
        "1 October 2017",
    ):
        assert words in text


def test_a_framework_says_when_its_windows_are(client: CheckedClient) -> None:
    """Open in a window, closed outside; an open framework names the days of its next awards."""
    framework = live_framework(kind=FrameworkKind.FRAMEWORK)
    assert "You can apply to join now." in text_of(client.get(f"/frameworks/{framework.reference}"))
    now = clock.now()
    window = framework.windows[0]
    window.opens_at, window.closes_at = now + timedelta(days=2), now + timedelta(days=9)
    text = text_of(client.get(f"/frameworks/{framework.reference}"))
    assert "The next window opens at" in text
    assert "Start your application" not in text
    framework.windows.clear()
    text = text_of(client.get(f"/frameworks/{framework.reference}"))
    assert "Closed to new providers" in text
    assert "No window is published yet." in text
    shown = live_framework(kind=FrameworkKind.FRAMEWORK, is_open_framework=True)
    assert "This is an open framework. It is awarded again" in text_of(client.get(f"/frameworks/{shown.reference}"))


def test_an_ended_one_says_so(client: CheckedClient) -> None:
    """After its validity, and after it was ceased, with the reason."""
    expired = live_framework(valid_for=-timedelta(seconds=1))
    assert "Its validity has ended." in text_of(client.get(f"/frameworks/{expired.reference}"))
    ceased = live_framework()
    ceased.status, ceased.ceased_at, ceased.cease_reason = FrameworkStatus.CEASED, clock.now(), "Nobody called off."
    text = text_of(client.get(f"/frameworks/{ceased.reference}"))
    assert "Ended early" in text
    assert "Nobody called off." in text
    assert "Ended early" in text_of(client.get("/frameworks"))


def test_figures_that_never_moved_are_bars_and_not_the_same_column_twelve_times(client: CheckedClient) -> None:
    """A lot whose members all came on the first day has one bar; once one more joins, there are columns over time."""
    framework = live_framework(live_ago=timedelta(days=400))
    admit(framework.lots[0], at=framework.live_at)
    still = text_of(client.get(f"/frameworks/{framework.reference}"))
    assert "The same at the end of every period since" in still
    assert "Providers on each lot over time" not in still
    admit(framework.lots[0])
    moved = text_of(client.get(f"/frameworks/{framework.reference}"))
    assert "Providers on each lot over time" in moved
    assert "The same at the end of every period since" not in moved


def test_members_stand_with_their_settings_where_they_are_published(client: CheckedClient) -> None:
    """By lot, with open settings of their own counted once; the figures at the top count everything once."""
    framework = live_framework(lots=2, bands=1, providers_before=2)
    provider, other = make_provider("Oak Homes"), make_provider("Elm Care")
    for lot in framework.lots:
        admit(lot, provider)
    admit(framework.lots[0], other)
    setting = offer(framework, provider)
    db.session.add(SettingOffer(setting_id=setting.id, lot_id=framework.lots[0].id, band=framework.lots[0].bands[0]))
    offer(framework, provider, lot=2, name="Second Home")
    offer(framework, provider, name="A closed home").closed_at = clock.now()
    offer(framework, make_provider("Ash is no member"), name="Not counted")
    participant(framework)
    page = client.get(f"/frameworks/{framework.reference}")
    text = text_of(page)
    assert "2 providers previously 2 2 settings 2 participating authorities" in text
    tables = BeautifulSoup(page.text, "html.parser").find_all("caption", string=re.compile("Providers on lot 1"))
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in tables[0].parent.select("tbody tr")]
    assert rows == [["Elm Care", "0"], ["Oak Homes", "1"]]
    assert "Ash is no member" not in text


def test_members_are_not_named_where_they_are_not_published(client: CheckedClient) -> None:
    """Neither on the page nor in its data; the number stays."""
    framework = live_framework(publishes_members=False)
    admit(framework.lots[0], make_provider("Oak Homes"))
    page = client.get(f"/frameworks/{framework.reference}")
    twin = client.get(f"/frameworks/{framework.reference}.json")
    assert "1 provider 0 settings" in text_of(page)
    assert "Oak Homes" not in page.text + twin.text
    assert (twin.json["lots"][0]["members"], twin.json["providers"]) == (None, 1)


@pytest.mark.parametrize("suffix", ["", ".json"])
def test_drafts_are_not_public(client: CheckedClient, suffix: str) -> None:
    """Nor one that was given up before it went live; whoever knows the reference finds nothing."""
    draft = draft_framework()
    assert client.get(f"/frameworks/{draft.reference}{suffix}").status_code == 404
    draft.status, draft.ceased_at = FrameworkStatus.CEASED, clock.now()
    assert client.get(f"/frameworks/{draft.reference}{suffix}").status_code == 404
    assert client.get(f"/frameworks/DMK-NOTTHERE{suffix}").status_code == 404


def test_the_twin_answers_by_address_and_by_accept(client: CheckedClient) -> None:
    """`.json` and `Accept: application/json` give the same."""
    framework = live_framework(bands=1)
    admit(framework.lots[0])
    for address in ("/frameworks", f"/frameworks/{framework.reference}"):
        by_address = client.get(f"{address}.json")
        by_accept = client.get(address, headers={"Accept": "application/json"})
        assert (by_address.status_code, by_address.json) == (200, by_accept.json)
    assert client.get(f"/frameworks/{framework.reference}.json").json["most_members"] is None


def test_documents_are_read_without_signing_in(client: CheckedClient) -> None:
    """With their digest beside them; another framework's document is not found."""
    framework = live_framework()
    lead = make_person(Role.COMMISSIONER, authority=db.session.get(ContractingAuthority, framework.authority_id))
    document = add_document(
        framework=framework,
        title="Specification",
        upload=("specification.txt", lambda: b"What homes must offer."),
        actor=actor_of(lead),
        files=current_app.extensions["files"],
    )
    page = client.get(f"/frameworks/{framework.reference}")
    assert "Specification" in page.text
    address = f"/frameworks/{framework.reference}/documents/{document.id}"
    assert address in page.text
    answer = client.get(address)
    assert (answer.status_code, io.BytesIO(answer.data).read()) == (200, b"What homes must offer.")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(f"/frameworks/{live_framework().reference}/documents/{document.id}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_few_statements(
    client: CheckedClient, db_session: Any, count_statements: Any, rows: int
) -> None:
    """The same for one row and three, signed in or not."""
    for _ in range(rows):
        admit(live_framework(lots=rows).lots[0])
    sign_in(client, make_person(Role.CONTRIBUTOR))
    client.get("/frameworks")
    db_session.commit()
    with count_statements() as statements:
        client.get("/frameworks")
    assert len(statements) == 8


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_few_statements(
    client: CheckedClient, db_session: Any, count_statements: Any, rows: int
) -> None:
    """The same with one lot, member, setting and authority and with three of each."""
    framework = live_framework(lots=rows, bands=rows)
    for lot in framework.lots:
        for number in range(rows):
            member = admit(lot)
            offer(framework, member.provider, lot=lot.number, name=f"Home {number}")
    for _ in range(rows):
        participant(framework)
    client.get(f"/frameworks/{framework.reference}")
    db_session.commit()
    with count_statements() as statements:
        client.get(f"/frameworks/{framework.reference}")
    assert len(statements) == 17


def test_a_reference_may_be_typed_in_small_letters(client: CheckedClient) -> None:
    """People copy references by hand."""
    assert client.get(f"/frameworks/{live_framework().reference.lower()}").status_code == 200


def test_who_may_call_off_finds_the_way(client: CheckedClient) -> None:
    """A commissioner of an authority that takes part is led to calling off, nobody else."""
    framework = live_framework()
    address, way = f"/frameworks/{framework.reference}", f"/commissioning/frameworks/{framework.reference}/call-off"
    assert way not in client.get(address).text
    sign_in(client, make_person(Role.COMMISSIONER))
    assert way not in client.get(address).text
    sign_in(client, make_person(Role.COMMISSIONER, authority=framework.authority))
    assert way in client.get(address).text
