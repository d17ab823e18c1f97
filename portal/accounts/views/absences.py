"""Who is away and who stands in: the organisation's list, naming a deputy, the second person's word, ending it."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.absence_models import Absence, AbsenceStatus, Standing
from portal.accounts.absences import (
    Place,
    absence_with_id,
    absences_open_to,
    confirm_deputy,
    end_absence,
    may_end,
    name_deputy,
    refuse_deputy,
)
from portal.accounts.forms.absences import DeputyDecisionForm, DeputyForm, EndAbsenceForm
from portal.accounts.granting import may_decide
from portal.accounts.queries import colleague_of, colleagues_of, organisation_of
from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.organisations.models import ContractingAuthority
from portal.web.access import actor, require_to_send, signed_in

STANDINGS = {
    Standing.WAITS: ("Waits for a second person", "progress"),
    Standing.TO_COME: ("To come", "info"),
    Standing.NOW: ("Now", "success"),
    Standing.OVER: ("Over", "neutral"),
    Standing.REFUSED: ("Refused", "danger"),
    Standing.WITHDRAWN: ("Taken back", "neutral"),
}
"""Each with the tone of its tag."""

bp = Blueprint("absences", __name__, url_prefix="/account/absences")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """List who is, was and will be away, and what waits."""
    who, now = actor(), clock.now()
    listed = [
        (
            absence,
            STANDINGS[absence.standing(now)],
            may_decide(absence, who),
            may_end(absence=absence, actor=who, now=now),
        )
        for absence in absences_open_to(who)
    ]
    return render_template("accounts/absences/index.html", listed=listed)


@bp.route("/new", methods=["GET", "POST"])
@signed_in
def name() -> ResponseReturnValue:
    """Name one's own deputy; an administrator names anybody's."""
    who = actor()
    place = organisation_of(who)
    policy.require(who, Verb.NAME_DEPUTY, place)
    form = DeputyForm()
    form.offer(colleagues_of(place), own=who.user_id, for_others=policy.allows(who, Verb.CHANGE_ROLES, place))
    if form.validate_on_submit() and form.carry_out(lambda: _named(form, place)):
        flash(_said(form.outcome), "success")
        return redirect(url_for(".index"))
    takes_two = isinstance(place, ContractingAuthority)
    page = render_template("accounts/absences/name.html", form=form, place=place, takes_two=takes_two)
    return page, form.status_code


@bp.route("/<uuid:absence_id>", methods=["GET", "POST"])
@signed_in
def decide(absence_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a deputy as the second person, or refuse with the reason."""
    absence = absence_with_id(absence_id, actor())
    require_to_send(Verb.DECIDE, absence)
    form = DeputyDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _verdict(form, absence)):
        agreed = absence.status is AbsenceStatus.AGREED
        flash(f"{absence.deputy.display_name} {'stands in' if agreed else 'does not stand in'}.", "success")
        return redirect(url_for(".index"))
    page = render_template(
        "accounts/absences/decide.html",
        form=form,
        absence=absence,
        standing=STANDINGS[absence.standing(clock.now())],
        may_decide=may_decide(absence, actor()),
    )
    return page, form.status_code


@bp.route("/<uuid:absence_id>/end", methods=["GET", "POST"])
@signed_in
def end(absence_id: uuid.UUID) -> ResponseReturnValue:
    """End it before its time, after asking."""
    absence = absence_with_id(absence_id, actor())
    form = EndAbsenceForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: end_absence(absence=absence, actor=actor(), now=clock.now())
    ):
        flash(f"{absence.deputy.display_name} does not stand in for {absence.user.display_name} any more.", "success")
        return redirect(url_for(".index"))
    return render_template("accounts/absences/end.html", form=form, absence=absence), form.status_code


def _named(form: DeputyForm, place: Place) -> Absence:
    return name_deputy(
        place=place,
        person=colleague_of(place, form.away),
        deputy=colleague_of(place, uuid.UUID(form.deputy.data)),
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        actor=actor(),
        now=clock.now(),
    )


def _verdict(form: DeputyDecisionForm, absence: Absence) -> None:
    if form.verdict.data == "confirm":
        confirm_deputy(absence=absence, actor=actor(), now=clock.now())
    else:
        refuse_deputy(absence=absence, reason=form.note.data or "", actor=actor(), now=clock.now())


def _said(absence: Absence) -> str:
    named = f"{absence.deputy.display_name} is to stand in for {absence.user.display_name}."
    if absence.status is AbsenceStatus.PROPOSED:
        return f"{named} Another person confirms this first; we have written to them."
    return f"{named} We have written to both."
