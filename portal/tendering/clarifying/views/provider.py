"""A provider asks about an invitation, in private."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.tendering.clarifying.asking import (
    LONGEST_QUESTION,
    ask_question,
    require_open_for_questions,
    take_back_question,
)
from portal.tendering.clarifying.forms import AskForm
from portal.tendering.clarifying.queries import find_clarification
from portal.tendering.explaining import require_standing
from portal.tendering.queries import find_published_itt
from portal.web.access import actor, for_provider

bp = Blueprint("own_clarifications", __name__, url_prefix="/provider/questions/<reference>")


@bp.route("/ask", methods=["GET", "POST"])
@for_provider()
def ask(reference: str) -> ResponseReturnValue:
    """Ask a question."""
    itt = find_published_itt(reference)
    form = AskForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_question(itt=itt, words=form.words.data or "", is_named=form.is_named.data, actor=actor())
    ):
        asked = form.outcome.reference
        flash(f"Your question {asked} is sent. The buyer reads it without your name.", "success")
        return redirect(url_for("clarifications.index", reference=reference, _anchor=asked))
    if not form.is_submitted():
        require_open_for_questions(itt, clock.now())
        require_standing(itt.id, actor().provider_id, clock.now())
    page = render_template("tendering/clarifying/ask.html", form=form, itt=itt, longest=LONGEST_QUESTION)
    return page, form.status_code


@bp.post("/<question>/take-back")
@for_provider()
def take_back(reference: str, question: str) -> ResponseReturnValue:
    """Take a question back that is not answered yet."""
    found = find_clarification(find_published_itt(reference).id, question)
    policy.require(actor(), Verb.TAKE_BACK_QUESTION, found)
    take_back_question(clarification=found, actor=actor())
    flash(f"Your question {found.reference} is taken back. Nobody will answer it.", "success")
    return redirect(url_for("clarifications.index", reference=reference))
