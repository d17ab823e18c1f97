"""Questions that addenda change."""

from __future__ import annotations

from typing import Any

from flask import current_app

from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.amending.amending import NewDates, propose_addendum, publish_addendum
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.models import Addendum, MethodChange
from portal.tendering.amending.question_changes import prepare_question
from portal.tendering.amending.states import EarlierAnswers
from portal.tendering.models import InvitationToTender, Question
from portal.tendering.states import QuestionKind

WORDS = "The building in Section 3 has two floors, not one."
REASON = "A bidder showed us that the plan was old."
NOTE = "I compared it with the plan of this year."
ENOUGH = "The limit only grows, so no answer has to be shortened."


def question_in_words(itt: InvitationToTender, key: str | None = None) -> Question:
    """The first question of an invitation that is answered in words and scored, or the one with that key."""
    db.session.refresh(itt, ["questions"])
    wordy = [each for each in itt.questions if each.kind is QuestionKind.TEXT]
    return next(each for each in itt.questions if each.key == key) if key else wordy[0]


def prepare(itt: InvitationToTender, actor: Actor, question: Question | None = None, **changed: Any) -> MethodChange:
    """Prepare a change of a question, by default of the first in words; `changed` is what is different."""
    asked = question or question_in_words(itt)
    said = {
        "key": asked.key,
        "prompt": asked.prompt,
        "guidance": asked.guidance,
        "kind": asked.kind,
        "settings": asked.asked.kind.typed_settings(asked.settings),
        "criterion": asked.criterion,
        "required": asked.required,
    }
    return prepare_question(itt=itt, actor=actor, **said | changed)


def propose(itt: InvitationToTender, actor: Actor, **changed: Any) -> Addendum:
    """Propose an addendum, with whatever is prepared."""
    given = {
        "words": WORDS,
        "reason": REASON,
        "dates": NewDates(),
        "documents": NewDocuments(),
        "earlier_answers": EarlierAnswers.STAND,
        "time_reason": ENOUGH,
        "now": clock.now(),
    }
    return propose_addendum(itt=itt, actor=actor, files=current_app.extensions["files"], **given | changed)


def change_question(itt: InvitationToTender, officer: Actor, second: Actor, **changed: Any) -> Addendum:
    """Change a question of a published invitation by two people."""
    prepare(itt, officer, **changed or {"prompt": "How do you listen to young people now?"})
    addendum = propose(itt, officer)
    publish_addendum(addendum=addendum, actor=second, note=NOTE)
    db.session.refresh(itt)
    return addendum
