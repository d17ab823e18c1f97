"""A document of an invitation to download, and the undertaking that restricted ones ask for."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.core import clock
from portal.core.errors import NotFound
from portal.regulation.undertakings import TUPE
from portal.tendering.clarifying.following import note_reader
from portal.tendering.forms.documents import UndertakingForm
from portal.tendering.queries import find_published_itt
from portal.tendering.reading_documents import UndertakingNeeded, read_document, sign_undertaking, undertaking_of
from portal.web.access import actor, for_provider, public
from portal.web.downloads import attachment
from portal.web.transactions import keep_what_was_noted

bp = Blueprint("documents", __name__)


@bp.get("/opportunities/<reference>/documents/<uuid:version_id>")
@public
def download(reference: str, version_id: uuid.UUID) -> ResponseReturnValue:
    """A version of a document: for everybody, or for whoever signed; others are led to sign in or to sign."""
    files = current_app.extensions["files"]
    try:
        version, content = read_document(reference=reference, version_id=version_id, actor=actor(), files=files)
    except UndertakingNeeded:
        return redirect(url_for("documents.undertaking", reference=reference))
    except NotFound:
        if current_user.is_authenticated:
            raise
        # Whether there is such a document is told to nobody who has not signed in.
        return redirect(url_for("accounts.sign_in", next=request.path))
    if note_reader(itt=version.document.itt, actor=actor(), now=clock.now()):
        keep_what_was_noted()
    return attachment(version.file_name, content, version.media_type)


@bp.route("/provider/undertakings/<reference>", methods=["GET", "POST"])
@for_provider()
def undertaking(reference: str) -> ResponseReturnValue:
    """What has to be undertaken before the restricted documents can be read."""
    itt = find_published_itt(reference)
    form = UndertakingForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: sign_undertaking(itt=itt, agreed=form.undertaken.data, actor=actor(), now=clock.now())
    ):
        flash("You have signed. You can download the documents now.", "success")
        return redirect(url_for("opportunities.show", reference=itt.reference, _anchor="documents"))
    page = render_template(
        "tendering/provider/undertaking.html",
        form=form,
        itt=itt,
        words=TUPE,
        signed=undertaking_of(itt.id, actor()),
    )
    return page, form.status_code
