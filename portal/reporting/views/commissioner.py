"""The report of an evaluation, for the people of the authority who see its result."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.inspecting import MEDIA_TYPES
from portal.core.permissions import Verb, policy
from portal.reporting.making import Edition, make_report, require_report
from portal.reporting.rules import READERS
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority
from portal.web.downloads import attachment

bp = Blueprint("reports", __name__, url_prefix="/commissioning/itts/<reference>/report")


@bp.get("")
@for_authority(*READERS)
def show(reference: str) -> ResponseReturnValue:
    """What there is to take away, and what each edition holds."""
    itt = find_itt(reference)
    require_report(itt, actor())
    public = policy.allows(actor(), Verb.TAKE_PUBLIC_REPORT, itt)
    return render_template("reporting/commissioner/report.html", itt=itt, public=public)


@bp.get("/whole.pdf")
@for_authority(*READERS)
def pdf(reference: str) -> ResponseReturnValue:
    """The whole report as a document."""
    return _taken(reference, Edition.PDF)


@bp.get("/whole.xlsx")
@for_authority(*READERS)
def xlsx(reference: str) -> ResponseReturnValue:
    """The whole report as a workbook."""
    return _taken(reference, Edition.XLSX)


@bp.get("/for-publication.pdf")
@for_authority(*READERS)
def public_pdf(reference: str) -> ResponseReturnValue:
    """What anybody may read of it."""
    return _taken(reference, Edition.PUBLIC_PDF)


def _taken(reference: str, edition: Edition) -> ResponseReturnValue:
    made = make_report(itt=find_itt(reference), edition=edition, actor=actor(), now=clock.now())
    return attachment(made.name, made.content, MEDIA_TYPES[made.name.rpartition(".")[2]])
