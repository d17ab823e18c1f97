"""The officers' pages of members: who is one, each one's history, and what can be done about a membership."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.approval import is_first_person
from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.frameworks.member_models import Admission
from portal.frameworks.queries import framework_for
from portal.frameworks.states import AdmissionStatus
from portal.joining.timeline import history_of_member
from portal.members.forms.membership import RemovalDecisionForm, RemovalForm, SentForm, SuspensionForm
from portal.members.membership import find_membership, members_page, membership_status
from portal.members.removing import (
    decide_removal,
    drop_removal,
    ground_of,
    note_reasons_given_elsewhere,
    propose_removal,
    removable_from,
)
from portal.members.renewing import ask_renewal
from portal.members.suspending import lift_suspension, suspend_member, why_nobody_is_suspended
from portal.regulation.local_time import local_date
from portal.web.access import actor, for_authority
from portal.web.addresses import page_in_query
from portal.web.forms import BaseForm, PlainForm

bp = Blueprint("members", __name__, url_prefix="/commissioning/frameworks/<reference>/members")


@bp.get("")
@for_authority()
def index(reference: str) -> str:
    """The members of every lot, or those who left or were removed."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    ended = request.args.get("show") == "ended"
    page = page_in_query()
    now = clock.now()
    rows, more = members_page(framework, ended=ended, page=page)
    return render_template(
        "members/commissioner/members.html",
        framework=framework,
        rows=[(admission, membership_status(admission, now)) for admission in rows],
        ended=ended,
        page=page,
        more=more,
    )


@bp.get("/<uuid:admission_id>")
@for_authority()
def show(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """One member: where it stands, what can be done, and its history."""
    return _page(_admission(reference, admission_id), PlainForm(formdata=None))


@bp.post("/<uuid:admission_id>/renewal")
@for_authority()
def renewal(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the member to renew its declarations."""
    admission = _admission(reference, admission_id)
    return _pressed(
        admission,
        lambda: ask_renewal(admission=admission, actor=actor(), now=clock.now()),
        "The member is asked to renew its declarations.",
    )


@bp.post("/<uuid:admission_id>/lift")
@for_authority()
def lift(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """Lift the member's suspension."""
    admission = _admission(reference, admission_id)
    return _pressed(
        admission,
        lambda: lift_suspension(admission=admission, actor=actor(), now=clock.now()),
        "The suspension is lifted, and the member is told.",
    )


@bp.route("/<uuid:admission_id>/suspend", methods=["GET", "POST"])
@for_authority()
def suspend(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """Suspend the member under the published terms."""
    admission = _admission(reference, admission_id, Verb.SUSPEND)
    form = SuspensionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: suspend_member(
            admission=admission,
            reason=form.reason.data or "",
            last_day=form.last_day.data,
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("The member is suspended and told why.", "success")
        return _back(admission)
    return _form_page("suspend", admission, form)


@bp.route("/<uuid:admission_id>/removal", methods=["GET", "POST"])
@for_authority()
def removal(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """Propose to remove the member."""
    admission = _admission(reference, admission_id, Verb.PROPOSE_REMOVAL)
    form = RemovalForm()
    form.offer(admission.framework.law.removal, renewal_is_overdue=_renewal_is_overdue(admission))
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_removal(
            admission=admission,
            ground=form.ground.data,
            reasons=form.reasons.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("The removal is proposed. The reasons go to the provider now; an approver decides later.", "success")
        return _back(admission)
    return _form_page("removal", admission, form)


@bp.route("/<uuid:admission_id>/removal/sent", methods=["GET", "POST"])
@for_authority()
def sent(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """Note that the reasons went to a provider that nobody signs in for."""
    admission = _admission(reference, admission_id, Verb.NOTE_REASONS_SENT)
    form = SentForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: note_reasons_given_elsewhere(
            admission=admission, sent_on=form.sent_on.data, actor=actor(), now=clock.now()
        )
    ):
        flash("It is noted that the reasons were sent. The time to answer runs.", "success")
        return _back(admission)
    return _form_page("sent", admission, form)


@bp.route("/<uuid:admission_id>/removal/decision", methods=["GET", "POST"])
@for_authority()
def decision(reference: str, admission_id: uuid.UUID) -> ResponseReturnValue:
    """Decide a proposed removal as the second person."""
    admission = _admission(reference, admission_id, Verb.DECIDE_REMOVAL)
    form = RemovalDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, admission)):
        removed = form.verdict.data == "remove"
        flash("The member is removed and told." if removed else "The member stays, and is told so.", "success")
        return _back(admission)
    return _form_page("removal_decision", admission, form)


def _decide(form: RemovalDecisionForm, admission: Admission) -> None:
    act = decide_removal if form.verdict.data == "remove" else drop_removal
    act(admission=admission, actor=actor(), now=clock.now())


def _pressed(admission: Admission, act: Callable[[], Any], said: str) -> ResponseReturnValue:
    """What one button does: the page again with the message when it is refused."""
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(act):
        flash(said, "success")
        return _back(admission)
    return _page(admission, form)


def _admission(reference: str, admission_id: uuid.UUID, verb: Verb = Verb.READ) -> Admission:
    """The membership, for whoever may do that to it."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    admission = find_membership(admission_id)
    if admission.framework_id != framework.id:
        raise NotFound("There is no such membership.")
    policy.require(actor(), verb, admission)
    return admission


def _back(admission: Admission) -> ResponseReturnValue:
    return redirect(url_for(".show", reference=admission.framework.reference, admission_id=admission.id))


def _renewal_is_overdue(admission: Admission) -> bool:
    return admission.renewal_due_on is not None and clock.today() > admission.renewal_due_on


VERBS = (Verb.ASK_RENEWAL, Verb.SUSPEND, Verb.PROPOSE_REMOVAL, Verb.NOTE_REASONS_SENT, Verb.DECIDE_REMOVAL)


def _page(admission: Admission, form: BaseForm) -> ResponseReturnValue:
    removed = admission.ended_at if admission.status is AdmissionStatus.REMOVED else None
    ground = ground_of(admission)
    tells = removed is not None and ground is not None and ground.is_exclusion
    return _form_page(
        "member",
        admission,
        form,
        history=history_of_member(admission, for_provider=False),
        may={verb for verb in VERBS if policy.allows(actor(), verb, admission)},
        minister_by=admission.framework.law.minister_told_by(local_date(removed))
        if removed is not None and tells
        else None,
    )


def _form_page(name: str, admission: Admission, form: BaseForm, **values: Any) -> ResponseReturnValue:
    """A page about one member, with where it stands."""
    now = clock.now()
    page = render_template(
        f"members/commissioner/{name}.html",
        framework=admission.framework,
        admission=admission,
        kind=admission.framework.kind_words,
        form=form,
        standing=membership_status(admission, now),
        now=now,
        today=local_date(now),
        ground=ground_of(admission),
        can_from=removable_from(admission),
        is_own=is_first_person(actor(), admission.removal_half),
        is_suspended=admission.is_suspended(now),
        why_not=None if admission.framework.suspension_terms else why_nobody_is_suspended(admission.framework),
        **values,
    )
    return page, form.status_code
