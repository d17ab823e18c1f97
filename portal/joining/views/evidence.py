"""What a provider has told us once: its profile, and its documents with the days on which they lapse."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import names_by_id
from portal.core import clock
from portal.core.errors import PortalError
from portal.joining.evidence import (
    add_evidence,
    date_evidence,
    doubles_of,
    evidence_of,
    kind_words,
    own_evidence,
    remove_evidence,
    replace_evidence,
)
from portal.joining.forms.applying import DayForm, DocumentForm, NewDocumentForm, profile_form
from portal.joining.profile import asked_kinds, change_profile, in_order, in_sections, profile_of, profile_questions
from portal.joining.views.pages import file_store
from portal.organisations.queries import provider_with_id
from portal.web.access import actor, for_provider
from portal.web.forms import PlainForm

bp = Blueprint("evidence", __name__)


@bp.route("/provider/profile", methods=["GET", "POST"])
@for_provider()
def profile() -> ResponseReturnValue:
    """What the organisation has said once and reuses."""
    provider = provider_with_id(actor().provider_id)
    questions = profile_questions()
    said = in_order(profile_of(provider.id), questions)
    form = profile_form(said, questions)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_profile(provider=provider, answers=form.answers, actor=actor(), now=clock.now())
    ):
        flash("Your answers are saved. They are offered in your next applications.", "success")
        return redirect(url_for("evidence.profile"))
    return render_template("joining/provider/profile.html", form=form, sections=in_sections(said)), form.status_code


@bp.get("/provider/evidence")
@for_provider()
def index() -> str:
    """The organisation's documents."""
    documents = evidence_of(actor().provider_id)
    names = names_by_id(*{document.added_by_id for document in documents})
    return render_template(
        "joining/provider/evidence.html", documents=documents, names=names, kind_words=kind_words, today=clock.today()
    )


@bp.route("/provider/evidence/add", methods=["GET", "POST"])
@for_provider()
def add() -> ResponseReturnValue:
    """Add a document."""
    provider = provider_with_id(actor().provider_id)
    form = NewDocumentForm()
    form.offer(asked_kinds())
    if form.validate_on_submit() and form.carry_out(
        lambda: add_evidence(
            provider=provider,
            actor=actor(),
            kind=form.kind.data or "",
            upload=form.file.upload,
            expires_on=form.expires_on.data,
            files=file_store(),
            now=clock.now(),
        )
    ):
        flash(f"{form.outcome.file_name} is kept. It is offered wherever it is asked for.", "success")
        for sentence in doubles_of(form.outcome):
            flash(sentence, "warning")
        return redirect(url_for("evidence.index"))
    return render_template("joining/provider/evidence_add.html", form=form), form.status_code


@bp.route("/provider/evidence/<uuid:evidence_id>/replace", methods=["GET", "POST"])
@for_provider()
def replace(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Put a newer document in the place of one."""
    evidence = own_evidence(evidence_id, actor())
    form = DocumentForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: replace_evidence(
            evidence=evidence,
            actor=actor(),
            upload=form.file.upload,
            expires_on=form.expires_on.data,
            files=file_store(),
            now=clock.now(),
        )
    ):
        flash(f"{form.outcome.file_name} is kept instead.", "success")
        return redirect(url_for("evidence.index"))
    return _page("evidence_replace", form, evidence)


@bp.route("/provider/evidence/<uuid:evidence_id>/date", methods=["GET", "POST"])
@for_provider()
def date(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Say until when a document holds."""
    evidence = own_evidence(evidence_id, actor())
    form = DayForm(expires_on=evidence.expires_on)
    if form.validate_on_submit() and form.carry_out(
        lambda: date_evidence(evidence=evidence, actor=actor(), expires_on=form.expires_on.data)
    ):
        flash("The day is saved.", "success")
        return redirect(url_for("evidence.index"))
    return _page("evidence_date", form, evidence)


@bp.post("/provider/evidence/<uuid:evidence_id>/remove")
@for_provider()
def remove(evidence_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a document."""
    evidence = own_evidence(evidence_id, actor())
    name = evidence.file_name
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: remove_evidence(evidence=evidence, actor=actor(), files=file_store(), now=clock.now())
    ):
        flash(f"{name} is removed. What you have sent already keeps it.", "success")
    elif isinstance(form.refusal, PortalError):
        raise form.refusal
    return redirect(url_for("evidence.index"))


def _page(page: str, form: Any, evidence: Any) -> ResponseReturnValue:
    body = render_template(
        f"joining/provider/{page}.html", form=form, evidence=evidence, what=kind_words(evidence.kind)
    )
    return body, form.status_code
