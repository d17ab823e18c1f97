"""From the rows to the engine and back: the same inputs, one result."""

from __future__ import annotations

import hashlib
import json
import uuid
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from portal.audit.queries import events_of
from portal.bidding.models import OpenedPrice
from portal.core import clock
from portal.core.errors import NotFound, WrongState
from portal.evaluation.background import background_of
from portal.evaluation.models import ModeratedScore, Result
from portal.evaluation.queries import bid_to_score, bids_to_score
from portal.evaluation.results import (
    block_reason,
    calculate_result,
    diagnose_result,
    newest_results,
    steps_of_bid,
)
from portal.evaluation.scoring_input import bid_key, case_for
from portal.evaluation.storing import canonical, hash_of, stored_case
from portal.extensions import db
from tender_scoring import diagnose, evaluate
from tests.factories.evaluation import (
    KEYS,
    LOCAL,
    YOUNG,
    Evaluation,
    agree_all,
    close,
    moderated_evaluation,
    moderating_itt,
    recuse,
    result_of,
    scoring_itt,
)

pytestmark = pytest.mark.usefixtures("db_session")


def totals(evaluation: Evaluation) -> list[str]:
    """The totals of the bids in the order of their creation."""
    ranking = {row["bid"]: row["total"] for row in result_of(evaluation.itt).outcome["ranking"]}
    return [ranking[bid_key(bid)] for bid in evaluation.bids()]


def test_the_case_says_what_the_rows_say() -> None:
    """Bids by reference with their prices, members by identifier, the agreed scores, the frozen method."""
    evaluation = moderated_evaluation(2, prices=("181000", "239000.50"))
    case = case_for(evaluation.itt, evaluation.itt.lots[0])
    first, second = (bid_key(bid) for bid in evaluation.bids())
    assert case["bids"] == {first: {"price": "181000.00"}, second: {"price": "239000.50"}}
    assert case["method"] == evaluation.itt.method
    assert len(case["agreed"]) == 2 * 6
    members = {str(seat.member.id) for key in KEYS for seat in evaluation.scorers(key)}
    assert {entry["member"] for entry in case["scores"]} == members
    assert case["recused"] == []
    names = {seat.member.alias for seat in evaluation.everybody()}
    assert not names & {value for entry in case["scores"] for value in entry.values()}


def test_the_result_is_what_the_engine_makes_of_the_stored_inputs() -> None:
    """Anybody can repeat it: ranking, steps and method hash come out the same."""
    evaluation = moderated_evaluation(2)
    result = result_of(evaluation.itt)
    again = evaluate(result.inputs).to_dict()
    steps = again.pop("steps")
    assert (result.outcome, result.steps) == (again, steps)
    assert result.inputs_hash == hash_of(result.inputs)
    assert result.outcome["method_hash"] == evaluation.itt.method_hash
    assert totals(evaluation) == ["100.0000", "84.0000"]


def test_what_decided_a_result_is_stored_after_it_and_once() -> None:
    """It is what the engine makes of the stored inputs; a task that runs twice changes and records nothing."""
    evaluation = moderated_evaluation(2, diagnosed=False)
    result = result_of(evaluation.itt)
    assert result.diagnostics is None
    for _ in range(2):
        diagnose_result(result_id=result.id)
    assert result.diagnostics == diagnose(result.inputs, background=background_of(result, None)).to_dict()
    assert result.diagnostics["margin"]["by"]["shown"] == "16.0000"
    kinds = [event.kind for event in events_of(evaluation.itt.id)]
    assert [kind for kind in kinds if kind.startswith("result_")] == ["result_calculated", "result_diagnosed"]
    with pytest.raises(NotFound):
        diagnose_result(result_id=uuid.uuid4())


