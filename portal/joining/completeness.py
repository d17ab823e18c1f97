"""What still keeps an application from being submitted: the exact list, never just "incomplete"."""

from __future__ import annotations

from datetime import date

from portal.core.drafts import Gap
from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text, tidy
from portal.core.words import london_date
from portal.frameworks.questionnaire import REPLY, AnswerKind, Question, read_number
from portal.joining.answering import Answered, answers_of, reply_of
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus


def gaps_of(application: Application, answered: Answered | None = None, *, today: date) -> list[Gap]:
    """List what blocks the submission, in the order of the questions.

    Required questions without an answer (white space is none), answers that cannot be read, documents that are
    gone, lapsed before `today` (a date in Europe/London) or without the date that is asked for, suggestions from
    the profile that nobody has confirmed, and the officers' question without a reply. An answer that fails the
    published rule is no gap: a person decides about it.
    """
    answered = answered or answers_of(application)
    gaps = []
    for key, question in answered.questions.items():
        gap = _gap(answered, question, today)
        if gap is not None:
            gaps.append(Gap(key, gap))
    if application.status is ApplicationStatus.CLARIFICATION and not has_text(reply_of(application)):
        gaps.append(Gap(REPLY, "Answer the question that the officers asked."))
    return gaps


def _gap(answered: Answered, question: Question, today: date) -> str | None:
    value = tidy(answered.value(question.key))
    if not value:
        return _missing(question) if question.required else None
    if answered.is_suggested(question.key) and not question.required:
        # What nobody has to answer and nobody has confirmed is simply left out.
        return None
    unreadable = _unreadable(question, value)
    if unreadable:
        return unreadable
    if question.kind is AnswerKind.EVIDENCE:
        gap = _evidence_gap(answered, question, today)
        if gap:
            return gap
    if answered.is_suggested(question.key):
        return f"Confirm what you have told us before: “{question.prompt}”."
    return None


def _missing(question: Question) -> str:
    if question.kind is AnswerKind.EVIDENCE:
        return f"Give a document for “{question.prompt}”."
    return f"Answer “{question.prompt}”."


def _unreadable(question: Question, value: str) -> str | None:
    if question.kind is AnswerKind.NUMBER:
        try:
            read_number(value, question.prompt)
        except InvalidInput as unread:
            return unread.message
    if question.options() and value not in dict(question.options()):
        return f"Choose an answer to “{question.prompt}”."
    return None


def _evidence_gap(answered: Answered, question: Question, today: date) -> str | None:
    document = answered.evidence_with(answered.value(question.key))
    if document is None:
        return f"Choose a document for “{question.prompt}” again: the one you chose was removed."
    if document.expires_on is not None and document.expires_on < today:
        return (
            f"Replace {document.file_name} for “{question.prompt}”: it lapsed after {london_date(document.expires_on)}."
        )
    if question.expires and document.expires_on is None:
        return f"Say until when {document.file_name} holds, for “{question.prompt}”."
    return None
