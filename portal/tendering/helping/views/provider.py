"""A bidder who cannot send its bid asks for help, and reads what is answered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.tendering.helping.asking import ask_for_help, own_requests
from portal.tendering.helping.forms import HelpForm
from portal.tendering.queries import find_published_itt
from portal.web.access import actor, for_provider

bp = Blueprint("help_requests", __name__, url_prefix="/provider/help/<reference>")


@bp.route("", methods=["GET", "POST"])
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """Ask, and see what was asked and answered."""
    itt = find_published_itt(reference)
    form = HelpForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_for_help(itt=itt, words=form.words.data or "", is_named=form.is_named.data, actor=actor())
    ):
        flash(f"Your request {form.outcome.reference} is sent and on record. Go on trying meanwhile.", "success")
        return redirect(url_for(".show", reference=itt.reference))
    page = render_template(
        "tendering/helping/ask.html",
        form=form,
        itt=itt,
        requests=own_requests(itt.id, actor().provider_id),
        now=clock.now(),
    )
    return page, form.status_code
