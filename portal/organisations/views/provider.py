"""A provider's own page: what it says about itself, and what it wants to hear of."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role
from portal.organisations.changing import choose_alerts
from portal.organisations.forms import AlertsForm
from portal.organisations.kept_numbers import claims_asked_of
from portal.organisations.queries import provider_with_id
from portal.organisations.standing import suspensions_of
from portal.regulation.queries import cpv_codes_among
from portal.web.access import actor, for_provider

bp = Blueprint("provider_organisation", __name__, url_prefix="/provider/organisation")


@bp.get("")
@for_provider()
def show() -> ResponseReturnValue:
    """Show the organisation."""
    provider = provider_with_id(actor().provider_id)
    alerts = cpv_codes_among(alert.cpv_code for alert in provider.alerts)
    now = clock.now()
    return render_template(
        "organisations/provider/show.html",
        provider=provider,
        alerts=alerts,
        claims=claims_asked_of(provider.id),
        suspensions=[found for found in suspensions_of(provider.id) if found.is_running(now)],
    )


@bp.route("/alerts", methods=["GET", "POST"])
@for_provider(Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER)
def alerts() -> ResponseReturnValue:
    """Choose what to hear about."""
    provider = provider_with_id(actor().provider_id)
    form = AlertsForm.of(provider)
    if form.validate_on_submit() and form.carry_out(
        lambda: choose_alerts(provider=provider, codes=form.codes.data or [], actor=actor())
    ):
        flash("Your choice is saved.", "success")
        return redirect(url_for(".show"))
    return render_template("organisations/provider/alerts.html", form=form), form.status_code
