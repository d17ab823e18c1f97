"""For those who run the portal: what is kept for how long, and the log of breaches."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.privacy.breaches import answer_breach, breach_with_id, breaches, note_breach
from portal.privacy.forms import BreachAnswerForm, BreachForm, HoldForm
from portal.privacy.keeping import hold_back, line_of, release, report
from portal.web.access import actor, for_platform
from portal.web.forms import BaseForm

bp = Blueprint("privacy_desk", __name__, url_prefix="/admin")


@bp.get("/retention")
@for_platform
def retention() -> ResponseReturnValue:
    """Each kind of data, for how long it is kept and what the job did last."""
    return render_template("privacy/admin/retention.html", lines=report(now=clock.now()))


@bp.route("/retention/<kind>", methods=["GET", "POST"])
@for_platform
def hold(kind: str) -> ResponseReturnValue:
    """Hold a kind back, or release it."""
    line = line_of(kind, now=clock.now())
    form = BaseForm() if line.hold else HoldForm()
    if form.validate_on_submit() and form.carry_out(lambda: _hold_or_release(form, kind)):
        flash("Released: what is past its time goes." if line.hold else "Held back: nothing of it goes.", "success")
        return redirect(url_for(".retention"))
    return render_template("privacy/admin/hold.html", form=form, line=line), form.status_code


def _hold_or_release(form: BaseForm, kind: str) -> None:
    if isinstance(form, HoldForm):
        hold_back(key=kind, reason=form.reason.data or "", actor=actor())
    else:
        release(key=kind, actor=actor(), now=clock.now())


@bp.route("/breaches", methods=["GET", "POST"])
@for_platform
def breach_log() -> ResponseReturnValue:
    """The log, and noting another one."""
    form, now = BreachForm(), clock.now()
    if form.validate_on_submit() and form.carry_out(
        lambda: note_breach(what=form.what.data or "", noticed_at=form.instant(), actor=actor(), now=now)
    ):
        flash("Noted. The 72 hours run from when it was noticed.", "success")
        return redirect(url_for(".breach_log"))
    return render_template("privacy/admin/breaches.html", form=form, found=breaches(), now=now), form.status_code


@bp.route("/breaches/<uuid:breach_id>", methods=["GET", "POST"])
@for_platform
def breach(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Note that one was reported, or why it need not be."""
    found, form, now = breach_with_id(breach_id), BreachAnswerForm(), clock.now()
    if form.validate_on_submit() and form.carry_out(
        lambda: answer_breach(
            breach_id=breach_id, reported_at=form.instant(), reason=form.reason.data or "", actor=actor(), now=now
        )
    ):
        flash("Noted.", "success")
        return redirect(url_for(".breach_log"))
    return render_template("privacy/admin/breach.html", form=form, breach=found, now=now), form.status_code
