"""Bids for lots that are judged in different ways, from the panels' cells to what bidders are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.awarding.models import AssessmentSummary
from portal.core.errors import NotFound
from portal.core.permissions import Role
from portal.evaluation.leaves import boards_of, leaf_named, leaves_by_bid, leaves_for
from portal.evaluation.results import newest_results
from portal.evaluation.sittings import sitting_of
from portal.evaluation.storing import stored_case
from portal.extensions import db
from portal.tendering.method import hash_for, method_for
from portal.tendering.models import InvitationToTender
from tender_scoring import evaluate
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import awarded, scored_in_lots
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.evaluation import Evaluation, scoring_itt
from tests.factories.tendering import make_commissioner, panel_named, published_in_lots
from tests.filling import text_of


@pytest.fixture
def evaluation(db_session: object) -> Evaluation:
    """Two lots with a bid each, the second judged otherwise, whose panels can score."""
    itt = published_in_lots(2, otherwise=True)
    for lot in itt.lots:
        submitted_bid(itt, lot=lot)
    close_now(itt)
    open_itt(itt)
    return scoring_itt(itt=itt, professionals=2, young_people=2, parents=2)


def test_a_panel_scores_of_a_bid_what_counts_in_its_lot(client: CheckedClient, evaluation: Evaluation) -> None:
    """Cells, progress, scoring page and check are the bid's own; another lot's criterion is not there."""
    seat = evaluation.scorers("local")[0]
    usual, other = evaluation.bids()
    asked = {bid.bid.lot.number: [leaf.key for leaf in leaves] for bid, leaves in leaves_by_bid(seat.work).items()}
    assert asked == {1: ["safeguarding", "outcomes", "working-together"], 2: ["safeguarding", "outcomes"]}
    assert [leaf.key for leaf in leaves_for(seat.work, other)] == asked[2]
    with pytest.raises(NotFound):
        leaf_named(seat.work, other, "working-together")
    assert [(board.lots, len(board.leaves)) for board in boards_of(seat.work)] == [((1,), 3), ((2,), 2)]
    sign_in(client, seat.user)
    page = client.get(f"/panel/{seat.panel.id}")
    assert "0 of 3 questions scored" in text_of(page)
    assert "0 of 2 questions scored" in text_of(page)
    assert "Working with others" in text_of(client.get(f"/panel/{seat.panel.id}/bids/{usual.bid_id}"))
    assert "Working with others" not in text_of(client.get(f"/panel/{seat.panel.id}/bids/{other.bid_id}"))
    young = evaluation.scorers("young-people")[0]
    assert sitting_of(young.work, young.member).marks == (Decimal(40),)


def results(itt: InvitationToTender) -> dict[int, Any]:
    return {result.lot.number: result for result in newest_results(itt.id)}


def test_each_lot_is_scored_and_told_by_its_own_method(client: CheckedClient, db_session: object) -> None:
    """Hash, inputs, ranking page and summaries; whoever repeats the stored case gets the same result."""
    itt = scored_in_lots(lambda number, key: 5 if key == "our-voice" else min(number, 4), otherwise=True)
    found = results(itt)
    for lot in itt.lots:
        result = found[lot.number]
        case = stored_case(result.id)
        assert case["method"] == method_for(lot)
        assert result.outcome["method_hash"] == hash_for(lot)
        assert evaluate(case).without_steps() == result.outcome
    assert found[1].outcome["method_hash"] != found[2].outcome["method_hash"]
    officer = make_commissioner(itt.authority)
    for number, keys in ((1, ["working-together"]), (2, [])):
        decision = awarded(itt, number, officer)
        summaries = db.session.scalars(select(AssessmentSummary).where(AssessmentSummary.decision_id == decision.id))
        for document in (summary.document for summary in summaries):
            assert document["method_hash"] == hash_for(itt.lots[number - 1])
            told = [criterion["key"] for criterion in document["criteria"]]
            assert [key for key in told if key == "working-together"] == keys
            roots = [Decimal(each["available"]) for each in document["criteria"] if each["depth"] == 0]
            assert sum(roots) == 100
            parts = {each["key"]: each["available"] for each in document["criteria"]}
            assert parts["our-voice"] == {1: "20", 2: "30"}[number]
    last = db.session.scalars(select(AssessmentSummary).order_by(AssessmentSummary.issued_at.desc())).first()
    assert last is not None
    sign_in(client, make_person(Role.SUBMITTER, provider=last.provider))
    assert f"Lot 2. {itt.lots[1].title}" in text_of(client.get(f"/provider/summaries/{last.reference}"))
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    desk = f"/commissioning/itts/{itt.reference}"
    local = panel_named(itt, "local")
    told = text_of(client.get(f"{desk}/panels/{local.id}/record"))
    assert ("Bids of lot 1" in told, "Bids of lot 2" in told) == (True, True)
    assert told.count("Working with others in the locality") == told.count("Bids of lot 1") == 1
    assert "10 of 10" in text_of(client.get(f"{desk}/panels"))
    page = client.get(f"{desk}/result")
    for lot in itt.lots:
        assert str(hash_for(lot)) in page.text.replace("<wbr>", "")
    bid = found[2].outcome["ranking"][0]["bid"]
    workings = text_of(client.get(f"{desk}/result/{found[2].id}/{bid}"))
    assert "Working with others in the locality" not in workings
