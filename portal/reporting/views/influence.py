"""What their marks changed: for whoever sits on the panel, on paper for the group, and for officers to answer."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import WrongState
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.models import PanelWork
from portal.evaluation.queries import itt_by_reference, work_of, works_of_itt
from portal.evaluation.sittings import young_panel_of
from portal.reporting.forms import ReplyForm
from portal.reporting.influence import influence_of
from portal.reporting.replying import publish_reply
from portal.reporting.rules import READERS
from portal.web.access import actor, for_authority, for_panel, require_to_send

bp = Blueprint("influence", __name__)


@bp.get("/panel/sitting/what-you-changed")
@for_panel(Role.YOUNG_MEMBER)
def young() -> ResponseReturnValue:
    """The young person's own page."""
    return render_template("reporting/young/influence.html", told=influence_of(young_panel_of(actor()), actor()))


@bp.get("/panel/<uuid:panel_id>/what-you-changed")
@for_panel(Role.CHAIR, Role.PANEL_MEMBER, Role.FACILITATOR)
def adults(panel_id: uuid.UUID) -> ResponseReturnValue:
    """The same for adults, and to be printed for the group."""
    told = influence_of(work_of(panel_id), actor())
    return render_template("reporting/panel/influence.html", told=told)


@bp.route("/commissioning/itts/<reference>/panels/<uuid:panel_id>/reply", methods=["GET", "POST"])
@for_authority(*READERS)
def reply(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """What the panel reads, and the form that answers its words."""
    itt = itt_by_reference(reference)
    require_to_send(Verb.TELL_PANEL, itt)
    work = works_of_itt(itt.id).get(panel_id)
    if work is None:
        policy.require(actor(), Verb.TAKE_REPORT, itt)
        raise WrongState("This panel never came to score, so there is nothing to tell it.")
    told = influence_of(work, actor())
    form = ReplyForm.with_reply(told.reply)
    if form.validate_on_submit() and form.carry_out(lambda: _publish(work, form)):
        flash("The panel can read it now.", "success")
        return redirect(url_for(".reply", reference=reference, panel_id=panel_id))
    answers = policy.allows(actor(), Verb.TELL_PANEL, itt)
    page = "reporting/commissioner/reply.html"
    return render_template(page, form=form, told=told, itt=itt, answers=answers), form.status_code


def _publish(work: PanelWork, form: ReplyForm) -> object:
    return publish_reply(itt=work.itt, work=work, lines=form.lines(), actor=actor(), now=clock.now())
