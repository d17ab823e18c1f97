"""The facilitator adds young people, records who agreed that they take part, and prints their cards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.pdf import make_pdf
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.panels import add_young_people, require_young_people
from portal.evaluation.queries import counting_members, work_of
from portal.evaluation.taking_part.agreeing import record_age_band, taking_part_of
from portal.evaluation.taking_part.batches import Issued, card_sheet, issue_cards
from portal.evaluation.taking_part.chairing import chairing_of, name_young_chair
from portal.evaluation.taking_part.forms import AgeBandForm, AliasesForm, CardsForm, ChairForm, pairs_form
from portal.evaluation.taking_part.pairing import pair_up
from portal.evaluation.taking_part.times import times_of
from portal.extensions import db
from portal.web.access import actor, for_panel
from portal.web.downloads import attachment
from portal.web.qr_codes import qr_code

bp = Blueprint("taking_part", __name__, url_prefix="/panel/<uuid:panel_id>/cards")


@bp.route("/<uuid:member_id>/taking-part", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def change(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """How old a young person is, and how a parent agreed."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.PREPARE_SITTINGS, work)
    member = db.session.get(PanelMember, member_id)
    if member is None or member.panel_id != panel_id:
        raise NotFound("There is no such young person on your panel.")
    form = AgeBandForm.showing(taking_part_of([member.user_id]).get(member.user_id))
    if form.validate_on_submit() and form.carry_out(
        lambda: record_age_band(
            work=work,
            member_id=member_id,
            **form.said(),
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash(f"Saved for {member.alias}.", "success")
        return redirect(url_for("panel_desk.cards", panel_id=panel_id))
    page = "evaluation/panel/taking_part.html"
    until = times_of(panel_id).parents_until
    return render_template(page, form=form, work=work, member=member, until=until), form.status_code


@bp.route("/add", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def add(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Several young people at once, one alias a line."""
    work, form = work_of(panel_id), AliasesForm()
    policy.require(actor(), Verb.ADD_YOUNG_PEOPLE, work)
    if form.validate_on_submit() and form.carry_out(
        lambda: add_young_people(work=work, aliases=form.aliases.data or "", actor=actor(), now=clock.now())
    ):
        flash(f"Added: {', '.join(member.alias for member in form.outcome)}.", "success")
        return redirect(url_for("panel_desk.cards", panel_id=panel_id))
    return render_template("evaluation/panel/add_young.html", form=form, work=work), form.status_code


@bp.route("/several", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def several(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Issue cards to all or some, and print them: as one file, or from the page."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.ISSUE_CARD, work)
    form = CardsForm()
    form.offer(counting_members(panel_id))
    if form.validate_on_submit() and form.carry_out(lambda: _issue(work, form.chosen())):
        address = url_for("accounts.card", _external=True)
        if form.as_file:
            sheet = card_sheet(work=work, issued=form.outcome, address=address, picture=qr_code)
            return attachment("cards.pdf", make_pdf(sheet), "application/pdf")
        scanned = {card.code: qr_code(f"{address}#{card.code}") for _, card in form.outcome}
        page = "evaluation/panel/cards_to_print.html"
        return render_template(page, work=work, issued=form.outcome, address=address, scanned=scanned)
    return render_template("evaluation/panel/several_cards.html", form=form, work=work), form.status_code


@bp.route("/chair", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def chair(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Whom the young people chose as their chair."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.PREPARE_SITTINGS, work)
    require_young_people(work)
    now = chairing_of(panel_id)
    form = ChairForm.among(
        counting_members(panel_id), now.member_id if now else None, may_be_nobody=not work.status.is_moderating
    )
    if form.validate_on_submit() and form.carry_out(
        lambda: name_young_chair(work=work, member_id=form.chosen(), actor=actor(), now=clock.now())
    ):
        flash("Who chairs the group is written down.", "success")
        return redirect(url_for("panel_desk.cards", panel_id=panel_id))
    return render_template("evaluation/panel/young_chair.html", form=form, work=work), form.status_code


@bp.route("/pairs", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def pairs(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Which young people score together."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.ADD_YOUNG_PEOPLE, work)
    require_young_people(work)
    form = pairs_form([seat for seat in counting_members(panel_id) if seat.role.is_young_member])
    if form.validate_on_submit() and form.carry_out(
        lambda: pair_up(work=work, groups=form.groups(), actor=actor(), now=clock.now())
    ):
        flash("Who scores together is written down.", "success")
        return redirect(url_for("panel_desk.cards", panel_id=panel_id))
    return render_template("evaluation/panel/pairs.html", form=form, work=work), form.status_code


def _issue(work: PanelWork, member_ids: Sequence[uuid.UUID]) -> Issued:
    keys = current_app.extensions["keys"]
    return issue_cards(work=work, member_ids=member_ids, actor=actor(), keys=keys, now=clock.now())
