"""A commissioner calls off from a framework, sees who is invited, and justifies a direct award; another approves it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.parsing.text import has_text
from portal.core.permissions import Role, Verb, policy
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.queries import find_public_framework
from portal.organisations.models import ContractingAuthority
from portal.regulation.kinds import IttKind
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import ProcurementLaw
from portal.regulation.procurement_rows import law_of
from portal.tendering.calling_off import approve_direct_award, create_call_off, may_approve, propose_direct_award
from portal.tendering.forms.calling_off import ApprovalForm, CallOffForm, DirectAwardForm
from portal.tendering.inheriting import CallOffRefused, parent_of, require_committed, require_in_force
from portal.tendering.members import choosable_providers, list_invited, member_counts, provider_chosen
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.views.blueprint import saved
from portal.web.access import actor, for_authority

bp = Blueprint("calling_off", __name__, url_prefix="/commissioning")


@bp.route("/frameworks/<reference>/call-off", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def start(reference: str) -> ResponseReturnValue:
    """Start a call-off: which lot, how, and what for."""
    framework = find_public_framework(reference)
    form = CallOffForm()
    form.offer(framework.lots, _kinds(framework))
    lots = {str(lot.number): lot for lot in framework.lots}
    if form.validate_on_submit() and form.carry_out(
        lambda: create_call_off(
            lot=lots[form.lot.data],
            authority=db.session.get_one(ContractingAuthority, actor().authority_id),
            title=form.title.data,
            kind=IttKind(form.kind.data),
            actor=actor(),
            now=clock.now(),
        )
    ):
        started = f"Draft started. It has taken over the award criteria of the {framework.kind_words}."
        return saved(form.outcome.reference, started)
    return _start_page(framework, form), form.status_code


@bp.get("/itts/<reference>/invited")
@for_authority()
def invited(reference: str) -> ResponseReturnValue:
    """Exactly who is invited; nobody can change the list."""
    itt, framework = _call_off(reference)
    listed = list_invited(itt, clock.now(), after=request.args.get("after", ""))
    following = url_for("calling_off.invited", reference=itt.reference, after=listed.next_key)
    return render_template(
        "tendering/commissioner/invited.html",
        itt=itt,
        listed=listed,
        next_href=following if listed.next_key else None,
        framework=framework,
        terms=framework.calling_off,
    )


@bp.route("/itts/<reference>/direct-award", methods=["GET", "POST"])
@for_authority()
def direct_award(reference: str) -> ResponseReturnValue:
    """Whom it goes to and why; who may not edit the draft reads it."""
    itt, framework = _call_off(reference)
    members = {member.id: member for member in choosable_providers(itt, clock.now())}
    form = DirectAwardForm(data={"provider": str(itt.direct_award_provider_id), "reason": itt.direct_award_reason})
    form.offer(list(members.values()))
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_direct_award(
            itt=itt, provider=form.among(members), reason=form.reason.data, actor=actor(), now=clock.now()
        )
    ):
        return saved(reference, "Saved. An approver has to approve it before you publish.")
    return _award_page("direct-award", itt, framework, form), form.status_code


@bp.route("/itts/<reference>/direct-award/approve", methods=["GET", "POST"])
@for_authority(Role.APPROVER)
def approve(reference: str) -> ResponseReturnValue:
    """A second person approves the direct award, with a fresh second factor."""
    itt, framework = _call_off(reference)
    policy.require(actor(), Verb.APPROVE_DIRECT_AWARD, itt)
    form = ApprovalForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: approve_direct_award(itt=itt, actor=actor(), now=clock.now())
    ):
        flash("Approved. The commissioner can publish it as it stands.", "success")
        return redirect(url_for("itts.draft", reference=itt.reference))
    return _award_page("approve", itt, framework, form), form.status_code


def _call_off(reference: str) -> tuple[InvitationToTender, Framework]:
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    framework = parent_of(itt)
    if framework is None:
        raise NotFound("This invitation is open to every provider, so there is no list of who is invited.")
    return itt, framework


def _kinds(framework: Framework) -> list[ProcurementLaw]:
    """The kinds that the law and the published terms know, each with its law."""
    allowed = [law_of(kind, framework.regime) for kind in framework.calling_off.kinds]
    return [law for law in allowed if not law.names_one_provider or has_text(framework.direct_award_terms)]


def _start_page(framework: Framework, form: CallOffForm) -> str:
    now = clock.now()
    return render_template(
        "tendering/commissioner/call-off.html",
        form=form,
        framework=framework,
        terms=framework.calling_off,
        counts=member_counts([lot.id for lot in framework.lots], now),
        refused=_why_not(framework),
    )


def _why_not(framework: Framework) -> str | None:
    """Why nothing can be called off here by this authority, or None."""
    authority_id, now = actor().authority_id, clock.now()
    try:
        require_in_force(framework, now)
        if authority_id is not None:
            require_committed(framework, authority_id, on=local_date(now))
    except CallOffRefused as refusal:
        return refusal.message
    return None


def _award_page(page: str, itt: InvitationToTender, framework: Framework, form: Any) -> str:
    return render_template(
        f"tendering/commissioner/{page}.html",
        form=form,
        itt=itt,
        framework=framework,
        terms=framework.calling_off,
        provider=provider_chosen(itt),
        may_edit=policy.allows(actor(), Verb.EDIT, itt),
        may_approve=may_approve(itt, actor()),
    )
