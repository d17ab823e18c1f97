"""A commissioner draws up what the service is to achieve; officers and everybody else take it away as a PDF."""

from __future__ import annotations

import uuid

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.forms.specification import line_form
from portal.tendering.joint import reads_as_buyer
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.specification_models import LineKind
from portal.tendering.specifications import line_of, measured_in, specification_of, specification_pdf
from portal.tendering.specifying import add_line, change_line, move_line_up, remove_line
from portal.tendering.views.blueprint import bp, draft_of, saved
from portal.web.access import actor, for_authority
from portal.web.downloads import attachment
from portal.web.submissions import saves_a_draft

PER_PAGE = 20
PDF = "application/pdf"


@bp.get("/<reference>/draft/outcomes")
@bp.get("/<reference>/draft/outcomes/from/<int:first>")
@for_authority(Role.COMMISSIONER)
def outcomes(reference: str, first: int = 1) -> ResponseReturnValue:
    """The outcomes from one on, each with its outputs and activities."""
    itt = draft_of(reference)
    every = specification_of(itt.id)
    if not 1 <= first <= max(len(every), 1):
        raise NotFound("There are not that many outcomes.")
    return render_template(
        "tendering/commissioner/outcomes.html",
        itt=itt,
        shown=every[first - 1 : first - 1 + PER_PAGE],
        count=len(every),
        measured=measured_in(every),
        first=first,
        per_page=PER_PAGE,
    )


@bp.route("/<reference>/draft/outcomes/add", methods=["GET", "POST"])
@bp.route("/<reference>/draft/outcomes/<uuid:outcome>/add", endpoint="outcome_part_add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def outcome_add(reference: str, outcome: uuid.UUID | None = None) -> ResponseReturnValue:
    """A further outcome, or a further output or activity of one."""
    itt = draft_of(reference)
    above = line_of(itt, outcome) if outcome is not None else None
    form = line_form(None if above else LineKind.OUTCOME)
    if form.validate_on_submit() and form.carry_out(
        lambda: add_line(itt=itt, said=form.said, outcome_id=outcome, actor=actor())
    ):
        return saved(reference, "Added.", "itts.outcomes")
    page = render_template("tendering/commissioner/outcome.html", form=form, itt=itt, above=above, line=None)
    return page, form.status_code


@bp.route("/<reference>/draft/outcomes/<uuid:line>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def outcome_edit(reference: str, line: uuid.UUID) -> ResponseReturnValue:
    """One line."""
    itt = draft_of(reference)
    held = line_of(itt, line)
    form = line_form(held.kind if held.kind.is_outcome else None, held)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_line(itt=itt, line_id=line, said=form.said, actor=actor())
    ):
        return saved(reference, "Saved.", "itts.outcomes")
    page = render_template("tendering/commissioner/outcome.html", form=form, itt=itt, above=None, line=held)
    return page, form.status_code


@bp.post("/<reference>/draft/outcomes/<uuid:line>/up")
@for_authority(Role.COMMISSIONER)
def outcome_up(reference: str, line: uuid.UUID) -> ResponseReturnValue:
    """Move a line before the one of its kind above it."""
    move_line_up(itt=draft_of(reference), line_id=line, actor=actor())
    return redirect(url_for("itts.outcomes", reference=reference))


@bp.route("/<reference>/draft/outcomes/<uuid:line>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def outcome_remove(reference: str, line: uuid.UUID) -> ResponseReturnValue:
    """Take a line away."""
    itt = draft_of(reference)
    held = line_of(itt, line)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_line(itt=itt, line_id=line, actor=actor())):
        return saved(reference, "Removed.", "itts.outcomes")
    page = render_template(
        "tendering/commissioner/remove.html",
        form=form,
        itt=itt,
        what=f"“{held.words}”",
        consequence="Its outputs and activities go with it." if held.kind.is_outcome else "Its outcome stays.",
        back="itts.outcomes",
    )
    return page, form.status_code


@bp.get("/<reference>/specification.pdf")
@for_authority()
def specification_file(reference: str) -> Response:
    """The specification as a PDF, of a draft too."""
    itt = find_itt(reference)
    if not reads_as_buyer(itt, actor()):
        policy.require(actor(), Verb.READ, itt)
    return as_pdf(itt)


def as_pdf(itt: InvitationToTender) -> Response:
    """The specification as a PDF; raises `NotFound` where no outcomes are stated."""
    stated = specification_of(itt.id)
    if not stated:
        raise NotFound("This invitation states no outcomes.")
    printed = specification_pdf(itt, stated, now=clock.now())
    return attachment(f"specification-{itt.reference}.pdf", printed, PDF)
