"""An award under the published limit of lots: who gets which, what bidders are told, what the page says."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.awarding.models import AssessmentSummary, AwardDecision
from portal.bidding.models import Bid
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import Provider
from portal.tendering.lots import WINNING_RULE
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import awarded, scored_in_lots
from tests.factories.tendering import make_commissioner

SCORES = {1: 4, 2: 5, 3: 3, 4: 3}
"""Alder in lots 1 and 2, then Birch in the same: Alder is first in both, and better in lot 2."""


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    """Two lots of which one bidder may win one, each with the same two bidders, scored."""
    return scored_in_lots(lambda number, _key: SCORES[number], awarded=1)


def told(decision: AwardDecision) -> dict[str, list[str]]:
    """Why, by the names of the lot's bidders."""
    rows = db.session.execute(
        select(Provider.name, AssessmentSummary.document)
        .join(Bid, Bid.id == AssessmentSummary.bid_id)
        .join(Provider, Provider.id == Bid.provider_id)
        .where(AssessmentSummary.decision_id == decision.id)
    )
    return {name: document["why"] for name, document in rows}


def test_each_lot_goes_where_the_published_rule_says(itt: InvitationToTender) -> None:
    """Alder keeps the lot with its higher total; Birch gets the other, and both are told by which rule."""
    officer = make_commissioner(itt.authority)
    first, second = awarded(itt, 1, officer), awarded(itt, 2, officer)
    assert (first.places[0].bid.provider.name, second.places[0].bid.provider.name) == ("Birch", "Alder")
    assert told(first)["Alder"][0].startswith("Your bid came first with")
    assert told(first)["Birch"][0].startswith("Your bid came second under the published method")
    limit = f"One bidder may win at most 1 of the 2 lots. {WINNING_RULE}"
    assert [limit in why for why in told(first).values()] == [True, True]
    assert [limit in why for why in told(second).values()] == [False, False]


def test_the_page_says_why_the_lot_does_not_go_to_the_first(client: CheckedClient, itt: InvitationToTender) -> None:
    """Who is passed over, who gets it, and the rule."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    page = client.get(f"/commissioning/itts/{itt.reference}/award").get_data(as_text=True)
    assert "The lot goes to Birch" in page
    assert "Alder comes before it, and gets other lots." in " ".join(page.split())
    assert WINNING_RULE in page
