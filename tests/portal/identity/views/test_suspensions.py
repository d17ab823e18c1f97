"""A suspension through the pages: proposed, decided, told, lifted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from portal.core import clock
from portal.core.permissions import Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_authority, make_provider
from tests.filling import fill, text_of

PAGE = "/commissioning/providers"
REASON = "It gave false information in an application (section 57)."


def review() -> dict[str, str]:
    day = clock.today() + timedelta(days=40)
    return {
        "review_date-day": str(day.day),
        "review_date-month": str(day.month),
        "review_date-year": str(day.year),
    }


def test_two_administrators_suspend_and_lift(
    client: CheckedClient, new_client: Callable[[], CheckedClient], db_session: object
) -> None:
    """Each proposal waits for the other; the organisation's page says why, until when, and what stays."""
    authority, provider = make_authority(), make_provider("Demo Care Ltd")
    second, own = new_client(), new_client()
    sign_in(client, make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    sign_in(second, make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    sign_in(own, make_person(Role.CONTRIBUTOR, provider=provider))
    proposed = fill(client, f"{PAGE}/{provider.id}/suspend", {"reason": REASON, **review()})
    address = proposed.location
    assert "A second person decides" in text_of(client.get(address))
    assert "suspended" not in text_of(own.get("/provider/organisation"))
    decided = fill(second, address, {"verdict": "suspend", "note": "Read the application and the answer."})
    assert decided.location == address
    told = text_of(own.get("/provider/organisation"))
    assert "Your organisation is suspended" in told
    assert REASON in told
    assert "Demo Care Ltd" in text_of(client.get(PAGE))
    fill(second, f"{address}/lift", {"reason": "It put everything right since then."})
    fill(client, address, {"verdict": "lift"})
    assert "suspended" not in text_of(own.get("/provider/organisation"))
