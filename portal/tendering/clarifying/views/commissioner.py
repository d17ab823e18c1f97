"""Officers read what is asked, without who asks, write the answers and publish them together."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.core.words import counted
from portal.tendering.clarifying.answering import (
    answer_question,
    publish_answers,
    require_answers_taken,
    why_late,
    why_unanswered,
)
from portal.tendering.clarifying.forms import AnswerForm
from portal.tendering.clarifying.models import Clarification
from portal.tendering.clarifying.queries import (
    answered_alone,
    find_clarification,
    published_answers,
    waiting_questions,
)
from portal.tendering.clarifying.states import ClarificationStatus
from portal.tendering.interests.queries import asks_to_declare
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority
from portal.web.forms import PlainForm

bp = Blueprint("clarification_desk", __name__, url_prefix="/commissioning/itts/<reference>/questions")


@bp.get("")
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """What is asked, what is written, what is published."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return _page(itt, PlainForm(formdata=None))


@bp.post("/publish")
@for_authority(Role.COMMISSIONER)
def publish(reference: str) -> ResponseReturnValue:
    """Publish every answer that is written."""
    itt = find_itt(reference)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(lambda: publish_answers(itt=itt, actor=actor(), now=clock.now())):
        done = counted(len(form.outcome), "answer")
        flash(f"{done} published. Bidders and followers are told once.", "success")
        return redirect(url_for("clarification_desk.index", reference=reference))
    return _page(itt, form), form.status_code


@bp.route("/<question>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def answer(reference: str, question: str) -> ResponseReturnValue:
    """Write the answer to one question."""
    itt = find_itt(reference)
    found = find_clarification(itt.id, question)
    policy.require(actor(), Verb.ANSWER, found)
    require_answers_taken(itt)
    form = AnswerForm(data=_written(found))
    if form.validate_on_submit() and form.carry_out(lambda: _answer(form, found)):
        flash("The answer is saved. It is not published yet.", "success")
        return redirect(url_for("clarification_desk.index", reference=reference))
    page = render_template(
        "tendering/clarifying/answer.html",
        form=form,
        itt=itt,
        question=found,
        asks_to_declare=asks_to_declare(itt, actor()),
    )
    return page, form.status_code


def _answer(form: AnswerForm, found: Clarification) -> None:
    answer_question(
        clarification=found,
        published_words=form.published_words.data or "",
        answer=form.answer.data or "",
        private_reason=form.private_reason.data or "",
        actor=actor(),
        now=clock.now(),
    )


def _written(question: Clarification) -> dict[str, str]:
    """What is written so far; at first the question's own words."""
    return {
        "published_words": question.published_words or question.words,
        "answer": question.answer,
        "private_reason": question.private_reason,
    }


def _page(itt: InvitationToTender, form: PlainForm) -> str:
    waiting = waiting_questions(itt.id)
    return render_template(
        "tendering/clarifying/desk.html",
        itt=itt,
        form=form,
        now=clock.now(),
        to_answer=[each for each in waiting if each.status is ClarificationStatus.ASKED],
        written=[each for each in waiting if each.status is ClarificationStatus.ANSWERED],
        published=published_answers(itt.id),
        alone=answered_alone(itt.id),
        why_unanswered=why_unanswered(itt),
        why_late=why_late(itt, clock.now()),
        may_answer=policy.allows(actor(), Verb.PUBLISH_ANSWERS, itt),
    )
