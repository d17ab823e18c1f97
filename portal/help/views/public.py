"""Help and contact."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.help.pages import AUDIENCES, help_page, help_pages, search
from portal.organisations.queries import authorities_to_write_to
from portal.web.access import public

bp = Blueprint("help", __name__)


@bp.get("/help")
@public
def index() -> ResponseReturnValue:
    """Every help page by audience, or those that hold the words that were typed."""
    typed = request.args.get("q", "").strip()
    found = search(typed) if typed else None
    return render_template("help/public/index.html", typed=typed, found=found, pages=help_pages(), audiences=AUDIENCES)


@bp.get("/help/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    """One page."""
    return render_template("help/public/show.html", page=help_page(slug), audiences=AUDIENCES)


@bp.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """Whom to write to."""
    return render_template("help/public/contact.html", authorities=authorities_to_write_to())
