"""Officers read what bidders wrote once the bids were opened, answer, and write to bidders whose bids are opened."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role, Verb, policy
from portal.corresponding.forms import WriteForm, WriteToForm
from portal.corresponding.queries import correspondences_of, find_correspondence, opened_bidders
from portal.corresponding.writing import write_to_bidder
from portal.tendering.interests.queries import asks_to_declare
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("bidder_messages", __name__, url_prefix="/commissioning/itts/<reference>/messages")


@bp.get("")
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """Every correspondence of the procurement."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return render_template(
        "corresponding/index.html",
        itt=itt,
        correspondences=correspondences_of(itt.id),
        may_write=Role.COMMISSIONER in actor().authority_roles and bool(opened_bidders(itt.id)),
    )


@bp.route("/new", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def write(reference: str) -> ResponseReturnValue:
    """Write to a bidder whose bid is opened."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    form = WriteToForm()
    form.offer(opened_bidders(itt.id))
    if form.validate_on_submit() and form.carry_out(
        lambda: write_to_bidder(
            itt_id=itt.id,
            provider_id=uuid.UUID(form.provider.data),
            words=form.words.data or "",
            actor=actor(),
        )
    ):
        flash("The message is sent to the bidder.", "success")
        return redirect(url_for(".show", reference=reference, thread=form.outcome.correspondence.reference))
    declares = asks_to_declare(itt, actor())
    return render_template("corresponding/write.html", form=form, itt=itt, asks_to_declare=declares), form.status_code


@bp.route("/<thread>", methods=["GET", "POST"])
@for_authority()
def show(reference: str, thread: str) -> ResponseReturnValue:
    """One correspondence, and a box to answer in."""
    itt = find_itt(reference)
    found = find_correspondence(itt.id, thread)
    policy.require(actor(), Verb.READ, found)
    require_to_send(Verb.WRITE, found)
    form = WriteForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: write_to_bidder(
            itt_id=itt.id, provider_id=found.provider_id, words=form.words.data or "", actor=actor()
        )
    ):
        flash("The message is sent to the bidder.", "success")
        return redirect(url_for(".show", reference=reference, thread=thread))
    asked = {"may_write": policy.allows(actor(), Verb.WRITE, found), "asks_to_declare": asks_to_declare(itt, actor())}
    page = render_template("corresponding/show.html", form=form, itt=itt, correspondence=found, **asked)
    return page, form.status_code
