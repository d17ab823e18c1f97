"""A commissioner adds documents to a draft; officers see them, and who undertook what once the bids are open."""

from __future__ import annotations

import uuid

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role, Verb, policy
from portal.core.storage import FileStore
from portal.tendering.document_models import KINDS
from portal.tendering.documents import Added, add_documents, add_version, document_of, remove_document
from portal.tendering.forms.documents import AddDocumentsForm, ReplaceDocumentForm
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.queries import find_itt
from portal.tendering.reading_documents import undertakings_of
from portal.tendering.views.blueprint import bp, draft_of, saved
from portal.web.access import actor, for_authority
from portal.web.uploads import takes_files

ENDPOINT = "itts.documents"


def file_store() -> FileStore:
    """The installation's file store."""
    found: FileStore = current_app.extensions["files"]
    return found


@bp.route("/<reference>/draft/documents", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@takes_files(5)
def documents(reference: str) -> ResponseReturnValue:
    """The documents of a draft, and a form for more."""
    itt = draft_of(reference)
    form = AddDocumentsForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: add_documents(
            itt=itt,
            kind=form.chosen_kind,
            title=form.title.data,
            uploads=form.files.uploads,
            actor=actor(),
            files=file_store(),
        )
    ):
        _tell(form.outcome)
        return redirect(url_for(ENDPOINT, reference=reference))
    return render_template("tendering/commissioner/documents.html", form=form, itt=itt, kinds=KINDS), form.status_code


@bp.route("/<reference>/draft/documents/<uuid:document_id>/replace", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@takes_files(2)
def document_replace(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """A new version of a document."""
    itt = draft_of(reference)
    document = document_of(itt, document_id)
    form = ReplaceDocumentForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: add_version(
            itt=itt,
            document_id=document_id,
            upload=form.file.upload,
            actor=actor(),
            files=file_store(),
        )
    ):
        return saved(reference, f"“{document.title}” has version {form.outcome.number} now.", ENDPOINT)
    page = render_template("tendering/commissioner/document-replace.html", form=form, itt=itt, document=document)
    return page, form.status_code


@bp.route("/<reference>/draft/documents/<uuid:document_id>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def document_remove(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document of a draft away."""
    itt = draft_of(reference)
    document = document_of(itt, document_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: remove_document(itt=itt, document_id=document_id, actor=actor(), files=file_store())
    ):
        return saved(reference, f"“{form.outcome}” is removed.", ENDPOINT)
    consequence = "It goes with all its versions. Nobody outside has seen it."
    what = f"“{document.title}”"
    page = render_template(
        "tendering/commissioner/remove.html", form=form, itt=itt, what=what, consequence=consequence, back=ENDPOINT
    )
    return page, form.status_code


@bp.get("/<reference>/documents")
@for_authority()
def published_documents(reference: str) -> ResponseReturnValue:
    """The documents of an invitation for the authority's people, and who signed for the restricted ones."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return render_template(
        "tendering/commissioner/published-documents.html",
        itt=itt,
        undertakings=undertakings_of(itt, actor()),
        may_edit=policy.allows(actor(), Verb.EDIT, itt),
    )


def _tell(added: Added) -> None:
    """What was kept, refused and said twice, each by name: what is kept does not hang on what is not."""
    for title in added.kept:
        flash(f"“{title}” is added. Nothing is published yet.", "success")
    for sentence in added.doubled:
        flash(sentence, "warning")
    for reason in added.refused:
        flash(f"Not kept: {reason}", "warning")
