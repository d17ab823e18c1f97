"""Importing the members of an existing arrangement: upload, see what is wrong, correct, import."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.core.words import counted
from portal.frameworks.models import Framework
from portal.frameworks.queries import find_framework
from portal.importing.files import MOST_ROWS
from portal.importing.organisations import ALIKE
from portal.importing.states import RowStatus
from portal.members.forms.importing import AnswerForm, FileForm, RowForm
from portal.members.importing import (
    batches_of,
    correct_row,
    decide_organisation,
    discard_file,
    find_batch,
    find_row,
    import_ready_rows,
    leave_row_out,
    read_members_file,
    rows_page,
    tally_of,
)
from portal.members.importing_columns import MEMBERS_FILE
from portal.members.models import ImportBatch, ImportRow
from portal.web.access import actor, for_authority
from portal.web.addresses import number_in_query
from portal.web.downloads import csv_download
from portal.web.forms import PlainForm

FILE = {"columns": MEMBERS_FILE.columns, "most_rows": MOST_ROWS}
bp = Blueprint("imports", __name__, url_prefix="/commissioning/frameworks/<reference>/import")


@bp.route("", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def index(reference: str) -> ResponseReturnValue:
    """Explain the file, take one, and list those that were sent."""
    framework = _framework(reference)
    form = FileForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: read_members_file(
            framework=framework,
            file_name=form.file.data.filename or "",
            content=form.content(),
            actor=actor(),
            now=clock.now(),
        )
    ):
        return redirect(url_for(".show", reference=reference, batch_id=form.outcome.id))
    sent = batches_of(framework.id)
    page = render_template("members/importing/index.html", form=form, framework=framework, batches=sent, **FILE)
    return page, form.status_code


@bp.get("/template.csv")
@for_authority(Role.COMMISSIONER)
def template(reference: str) -> Response:
    """A file to fill in: the heading, and a row as an example."""
    _framework(reference)
    return csv_download("members.csv", MEMBERS_FILE.names, [[column.example for column in MEMBERS_FILE.columns]])


@bp.get("/<uuid:batch_id>")
@for_authority(Role.COMMISSIONER)
def show(reference: str, batch_id: uuid.UUID) -> ResponseReturnValue:
    """Show a file: what is wrong with its rows, and how many are ready."""
    return _show(find_batch(batch_id, _framework(reference)), PlainForm())


@bp.post("/<uuid:batch_id>/ready")
@for_authority(Role.COMMISSIONER)
def take(reference: str, batch_id: uuid.UUID) -> ResponseReturnValue:
    """Import the rows that are ready."""
    batch = find_batch(batch_id, _framework(reference))
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: import_ready_rows(batch=batch, actor=actor(), now=clock.now())
    ):
        counts = form.outcome
        new = ", ".join(counted(count, what) for what, count in counts.by_name.items())
        flash(f"{counted(counts.rows, 'row')} imported. New: {new}.", "success")
        return redirect(url_for(".show", reference=reference, batch_id=batch_id))
    return _show(find_batch(batch_id, _framework(reference)), form)


@bp.route("/<uuid:batch_id>/rows/<int:number>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def row(reference: str, batch_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Show one row with what is wrong with it, and take corrected cells."""
    batch = find_batch(batch_id, _framework(reference))
    form = RowForm.of(find_row(batch, number))
    if form.validate_on_submit() and form.carry_out(
        lambda: correct_row(batch=batch, number=number, cells=form.cells(), actor=actor(), now=clock.now())
    ):
        if form.outcome.status is RowStatus.READY:
            return _ready(batch, number)
        form.show_faults(form.outcome.faults)
    found = find_row(batch, number)
    if not form.is_submitted():
        form.show_faults(found.faults)
    return _row(batch, found, form, AnswerForm.of(found)), form.status_code if form.is_submitted() else 200


@bp.post("/<uuid:batch_id>/rows/<int:number>/organisation")
@for_authority(Role.COMMISSIONER)
def organisation(reference: str, batch_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Say which organisation a row speaks of."""
    batch = find_batch(batch_id, _framework(reference))
    form = AnswerForm.of(find_row(batch, number))
    if form.validate_on_submit() and form.carry_out(
        lambda: decide_organisation(
            batch=batch, number=number, answer=form.answer.data or "", actor=actor(), now=clock.now()
        )
    ):
        if form.outcome.status is RowStatus.READY:
            return _ready(batch, number)
        return redirect(url_for(".row", reference=reference, batch_id=batch_id, number=number))
    found = find_row(find_batch(batch_id, _framework(reference)), number)
    shown = RowForm(formdata=None, data=found.cells)
    return _row(found.batch, found, shown, form), form.status_code


@bp.post("/<uuid:batch_id>/rows/<int:number>/leave-out")
@for_authority(Role.COMMISSIONER)
def leave_out(reference: str, batch_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Take a row out of the file."""
    batch = find_batch(batch_id, _framework(reference))
    leave_row_out(batch=batch, number=number, actor=actor(), now=clock.now())
    flash(f"Row {number} is left out.", "success")
    return redirect(url_for(".show", reference=reference, batch_id=batch_id))


@bp.post("/<uuid:batch_id>/discard")
@for_authority(Role.COMMISSIONER)
def discard(reference: str, batch_id: uuid.UUID) -> ResponseReturnValue:
    """Throw a file's rows away."""
    batch = find_batch(batch_id, _framework(reference))
    discard_file(batch=batch, actor=actor(), now=clock.now())
    flash(f"{batch.file_name} is thrown away. What was imported from it stays.", "success")
    return redirect(url_for(".index", reference=reference))


def _framework(reference: str) -> Framework:
    """The framework, for those who may import into it in the state that it is in."""
    framework = find_framework(reference)
    policy.require(actor(), Verb.IMPORT_MEMBERS, framework)
    return framework


def _ready(batch: ImportBatch, number: int) -> ResponseReturnValue:
    flash(f"Row {number} is ready.", "success")
    return redirect(url_for(".show", reference=batch.framework.reference, batch_id=batch.id))


def _show(batch: ImportBatch, form: PlainForm) -> ResponseReturnValue:
    shown = request.args.get("show", RowStatus.REJECTED.value)
    status = RowStatus(shown) if shown in list(RowStatus) else RowStatus.REJECTED
    page = rows_page(batch, status, after=number_in_query("after", 0))
    html = render_template(
        "members/importing/show.html",
        batch=batch,
        form=form,
        tally=tally_of(batch),
        page=page,
        status=status,
        titles={column.name: column.title for column in MEMBERS_FILE.columns},
        alike=ALIKE,
    )
    return html, form.status_code


def _row(batch: ImportBatch, found: ImportRow, form: RowForm, answer: AnswerForm) -> str:
    reasons = {one["answer"]: one["reason"] for one in found.faults.get(ALIKE, [])}
    return render_template(
        "members/importing/row.html",
        batch=batch,
        row=found,
        form=form,
        answer=answer,
        names=MEMBERS_FILE.names,
        reasons=reasons,
    )
