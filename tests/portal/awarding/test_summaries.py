"""What bidders are told (Procurement Regulations 2024 reg 31), and what they are never told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.awarding.models import AssessmentSummary
from portal.bidding.models import Bid, OpenedPrice
from portal.evaluation.models import PanelMember, Score
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.factories.awarding import NOTE, REASON, Award, decided_award, ready_for_award
from tests.factories.evaluation import result_of


@pytest.fixture
def award(itt: InvitationToTender) -> Award:
    """The decided award of the three bids."""
    return decided_award(itt)


def documents(award: Award) -> list[tuple[Bid, dict[str, Any]]]:
    """Each bid with its summary's document, in the order of the ranking."""
    found = db.session.scalars(select(AssessmentSummary).where(AssessmentSummary.decision_id == award.decision.id))
    by_reference = {summary.bid.reference: summary for summary in found}
    ranked = [entry["bid"] for entry in result_of(award.itt).outcome["ranking"]]
    return [(by_reference[name].bid, by_reference[name].document) for name in ranked]


def leaves(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each scored criterion's panels, with the criterion's key."""
    for criterion in document["criteria"]:
        for panel in criterion["panels"]:
            yield criterion["key"], panel


def test_a_loser_gets_its_own_marks_and_the_winners(award: Award) -> None:
    """Every criterion of the tree has the marks there are, the bidder's and the winner's, as the result has them."""
    (winner, _), (loser, document), _ = documents(award)
    ranking = {entry["bid"]: entry for entry in result_of(award.itt).outcome["ranking"]}
    own, best = ranking[loser.reference], ranking[winner.reference]
    assert [criterion["key"] for criterion in document["criteria"]] == [
        "service", "safeguarding", "outcomes", "working-together", "young-people", "our-voice", "welcome",
        "parents-view", "price",
    ]  # fmt: skip
    for criterion in document["criteria"]:
        assert float(criterion["own_marks"]) == float(own["marks"][criterion["key"]])
        assert float(criterion["winning_marks"][0]) == float(best["marks"][criterion["key"]])
    roots = [criterion for criterion in document["criteria"] if criterion["depth"] == 0]
    assert sum(float(criterion["available"]) for criterion in roots) == 100
    assert document["own"] == {"rank": 2, "total": own["total"].rstrip("0").rstrip(".")}
    assert not document["is_winner"]


def test_every_score_has_its_reason(award: Award) -> None:
    """Own and winning scores carry the panel's agreed reason, its label and the published scale."""
    (winner, _), (loser, document), _ = documents(award)
    for key, panel in leaves(document):
        for side, bid, score, label in (("own", loser, "4", "Good"), ("winning", winner, "5", "Excellent")):
            told = panel[side] if side == "own" else panel[side][0]
            panel_key = told["reason"].rpartition(" ")[2]
            assert told == {
                "score": score,
                "out_of": "5",
                "label": label,
                "reason": f"Agreed for {bid.reference} by {panel_key}",
            }, key
    scales = {criterion["key"]: len(criterion["scale"]) for criterion in document["criteria"]}
    assert scales["safeguarding"] == 6
    assert scales["price"] == 0


def test_nothing_of_another_loser(award: Award) -> None:
    """A loser's summary holds no reference, name, number, price, score or reason of the other loser."""
    _, (_, second), (third, own) = documents(award)
    other = json.dumps(second | {"method_hash": ""})
    assert third.provider.name not in other
    assert third.reference not in other
    assert str(third.provider.company_number) not in other
    price = db.session.scalar(select(OpenedPrice.price).where(OpenedPrice.bid_id == third.id))
    assert price is not None
    assert f"{price:.0f}" not in other.replace(",", "")
    assert f'"total": "{own["own"]["total"]}"' not in other


def test_no_name_and_no_individual_score(award: Award) -> None:
    """No summary names a panel member, repeats an individual reason, or quotes the deciders' words."""
    members = db.session.scalars(select(PanelMember)).all()
    individual = db.session.scalars(select(Score.reason).distinct()).all()
    texts = [json.dumps(document, ensure_ascii=False) for _, document in documents(award)]
    secret = [member.alias for member in members] + [member.user.display_name for member in members]
    secret += [*individual, REASON, NOTE]
    assert len(members) >= 5
    assert individual
    for text in texts:
        assert [words for words in secret if words in text] == []


def test_the_winner_is_told_alone(award: Award) -> None:
    """The winner reads that it came first, and nothing of who lost."""
    (winner, document), *losers = documents(award)
    assert document["is_winner"]
    assert document["why"] == [
        f"Your bid came first under the published method, with {document['own']['total']} marks."
    ]
    assert [bid.provider.name for bid, _ in losers if bid.provider.name in json.dumps(document)] == []
    assert [one["name"] for one in document["winners"]] == [winner.provider.name]


def test_parties_are_identified(award: Award) -> None:
    """The bidder and the winner appear with name, number and address."""
    (winner, _), (loser, document), _ = documents(award)
    assert document["provider"] == {
        "name": loser.provider.name,
        "number": f"company number {loser.provider.company_number}",
        "address": "2 Demo Street, Demotown, DE1 2BB",
    }
    assert [one["name"] for one in document["winners"]] == [winner.provider.name]
    assert document["authority"]["name"] == award.itt.authority.name


def test_why_a_bid_lost(award: Award) -> None:
    """The reason for not being awarded gives the place and both totals."""
    (_, best), (_, document), _ = documents(award)
    own, winning = document["own"]["total"], best["own"]["total"]
    assert document["why"] == [f"Your bid came second with {own} marks; the winning bid has {winning}."]


@pytest.mark.usefixtures("db_session")
def test_an_eliminated_bidder_is_told_why() -> None:
    """A bid below a published minimum gets its scores and reasons, the minimum, and no rank."""
    award = decided_award(ready_for_award(give=lambda number, key: 4 if number == 1 else 1))
    found = db.session.scalars(select(AssessmentSummary).where(AssessmentSummary.decision_id == award.decision.id))
    document = next(summary.document for summary in found if not summary.document["is_winner"])
    assert document["own"] is None
    assert document["bids_assessed"] == 2
    assert document["why"]
    assert all("the published minimum was" in sentence for sentence in document["why"])
    assert {panel["own"]["score"] for _, panel in leaves(document)} == {"1"}
    assert {criterion["own_marks"] for criterion in document["criteria"]} == {None}


def test_summaries_cannot_be_changed(award: Award) -> None:
    """The application's role may not alter what bidders were told."""
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    assert db.session.scalar(select(func.count()).select_from(AssessmentSummary)) == 3
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text("UPDATE assessment_summary SET document = '{}'"))
