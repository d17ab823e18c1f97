"""Requests for erasure: an administrator decides, a facilitator asks for a young person."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.permissions import Actor, Role, Verb, policy
from portal.evaluation.queries import work_of
from portal.privacy.asking import ask_erasure_of_young_person
from portal.privacy.erasing import carry_out_erasure, refuse_erasure, what_blocks
from portal.privacy.forms import ErasureDecisionForm, YoungErasureForm
from portal.privacy.holdings import held_of
from portal.privacy.models import ErasureRequest
from portal.privacy.queries import request_for, requests_for
from portal.privacy.rules import CHECKERS
from portal.web.access import actor, for_panel, signed_in

bp = Blueprint("erasures", __name__)


@bp.get("/account/erasures")
@signed_in
def index() -> ResponseReturnValue:
    """The requests that wait."""
    return render_template("privacy/erasures/index.html", waiting=requests_for(_checker()))


@bp.route("/account/erasures/<uuid:request_id>", methods=["GET", "POST"])
@signed_in
def decide(request_id: uuid.UUID) -> ResponseReturnValue:
    """Erase the person, or refuse it with the reason."""
    found = request_for(request_id, _checker())
    form = ErasureDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _verdict(form, request_id)):
        flash("The person is erased." if form.verdict.data == "erase" else "You refused it.", "success")
        return redirect(url_for(".index"))
    facts = {"blocked": what_blocks(found.user_id), "held": held_of(found.user_id), "own": found.is_own(actor())}
    return render_template("privacy/erasures/decide.html", form=form, found=found, **facts), form.status_code


@bp.route("/panel/<uuid:panel_id>/members/<uuid:member_id>/erasure", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def ask_for_young(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a young person."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.ASK_ERASURE, work)
    form = YoungErasureForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_erasure_of_young_person(work=work, member_id=member_id, actor=actor())
    ):
        flash("You have asked for it. The council’s administrator checks it and answers within a month.", "success")
        return redirect(url_for("panel_desk.cards", panel_id=panel_id))
    return render_template("privacy/panel/erasure.html", form=form, work=work), form.status_code


def _verdict(form: ErasureDecisionForm, request_id: uuid.UUID) -> ErasureRequest:
    if form.verdict.data == "erase":
        return carry_out_erasure(request_id=request_id, actor=actor(), now=clock.now())
    return refuse_erasure(request_id=request_id, reason=form.note.data or "", actor=actor(), now=clock.now())


def _checker() -> Actor:
    who = actor()
    if not who.roles & CHECKERS:
        raise NotAllowed("This page is for administrators.")
    return who
