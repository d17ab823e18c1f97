"""A provider's own page."""

from __future__ import annotations

import pytest

from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, text_of

PAGE = "/provider/organisation"


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider that hears of one code."""
    seed_reference_data(db.session.connection())
    return make_provider("Demo Care Ltd", company_number="09506232", alerts=("85311300",), verified=False)


def test_the_page_shows_the_organisation_and_its_state(client: CheckedClient, provider: Provider) -> None:
    """Name, number, address and alerts of one's own organisation, and of no other."""
    make_provider("Demo Rival Ltd")
    sign_in(client, make_person(Role.CONTRIBUTOR, provider=provider))
    shown = text_of(client.get(PAGE))
    for expected in ("Demo Care Ltd", "09506232", "Not yet verified", "Welfare services for children"):
        assert expected in shown
    assert "Rival" not in shown
    assert "Change" not in shown


def test_the_administrator_changes_the_details(client: CheckedClient, provider: Provider) -> None:
    """The form opens with what is stored, and saves what was typed."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    held = fields_of(client.get(f"{PAGE}/edit"))
    assert (held["organisation_name"], held["is_sme"]) == ("Demo Care Ltd", ["y"])
    form = {name: value for name, value in held.items() if name != "is_sme"} | {"postcode": "ab1 2cd"}
    assert client.post(f"{PAGE}/edit", data=form).location == PAGE
    assert (provider.postcode, provider.is_sme) == ("AB1 2CD", False)


def test_a_refused_change_keeps_what_was_typed(client: CheckedClient, provider: Provider) -> None:
    """The number that somebody else has is refused beside its field; the page still holds the typed address."""
    make_provider(company_number="00000007")
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    answer = fill(client, f"{PAGE}/edit", {"company_number": "7".zfill(8), "address": "9 Demo Lane"})
    assert answer.status_code == 422
    assert errors_of(answer) == [
        "An organisation with this number is registered already. Ask its administrator to invite you."
    ]
    assert fields_of(answer)["address"] == "9 Demo Lane"
    assert provider.company_number == "09506232"


def test_alerts_are_ticked(client: CheckedClient, provider: Provider) -> None:
    """The page opens with the present choice and saves the new one; a made-up code is refused."""
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    assert fields_of(client.get(f"{PAGE}/alerts"))["codes"] == ["85311300"]
    assert fill(client, f"{PAGE}/alerts", {"codes": ["80310000"]}).location == PAGE
    assert [alert.cpv_code for alert in provider.alerts] == ["80310000"]
    refused = fill(client, f"{PAGE}/alerts", {"codes": ["12345678"]})
    assert errors_of(refused) == ["12345678 is not in this portal’s list of CPV codes."]


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.CONTRIBUTOR, [200, 403, 403]),
        (Role.SUBMITTER, [200, 403, 200]),
        (Role.PROVIDER_ADMINISTRATOR, [200, 200, 200]),
        (Role.COMMISSIONER, [403, 403, 403]),
        (None, [302, 302, 302]),
    ],
)
def test_who_reaches_which_page(
    client: CheckedClient, provider: Provider, role: Role | None, statuses: list[int]
) -> None:
    """Everybody of the provider reads; the pages for changing are for those who may."""
    if role is not None:
        sign_in(client, make_person(role, provider=provider))
    answers = [client.get(address).status_code for address in (PAGE, f"{PAGE}/edit", f"{PAGE}/alerts")]
    assert answers == statuses
