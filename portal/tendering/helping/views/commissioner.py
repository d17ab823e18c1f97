"""Officers read who cannot send a bid, without whose it is, and answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.tendering.helping.asking import answer_help, find_request, requests_of
from portal.tendering.helping.forms import HelpAnswerForm
from portal.tendering.interests.queries import asks_to_declare
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority

bp = Blueprint("help_desk", __name__, url_prefix="/commissioning/itts/<reference>/help")


@bp.get("")
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """The log of requests, to the second."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return render_template(
        "tendering/helping/desk.html",
        itt=itt,
        requests=requests_of(itt.id),
        may_answer=Role.COMMISSIONER in actor().authority_roles,
        now=clock.now(),
    )


@bp.route("/<request_reference>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def answer(reference: str, request_reference: str) -> ResponseReturnValue:
    """Answer one."""
    itt = find_itt(reference)
    found = find_request(itt.id, request_reference)
    policy.require(actor(), Verb.ANSWER, found)
    form = HelpAnswerForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: answer_help(request=found, answer=form.answer.data or "", actor=actor(), now=clock.now())
    ):
        flash("Your answer is sent to the bidder.", "success")
        return redirect(url_for(".index", reference=itt.reference))
    page = render_template(
        "tendering/helping/answer.html",
        form=form,
        itt=itt,
        asked=found,
        asks_to_declare=asks_to_declare(itt, actor()),
    )
    return page, form.status_code
