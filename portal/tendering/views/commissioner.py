"""A commissioner starts a draft, sees what is left to do, publishes it or discards it.

The pages for the parts of a draft are in the modules imported below, on the same blueprint.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.audit.queries import is_demonstration
from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.regulation.queries import cpv_codes_among
from portal.tendering.alike import alike_lots
from portal.tendering.approving import standing_of
from portal.tendering.calling_off import may_approve
from portal.tendering.checking import problems_of
from portal.tendering.copying import COPIED, NOT_COPIED, copy_itt, copyable_itts
from portal.tendering.drafting import create_itt, discard_draft
from portal.tendering.forms.service import COPY, ConfirmForm, NewForm, OwnerForm, PublishForm
from portal.tendering.inheriting import members_of, parent_of
from portal.tendering.lots import award_words
from portal.tendering.models import InvitationToTender
from portal.tendering.owning import hand_over, who_can_own
from portal.tendering.publishing import publish_itt
from portal.tendering.queries import find_itt
from portal.tendering.specifications import specification_of
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import AFTER_PUBLICATION
from portal.tendering.views import (  # noqa: F401
    approving,
    criteria,
    documents,
    groundwork,
    localities,
    lots,
    panels,
    previewing,
    pricing,
    questions,
    scales,
    service,
    specification,
)
from portal.tendering.views.blueprint import bp, draft_of, saved
from portal.tendering.views.tasks import address_of, groups_of
from portal.tendering.warnings import warnings_of
from portal.web.access import actor, for_authority

__all__ = ["bp"]


@bp.route("/new", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def new() -> ResponseReturnValue:
    """Start a draft."""
    authority = db.session.get_one(ContractingAuthority, actor().authority_id)
    form, earlier = NewForm(), copyable_itts(authority.id)
    form.offer(earlier)
    if form.validate_on_submit() and form.carry_out(lambda: _start(form, authority)):
        return saved(form.outcome.reference, "Draft started.")
    page = render_template("tendering/commissioner/new.html", form=form, copied=COPIED, not_copied=NOT_COPIED)
    return page, form.status_code


def _start(form: NewForm, authority: ContractingAuthority) -> InvitationToTender:
    begin = {"authority": authority, "title": form.title.data, "actor": actor(), "now": clock.now()}
    if form.start.data != COPY:
        return create_itt(start=StartingPoint(form.start.data), **begin)
    source = find_itt(form.source.data) if form.source.data else None
    return copy_itt(source=source, **begin)


@bp.get("/<reference>/draft")
@for_authority()
def draft(reference: str) -> ResponseReturnValue:
    """The task list of a draft; a published one is at its public address."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    if itt.status in AFTER_PUBLICATION:
        return redirect(url_for("opportunities.show", reference=itt.reference))
    problems = problems_of(itt, clock.now())
    may_edit = policy.allows(actor(), Verb.EDIT, itt)
    return render_template(
        "tendering/commissioner/draft.html",
        itt=itt,
        problems=problems,
        open_tasks=len({problem.task for problem in problems}),
        groups=groups_of(itt, problems, may_edit=may_edit),
        may_edit=may_edit,
        alike=alike_lots(itt),
        framework=parent_of(itt),
        warnings=warnings_of(itt, clock.now()),
        may_approve=may_approve(itt, actor()),
        approval=standing_of(itt, actor()),
    )


@bp.route("/<reference>/publish", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def publish(reference: str) -> ResponseReturnValue:
    """The last look at everything that becomes fixed, and the button."""
    itt = draft_of(reference)
    form = PublishForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: publish_itt(
            itt=itt,
            actor=actor(),
            now=clock.now(),
            keys=current_app.extensions["keys"],
            demonstration=is_demonstration(),
        )
    ):
        flash("Published. This is what everybody can see now.", "success")
        return redirect(url_for("opportunities.show", reference=itt.reference))
    return _last_look(itt, form), form.status_code


def _last_look(itt: Any, form: PublishForm) -> str:
    now, framework = clock.now(), parent_of(itt)
    return render_template(
        "tendering/commissioner/publish.html",
        form=form,
        itt=itt,
        problems=problems_of(itt, now),
        address_of=address_of,
        warnings=warnings_of(itt, now),
        terms=framework.calling_off if framework is not None else None,
        limits=award_words(itt),
        invited=members_of(itt.framework_lot, now) if itt.framework_lot is not None else 0,
        alike=alike_lots(itt),
        codes=cpv_codes_among(itt.cpv_codes),
        outcomes=specification_of(itt.id),
    )


@bp.route("/<reference>/owner", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def owner(reference: str) -> ResponseReturnValue:
    """Give a procurement to another officer."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.HAND_OVER, itt)
    form = OwnerForm()
    form.owner.choices = [(str(person.id), person.name) for person in who_can_own(itt)]
    if form.validate_on_submit() and form.carry_out(
        lambda: hand_over(itt=itt, owner_id=uuid.UUID(form.owner.data), actor=actor())
    ):
        flash(f"{form.outcome.display_name} looks after it now.", "success")
        return redirect(url_for("commissioning_desk.itt", reference=itt.reference))
    return render_template("tendering/commissioner/owner.html", form=form, itt=itt), form.status_code


@bp.route("/<reference>/draft/discard", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def discard(reference: str) -> ResponseReturnValue:
    """Give a draft up."""
    itt = draft_of(reference)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: discard_draft(itt=itt, actor=actor())):
        flash("The draft is discarded.", "success")
        return redirect(url_for("commissioning_desk.index"))
    return render_template("tendering/commissioner/discard.html", form=form, itt=itt), form.status_code
