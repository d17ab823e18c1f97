"""The pages of a safeguarding lead: the panels that they look after, what is to be read, what was done."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.held_states import ACTIONS
from portal.evaluation.models import HeldWords, PanelWork
from portal.evaluation.queries import work_of
from portal.evaluation.safeguarding.forms import DisclosureForm, EmergencyLineForm, HeldWordsForm
from portal.evaluation.safeguarding.line import own_authority, set_emergency_line
from portal.evaluation.safeguarding.looking import decide_held_words, digest_of, read_held_words
from portal.evaluation.safeguarding.queries import held_on_panel, held_words_with, panels_looked_after
from portal.web.access import actor, for_authority
from portal.web.forms import PlainForm

bp = Blueprint("safeguarding", __name__, url_prefix="/commissioning/safeguarding")


@bp.get("")
@for_authority(Role.SAFEGUARDING_LEAD)
def index() -> ResponseReturnValue:
    """The panels of young people that the person looks after."""
    works = panels_looked_after(actor())
    authority = own_authority(actor())
    return render_template("evaluation/safeguarding/index.html", works=works, own=actor().people, authority=authority)


@bp.get("/<uuid:panel_id>")
@for_authority(Role.SAFEGUARDING_LEAD)
def panel(panel_id: uuid.UUID) -> ResponseReturnValue:
    """One panel: what is to be read, and what was done about what came before."""
    work = _visible(panel_id)
    return render_template("evaluation/safeguarding/panel.html", work=work, held=held_on_panel(panel_id))


@bp.get("/words/<uuid:held_id>")
@for_authority(Role.SAFEGUARDING_LEAD)
def words(held_id: uuid.UUID) -> ResponseReturnValue:
    """Held words, once the person has said that they read them, and what was done."""
    return _page(_held(held_id), None)


@bp.post("/words/<uuid:held_id>/read")
@for_authority(Role.SAFEGUARDING_LEAD)
def read(held_id: uuid.UUID) -> ResponseReturnValue:
    """Note that somebody reads them now, and show them."""
    held, form = _held(held_id), PlainForm()
    if form.validate_on_submit():
        form.carry_out(lambda: read_held_words(held=held, actor=actor(), now=clock.now()))
    return redirect(url_for(".words", held_id=held_id))


@bp.post("/words/<uuid:held_id>")
@for_authority(Role.SAFEGUARDING_LEAD)
def decide(held_id: uuid.UUID) -> ResponseReturnValue:
    """Record what was done, and whether others may read the words."""
    held = _held(held_id)
    form = _form(held)
    if form.validate_on_submit() and form.carry_out(
        lambda: decide_held_words(held=held, **form.decided(), actor=actor(), now=clock.now())
    ):
        flash("Recorded. Thank you.", "success")
        return redirect(url_for(".panel", panel_id=held.panel_id))
    return _page(_held(held_id), form)


@bp.route("/line", methods=["GET", "POST"])
@for_authority(Role.SAFEGUARDING_LEAD, Role.AUTHORITY_ADMINISTRATOR)
def line() -> ResponseReturnValue:
    """Say whom facilitators call when no lead can be reached."""
    authority = own_authority(actor())
    policy.require(actor(), Verb.SET_EMERGENCY_LINE, authority)
    form = EmergencyLineForm(data={"called": authority.emergency_line})
    if form.validate_on_submit() and form.carry_out(
        lambda: set_emergency_line(authority=authority, line=form.called.data or "", actor=actor())
    ):
        flash("Saved. Facilitators are shown it when nobody has read a disclosure in time.", "success")
        return redirect(url_for(".line"))
    return render_template("evaluation/safeguarding/line.html", form=form), form.status_code


def _visible(panel_id: uuid.UUID) -> PanelWork:
    work = work_of(panel_id)
    policy.require(actor(), Verb.SEE_HELD_WORDS, work)
    return work


def _held(held_id: uuid.UUID) -> HeldWords:
    held = held_words_with(held_id)
    policy.require(actor(), Verb.SEE_HELD_WORDS, held)
    return held


def _form(held: HeldWords) -> HeldWordsForm:
    seen = {"seen": digest_of(held)}
    return DisclosureForm(data=seen) if held.status.is_with_lead else HeldWordsForm(data=seen)


def _page(held: HeldWords, form: HeldWordsForm | None) -> ResponseReturnValue:
    decides = policy.allows(actor(), Verb.DECIDE_HELD_WORDS, held)
    form = form or _form(held)
    page = "evaluation/safeguarding/words.html"
    return render_template(page, held=held, form=form, decides=decides, actions_taken=ACTIONS), form.status_code
