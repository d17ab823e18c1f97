"""Who else is on the pages of the same thing just now, by name: for whoever the page itself is drawn for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from flask_login import current_user

from portal.accounts.queries import names_by_id
from portal.core import clock
from portal.web.editing import thing_edited


@dataclass(frozen=True)
class Other:
    """Somebody who was here within two minutes: on this very page, or on another page of the same thing."""

    name: str
    on_this_page: bool


def others_here() -> list[Other]:
    """Note that the person is here, and name who else is. A page calls it as it is drawn, after access was judged."""
    if not current_user.is_authenticated:
        return []
    presence = current_app.extensions["presence"]
    visits = presence.visit(thing_edited(), current_user.user_id, request.path, clock.now())
    if not visits:
        return []
    names = names_by_id(*(visit.user_id for visit in visits))
    return [Other(names[visit.user_id], visit.page == request.path) for visit in visits if visit.user_id in names]
