"""Asking to be called otherwise, and deciding that, through the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.members.models import ChangeDecision
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, press, text_of

ASK, EDIT, DESK = "/provider/organisation/identity", "/provider/organisation/edit", "/commissioning/identity-changes"
NEW = {"organisation_name": "Demo Bright Futures", "reason": "We merged with another trust in September."}
NOTE = "Companies House has the new name since September."


@pytest.fixture
def admission(db_session: object) -> Admission:
    """A member that goes by its old name."""
    return admit(live_framework().lots[0], provider=make_provider("Demo Bright Steps"))


@pytest.fixture
def own(client: CheckedClient, admission: Admission) -> CheckedClient:
    """Its administrator's browser."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, provider=admission.provider))
    return client


def decision() -> ChangeDecision:
    return db.session.query(ChangeDecision).one()


def test_a_member_s_form_has_no_name_to_change(own: CheckedClient, admission: Admission) -> None:
    """Address and size are changed there; a name that is posted all the same is not taken."""
    held = fields_of(own.get(EDIT))
    assert "organisation_name" not in held
    answer = own.post(EDIT, data=held | {"address": "3 Demo Street", "organisation_name": "Demo Barnardo"})
    assert answer.status_code == 302
    assert (admission.provider.name, admission.provider.address) == ("Demo Bright Steps", "3 Demo Street")


def test_a_request_is_asked_decided_and_told(
    own: CheckedClient, new_client: Callable[[], CheckedClient], admission: Admission
) -> None:
    """The officer sees old and new side by side; the member's page has both names afterwards."""
    assert fill(own, ASK, NEW).location == ASK
    assert "Your request is being decided" in text_of(own.get(ASK))
    officer = new_client()
    sign_in(officer, make_person(Role.COMMISSIONER, authority=admission.framework.authority))
    assert "Demo Bright Steps to Demo Bright Futures" in text_of(officer.get(DESK))
    assert "Decide another name" in text_of(officer.get("/commissioning"))
    address = f"{DESK}/{decision().id}"
    shown = text_of(officer.get(address))
    assert "Demo Bright Steps" in shown
    assert NEW["reason"] in shown
    assert fill(officer, address, {"verdict": "accept", "note": NOTE}).location == address
    member = f"/commissioning/frameworks/{admission.framework.reference}/members/{admission.id}"
    page = text_of(officer.get(member))
    assert "Demo Bright Futures" in page
    assert "Called before Demo Bright Steps" in page
    assert "From then on: Demo Bright Futures" in page
    assert NOTE in text_of(own.get(ASK))
    assert "Not yet verified" in text_of(own.get("/provider/organisation"))


def test_a_refused_request_leaves_the_name(
    own: CheckedClient, new_client: Callable[[], CheckedClient], admission: Admission
) -> None:
    """The reason is on the organisation's page."""
    fill(own, ASK, NEW)
    officer = new_client()
    sign_in(officer, make_person(Role.COMMISSIONER, authority=admission.framework.authority))
    short = fill(officer, f"{DESK}/{decision().id}", {"verdict": "refuse", "note": "No."})
    assert len(errors_of(short)) == 1
    fill(officer, f"{DESK}/{decision().id}", {"verdict": "refuse", "note": NOTE})
    assert NOTE in text_of(own.get(ASK))
    assert admission.provider.name == "Demo Bright Steps"


def test_a_request_is_taken_back(own: CheckedClient, admission: Admission) -> None:
    """Nobody decides it any more, and another can be sent."""
    fill(own, ASK, NEW)
    assert press(own, ASK, f"{ASK}/withdraw").location == ASK
    assert decision().status.is_withdrawn
    assert "reason" in fields_of(own.get(ASK))


def test_asking_and_deciding_need_a_fresh_second_factor(
    client: CheckedClient, new_client: Callable[[], CheckedClient], admission: Admission
) -> None:
    """Without a code nothing is asked, and nothing decided; what was typed stays."""
    sign_in(client, make_person(Role.PROVIDER_ADMINISTRATOR, provider=admission.provider), fresh_factor=False)
    answer = fill(client, ASK, NEW)
    assert answer.status_code in {403, 422}
    assert fields_of(answer)["reason"] == NEW["reason"]
    assert db.session.query(ChangeDecision).count() == 0


@pytest.mark.parametrize("role", [Role.SUBMITTER, Role.CONTRIBUTOR])
def test_only_the_administrator_asks(client: CheckedClient, admission: Admission, role: Role) -> None:
    """Others of the organisation are refused."""
    sign_in(client, make_person(role, provider=admission.provider))
    assert client.get(ASK).status_code == 403


def test_another_council_finds_nothing(
    own: CheckedClient, new_client: Callable[[], CheckedClient], admission: Admission
) -> None:
    """Neither in its list nor by address."""
    fill(own, ASK, NEW)
    officer = new_client()
    sign_in(officer, make_person(Role.COMMISSIONER))
    assert "Nothing waits" in text_of(officer.get(DESK))
    assert officer.get(f"{DESK}/{decision().id}").status_code == 404
