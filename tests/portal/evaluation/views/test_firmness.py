"""How firm a result is, on a page of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.core.permissions import Role
from portal.extensions import db
from portal.scenarios.looking import FOUND, SEEN
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import decided_award
from tests.filling import errors_of, fill
from tests.portal.evaluation.test_second_look import near

pytestmark = pytest.mark.usefixtures("db_session")


def page(itt: InvitationToTender) -> str:
    """Where it is."""
    return f"/commissioning/itts/{itt.reference}/firmness"


def times_seen(itt: InvitationToTender) -> int:
    """How often the ledger says that somebody read it."""
    seen = select(func.count()).where(Event.chain == str(itt.id), Event.kind == EventKind.FIRMNESS_SEEN.value)
    return db.session.execute(seen).scalar_one()


def bidders(itt: InvitationToTender) -> list[str]:
    """What the bidders are called."""
    return [bid.provider.name for bid in db.session.scalars(select(Bid).where(Bid.itt_id == itt.id))]


def test_each_look_is_recorded_and_names_no_bidder(client: CheckedClient) -> None:
    """By label until the award; the result beside names and prices says nothing of it but where it is."""
    itt = near().itt
    sign_in(client, make_person(Role.AUDITOR, authority=itt.authority))
    result = client.get(f"/commissioning/itts/{itt.reference}/result").text
    assert page(itt) in result
    assert "would put" not in result
    for number in (1, 2):
        shown = client.get(page(itt)).text
        assert "would put Provider" in shown
        assert "Who would be chosen at another share of the marks: Local panel" in shown
        assert "The line stands at" in shown
        assert not any(name in shown for name in bidders(itt))
        assert "£" not in shown.split("<main", 1)[1]
        assert times_seen(itt) == number


def test_once_the_award_is_decided_bidders_have_names(client: CheckedClient) -> None:
    """There is nothing left to nudge."""
    itt = decided_award(near().itt).itt
    sign_in(client, make_person(Role.AUDITOR, authority=itt.authority))
    shown = client.get(page(itt)).text
    assert all(name in shown for name in bidders(itt))
    assert SEEN in shown


def test_the_desk_leads_to_the_second_look_and_then_to_the_award(client: CheckedClient) -> None:
    """What is typed too short stands beside its box; what is recorded stands on the page."""
    itt = near().itt
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    desk = f"/commissioning/itts/{itt.reference}"
    assert "Look again at the scores that decide alone" in client.get(desk).text
    assert "Somebody has to look at such scores a second time" in client.get(f"{desk}/award").text
    wrong = fill(client, page(itt), {"seen": SEEN, "conclusion": "stays", "finding": "Fine."})
    assert wrong.status_code == 422
    assert len(errors_of(wrong)) == 1
    assert fill(client, page(itt), {"seen": SEEN, "conclusion": "stays", "finding": FOUND}).status_code == 302
    shown = client.get(page(itt)).text
    assert SEEN in shown
    assert FOUND in shown
    assert "Look again at the scores that decide alone" not in client.get(desk).text
    assert "Somebody has to look" not in client.get(f"{desk}/award").text


def test_a_contract_manager_reads_the_result_and_not_what_decides_it(client: CheckedClient) -> None:
    """No link, and no page."""
    itt = near().itt
    sign_in(client, make_person(Role.CONTRACT_MANAGER, authority=itt.authority))
    assert page(itt) not in client.get(f"/commissioning/itts/{itt.reference}/result").text
    assert client.get(page(itt)).status_code == 403
    assert times_seen(itt) == 0
