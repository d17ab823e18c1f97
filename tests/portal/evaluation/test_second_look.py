"""The second look at scores that decide alone: an award waits for it, and for what it asks for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.obstacles import obstacles_to
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Role
from portal.evaluation.explaining import Names, flips_in_words
from portal.evaluation.look_models import SecondLook
from portal.evaluation.results import diagnose_result
from portal.evaluation.second_look import FAULTS, NOT_LOOKED, look_again, look_faults, looks_of, see_firmness
from portal.evaluation.states import LookConclusion
from portal.extensions import db
from portal.scenarios.looking import FOUND, SEEN
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import approver_of, propose, ready_for_award, ready_with_places
from tests.factories.evaluation import Evaluation, moderated_evaluation, result_of, scoring_itt
from tests.factories.tendering import make_commissioner, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")
STAYS, CORRECTION = LookConclusion.STAYS, LookConclusion.CORRECTION


def near(*, diagnosed: bool = True) -> Evaluation:
    """Two bids with the same scores: their prices alone part them, and one step of a score would turn them round."""
    small = {"professionals": 2, "young_people": 2, "parents": 2}
    return moderated_evaluation(2, give=lambda _number, _criterion: 3, diagnosed=diagnosed, **small)  # type: ignore[arg-type]


def look(itt: InvitationToTender, actor: Actor, conclusion: LookConclusion = STAYS, **changed: str) -> SecondLook:
    """Record a second look at the newest result."""
    said = {"result_id": str(result_of(itt).id), "seen": SEEN, "finding": FOUND} | changed
    return look_again(itt=itt, lot=itt.lots[0], conclusion=conclusion, **said, actor=actor, now=clock.now())


def marks_in_the_way(itt: InvitationToTender) -> list[str]:
    """What the second look leaves in the way of proposing the award."""
    return [one.words for one in obstacles_to(itt, itt.lots[0]) if one.about == "marks"]


def test_an_award_waits_for_the_second_look() -> None:
    """Where one step would change who wins; the look is kept with who looked, at what and what came of it."""
    itt = near().itt
    said = result_of(itt).diagnostics or {}
    assert any(step["winners"] != said["winners"] for step in said["single_steps"])
    assert marks_in_the_way(itt) == [FAULTS[NOT_LOOKED]]
    approver = approver_of(itt.authority)
    made = look(itt, approver)
    assert marks_in_the_way(itt) == []
    assert (made.looked_by_id, made.seen, made.finding) == (approver.user_id, SEEN, FOUND)
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.LOOKED_AGAIN.value)).one()
    assert (event.actor_id, event.data["conclusion"]) == (approver.user_id, "stays")
    propose(itt, make_commissioner(itt.authority))


def test_a_result_that_no_single_step_turns_waits_for_nothing() -> None:
    """A step that rules somebody out, and leaves the winner, asks for no look."""
    itt = ready_for_award(2)
    said = result_of(itt).diagnostics or {}
    assert all(step["winners"] == said["winners"] for step in said["single_steps"])
    assert marks_in_the_way(itt) == []


def test_with_several_places_what_decides_is_who_has_one_at_all() -> None:
    """First and second may be a step apart; between the last place and the first bid without one a look is due."""
    marks = {1: 5, 2: 5, 3: 0}
    apart = ready_with_places(2, n_bids=3, give=lambda number, _criterion: marks[number], step=0)
    assert marks_in_the_way(apart) == []
    marks = {1: 5, 2: 3, 3: 3}
    close = ready_with_places(2, n_bids=3, give=lambda number, _criterion: marks[number])
    said = result_of(close).diagnostics or {}
    assert (said["places"], len(said["winners"])) == (2, 2)
    assert marks_in_the_way(close) == [FAULTS[NOT_LOOKED]]
    labels = {bid: f"Provider {number}" for number, bid in enumerate(sorted(said["winners"]), 1)}
    shown = flips_in_words(said, Names(labels, {}, {}, {}), 99)
    assert any("a place instead of" in sentence for sentence in shown)


def test_an_award_waits_for_the_correction_that_a_look_asked_for() -> None:
    """Whatever a step would change; the last look counts, and the earlier ones are kept."""
    itt = ready_for_award(2)
    officer = make_commissioner(itt.authority)
    look(itt, officer, CORRECTION)
    assert marks_in_the_way(itt) == [FAULTS["correction"]]
    look(itt, officer, STAYS)
    assert marks_in_the_way(itt) == []
    assert [one.conclusion for one in looks_of(result_of(itt).id)] == [STAYS, CORRECTION]


def test_a_newer_result_is_looked_at_anew() -> None:
    """A look at the one before says nothing of it, and one that was open on a page is refused."""
    itt = near().itt
    officer = make_commissioner(itt.authority)
    look(itt, officer)
    old = result_of(itt)
    old.superseded_at = clock.now()
    db.session.flush()
    newer = type(old)(itt_id=itt.id, lot_id=old.lot_id, inputs_hash="f" * 64, inputs={}, outcome=old.outcome)
    db.session.add(newer)
    db.session.flush()
    with pytest.raises(Conflict, match="calculated again"):
        look(itt, officer, result_id=str(old.id))
    with pytest.raises(WrongState, match="still being worked out"):
        look(itt, officer, result_id=str(newer.id))
    newer.diagnostics = old.diagnostics
    db.session.flush()
    assert marks_in_the_way(itt) == [FAULTS[NOT_LOOKED]]


@pytest.mark.parametrize("field", ["seen", "finding"])
def test_a_look_says_what_was_seen_and_what_came_of_it(field: str) -> None:
    """Neither is left out."""
    itt = near().itt
    with pytest.raises(InvalidInput) as refused:
        look(itt, make_commissioner(itt.authority), **{field: "Fine."})
    assert refused.value.field == field


def test_nobody_reads_what_decides_before_every_panel_has_closed() -> None:
    """And a contract manager, who reads the result, does not at any time."""
    itt = near().itt
    manager = actor_of(make_person(Role.CONTRACT_MANAGER, authority=itt.authority))
    with pytest.raises(NotAllowed):
        see_firmness(itt=itt, lot=itt.lots[0], actor=manager)
    scoring = scoring_itt(1).itt
    with pytest.raises(WrongState):
        see_firmness(itt=scoring, lot=scoring.lots[0], actor=make_commissioner(scoring.authority))


def test_nothing_waits_while_it_is_not_known_how_firm_a_result_is() -> None:
    """The proposal itself waits for that."""
    evaluation = near(diagnosed=False)
    itt = evaluation.itt
    settle_interests(itt)
    assert list(look_faults(itt.lots[0])) == []
    assert see_firmness(itt=itt, lot=itt.lots[0], actor=make_commissioner(itt.authority)) is not None
    seen = select(Event).where(Event.kind == EventKind.FIRMNESS_SEEN.value)
    assert db.session.scalars(seen).all() == []
    diagnose_result(result_id=result_of(itt).id)
    assert list(look_faults(itt.lots[0])) == [FAULTS[NOT_LOOKED]]
