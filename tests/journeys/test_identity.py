"""Two stories about who an organisation is, over HTTP: a squatted number, and a member's new name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_authority, make_provider
from tests.filling import errors_of, fill, press, text_of
from tests.portal.joining.submitted import submitted_application

pytestmark = pytest.mark.usefixtures("db_session")

NUMBER = "09506232"
REASON = "Companies House names the claimant beside the number."
NEW_NAME = "Demo Bright Futures"
Clients = Callable[[], CheckedClient]


def as_person(new_client: Clients, role: Role, **place: object) -> CheckedClient:
    """A browser of its own in which such a person has signed in."""
    made = new_client()
    sign_in(made, make_person(role, **place))  # type: ignore[arg-type]
    return made


def registration(**changed: str) -> dict[str, str]:
    return {
        "name": "Demo Person",
        "email": "person@rightful.example",
        "password": "a long and unusual password for this",
        "organisation_name": "Demo Rightful Trust",
        "company_number": NUMBER,
        "address": "1 Demo Street",
        "postcode": "DE1 1AA",
    } | changed


def test_a_squatted_number_comes_to_whom_it_belongs(client: CheckedClient, new_client: Clients) -> None:
    """Met on registering, claimed, asked about, answered, moved by two, and registered with the claim's code."""
    seed_reference_data(db.session.connection())
    squatter = make_provider("Demo Squatter", company_number=NUMBER)
    application = submitted_application(live_framework(), provider=squatter)
    met = fill(client, "/register", registration())
    assert "registered already" in errors_of(met)[0]
    assert "/number-claims/new" in met.text
    assert "Squatter" not in met.text
    claimed = fill(
        client,
        "/number-claims/new",
        {
            "company_number": NUMBER,
            "organisation": "Demo Rightful Trust",
            "person": "Demo Person",
            "email": "person@rightful.example",
            "words": "Our name and office stand beside the number.",
        },
    )
    [code] = re.findall(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", text_of(claimed))
    assert "Squatter" not in claimed.text

    first, second = (as_person(new_client, Role.AUTHORITY_ADMINISTRATOR, authority=make_authority()) for _ in range(2))
    [address] = re.findall(r"/commissioning/providers/claims/[0-9a-f-]{36}", first.get("/commissioning/providers").text)
    assert "person@rightful.example" in text_of(first.get(address))
    assert press(first, address, f"{address}/ask").location == address
    own = as_person(new_client, Role.PROVIDER_ADMINISTRATOR, provider=squatter)
    told = own.get("/provider/organisation")
    assert "Somebody says that your number is theirs" in text_of(told)
    assert "Rightful" not in told.text
    [answering] = re.findall(r"/provider/organisation/claims/[0-9a-f-]{36}", told.text)
    fill(own, answering, {"answer": "We took it because it was free to take."})
    assert fill(first, address, {"verdict": "move", "reason": REASON}).location == address
    assert "Another administrator" in text_of(first.get(address))
    assert fill(second, address, {"verdict": "move_now"}).location == address

    officer = as_person(new_client, Role.COMMISSIONER, authority=application.framework.authority)
    page = f"/commissioning/frameworks/{application.framework.reference}/applications/{application.reference}"
    assert "Its number belonged to another organisation" in text_of(officer.get(page))
    assert "The number is yours" in text_of(fill(client, "/number-claims", {"code": code}))
    assert "type the code of your claim" in errors_of(fill(client, "/register", registration()))[0]
    done = fill(client, "/register", registration(claim_code=code))
    assert done.status_code == 302, errors_of(done)
    made = db.session.query(Provider).filter_by(company_number=NUMBER).one()
    assert made.name == "Demo Rightful Trust"
    assert squatter.company_number is None


def test_a_member_s_new_name_is_decided_by_two_councils(new_client: Clients) -> None:
    """One accepts, one refuses: each framework's page has the name that its own officers let stand."""
    provider = make_provider("Demo Bright Steps")
    admissions: list[Admission] = [admit(live_framework().lots[0], provider=provider) for _ in range(2)]
    own = as_person(new_client, Role.PROVIDER_ADMINISTRATOR, provider=provider)
    ask = "/provider/organisation/identity"
    fill(own, ask, {"organisation_name": NEW_NAME, "reason": "We merged with another trust in September."})
    for admission, verdict in zip(admissions, ("accept", "refuse"), strict=True):
        officer = as_person(new_client, Role.COMMISSIONER, authority=admission.framework.authority)
        [address] = re.findall(
            r"/commissioning/identity-changes/[0-9a-f-]{36}", officer.get("/commissioning/identity-changes").text
        )
        note = {"verdict": verdict, "note": "Companies House was looked at today."}
        assert fill(officer, address, note).location == address
    visitor = new_client()
    shown = [text_of(visitor.get(f"/frameworks/{one.framework.reference}")) for one in admissions]
    assert [NEW_NAME in page for page in shown] == [True, False]
    assert ["Demo Bright Steps" in page for page in shown] == [False, True]
    mine = text_of(own.get(ask))
    assert "Accepted" in mine
    assert "Refused" in mine
