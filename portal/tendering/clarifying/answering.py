"""Officers answer what bidders ask: for everybody without the asker, or for one with a reason on record.

An answer is first written, and goes nowhere; then all that are written are published in one act, so that everybody is
told once of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.text import require_reason, require_text, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.core.words import london_date
from portal.regulation.local_time import local_date
from portal.tendering.clarifying.asking import LONGEST_QUESTION
from portal.tendering.clarifying.models import Clarification
from portal.tendering.clarifying.states import CLARIFICATION, ClarificationStatus
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

LONGEST_ANSWER = 20_000
"""Characters."""


def answer_question(
    *, clarification: Clarification, published_words: str, answer: str, private_reason: str, actor: Actor, now: datetime
) -> None:
    """Write the answer to a question, or write it anew while it is not published.

    `published_words` is the question as everybody will read it, without what tells who asks. With a `private_reason`
    the asker alone gets the answer: the reason stays on record. Records CLARIFICATION_ANSWERED in the question's own
    chain. Raises `InvalidInput` beside `published_words`, `answer` or `private_reason` (fewer than 20 characters),
    `WrongState` once it is published or taken back, or when its invitation takes no answers (`why_unanswered`).
    """
    held = take(clarification, Verb.ANSWER, actor=actor)
    require_answers_taken(held.itt)
    held.published_words = require_text(
        published_words, "Write the question as everybody will read it.", field="published_words", most=LONGEST_QUESTION
    )
    held.answer = require_text(answer, "Write the answer.", field="answer", most=LONGEST_ANSWER)
    held.private_reason = (
        require_reason(
            private_reason, "Say why the asker alone gets the answer: it stays on record", field="private_reason"
        )
        if tidy(private_reason)
        else ""
    )
    held.status = CLARIFICATION.move(held.status, ClarificationStatus.ANSWERED)
    held.answered_by_id, held.answered_at = actor.user_id, now
    record(EventKind.CLARIFICATION_ANSWERED, held, actor=actor, itt=held.itt_id, to_all=not held.private_reason)


def why_unanswered(itt: InvitationToTender) -> str:
    """Why no answer would reach anybody any more; empty while it is published."""
    if itt.status is IttStatus.PUBLISHED:
        return ""
    if itt.has_ended:
        return "This procurement has ended: its questions are not answered any more."
    return "The bids are opened: questions are not answered any more."


def why_late(itt: InvitationToTender, now: datetime) -> str:
    """What to think of once the day is over by which answers were promised; empty before it."""
    if itt.answers_by_date is None or local_date(now) <= itt.answers_by_date:
        return ""
    return (
        f"Bidders were told to expect every answer by {london_date(itt.answers_by_date)}, and that day is over. "
        "Answers still reach everybody."
    )


def require_answers_taken(itt: InvitationToTender) -> None:
    """Raise `WrongState` once no answer would reach anybody."""
    if why := why_unanswered(itt):
        raise WrongState(why)


def publish_answers(*, itt: InvitationToTender, actor: Actor, now: datetime) -> Sequence[Clarification]:
    """Publish every answer that is written, in the order in which the questions were asked; return them.

    Consequences: those for everybody get the next numbers of the public list, and followers, bidders, everybody with a
    draft and everybody invited are told once, by their numbers (ANSWERS_PUBLISHED in the invitation's chain); those for
    one alone go to their asker (CLARIFICATION_ANSWERED_ALONE in their own chain). Raises `WrongState` where none is
    written, or once the bids are opened.
    """
    held = take(itt, Verb.PUBLISH_ANSWERS, actor=actor)
    written = _written(held)
    if not written:
        raise WrongState("No answer is written that is not published already.")
    number = db.session.scalar(select(func.max(Clarification.number)).where(Clarification.itt_id == held.id)) or 0
    for clarification in written:
        clarification.status = CLARIFICATION.move(clarification.status, ClarificationStatus.PUBLISHED)
        clarification.published_at = now
        if clarification.private_reason:
            record(EventKind.CLARIFICATION_ANSWERED_ALONE, clarification, actor=actor, itt=held.id)
        else:
            number += 1
            clarification.number = number
    numbers = [clarification.number for clarification in written if clarification.number is not None]
    if numbers:
        record(EventKind.ANSWERS_PUBLISHED, held, actor=actor, first=numbers[0], last=numbers[-1])
    return written


def _written(itt: InvitationToTender) -> Sequence[Clarification]:
    return db.session.scalars(
        select(Clarification)
        .where(Clarification.itt_id == itt.id, Clarification.status == ClarificationStatus.ANSWERED)
        .order_by(Clarification.asked_at, Clarification.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
