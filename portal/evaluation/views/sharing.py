"""Sharing a panel's bids out among its members, for the commissioners."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.dealing import short_of
from portal.evaluation.forms.sharing import SharingForm
from portal.evaluation.models import PanelWork
from portal.evaluation.owing import sharing_of
from portal.evaluation.progress import progress_of
from portal.evaluation.queries import bids_to_score, itt_by_reference, members_with_cards, names_together, work_of
from portal.evaluation.sharing_out import share_out, suggestion
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority

bp = Blueprint("panel_sharing", __name__, url_prefix="/commissioning/itts/<reference>/panels/<uuid:panel_id>")


@bp.route("/sharing", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def share(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """Share the bids out, or see how they are shared out and change the numbers."""
    itt, work = _found(reference, panel_id)
    sharing, members, bids = sharing_of(panel_id), members_with_cards(panel_id), bids_to_score(itt.id)
    form = SharingForm(data=suggestion(work, sharing, bids=len(bids), members=len(members)))
    if form.validate_on_submit() and form.carry_out(lambda: _share(itt, work, form)):
        flash("The bids are shared out. Each member sees theirs.", "success")
        return redirect(url_for(".share", reference=itt.reference, panel_id=panel_id))
    page = render_template(
        "evaluation/commissioner/sharing.html",
        form=form,
        itt=itt,
        panel=work.panel,
        sharing=sharing,
        short=short_of(work),
        progress=[found for found in progress_of([panel_id]).get(panel_id, []) if found.member.has_card],
        together=names_together(panel_id),
    )
    return page, form.status_code


def _share(itt: InvitationToTender, work: PanelWork, form: SharingForm) -> object:
    return share_out(itt=itt, work=work, least=form.least.data, most=form.most.data, actor=actor(), now=clock.now())


def _found(reference: str, panel_id: uuid.UUID) -> tuple[InvitationToTender, PanelWork]:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.APPOINT_PANEL, itt)
    if all(panel.id != panel_id for panel in itt.panels):
        raise NotFound("There is no such panel.")
    return itt, work_of(panel_id)
