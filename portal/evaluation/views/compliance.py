"""What officers check of the opened bids: the compliance envelope, without prices and without what panels score."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.bidding.queries import in_order, opening_of
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.queries import compliance_questions, itt_by_reference
from portal.evaluation.reading import read_compliance, read_compliance_file
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority
from portal.web.downloads import attachment

bp = Blueprint("compliance", __name__, url_prefix="/commissioning/itts/<reference>/compliance")

OFFICERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)


@bp.get("")
@for_authority(*OFFICERS)
def index(reference: str) -> ResponseReturnValue:
    """The opened bids, and what was asked for officers to check."""
    itt = _itt(reference)
    opening = opening_of(itt.id)
    return render_template(
        "evaluation/commissioner/compliance.html",
        itt=itt,
        bids=in_order(opening.bids) if opening else [],
        questions=compliance_questions(itt.id),
    )


@bp.get("/<uuid:bid_id>")
@for_authority(*OFFICERS)
def show(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """What one bid answered."""
    itt = _itt(reference)
    reading = read_compliance(itt=itt, bid_id=bid_id, actor=actor())
    return render_template("evaluation/commissioner/compliance_bid.html", itt=itt, reading=reading)


@bp.get("/<uuid:bid_id>/files/<uuid:file_id>")
@for_authority(*OFFICERS)
def file(reference: str, bid_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A file that officers check, as an attachment that the browser does not run."""
    files = current_app.extensions["files"]
    found = read_compliance_file(itt=_itt(reference), bid_id=bid_id, file_id=file_id, actor=actor(), files=files)
    return attachment(found.name, found.content, found.media_type)


def _itt(reference: str) -> InvitationToTender:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.READ_COMPLIANCE, itt)
    return itt
