"""A commissioner makes many drafts of one: a draft for each locality."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.core.words import counted
from portal.localities.queries import places_of
from portal.tendering.forms.service import LocalitiesForm
from portal.tendering.localities import drafts_for_localities, places_with_a_draft
from portal.tendering.queries import find_itt
from portal.tendering.views.blueprint import bp
from portal.web.access import actor, for_authority


@bp.route("/<reference>/localities", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def localities(reference: str) -> ResponseReturnValue:
    """The localities, what was begun for each, and what a draft for it would be worth."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    if itt.framework_lot_id is not None:
        raise NotFound("A call-off is made from its framework.")
    places, drafts = places_of(itt.authority_id), places_with_a_draft(itt)
    form = LocalitiesForm.of([place for place in places if place.locality.id not in drafts])
    if form.validate_on_submit() and form.carry_out(
        lambda: drafts_for_localities(source=itt, values=form.values, actor=actor(), now=clock.now())
    ):
        flash(f"{counted(len(form.outcome), 'draft')} begun. Nothing is published yet.", "success")
        return redirect(url_for(".localities", reference=reference))
    page = render_template("tendering/commissioner/localities.html", form=form, itt=itt, places=places, drafts=drafts)
    return page, form.status_code
