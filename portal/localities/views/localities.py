"""The map of one's authority: everybody of it reads it, its administrators draw it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import colleagues_of, names_by_id
from portal.core.permissions import Role, Verb, policy
from portal.extensions import db
from portal.localities.changing import add_locality, change_locality, remove_locality
from portal.localities.forms import LocalityForm
from portal.localities.models import Locality
from portal.localities.queries import find_locality, places_of
from portal.organisations.models import ContractingAuthority
from portal.web.access import actor, for_authority
from portal.web.forms import BaseForm
from portal.web.submissions import saves_a_draft

bp = Blueprint("localities", __name__, url_prefix="/commissioning/localities")


@bp.get("")
@for_authority()
def index() -> ResponseReturnValue:
    """The tree, with who works for what."""
    authority = _authority()
    places = places_of(authority.id)
    return render_template(
        "localities/index.html",
        authority=authority,
        places=places,
        names=names_by_id(*(member.user_id for place in places for member in place.locality.members)),
        may_change=policy.allows(actor(), Verb.CHANGE_LOCALITIES, authority),
    )


@bp.route("/new", methods=["GET", "POST"])
@for_authority(Role.AUTHORITY_ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Add one."""
    authority, form = _authority(), LocalityForm()
    form.offer(places_of(authority.id), colleagues_of(authority))
    if form.validate_on_submit() and form.carry_out(
        lambda: add_locality(
            authority=authority,
            name=form.name.data or "",
            parent_id=form.parent_id,
            people=form.chosen,
            actor=actor(),
        )
    ):
        flash(f"{form.outcome.name} is on the map.", "success")
        return redirect(url_for(".index"))
    return render_template("localities/edit.html", form=form, authority=authority, locality=None), form.status_code


@bp.route("/<uuid:locality_id>", methods=["GET", "POST"])
@for_authority(Role.AUTHORITY_ADMINISTRATOR)
@saves_a_draft
def change(locality_id: uuid.UUID) -> ResponseReturnValue:
    """Change one."""
    authority = _authority()
    locality = find_locality(locality_id, authority.id)
    form = LocalityForm(data=_stored(locality))
    form.offer(places_of(authority.id), colleagues_of(authority), locality)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_locality(
            locality=locality,
            name=form.name.data or "",
            parent_id=form.parent_id,
            people=form.chosen,
            actor=actor(),
        )
    ):
        flash("Saved.", "success")
        return redirect(url_for(".index"))
    return render_template("localities/edit.html", form=form, authority=authority, locality=locality), form.status_code


@bp.route("/<uuid:locality_id>/remove", methods=["GET", "POST"])
@for_authority(Role.AUTHORITY_ADMINISTRATOR)
def remove(locality_id: uuid.UUID) -> ResponseReturnValue:
    """Take one off the map."""
    authority, form = _authority(), BaseForm()
    locality = find_locality(locality_id, authority.id)
    name = locality.name
    if form.validate_on_submit() and form.carry_out(lambda: remove_locality(locality=locality, actor=actor())):
        flash(f"{name} is off the map.", "success")
        return redirect(url_for(".index"))
    return render_template("localities/remove.html", form=form, locality=locality), form.status_code


def _authority() -> ContractingAuthority:
    return db.session.get_one(ContractingAuthority, actor().authority_id)


def _stored(locality: Locality) -> dict[str, object]:
    return {
        "name": locality.name,
        "parent": str(locality.parent_id or ""),
        "people": [str(member.user_id) for member in locality.members],
    }
