"""A commissioner draws up the questions to bidders."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.tendering.alike import alike_lots, marks_by_criterion
from portal.tendering.asking import add_question, change_question, move_question_up, remove_question
from portal.tendering.forms.questions import HINTS, KindForm, QuestionForm, question_form
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.models import InvitationToTender
from portal.tendering.question_kinds.kind import Kind
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.tree import scored
from portal.tendering.views.blueprint import bp, draft_of, part_of, saved
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/questions")
@for_authority(Role.COMMISSIONER)
def questions(reference: str) -> ResponseReturnValue:
    """The questions there are, with what each is worth."""
    itt = draft_of(reference)
    marks = marks_by_criterion(alike_lots(itt))
    ordered = sorted(itt.questions, key=lambda question: question.position)
    return render_template("tendering/commissioner/questions.html", itt=itt, ordered=ordered, marks=marks)


@bp.route("/<reference>/draft/questions/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def question_add(reference: str) -> ResponseReturnValue:
    """A further question: first how it is answered, then the question."""
    itt = draft_of(reference)
    kind = _chosen_kind()
    if kind is None:
        return render_template(
            "tendering/commissioner/question_kind.html", form=KindForm(), itt=itt, question=None, hints=HINTS
        )
    form = question_form(kind, scored(itt))
    if form.validate_on_submit() and form.carry_out(
        lambda: add_question(itt=itt, **_described(form, itt), actor=actor())
    ):
        return saved(reference, "Question added.", "itts.questions")
    page = render_template("tendering/commissioner/question.html", form=form, itt=itt, question=None)
    return page, form.status_code


@bp.route("/<reference>/draft/questions/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def question_edit(reference: str, key: str) -> ResponseReturnValue:
    """One question."""
    itt = draft_of(reference)
    question = part_of(itt.questions, key)
    form = question_form(_chosen_kind() or question.asked.kind, scored(itt), question)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_question(itt=itt, question=question, **_described(form, itt), actor=actor())
    ):
        return saved(reference, "Question saved.", "itts.questions")
    page = render_template("tendering/commissioner/question.html", form=form, itt=itt, question=question)
    return page, form.status_code


@bp.get("/<reference>/draft/questions/<key>/kind")
@for_authority(Role.COMMISSIONER)
def question_kind(reference: str, key: str) -> ResponseReturnValue:
    """Another way to answer a question."""
    itt = draft_of(reference)
    question = part_of(itt.questions, key)
    form = KindForm(kind=question.kind.value)
    return render_template(
        "tendering/commissioner/question_kind.html", form=form, itt=itt, question=question, hints=HINTS
    )


@bp.post("/<reference>/draft/questions/<key>/up")
@for_authority(Role.COMMISSIONER)
def question_up(reference: str, key: str) -> ResponseReturnValue:
    """Move a question before the one above it."""
    itt = draft_of(reference)
    move_question_up(itt=itt, question=part_of(itt.questions, key), actor=actor())
    return redirect(url_for("itts.questions", reference=reference))


@bp.route("/<reference>/draft/questions/<key>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def question_remove(reference: str, key: str) -> ResponseReturnValue:
    """Take a question away."""
    itt = draft_of(reference)
    question = part_of(itt.questions, key)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_question(itt=itt, question=question, actor=actor())):
        return saved(reference, "Question removed.", "itts.questions")
    page = render_template(
        "tendering/commissioner/remove.html",
        form=form,
        itt=itt,
        what=f"“{question.prompt}”",
        consequence="Bidders will not be asked it.",
        back="itts.questions",
    )
    return page, form.status_code


def _chosen_kind() -> Kind | None:
    """The kind that the page's address names; None while none is chosen."""
    return next((each for kind, each in KINDS.items() if kind.value == request.args.get("kind")), None)


def _described(form: QuestionForm, itt: InvitationToTender) -> dict[str, Any]:
    criterion = form.data.get("criterion")
    return {
        "prompt": form.prompt.data,
        "guidance": form.guidance.data,
        "kind": form.kind.name,
        "settings": form.settings,
        "criterion": part_of(itt.criteria, criterion) if criterion else None,
        "required": bool(form.data.get("required")),
    }
