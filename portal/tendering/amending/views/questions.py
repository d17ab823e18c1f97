"""Officers prepare what an addendum changes of the questions: nothing changes before it is published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role, Verb, policy
from portal.tendering.amending.prepared import drop_prepared, prepared_change, prepared_changes
from portal.tendering.amending.question_changes import (
    prepare_question,
    prepare_withdrawal,
    published_question,
    question_of,
)
from portal.tendering.amending.states import ChangedPart
from portal.tendering.forms.questions import HINTS, KindForm, QuestionForm, question_form
from portal.tendering.models import InvitationToTender, Question
from portal.tendering.queries import find_itt
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.tree import scored
from portal.web.access import actor, for_authority
from portal.web.forms import PlainForm

bp = Blueprint("changed_questions", __name__, url_prefix="/commissioning/itts/<reference>/changes/questions")


@bp.get("")
@for_authority(Role.COMMISSIONER)
def index(reference: str) -> ResponseReturnValue:
    """Every question as it is published, and what is prepared."""
    itt = _changeable(reference)
    prepared = prepared_changes(itt.id)
    ordered = sorted(itt.questions, key=lambda question: (question.position, question.key))
    return render_template("tendering/amending/questions.html", itt=itt, ordered=ordered, prepared=prepared)


@bp.route("/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def add(reference: str) -> ResponseReturnValue:
    """A further question: first how it is answered, then the question."""
    itt = _changeable(reference)
    kinds = {kind.value: each for kind, each in KINDS.items() if not each.sets_price}
    kind = kinds.get(request.args.get("kind", ""))
    if kind is None:
        form = KindForm()
        form.kind.choices = [(value, each.title) for value, each in kinds.items()]
        return render_template("tendering/amending/question_kind.html", form=form, itt=itt, hints=HINTS)
    return _edit(itt, question_form(kind, scored(itt)), None)


@bp.route("/change/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def change(reference: str, key: str) -> ResponseReturnValue:
    """Other words, another limit or duty for a question; one that is prepared is changed further."""
    itt = _changeable(reference)
    question = _as_prepared(itt, key)
    form = question_form(question.asked.kind, scored(itt), question)
    if "criterion" in form:
        del form.criterion
    return _edit(itt, form, question)


@bp.post("/take-back/<key>")
@for_authority(Role.COMMISSIONER)
def take_back(reference: str, key: str) -> ResponseReturnValue:
    """Prepare to ask a question no more."""
    itt = _changeable(reference)
    if PlainForm().validate_on_submit():
        prepare_withdrawal(itt=itt, key=key, actor=actor())
        flash("Prepared. The question is asked until the change is published.", "success")
    return redirect(url_for(".index", reference=reference))


@bp.post("/leave/<any(question, criterion):part>/<key>")
@for_authority(Role.COMMISSIONER)
def leave(reference: str, part: str, key: str) -> ResponseReturnValue:
    """Let go what is prepared of a question or a criterion."""
    itt = _changeable(reference)
    if PlainForm().validate_on_submit():
        drop_prepared(itt=itt, part=ChangedPart(part), key=key, actor=actor())
        flash("Let go: this stays as it is published.", "success")
    page = ".index" if part == ChangedPart.QUESTION else "changed_criteria.index"
    return redirect(url_for(page, reference=reference))


def _changeable(reference: str) -> InvitationToTender:
    itt = find_itt(reference)
    policy.require(actor(), Verb.PROPOSE_ADDENDUM, itt)
    return itt


def _as_prepared(itt: InvitationToTender, key: str) -> Question:
    """The question as it is prepared, or else as it is published; raises `NotFound`."""
    prepared = prepared_change(itt.id, ChangedPart.QUESTION, key)
    if prepared is not None and prepared.after is not None:
        return question_of(prepared)
    return published_question(itt, key)


def _edit(itt: InvitationToTender, form: QuestionForm, question: Question | None) -> ResponseReturnValue:
    key = question.key if question is not None else None
    if form.validate_on_submit() and form.carry_out(
        lambda: prepare_question(itt=itt, key=key, actor=actor(), **_described(form, itt))
    ):
        flash("Prepared. Nothing is changed yet: propose it when everything is ready.", "success")
        return redirect(url_for(".index", reference=itt.reference))
    return render_template("tendering/amending/question.html", form=form, itt=itt, key=key), form.status_code


def _described(form: QuestionForm, itt: InvitationToTender) -> dict[str, Any]:
    criterion = form.data.get("criterion")
    return {
        "prompt": form.prompt.data,
        "guidance": form.guidance.data,
        "kind": form.kind.name,
        "settings": form.settings,
        "criterion": next((node for node in scored(itt) if node.key == criterion), None),
        "required": bool(form.data.get("required")),
    }
