"""What we hold about people and why, for adults and for young people; cookies; terms."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.privacy.young_people import keeping_of
from portal.web.access import actor, public

bp = Blueprint("privacy_pages", __name__)


@bp.get("/privacy")
@public
def notice() -> ResponseReturnValue:
    """The privacy notice (UK GDPR art 13)."""
    return render_template("privacy/public/notice.html")


@bp.get("/privacy/young-people")
@public
def young() -> ResponseReturnValue:
    """The same for young people, in words for an eleven-year-old (Children's Code, standard 4)."""
    person_id = actor().user_id
    return render_template("privacy/public/young.html", kept=keeping_of(person_id) if person_id else None)


@bp.get("/cookies")
@public
def cookies() -> ResponseReturnValue:
    """What is stored in a browser (PECR reg 6)."""
    return render_template("privacy/public/cookies.html")


@bp.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """What people agree to when they use the portal."""
    return render_template("privacy/public/terms.html")
