"""The provider's pages of its memberships: what each means, pausing, renewing, leaving, and its history."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.frameworks.member_models import Admission
from portal.joining.findings import judged_sections
from portal.joining.queries import application_of
from portal.joining.submitting import version_of
from portal.joining.timeline import history_of_member
from portal.members.forms.membership import PauseForm, RenewalForm
from portal.members.membership import (
    find_membership,
    leave_lot,
    meaning_of,
    membership_status,
    memberships_of_provider,
)
from portal.members.pausing import pause_membership, resume_membership
from portal.members.removing import ground_of
from portal.members.renewing import renew_declarations
from portal.regulation.local_time import local_date
from portal.web.access import actor, for_provider
from portal.web.forms import BaseForm, PlainForm

bp = Blueprint("memberships", __name__, url_prefix="/provider/memberships")


@bp.get("")
@for_provider()
def index() -> str:
    """The provider's memberships, each with what it means."""
    now = clock.now()
    provider_id = actor().provider_id
    assert provider_id is not None
    held = [(one, membership_status(one, now), meaning_of(one, now)) for one in memberships_of_provider(provider_id)]
    return render_template("members/provider/index.html", held=held)


@bp.get("/<uuid:admission_id>")
@for_provider()
def show(admission_id: uuid.UUID) -> ResponseReturnValue:
    """One membership, what can be done about it, and its history."""
    return _page(_own(admission_id), PlainForm(formdata=None))


@bp.route("/<uuid:admission_id>/pause", methods=["GET", "POST"])
@for_provider()
def pause(admission_id: uuid.UUID) -> ResponseReturnValue:
    """Pause the membership until a day."""
    admission = _own(admission_id, Verb.PAUSE)
    form = PauseForm()
    if form.validate_on_submit() and form.carry_out(lambda: _pause(form, admission)):
        flash("Your membership is paused. It resumes by itself.", "success")
        return _back(admission)
    return _form_page("pause", admission, form)


@bp.post("/<uuid:admission_id>/resume")
@for_provider()
def resume(admission_id: uuid.UUID) -> ResponseReturnValue:
    """End the pause before its time."""
    admission = _own(admission_id)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: resume_membership(admission=admission, actor=actor(), now=clock.now())
    ):
        flash("Your pause has ended. You are invited to every call-off of this lot.", "success")
        return _back(admission)
    return _page(admission, form)


@bp.route("/<uuid:admission_id>/renew", methods=["GET", "POST"])
@for_provider()
def renew(admission_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm that what was declared is still true."""
    admission = _own(admission_id, Verb.RENEW)
    form = RenewalForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: renew_declarations(
            admission=admission, confirmed=bool(form.confirmed.data), actor=actor(), now=clock.now()
        )
    ):
        flash("Thank you. Your declarations are renewed, and the authority is told.", "success")
        return _back(admission)
    return _form_page("renew", admission, form, sections=_declared(admission))


@bp.route("/<uuid:admission_id>/leave", methods=["GET", "POST"])
@for_provider()
def leave(admission_id: uuid.UUID) -> ResponseReturnValue:
    """Leave the lot."""
    admission = _own(admission_id, Verb.LEAVE)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: leave_lot(admission=admission, actor=actor(), now=clock.now())
    ):
        flash("You have left the lot. You can apply again at any time while it takes applications.", "success")
        return redirect(url_for(".index"))
    return _form_page("leave", admission, form)


def _pause(form: PauseForm, admission: Admission) -> None:
    pause_membership(admission=admission, last_day=form.last_day.data, actor=actor(), now=clock.now())


def _own(admission_id: uuid.UUID, verb: Verb = Verb.READ) -> Admission:
    """The provider's own membership, for whoever may do that to it."""
    admission = find_membership(admission_id)
    if not actor().towards_provider(admission.provider_id):
        raise NotFound("There is no such membership.")
    policy.require(actor(), verb, admission)
    return admission


def _back(admission: Admission) -> ResponseReturnValue:
    return redirect(url_for(".show", admission_id=admission.id))


def _declared(admission: Admission) -> list[Any]:
    """What the provider declared when it joined; nothing for a member that came with an imported framework."""
    application = application_of(admission)
    if application is None:
        return []
    return judged_sections(application, version_of(application), clock.today())


VERBS = (Verb.PAUSE, Verb.RENEW, Verb.LEAVE)


def _page(admission: Admission, form: BaseForm) -> ResponseReturnValue:
    return _form_page(
        "show",
        admission,
        form,
        history=history_of_member(admission, for_provider=True),
        may={verb for verb in VERBS if policy.allows(actor(), verb, admission)},
        ground=ground_of(admission),
    )


def _form_page(name: str, admission: Admission, form: BaseForm, **values: Any) -> ResponseReturnValue:
    """A page about one membership, with what it means now."""
    now = clock.now()
    page = render_template(
        f"members/provider/{name}.html",
        admission=admission,
        framework=admission.framework,
        kind=admission.framework.kind_words,
        form=form,
        standing=membership_status(admission, now),
        meaning=meaning_of(admission, now),
        is_paused=admission.is_paused(now),
        today=local_date(now),
        **values,
    )
    return page, form.status_code
