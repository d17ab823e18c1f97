"""What a bid answered, as officers read it, and which words of it panels do not read."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.core.words import counted
from portal.evaluation.forms.hiding import HidingForm
from portal.evaluation.hiding import hidden_words_of, hide_words, hints_for, show_again
from portal.evaluation.masking import parts_of
from portal.evaluation.queries import itt_by_reference
from portal.evaluation.reading import read_answers
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("hiding", __name__, url_prefix="/commissioning/itts/<reference>/answers/<uuid:bid_id>")

OFFICERS = (Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)


@bp.route("", methods=["GET", "POST"])
@for_authority(*OFFICERS)
def show(reference: str, bid_id: uuid.UUID) -> ResponseReturnValue:
    """The answers that panels read, with what is hidden of them, and a form that hides more."""
    itt = _itt(reference)
    require_to_send(Verb.HIDE_WORDS, itt)
    given = read_answers(itt=itt, bid_id=bid_id, actor=actor())
    rows = hidden_words_of(bid_id)
    hidden = [row.words for row in rows if row.shown_again_at is None]
    form = HidingForm().offer(hints_for(given.bid.bid.provider, given.answers, hidden))
    if form.validate_on_submit() and form.carry_out(
        lambda: hide_words(itt=itt, bid_id=bid_id, words=form.words(), actor=actor(), now=clock.now())
    ):
        flash(f"{counted(len(form.outcome), 'name is', 'names are')} hidden from panels now.", "success")
        return redirect(url_for(".show", reference=itt.reference, bid_id=bid_id))
    may_hide = policy.allows(actor(), Verb.HIDE_WORDS, itt)
    shown = {"itt": itt, "given": given, "rows": rows, "form": form, "may_hide": may_hide}
    page = render_template("evaluation/commissioner/hiding.html", parts=lambda text: parts_of(text, hidden), **shown)
    return page, form.status_code


@bp.post("/show-again/<uuid:hidden_id>")
@for_authority(Role.COMMISSIONER)
def again(reference: str, bid_id: uuid.UUID, hidden_id: uuid.UUID) -> ResponseReturnValue:
    """Let panels read hidden words again."""
    itt = _itt(reference)
    show_again(itt=itt, hidden_id=hidden_id, actor=actor(), now=clock.now())
    flash("Panels read these words again.", "success")
    return redirect(url_for(".show", reference=itt.reference, bid_id=bid_id))


def _itt(reference: str) -> InvitationToTender:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.READ_ANSWERS, itt)
    return itt
