"""Who may look at held words, and what becomes of them."""

from __future__ import annotations

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.evaluation.held_states import Action
from portal.evaluation.models import KEPT_BACK, HeldWords
from portal.evaluation.safeguarding.looking import decide_held_words, digest_of, read_held_words
from portal.evaluation.safeguarding.queries import disclosures_waiting_for
from portal.extensions import db
from tests.factories.accounts import actor_of, make_person
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, name_lead, scoring_itt
from tests.portal.evaluation.safeguarding.held import HARM, NAMING, held, write

pytestmark = pytest.mark.usefixtures("db_session")
DONE = "I spoke with the facilitator and the young person, and referred it the same hour."


@pytest.fixture
def evaluation() -> Evaluation:
    """One bid that is scored."""
    return scoring_itt(1)


def decide(found: HeldWords, actor: Actor, *, release: bool = False, seen: str = "", **said: object) -> HeldWords:
    """Decide about what is on the page now, or on one that was `seen`."""
    return decide_held_words(
        held=found,
        release=release,
        seen=seen or digest_of(found),
        actor=actor,
        now=clock.now(),
        **said,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("release", "read"), [(True, NAMING), (False, KEPT_BACK)])
def test_an_adult_in_the_room_decides_about_a_name(evaluation: Evaluation, release: bool, read: str) -> None:
    """Released, others read the words; kept back, a sentence; their author reads the words in any case."""
    score = write(evaluation, NAMING)
    found = held(evaluation)[0]
    decide(found, evaluation.moderator(YOUNG).actor, release=release)
    db.session.expire_all()
    assert (score.reason, score.written) == (read, NAMING)
    last = [event for event in events_of(evaluation.itt.id) if event.kind == "words_decided"][-1]
    assert last.data == {"released": release}
    assert write(evaluation, NAMING).reason == read


def test_what_may_be_about_harm_is_the_leads_alone(evaluation: Evaluation) -> None:
    """The facilitator cannot read or release it; for commissioner, auditor, chair and another lead it is not there."""
    lead = name_lead(evaluation)
    write(evaluation, HARM)
    found = held(evaluation)[0]
    authority = evaluation.itt.authority
    strangers = [
        evaluation.commissioner,
        actor_of(make_person(Role.AUDITOR, authority=authority)),
        actor_of(make_person(Role.SAFEGUARDING_LEAD, authority=authority)),
        evaluation.moderator(LOCAL).actor,
        evaluation.scorers(YOUNG)[0].actor,
    ]
    facilitator = evaluation.moderator(YOUNG).actor
    for actor, unread, error in [
        (facilitator, NotAllowed, WrongState),
        *((one, NotFound, NotFound) for one in strangers),
    ]:
        with pytest.raises(unread):
            read_held_words(held=found, actor=actor, now=clock.now())
        with pytest.raises((error, NotAllowed)):
            decide(found, actor, release=True, action=Action.NOTHING, note=DONE)
    assert [work.panel_id for work, _ in disclosures_waiting_for(lead)] == [found.panel_id]
    read_held_words(held=found, actor=lead, now=clock.now())
    decide(found, lead, release=False, action=Action.SOCIAL_CARE, note=DONE)
    assert (found.action, found.note, found.status.value) == (Action.SOCIAL_CARE, DONE, "withheld")
    assert disclosures_waiting_for(lead) == []


def test_a_lead_says_what_was_done(evaluation: Evaluation) -> None:
    """Nothing chosen and nothing written are refused beside their fields, and nothing is decided."""
    lead = name_lead(evaluation)
    write(evaluation, HARM)
    found = held(evaluation)[0]
    for said, field in (({"note": DONE}, "action"), ({"action": Action.SPOKE, "note": "ok"}, "note")):
        with pytest.raises(InvalidInput) as refused:
            decide(found, lead, **said)
        assert refused.value.field == field
    assert found.status.value == "with_lead"


def test_words_that_went_on_since_are_read_again(evaluation: Evaluation) -> None:
    """Whoever decides by a page from before does not release what they have not seen."""
    write(evaluation, NAMING)
    seen = digest_of(held(evaluation)[0])
    write(evaluation, f"{NAMING} His number is 07700 900123.")
    found = held(evaluation)[0]
    with pytest.raises(WrongState):
        decide(found, evaluation.moderator(YOUNG).actor, release=True, seen=seen)
    assert found.status.value == "waiting"


def test_reading_is_recorded_once_and_by_whom(evaluation: Evaluation) -> None:
    """The first reader and the instant stay; reading again records nothing."""
    lead = name_lead(evaluation)
    write(evaluation, HARM)
    found = held(evaluation)[0]
    for _ in range(2):
        read_held_words(held=found, actor=lead, now=clock.now())
    assert found.read_by_id == lead.user_id
    assert [event.actor_id for event in events_of(evaluation.itt.id) if event.kind == "words_read"] == [lead.user_id]