def test_inputs_are_stored_as_they_were_written() -> None:
    """Whatever people type in a reason, pieces or not: read back it is the same, and its hash is that of the whole."""
    evaluation = moderating_itt(2)
    reason = 'Backslashes \\ and \\N, a "quotation", a\ttab,\nlines, “marks”, \u2028 and \U0001f600 are text.'
    for key in KEYS:
        agree_all(evaluation, key)
        db.session.execute(update(ModeratedScore).values(reason=reason))
        close(evaluation, key)
    (result,) = calculate_result(itt_id=evaluation.itt.id, now=clock.now())
    case = case_for(evaluation.itt, evaluation.itt.lots[0])
    assert {entry["reason"] for entry in case["agreed"]} == {reason}
    assert result.inputs == stored_case(result.id) == case
    whole = json.dumps(case, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert "".join(canonical(case)) == whole
    assert result.inputs_hash == hash_of(case) == hashlib.sha256(whole.encode()).hexdigest()


def test_calculating_twice_changes_nothing() -> None:
    """The stored result comes back, and nothing more is recorded: a task may run again (P-14)."""
    evaluation = moderated_evaluation(1)
    before = result_of(evaluation.itt).id
    assert [result.id for result in calculate_result(itt_id=evaluation.itt.id, now=clock.now())] == [before]
    assert db.session.execute(select(func.count()).select_from(Result)).scalar_one() == 1
    kinds = [event.kind for event in events_of(evaluation.itt.id)]
    assert kinds.count("result_calculated") == 1


def test_there_is_no_result_while_a_panel_is_open() -> None:
    """Until every panel, counting or not, has closed it is refused; an unknown ITT is not found."""
    evaluation = moderating_itt(1)
    for key in (LOCAL, YOUNG):
        agree_all(evaluation, key)
        close(evaluation, key)
    with pytest.raises(WrongState):
        calculate_result(itt_id=evaluation.itt.id, now=clock.now())
    with pytest.raises(NotFound):
        calculate_result(itt_id=uuid.uuid4(), now=clock.now())
    assert newest_results(evaluation.itt.id) == []


def test_what_the_engine_refuses_blocks_the_result_once() -> None:
    """Without a bid there is nothing to rank: the reason is recorded once, and no result is made up."""
    evaluation = moderating_itt(0)
    for key in KEYS:
        close(evaluation, key)
    for _ in range(2):
        assert calculate_result(itt_id=evaluation.itt.id, now=clock.now()) == []
    assert block_reason(evaluation.itt.id) == "no_bids"
    kinds = [event.kind for event in events_of(evaluation.itt.id)]
    assert (kinds.count("result_blocked"), kinds.count("result_calculated")) == (1, 0)


def test_head_count_does_not_move_a_panels_share() -> None:
    """Twelve young people or two: the same agreed scores give the same totals (scoring rule 2)."""
    few = moderated_evaluation(2, young_people=2, professionals=3, give=lambda n, c: 4 if n == 1 else 3)
    many = moderated_evaluation(2, young_people=12, professionals=2, give=lambda n, c: 4 if n == 1 else 3)
    assert totals(few) == totals(many) == ["84.0000", "68.0000"]
    panels = [result_of(e.itt).outcome["ranking"][0]["panels"] for e in (few, many)]
    assert panels[0] == panels[1] == {"local": "24.0000", "parents": "8.0000", "young-people": "32.0000"}


def test_a_recused_members_scores_are_in_the_case_and_out_of_the_result() -> None:
    """They are kept, listed under `recused`, and appear in no step (P-03)."""
    evaluation = moderating_itt(1, professionals=3)
    chair, member, _other = evaluation.seats[LOCAL]
    recuse(member, evaluation.bids()[0])
    for key in KEYS:
        agree_all(evaluation, key)
        close(evaluation, key)
    calculate_result(itt_id=evaluation.itt.id, now=clock.now())
    result = result_of(evaluation.itt)
    assert result.inputs["recused"] == [{"panel": LOCAL, "member": str(member.member.id)}]
    assert str(member.member.id) in {entry["member"] for entry in result.inputs["scores"]}
    shown = str(result.steps)
    assert str(chair.member.id) in shown
    assert str(member.member.id) not in shown


def test_the_steps_of_one_bid_are_picked_out_in_their_order() -> None:
    """Only that bid's, from the agreed scores to the total."""
    evaluation = moderated_evaluation(2)
    result, key = result_of(evaluation.itt), bid_key(evaluation.bids()[0])
    steps = steps_of_bid(result.id, key)
    assert steps == [step for step in result.steps if step["id"].startswith(f"/{key}/")]
    assert steps[-1]["id"] == f"/{key}/total"


def test_prices_are_not_read_before_the_result() -> None:
    """What panels load of a bid cannot give its price, not even by accident."""
    evaluation = scoring_itt(1)
    bid_id = evaluation.bids()[0].bid_id
    db.session.expunge_all()
    for bid in (bids_to_score(evaluation.itt.id)[0], bid_to_score(evaluation.itt.id, bid_id)):
        with pytest.raises(Exception, match="lazy='raise'"):
            _ = bid.price
    assert db.session.scalars(select(OpenedPrice.price)).all() == [Decimal("100000.00")]
