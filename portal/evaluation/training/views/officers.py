"""Officers ask for training before anybody scores, and write down who has it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.training.forms import AskForm, TrainingForm
from portal.evaluation.training.queries import training_of
from portal.evaluation.training.recording import ask_for_training, record_training, take_back_training
from portal.organisations.queries import authority_with_id
from portal.web.access import actor, for_authority
from portal.web.forms import PlainForm

bp = Blueprint("training", __name__, url_prefix="/commissioning/training")

WRITERS = (Role.COMMISSIONER, Role.AUTHORITY_ADMINISTRATOR)


@bp.route("", methods=["GET", "POST"])
@for_authority(*WRITERS)
def index() -> ResponseReturnValue:
    """Everybody who scores with their training, and a form for one more."""
    authority = authority_with_id(actor().authority_id)
    policy.require(actor(), Verb.RECORD_TRAINING, authority)
    people, form = training_of(authority.id, clock.now()), TrainingForm()
    form.offer(one.person for one in people)
    if form.validate_on_submit() and form.carry_out(lambda: _record(form)):
        flash("The training is written down.", "success")
        return redirect(url_for(".index"))
    page = "evaluation/training/index.html"
    may_ask = policy.allows(actor(), Verb.ASK_FOR_TRAINING, authority)
    return render_template(page, form=form, authority=authority, people=people, may_ask=may_ask), form.status_code


@bp.route("/asked-for", methods=["GET", "POST"])
@for_authority(Role.AUTHORITY_ADMINISTRATOR)
def ask() -> ResponseReturnValue:
    """Ask for training before anybody scores, or no longer."""
    authority = authority_with_id(actor().authority_id)
    policy.require(actor(), Verb.ASK_FOR_TRAINING, authority)
    form = AskForm(data={"asked": "no" if authority.requires_training else "yes"})
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_for_training(authority=authority, asked=form.asked.data == "yes", actor=actor())
    ):
        flash("Saved.", "success")
        return redirect(url_for(".index"))
    return render_template("evaluation/training/ask.html", form=form, authority=authority), form.status_code


@bp.post("/<uuid:training_id>/take-back")
@for_authority(*WRITERS)
def take_back(training_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what was written down by mistake."""
    authority, form = authority_with_id(actor().authority_id), PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: take_back_training(authority=authority, training_id=training_id, actor=actor(), now=clock.now())
    ):
        flash("Taken back. It counts no longer.", "success")
    elif form.refusal:
        flash(form.refusal.message, "warning")
    return redirect(url_for(".index"))


def _record(form: TrainingForm) -> None:
    record_training(
        authority=authority_with_id(actor().authority_id),
        user_id=form.user_id,
        course=form.course.data or "",
        finished_date=form.finished_date.data,
        valid_until=form.valid_until.data,
        actor=actor(),
        now=clock.now(),
    )
