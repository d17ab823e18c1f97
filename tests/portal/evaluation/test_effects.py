"""What marks may follow besides the answers, stored with a result and told in sentences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.bidding.models import Bid
from portal.contracts.queries import incumbents_of
from portal.core import clock
from portal.evaluation.background import background_of
from portal.evaluation.effects_words import effects_in_words
from portal.evaluation.explaining import Names
from portal.evaluation.reading_order import in_order_of
from portal.evaluation.results import diagnose_result
from portal.extensions import db
from tests.factories.awarding import standing_award
from tests.factories.contracts import conclude
from tests.factories.evaluation import KEYS, moderated_evaluation, result_of

pytestmark = pytest.mark.usefixtures("db_session")
NAMES = Names({}, {}, {"local": "Local panel"}, {"m-1": "Blue Fox", "m-2": "Red Kite"})


def effect(**changed: object) -> dict[str, object]:
    """One that was stored."""
    told = {"kind": "order", "panel": "local", "member": None, "bids": 9, "size": "0.0310", "low": "-0.0500"}
    return {**told, "high": "0.0420", "trials": 200, "seed": 1, "verdict": "within", **changed}


def test_a_result_is_told_with_the_order_in_which_each_member_met_its_bids() -> None:
    """By the engine's keys; which bidders are small is known, and of contracts only what was asked."""
    evaluation = moderated_evaluation(2, diagnosed=False)
    result = result_of(evaluation.itt)
    bids = {bid.id: bid for bid in db.session.query(Bid).where(Bid.itt_id == evaluation.itt.id)}
    first = next(iter(bids.values()))
    for bid in bids.values():
        bid.provider.is_sme = bid is first
    db.session.flush()
    found = background_of(result, None)
    seats = {str(seat.member.id): seat.member.id for key in KEYS for seat in evaluation.scorers(key)}
    assert set(found.met) >= set(seats)
    for key, member_id in seats.items():
        assert found.met[key] == [bids[bid_id].reference for bid_id in in_order_of(member_id, bids)]
    assert (found.small, found.incumbents) == ({first.reference}, None)
    diagnose_result(result_id=result.id, incumbents=lambda _: set())
    kinds = [entry["kind"] for entry in (result.diagnostics or {})["effects"]]
    assert {"halo", "order", "incumbent", "small"} == set(kinds)
    sentences = effects_in_words(result.diagnostics or {}, NAMES)
    assert len(sentences) == len(KEYS) * 4
    assert all(words.startswith("Too few to say: ") for _, words, _ in sentences)


def test_who_had_a_contract_with_the_buyer_before_the_opening_is_an_incumbent() -> None:
    """Whatever it was about; a contract that came after the bids were opened makes nobody one."""
    award = standing_award(n_bids=2)
    conclude(award, signed=clock.today())
    won = award.decision.places[0].bid
    result = result_of(award.itt)
    assert incumbents_of(result) == set()
    award.itt.opened_at = clock.now() + timedelta(minutes=1)
    db.session.flush()
    assert incumbents_of(result) == {won.reference}


@pytest.mark.parametrize(
    ("stored", "words", "by_chance"),
    [
        (
            effect(),
            "The last bid that a member read got 3.1% of the scale more than the first. Chance alone can do that.",
            "Between −5% and 4.2% in 95 of 100 (200 deals at random, seed 1)",
        ),
        (
            effect(kind="small", size="-0.1000", verdict="beyond", seed=None, trials=120),
            "Small and medium-sized bidders got 10% of the panel’s marks less than the others. That is more than "
            "chance would do; it does not say why.",
            "Between −5% and 4.2% in 95 of 100 (all 120 ways there are to deal it out)",
        ),
        (effect(kind="incumbent", size=None, verdict="too_few"), "Too few to say: too few bids of one sort", "–"),
    ],
)
def test_each_effect_is_a_sentence_with_what_chance_would_do(
    stored: dict[str, object], words: str, by_chance: str
) -> None:
    """Its size and direction, and whether chance alone would do as much."""
    ((title, said, error),) = effects_in_words({"effects": [stored]}, NAMES)
    assert title.endswith(", Local panel")
    assert said.startswith(words)
    assert error == by_chance


def test_a_halo_names_whose_it_may_be() -> None:
    """The members of a panel share one sentence: who is beyond chance, or that nobody is."""
    first, second = (effect(kind="halo", member=name, size="0.4") for name in ("m-1", "m-2"))
    ((title, said, _),) = effects_in_words({"effects": [first, second]}, NAMES)
    assert (title, said.startswith("Nobody’s marks")) == ("One view for a whole bid, Local panel", True)
    ((_, said, _),) = effects_in_words({"effects": [first, second | {"verdict": "beyond"}]}, NAMES)
    assert said.startswith("The marks of Red Kite for the different questions of a bid")
    assert effects_in_words({}, NAMES) == []
