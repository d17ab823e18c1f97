"""Checking new providers: an officer looks a number up in the register and says what they saw."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role
from portal.organisations.changing import verify_provider
from portal.organisations.details import name_doubts
from portal.organisations.forms import VerifyForm
from portal.organisations.queries import (
    provider_with_id,
    providers_lately_verified,
    providers_not_yet_verified,
)
from portal.web.access import actor, for_authority

bp = Blueprint("provider_checks", __name__, url_prefix="/commissioning/providers")


@bp.get("")
@for_authority(Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """List the providers to check, and those checked lately."""
    return render_template(
        "organisations/commissioner/index.html",
        waiting=providers_not_yet_verified(),
        verified=providers_lately_verified(),
    )


@bp.route("/<uuid:provider_id>", methods=["GET", "POST"])
@for_authority(Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR)
def verify(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a provider says about itself, and take the officer's check."""
    provider = provider_with_id(provider_id)
    form = VerifyForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: verify_provider(provider=provider, note=form.note.data, actor=actor(), now=clock.now())
    ):
        flash(f"{provider.name} is marked as verified.", "success")
        return redirect(url_for(".index"))
    doubts = [] if provider.verified_at else name_doubts(provider)
    page = render_template("organisations/commissioner/verify.html", form=form, provider=provider, doubts=doubts)
    return page, form.status_code
