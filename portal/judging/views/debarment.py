"""The debarment list, for the platform's administrators: which one is here, and bringing in a later one."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import names_by_id
from portal.core import clock
from portal.core.words import counted, london_date
from portal.judging.checking import is_old
from portal.judging.debarment import LAYOUT, bring_in, lists_read
from portal.judging.debarment_models import DebarmentList
from portal.judging.forms import DebarmentForm
from portal.web.access import actor, for_platform
from portal.web.downloads import csv_download

bp = Blueprint("debarment_lists", __name__, url_prefix="/account/debarment-list")


@bp.route("", methods=["GET", "POST"])
@for_platform
def index() -> ResponseReturnValue:
    """The lists that were read, the newest first; bring in a later one."""
    form = DebarmentForm()
    if form.validate_on_submit() and form.carry_out(lambda: _bring_in(form)):
        found = form.outcome
        entries = counted(len(found.entries), "entry", "entries")
        flash(f"The list of {london_date(found.read_on_date)} is in: {entries}.", "success")
        return redirect(url_for(".index"))
    lists = lists_read()
    page = render_template(
        "judging/platform/debarment.html",
        form=form,
        lists=lists,
        is_old=bool(lists) and is_old(lists[0].debarment, clock.now()),
        names=names_by_id(*(one.debarment.brought_in_by_id for one in lists)),
        layout=LAYOUT,
    )
    return page, form.status_code


@bp.get("/template.csv")
@for_platform
def template() -> Response:
    """A file to fill in: the heading, and a row as an example."""
    return csv_download("debarment-list.csv", LAYOUT.names, [[column.example for column in LAYOUT.columns]])


def _bring_in(form: DebarmentForm) -> DebarmentList:
    return bring_in(
        content=form.content(),
        read_on=form.read_on.data,
        by_id=actor().user_id,
        actor=actor(),
        now=clock.now(),
    )
