"""An organisation's own pages about who it is: its details, and the code that proves its number."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.identity.correcting import change_provider
from portal.identity.forms import BoundDetailsForm, CodeForm, DetailsForm
from portal.identity.queries import asked_of
from portal.identity.verifying import type_code, use_address
from portal.organisations.commitments import is_bound
from portal.organisations.queries import provider_with_id
from portal.web.access import actor, for_provider
from portal.web.forms import PlainForm

bp = Blueprint("identity", __name__, url_prefix="/provider/organisation")


@bp.route("/edit", methods=["GET", "POST"])
@for_provider(Role.PROVIDER_ADMINISTRATOR)
def edit() -> ResponseReturnValue:
    """Change the organisation's details."""
    provider = provider_with_id(actor().provider_id)
    bound = is_bound(provider.id)
    form = BoundDetailsForm.of(provider) if bound else DetailsForm.of(provider)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_provider(provider=provider, details=form.details(), actor=actor(), now=clock.now())
    ):
        flash("The organisation’s details are saved.", "success")
        return redirect(url_for("provider_organisation.show"))
    return render_template("identity/provider/edit.html", form=form, bound=bound, provider=provider), form.status_code


@bp.route("/code", methods=["GET", "POST"])
@for_provider(Role.PROVIDER_ADMINISTRATOR)
def code() -> ResponseReturnValue:
    """Type in the code from the letter."""
    provider = provider_with_id(actor().provider_id)
    policy.require(actor(), Verb.PROVE, provider)
    form, keys = CodeForm(), current_app.extensions["keys"]
    if form.validate_on_submit() and form.carry_out(
        lambda: type_code(provider=provider, code=form.code.data or "", actor=actor(), keys=keys, now=clock.now())
    ):
        if form.outcome is None:
            flash("Your organisation is verified.", "success")
            return redirect(url_for("provider_organisation.show"))
        form.code.errors = [form.outcome]
    asked = asked_of(provider.id)
    posted = asked if asked is not None and asked.method.is_post else None
    return render_template("identity/provider/code.html", form=form, posted=posted), form.status_code


@bp.route("/address", methods=["GET", "POST"])
@for_provider(Role.PROVIDER_ADMINISTRATOR)
def address() -> ResponseReturnValue:
    """Prove the number with one's own address at the organisation's domain."""
    provider = provider_with_id(actor().provider_id)
    policy.require(actor(), Verb.PROVE, provider)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: use_address(provider=provider, actor=actor(), now=clock.now())
    ):
        flash("Your organisation is verified.", "success")
        return redirect(url_for("provider_organisation.show"))
    asked = asked_of(provider.id)
    named = asked if asked is not None and asked.method.is_domain else None
    return render_template("identity/provider/address.html", form=form, named=named), form.status_code
