"""Saying that an invitation is not for one's organisation, and taking that back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.audit.models import Event
from portal.core.errors import DeadlinePassed, NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.tendering.decline_models import Decline
from portal.tendering.declining import decline, own_decline, take_back_decline
from portal.tendering.explaining import NotEntitled
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.ending import cancelled
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt
from tests.filling import fill, press

pytestmark = pytest.mark.usefixtures("db_session")


def _lot() -> FrameworkLot:
    return live_framework().lots[0]


@pytest.mark.parametrize("is_open_to_all", [True, False])
def test_a_decline_counts_until_it_is_taken_back_and_is_off_the_record(is_open_to_all: bool) -> None:
    """Of an invitation to everybody as of a call-off; the last reason counts, and the ledger does not tell."""
    if is_open_to_all:
        itt, actor = published_itt(), submitter_of()
    else:
        lot = _lot()
        provider = admit(lot).provider
        itt, actor = published_call_off(lot), submitter_of(provider)
    before = db.session.scalar(select(func.count()).select_from(Event))
    decline(itt=itt, reason=" No vacancy ", actor=actor)
    decline(itt=itt, reason="Too far", actor=actor)
    assert _reasons(itt) == ["Too far"]
    take_back_decline(itt=itt, actor=actor)
    take_back_decline(itt=itt, actor=actor)
    assert (_reasons(itt), own_decline(itt, actor)) == ([], None)
    assert db.session.scalar(select(func.count()).select_from(Event)) == before


@pytest.mark.parametrize("act", ["decline", "take_back"])
def test_nothing_is_declined_from_the_closing_time_on(act: str) -> None:
    """Neither said nor taken back: what is counted after the opening is what stood at the closing time."""
    itt, actor = published_itt(), submitter_of()
    decline(itt=itt, reason="Too far", actor=actor)
    close_now(itt)
    with pytest.raises(DeadlinePassed):
        decline(itt=itt, reason="", actor=actor) if act == "decline" else take_back_decline(itt=itt, actor=actor)
    assert _reasons(itt) == ["Too far"]


def test_nothing_is_declined_of_a_cancelled_invitation() -> None:
    """There is nothing left to say no to."""
    itt = published_itt()
    cancelled(itt)
    with pytest.raises(WrongState):
        decline(itt=itt, reason="", actor=submitter_of())


def test_a_call_off_is_declined_by_whom_it_concerns() -> None:
    """Not by a provider that was neither invited nor may answer, and by nobody without a provider."""
    lot = _lot()
    admit(lot)
    itt = published_call_off(lot)
    with pytest.raises(NotEntitled):
        decline(itt=itt, reason="", actor=submitter_of(make_provider()))
    with pytest.raises(NotFound):
        decline(itt=itt, reason="", actor=make_commissioner(itt.authority))


def test_the_page_of_an_open_invitation_offers_it_and_takes_it_back(client: CheckedClient) -> None:
    """After sign-in; the page then says so, with the reason still chosen, and one press undoes it."""
    itt = published_itt()
    page, address = f"/opportunities/{itt.reference}", f"/provider/invitations/{itt.reference}/decline"
    assert "This is not for us" not in client.get(page).text
    sign_in(client, make_person(Role.SUBMITTER, provider=make_provider()))
    assert f'href="{address}"' in client.get(page).text
    assert fill(client, address, {"reason": "Too little time to answer"}).location == page
    assert "You said so at" in client.get(page).text
    assert '<option selected value="Too little time to answer">' in client.get(address).text
    assert press(client, page, f"{address}/take-back").location == page
    assert "You said so at" not in client.get(page).text


def test_officers_see_neither_who_nor_how_many_before_the_opening(client: CheckedClient) -> None:
    """The same pages, byte for byte but for what is drawn anew each time, with a decline as without."""
    itt = published_itt()
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    addresses = ("/commissioning/market-gaps", f"/commissioning/itts/{itt.reference}", "/commissioning/procurements")
    seen = [client.get(address).text for address in addresses]
    decline(itt=itt, reason="Too far", actor=submitter_of(make_provider("A shy home")))
    db.session.commit()
    for before, address in zip(seen, addresses, strict=True):
        after = client.get(address).text
        assert "shy" not in after
        assert ("Too far" in after, len(after)) == (False, len(before))


def _reasons(itt: InvitationToTender) -> list[str]:
    return list(db.session.scalars(select(Decline.reason).where(Decline.itt_id == itt.id)))
