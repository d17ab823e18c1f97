"""Held words as whoever sits with the young people meets them: what only names somebody, and whom to call."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.models import PanelWork
from portal.evaluation.queries import work_of
from portal.evaluation.safeguarding.forms import HeldWordsForm
from portal.evaluation.safeguarding.looking import decide_held_words, digest_of
from portal.evaluation.safeguarding.queries import held_on_panel, held_words_with
from portal.web.access import actor, for_panel

bp = Blueprint("held_words", __name__, url_prefix="/panel/<uuid:panel_id>/words")


@bp.get("")
@for_panel(Role.FACILITATOR)
def index(panel_id: uuid.UUID) -> ResponseReturnValue:
    """What waits for somebody in the room, and how much is with the safeguarding lead."""
    return _page(_visible(panel_id), None)


@bp.post("/<uuid:held_id>")
@for_panel(Role.FACILITATOR)
def decide(panel_id: uuid.UUID, held_id: uuid.UUID) -> ResponseReturnValue:
    """Let others read the words, or keep them back."""
    work, held = _visible(panel_id), held_words_with(held_id)
    policy.require(actor(), Verb.DECIDE_HELD_WORDS, held)
    form = HeldWordsForm(prefix=str(held_id))
    if form.validate_on_submit() and form.carry_out(
        lambda: decide_held_words(held=held, **form.decided(), actor=actor(), now=clock.now())
    ):
        flash("Done. Thank you for looking.", "success")
        return redirect(url_for(".index", panel_id=panel_id))
    return _page(work, form)


def _visible(panel_id: uuid.UUID) -> PanelWork:
    work = work_of(panel_id)
    policy.require(actor(), Verb.SEE_HELD_WORDS, work)
    return work


def _page(work: PanelWork, sent: HeldWordsForm | None) -> ResponseReturnValue:
    waiting = held_on_panel(work.panel_id, HeldStatus.WAITING)
    forms = {held.id: HeldWordsForm(prefix=str(held.id), data={"seen": digest_of(held)}) for held in waiting}
    if sent is not None:
        forms |= {held.id: sent for held in waiting if sent.seen.name.startswith(str(held.id))}
    page = render_template(
        "evaluation/safeguarding/in_the_room.html",
        work=work,
        waiting=waiting,
        forms=forms,
        sent=sent,
        with_lead=held_on_panel(work.panel_id, HeldStatus.WITH_LEAD),
    )
    return page, sent.status_code if sent is not None else 200
