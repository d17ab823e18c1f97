"""A published invitation that two people changed, in the scenarios."""

from __future__ import annotations

from portal.core import clock
from portal.core.columns import db
from portal.core.storage import FileStore
from portal.scenarios import people
from portal.scenarios.building import cast_of
from portal.tendering.amending.amending import NewDates, propose_addendum, publish_addendum
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.question_changes import prepare_question
from portal.tendering.amending.states import EarlierAnswers
from portal.tendering.models import InvitationToTender

WORDS = "We ask as well what young people changed, and give 100 words more for it."
REASON = "Young people who read the invitation said that being listened to is not enough: something has to come of it."
ENOUGH = "The limit only grows, and twelve days are left."
CHECKED = "I read both wordings and the note of the young people’s meeting."
MORE = " What have young people changed?"


def change_a_question(itt: InvitationToTender, files: FileStore) -> None:
    """Two people change the first question that is answered in words."""
    cast = cast_of(itt)
    officer, approver = people.actor_of(cast.commissioner), people.actor_of(cast.approver)
    asked = next(question for question in itt.questions if question.asked.kind.in_words and question.criterion)
    prepare_question(
        itt=itt,
        key=asked.key,
        prompt=asked.prompt + MORE,
        guidance=asked.guidance,
        kind=asked.kind,
        settings={"word_limit": str(asked.asked.most_words + 100)},
        criterion=asked.criterion,
        required=asked.required,
        actor=officer,
    )
    addendum = propose_addendum(
        itt=itt,
        words=WORDS,
        reason=REASON,
        dates=NewDates(),
        documents=NewDocuments(),
        earlier_answers=EarlierAnswers.STAND,
        time_reason=ENOUGH,
        actor=officer,
        files=files,
        now=clock.now(),
    )
    db.session.commit()
    publish_addendum(addendum=addendum, actor=approver, note=CHECKED)
    db.session.commit()
