"""What is asked and changed of a published invitation, and written once it is opened, in every state."""

from __future__ import annotations

from sqlalchemy import select

from portal.bidding.models import Bid
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.core.storage import FileStore
from portal.corresponding.writing import write_to_buyer
from portal.scenarios import building, people, story
from portal.scenarios.matrix_people import ALDER_PEOPLE
from portal.tendering.amending.amending import (
    NewDates,
    propose_addendum,
    publish_addendum,
    refuse_addendum,
)
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.models import Addendum
from portal.tendering.clarifying.answering import answer_question, publish_answers
from portal.tendering.clarifying.asking import ask_question, take_back_question
from portal.tendering.clarifying.models import Clarification
from portal.tendering.helping.asking import answer_help, ask_for_help
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.interests.mitigating import decide_mitigation, propose_mitigation
from portal.tendering.interests.queries import interest_of
from portal.tendering.interests.states import MitigationOutcome
from portal.tendering.models import InvitationToTender
from portal.tendering.reading_documents import sign_undertaking

CHANGE = "The service may also be given at a second place."
REASON = "A demonstration: two bidders asked for it, and it does no harm."


def ask(itt: InvitationToTender) -> None:
    """Four questions of Alder's: published, answered, taken back, and not answered yet."""
    officer = people.actor_of(building.cast_of(itt).commissioner)
    bidder = people.actor_of(ALDER_PEOPLE.people[Role.SUBMITTER])
    words, answer = story.ANSWERED_QUESTION
    published, answered, taken_back, _asked = (
        ask_question(itt=itt, words=words, is_named=False, actor=bidder) for _ in range(4)
    )
    _answer(published, answer)
    publish_answers(itt=itt, actor=officer, now=clock.now())
    _answer(answered, answer)
    take_back_question(clarification=taken_back, actor=bidder)
    db.session.commit()


def _answer(question: Clarification, answer: str) -> None:
    answer_question(
        clarification=question,
        published_words=question.words,
        answer=answer,
        private_reason="",
        actor=people.actor_of(building.cast_of(question.itt).commissioner),
        now=clock.now(),
    )


def change(itt: InvitationToTender, files: FileStore) -> None:
    """Three changes: refused, published, and one that waits for its second person."""
    approver = people.actor_of(building.cast_of(itt).approver)
    refuse_addendum(addendum=_propose(itt, files), actor=approver, note=REASON, files=files, now=clock.now())
    db.session.commit()
    publish_addendum(addendum=_propose(itt, files), actor=approver, note=REASON)
    db.session.commit()
    _propose(itt, files)


def _propose(itt: InvitationToTender, files: FileStore) -> Addendum:
    actor = people.actor_of(building.cast_of(itt).commissioner)
    made = propose_addendum(
        itt=itt,
        words=CHANGE,
        reason=REASON,
        dates=NewDates(),
        documents=NewDocuments(),
        actor=actor,
        files=files,
        now=clock.now(),
    )
    db.session.commit()
    return made


def call_for_help(itt: InvitationToTender) -> None:
    """Alder cannot send its bid, twice: one request is answered, and one waits."""
    bidder = people.actor_of(ALDER_PEOPLE.people[Role.SUBMITTER])
    answered, _waiting = (ask_for_help(itt=itt, words=REASON, is_named=False, actor=bidder) for _ in range(2))
    officer = people.actor_of(building.cast_of(itt).commissioner)
    answer_help(request=answered, answer=REASON, actor=officer, now=clock.now())
    db.session.commit()


def undertake(itt: InvitationToTender) -> None:
    """Alder signs what it undertakes for the documents that not everybody reads."""
    actor = people.actor_of(ALDER_PEOPLE.people[Role.SUBMITTER])
    sign_undertaking(itt=itt, agreed=True, actor=actor, now=clock.now())
    db.session.commit()


def interests(itt: InvitationToTender) -> None:
    """Two people declared an interest: one answer was refused and another agreed, and one waits."""
    cast, now = building.cast_of(itt), clock.now()
    officer, approver, opener = (people.actor_of(part) for part in (cast.commissioner, cast.approver, cast.openers[0]))
    for actor in (officer, opener):
        declare_own_interest(itt=itt, has_interest=True, detail=story.OPEN_QUESTION, actor=actor, now=now)
    own, other = (interest_of(itt.id, actor.user_id) for actor in (officer, opener))
    assert own is not None
    assert other is not None
    for agreed in (False, True):
        answer = propose_mitigation(
            interest=own, outcome=MitigationOutcome.CONDITIONS, words=REASON, actor=officer, now=clock.now()
        )
        decide_mitigation(mitigation=answer, agreed=agreed, note=REASON, actor=approver, now=clock.now())
    propose_mitigation(interest=other, outcome=MitigationOutcome.WHOLE, words=REASON, actor=officer, now=clock.now())
    db.session.commit()


def write(itt: InvitationToTender) -> None:
    """Alder writes to the buyer."""
    bid = db.session.scalars(select(Bid).where(Bid.itt_id == itt.id)).one()
    write_to_buyer(bid=bid, words=story.OPEN_QUESTION, actor=people.actor_of(ALDER_PEOPLE.people[Role.SUBMITTER]))
    db.session.commit()
