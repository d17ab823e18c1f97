"""The page on which a bidder is checked, and where the desk, the list and the award lead to it."""

from __future__ import annotations

import pytest

from portal.core.permissions import Role
from portal.judging.queries import standing_of
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.awarding import ready_for_award
from tests.factories.bidding import opened_itt
from tests.factories.debarment import brought_in
from tests.factories.judging import bids_of, checked
from tests.factories.tendering import settle_interests
from tests.filling import errors_of, fields_of, fill, link_in, press, text_of

pytestmark = pytest.mark.usefixtures("db_session")
WHY = "It is another organisation: the numbers differ, and so do the towns."


def test_the_desk_leads_to_the_page_and_the_award_waits_for_it(client: CheckedClient) -> None:
    """From the procurement to the list, from there to the bid; before, the award has no form, and says where to go."""
    [bid] = bids_of(opened_itt(1))
    base = f"/commissioning/itts/{bid.itt.reference}"
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    desk = client.get(base)
    assert "1 bidder is not checked yet" in text_of(desk)
    assert link_in(desk, "Check the bidders") == f"{base}/compliance"
    page = link_in(client.get(f"{base}/compliance"), "Check")
    assert page == f"{base}/compliance/{bid.id}/check"
    refused = fill(client, page)
    assert refused.status_code == 422
    assert errors_of(refused)[0] == "Say whether you have seen core supplier information."
    short = fill(client, page, {"information": "seen", "note": "Seen."})
    assert errors_of(short) == [
        f"Look at everybody whom the bid names. Not yet: {bid.provider.name}.",
        "Look at the debarment list on GOV.UK, and say so here.",
    ]
    assert fields_of(short)["note"] == "Seen."
    told = {"looked_at": [bid.provider.name], "information": "seen", "looked_online": "y"}
    assert fill(client, page, told).headers["Location"] == f"{base}/compliance"
    assert standing_of(bid.itt, bid.id).is_checked
    assert "not checked yet" not in text_of(client.get(base))
    shown = text_of(client.get(f"{base}/compliance/{bid.id}"))
    assert "Seen on Find a Tender" in shown


def test_the_award_has_no_form_before_and_the_list_offers_to_look_again(client: CheckedClient) -> None:
    """A list that was brought in since: one press looks on it for everybody, and the award can be proposed again."""
    itt = ready_for_award(2)
    base, officer = f"/commissioning/itts/{itt.reference}", make_person(Role.COMMISSIONER, authority=itt.authority)
    settle_interests(itt, actor_of(officer))
    sign_in(client, officer)
    assert "Send to an approver" in client.get(f"{base}/award").text
    brought_in()
    waits = client.get(f"{base}/award")
    assert "2 bidders are not checked yet, or not against the newest debarment list" in text_of(waits)
    assert "Send to an approver" not in waits.text
    assert "Propose the award" not in text_of(client.get(base))
    press(client, f"{base}/compliance", f"{base}/compliance/look-again")
    assert "Look on the newest list" not in client.get(f"{base}/compliance").text
    assert "Send to an approver" in client.get(f"{base}/award").text


def test_a_match_is_explained_beside_the_note(client: CheckedClient) -> None:
    """What the portal found stands on the page, with what it was compared with; the refusal says both ways out."""
    [bid] = bids_of(opened_itt(1))
    brought_in(f"{bid.provider.name},,Bribery,mandatory,,")
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    page = f"/commissioning/itts/{bid.itt.reference}/compliance/{bid.id}/check"
    assert "The same name: look whether it is the same organisation" in text_of(client.get(page))
    told = {"looked_at": [bid.provider.name], "information": "seen"}
    refused = fill(client, page, told)
    assert errors_of(refused)[0].startswith(f"The debarment list has {bid.provider.name}. Raise it as a ground; or")
    assert fill(client, page, told | {"note": WHY}).status_code == 302


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.OPENER])
def test_commissioners_alone_check(client: CheckedClient, role: Role) -> None:
    """Others have no such page."""
    [bid] = bids_of(opened_itt(1))
    checked(bid)
    sign_in(client, make_person(role, authority=bid.itt.authority))
    base = f"/commissioning/itts/{bid.itt.reference}/compliance"
    assert client.get(f"{base}/{bid.id}/check").status_code == 403
