"""The house's own pages: the front door, how bids are protected, accessibility, where to report a weakness."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.signed import public_key_of
from portal.extensions import keys
from portal.web.access import public

bp = Blueprint("public_pages", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The front door."""
    return render_template("web/public/home.html")


@bp.get("/how-we-protect-your-bid")
@public
def how_we_protect_your_bid() -> ResponseReturnValue:
    """Encryption, time-stamping and receipts, for interested parties (PCR 2015 reg 22(17)(a))."""
    return render_template("web/public/how_we_protect_your_bid.html", public_key=public_key_of(keys))


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("web/public/accessibility.html")


@bp.get("/.well-known/security.txt")
@public
def security_txt() -> ResponseReturnValue:
    """Say where to report a weakness (RFC 9116)."""
    settings = current_app.config["SETTINGS"]
    page = settings.public_url + url_for("public_pages.how_we_protect_your_bid")
    expires = (clock.now() + timedelta(days=180)).replace(microsecond=0)
    mail = [f"Contact: mailto:{settings.operator.email}"] if settings.operator.email else []
    lines = [
        *mail,
        f"Contact: {page}#report",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.public_url}{request.path}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
