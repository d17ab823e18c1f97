"""The pages of those who run the portal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts.models import FailedGuess
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.privacy.models import Breach
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.filling import errors_of, fill, text_of


@pytest.fixture
def client(client: CheckedClient) -> CheckedClient:
    """The platform's administrator."""
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    return client


def moment(instant: object) -> dict[str, str]:
    """A day and a time as somebody types them."""
    local = instant.astimezone(clock.LONDON)  # type: ignore[attr-defined]
    return {
        "day-day": str(local.day),
        "day-month": str(local.month),
        "day-year": str(local.year),
        "time": f"{local:%H:%M}",
    }


def test_the_report_shows_what_is_late_and_a_hold(client: CheckedClient) -> None:
    """Each kind with its rule; what is late is marked, and is not while it is held back with a reason."""
    db.session.add(FailedGuess(target_hash=b"t", place_hash=b"p", at=clock.now() - timedelta(days=9)))
    shown = text_of(client.get("/admin/retention"))
    assert "Children’s Code" in shown
    assert "Late" in shown
    address = "/admin/retention/guesses"
    assert errors_of(fill(client, address, {"reason": "why"})) != []
    assert fill(client, address, {"reason": "A court has asked for it today."}).location == "/admin/retention"
    assert "Late" not in text_of(client.get("/admin/retention"))
    assert "A court has asked for it today." in text_of(client.get(address))
    assert fill(client, address).location == "/admin/retention"
    assert client.get("/admin/retention/nothing").status_code == 404


def test_a_breach_shows_its_clock_until_it_is_answered(client: CheckedClient) -> None:
    """72 hours run from noticing; a report in time, one too late and a reason why there is none end them."""
    now = clock.now()
    what = {"what": "A letter of one council went to another one's officer."}
    for hours, shown in ((1, "70 hours left"), (80, "72 hours are over")):
        address = "/admin/breaches"
        assert fill(client, address, moment(now - timedelta(hours=hours)) | what).location == address
        assert shown in text_of(client.get(address)).replace("71 hours left", "70 hours left")
    late, recent = db.session.query(Breach).order_by(Breach.noticed_at).all()
    assert errors_of(fill(client, f"/admin/breaches/{late.id}")) != []
    before = moment(late.noticed_at - timedelta(hours=2))
    assert "between when it was noticed and now" in " ".join(
        errors_of(fill(client, f"/admin/breaches/{late.id}", before))
    )
    assert fill(client, f"/admin/breaches/{late.id}", moment(now - timedelta(minutes=2))).status_code == 302
    reason = {"reason": "The letter was sealed and came back unopened."}
    assert fill(client, f"/admin/breaches/{recent.id}", reason).status_code == 302
    shown = text_of(client.get("/admin/breaches"))
    assert ("Reported" in shown, "Need not be reported" in shown, "hours left" in shown) == (True, True, False)


def test_a_breach_that_is_to_come_is_refused(client: CheckedClient) -> None:
    """It has been noticed already, and something has happened; what was typed stays."""
    typed = moment(clock.now() + timedelta(days=2)) | {"what": "Something that nobody has done yet."}
    answer = fill(client, "/admin/breaches", typed)
    assert errors_of(answer) == ["Enter when it was noticed: a time that has passed."]
    assert "Something that nobody has done yet." in text_of(answer)
