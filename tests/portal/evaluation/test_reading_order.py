"""The order in which each member meets the bids (P-16)."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.queries import events_of
from portal.evaluation.reading_order import in_order_of, leaves_in_order, order_met
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import LOCAL, YOUNG, score_all, scoring_itt

IDS = st.lists(st.uuids(), unique=True, max_size=8)


@given(st.uuids(), IDS, st.data())
def test_a_bid_that_falls_out_moves_no_other(member: uuid.UUID, bids: list[uuid.UUID], data: st.DataObject) -> None:
    """The order is of all bids, however they come, and what is left of them stays as it was."""
    drawn = in_order_of(member, bids)
    assert in_order_of(member, data.draw(st.permutations(bids))) == drawn
    out = set(data.draw(st.lists(st.sampled_from(bids)))) if bids else set()
    assert in_order_of(member, set(bids) - out) == [bid for bid in drawn if bid not in out]


@pytest.mark.usefixtures("db_session")
def test_each_member_has_an_order_of_their_own() -> None:
    """Adults as well as young people; a facilitator, who gives no marks, reads by label and has none."""
    evaluation = scoring_itt(3, professionals=8)
    bids = {bid.bid_id for bid in evaluation.bids()}
    orders = order_met([seat.member.id for seat in evaluation.seats[LOCAL]], bids)
    for seat in evaluation.seats[LOCAL]:
        led = [bid.bid_id for bid in leaves_in_order(seat.work, seat.member)]
        assert (set(led), led) == (bids, orders[seat.member.id])
    assert len({order[0] for order in orders.values()}) > 1
    facilitator = evaluation.moderator(YOUNG)
    labels = [bid.label for bid in leaves_in_order(facilitator.work, facilitator.member)]
    assert labels == sorted(labels)


def test_the_pages_lead_a_member_in_that_order_and_the_ledger_has_it(client: CheckedClient) -> None:
    """The list of bids and the page before submitting stand in it; each scorecard is recorded with its bid's place."""
    evaluation = scoring_itt(3)
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat, submit=False)
    order = [str(bid_id) for bid_id in in_order_of(seat.member.id, [bid.bid_id for bid in evaluation.bids()])]
    sign_in(client, seat.user)
    for path in ("", "/submit"):
        page = client.get(f"/panel/{seat.panel.id}{path}").get_data(as_text=True)
        assert list(dict.fromkeys(re.findall(r"/bids/([0-9a-f-]{36})", page))) == order
    score_all(evaluation, seat)
    events = [event for event in events_of(evaluation.itt.id) if event.kind == "scorecard_submitted"]
    assert {event.data["place"]: event.data["bid"] for event in events} == dict(enumerate(order, 1))
