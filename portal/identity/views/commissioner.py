"""Checking organisations: whether a number is their own, what was seen, and taking that back."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.identity.claiming import claims_undecided
from portal.identity.forms import DomainForm, PostForm, ReasonForm, RegisterCheckForm
from portal.identity.queries import lately_verified, providers_not_yet_verified
from portal.identity.rules import CHECKERS
from portal.identity.suspending import suspensions_open_to
from portal.identity.verifying import check_register, name_domain, post_code, refuse_check, withdraw_verification
from portal.organisations.details import name_doubts
from portal.organisations.models import Provider
from portal.organisations.queries import provider_with_id
from portal.organisations.standing import suspensions_of
from portal.web.access import actor, for_authority
from portal.web.forms import BaseForm

bp = Blueprint("provider_checks", __name__, url_prefix="/commissioning/providers")


@bp.get("")
@for_authority(*CHECKERS)
def index() -> ResponseReturnValue:
    """List the providers to check, the suspensions that wait or run, and those checked lately."""
    return render_template(
        "identity/commissioner/index.html",
        waiting=providers_not_yet_verified(),
        verified=lately_verified(),
        suspensions=suspensions_open_to(actor()),
        claims=claims_undecided(),
        now=clock.now(),
    )


@bp.route("/<uuid:provider_id>", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def verify(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a provider says about itself and what was tried, and take the officer's comparison."""
    provider = _provider(provider_id)
    form = RegisterCheckForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: check_register(
            provider=provider, seen=form.seen.data or "", seen_on=form.seen_on.data, actor=actor(), now=clock.now()
        )
    ):
        flash(f"{provider.name} is marked as verified.", "success")
        return redirect(url_for(".index"))
    doubts = [] if provider.verification else name_doubts(provider.name, provider.id)
    return _page("verify", provider, form, doubts=doubts, suspensions=suspensions_of(provider.id))


@bp.route("/<uuid:provider_id>/refuse", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def refuse(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it is not what the register says."""
    provider = _provider(provider_id, Verb.VERIFY)
    form = ReasonForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: refuse_check(provider=provider, reason=form.reason.data or "", actor=actor(), now=clock.now())
    ):
        flash(f"{provider.name} is told what does not fit.", "success")
        return redirect(url_for(".verify", provider_id=provider.id))
    return _page("refuse", provider, form)


@bp.route("/<uuid:provider_id>/withdraw", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def withdraw(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Take a verification back."""
    provider = _provider(provider_id, Verb.WITHDRAW_VERIFICATION)
    form = ReasonForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: withdraw_verification(provider=provider, reason=form.reason.data or "", actor=actor(), now=clock.now())
    ):
        flash(f"{provider.name} is not verified any more, and is told why.", "success")
        return redirect(url_for(".verify", provider_id=provider.id))
    return _page("withdraw", provider, form)


@bp.route("/<uuid:provider_id>/post", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def post(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Make a letter with a code to the address in the register; it is shown once."""
    provider = _provider(provider_id, Verb.VERIFY)
    form = PostForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: post_code(
            provider=provider,
            address=form.address.data or "",
            actor=actor(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        return _page("letter", provider, form, posted=form.outcome)
    return _page("post", provider, form)


@bp.route("/<uuid:provider_id>/domain", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def domain(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm that a mail domain is the organisation's own."""
    provider = _provider(provider_id, Verb.VERIFY)
    form = DomainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: name_domain(
            provider=provider,
            domain=form.domain.data or "",
            seen=form.seen.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("Whoever has a confirmed address there can prove the number now, and is told so.", "success")
        return redirect(url_for(".verify", provider_id=provider.id))
    return _page("domain", provider, form)


def _provider(provider_id: uuid.UUID, verb: Verb = Verb.READ) -> Provider:
    """The organisation, for whoever may do that to it."""
    provider = provider_with_id(provider_id)
    policy.require(actor(), verb, provider)
    return provider


def _page(name: str, provider: Provider, form: BaseForm, **values: Any) -> ResponseReturnValue:
    verbs = (Verb.VERIFY, Verb.WITHDRAW_VERIFICATION, Verb.SUSPEND_ORGANISATION)
    page = render_template(
        f"identity/commissioner/{name}.html",
        form=form,
        provider=provider,
        may={verb for verb in verbs if policy.allows(actor(), verb, provider)},
        now=clock.now(),
        **values,
    )
    return page, form.status_code
