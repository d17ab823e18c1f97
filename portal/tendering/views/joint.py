"""Buying together: a commissioner's list in the draft, and the pages of the authorities that are asked."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.organisations.queries import authority_with_id
from portal.regulation.queries import cpv_codes_among
from portal.tendering.alike import alike_lots
from portal.tendering.forms.joint import JointBuyerForm
from portal.tendering.joint import (
    add_joint_buyer,
    agree_to_buy_together,
    joint_buyer_of,
    others_here,
    own_part,
    parts_of,
    remove_joint_buyer,
)
from portal.tendering.lots import limit_words
from portal.tendering.queries import find_itt
from portal.tendering.specifications import specification_of
from portal.tendering.views.blueprint import draft_of
from portal.web.access import actor, for_authority
from portal.web.forms import PlainForm

bp = Blueprint("joint", __name__, url_prefix="/commissioning")


@bp.route("/itts/<reference>/draft/joint", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def buyers(reference: str) -> ResponseReturnValue:
    """Who buys together, who has agreed, and one more."""
    itt = draft_of(reference)
    form = JointBuyerForm()
    form.offer(others_here(itt))
    if form.validate_on_submit() and form.carry_out(
        lambda: add_joint_buyer(
            itt=itt,
            authority_id=form.authority_id,
            name=form.name.data or "",
            agreement=form.agreement.data or "",
            parts=form.parts,
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("Added. It is published only when everybody has agreed.", "success")
        return redirect(url_for(".buyers", reference=reference))
    return render_template("tendering/commissioner/joint.html", form=form, itt=itt), form.status_code


@bp.post("/itts/<reference>/draft/joint/<uuid:joint_id>/remove")
@for_authority(Role.COMMISSIONER)
def remove(reference: str, joint_id: uuid.UUID) -> ResponseReturnValue:
    """Take a body out of the list."""
    remove_joint_buyer(joint=joint_buyer_of(draft_of(reference), joint_id), actor=actor())
    flash("Taken out of the list.", "success")
    return redirect(url_for(".buyers", reference=reference))


@bp.get("/joint")
@for_authority()
def index() -> ResponseReturnValue:
    """What one's own authority buys together with others who run the invitation."""
    policy.require(actor(), Verb.BUY_TOGETHER, authority_with_id(actor().authority_id))
    return render_template("tendering/commissioner/joint_parts.html", parts=parts_of(actor().authority_id))


@bp.route("/joint/<uuid:joint_id>", methods=["GET", "POST"])
@for_authority()
def show(joint_id: uuid.UUID) -> ResponseReturnValue:
    """What the draft says, and one's agreement."""
    found = own_part(joint_id, actor())
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: agree_to_buy_together(joint=found, actor=actor(), now=clock.now())
    ):
        flash("Your authority has agreed.", "success")
        return redirect(url_for(".show", joint_id=joint_id))
    itt = find_itt(found.itt.reference)
    page = render_template(
        "tendering/commissioner/joint_part.html",
        form=form,
        joint=found,
        itt=itt,
        codes=cpv_codes_among(itt.cpv_codes),
        alike=alike_lots(itt),
        limits=limit_words(itt),
        outcomes=specification_of(itt.id),
    )
    return page, form.status_code
