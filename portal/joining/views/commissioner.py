"""The officers' pages of applications: the queue with its clock, one application, and every decision about it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.frameworks.queries import framework_for, membership_of
from portal.joining.deciding import (
    admit_provider,
    ask_clarification,
    decide_refusal,
    extend_decision,
    propose_refusal,
    proposed_refusal,
    send_back_refusal,
    take_back_question,
)
from portal.joining.findings import every_judgement, judged_sections, reply_in
from portal.joining.forms.deciding import AdmissionForm, ExtensionForm, QuestionForm, SecondOpinionForm, refusal_form
from portal.joining.models import Application
from portal.joining.queue import clock_of, decisions_of, due_words, find_application, glance, queue_of, working_days
from portal.joining.states import ApplicationStatus, Outcome
from portal.joining.submitting import version_of
from portal.joining.timeline import history_of_application
from portal.regulation.local_time import local_date
from portal.web.access import actor, for_authority
from portal.web.addresses import page_in_query

bp = Blueprint("admissions", __name__, url_prefix="/commissioning/frameworks/<reference>/applications")


@bp.get("")
@for_authority()
def queue(reference: str) -> str:
    """The applications that wait, with their clocks, or those that are decided; and how the officers are doing."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    decided = request.args.get("show") == "decided"
    page = page_in_query()
    now = clock.now()
    rows, more = queue_of(framework, decided=decided, page=page, today=local_date(now))
    return render_template(
        "joining/commissioner/queue.html",
        framework=framework,
        kind=framework.kind_words,
        rows=rows,
        decided=decided,
        page=page,
        more=more,
        glance=glance(framework, now),
    )


@bp.get("/<application_reference>")
@for_authority()
def show(reference: str, application_reference: str) -> ResponseReturnValue:
    """One application: its answers, what the published rules make of them, its history, and what can be done."""
    return _page(_application(reference, application_reference), AdmissionForm(formdata=None))


@bp.post("/<application_reference>/admit")
@for_authority()
def admit(reference: str, application_reference: str) -> ResponseReturnValue:
    """Admit the provider."""
    application = _application(reference, application_reference)
    form = AdmissionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: admit_provider(
            application=application,
            version=form.seen,
            actor=actor(),
            now=clock.now(),
            unverified_reason=form.unverified_reason.data,
        )
    ):
        flash(
            f"{application.provider.name} is admitted to lot {application.lot.number}, and is told at once.", "success"
        )
        return redirect(url_for(".queue", reference=reference))
    return _page(application, form)


@bp.route("/<application_reference>/ask", methods=["GET", "POST"])
@for_authority()
def ask(reference: str, application_reference: str) -> ResponseReturnValue:
    """Ask the provider about its application."""
    application = _application(reference, application_reference, Verb.ASK)
    form = QuestionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_clarification(
            application=application,
            version=form.seen,
            question=form.question.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("The provider is asked. It answers by sending the application again.", "success")
        return _back(application)
    return _form_page("ask", application, form)


@bp.post("/<application_reference>/take-back")
@for_authority()
def take_back(reference: str, application_reference: str) -> ResponseReturnValue:
    """Stop waiting for an answer."""
    application = _application(reference, application_reference)
    form = AdmissionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: take_back_question(application=application, actor=actor(), now=clock.now())
    ):
        flash("The question is taken back. You can decide now.", "success")
        return _back(application)
    return _page(application, form)


@bp.route("/<application_reference>/extend", methods=["GET", "POST"])
@for_authority()
def extend(reference: str, application_reference: str) -> ResponseReturnValue:
    """Take longer to decide."""
    application = _application(reference, application_reference, Verb.EXTEND)
    form = ExtensionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: extend_decision(application=application, reason=form.reason.data or "", actor=actor(), now=clock.now())
    ):
        flash("The last day to decide has moved, and the provider is told why.", "success")
        return _back(application)
    return _form_page("extend", application, form)


@bp.route("/<application_reference>/refuse", methods=["GET", "POST"])
@for_authority()
def refuse(reference: str, application_reference: str) -> ResponseReturnValue:
    """Propose a refusal, with the criteria that are failed."""
    application = _application(reference, application_reference, Verb.PROPOSE_REFUSAL)
    judged = _judged(application)
    form = refusal_form(judged["criteria"])
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_refusal(
            application=application, version=form.seen, findings=form.findings, actor=actor(), now=clock.now()
        )
    ):
        flash("The refusal is proposed. An approver has been told.", "success")
        return _back(application)
    return _form_page("refuse", application, form, **judged)


@bp.route("/<application_reference>/refusal", methods=["GET", "POST"])
@for_authority()
def refusal(reference: str, application_reference: str) -> ResponseReturnValue:
    """Decide a proposed refusal as the second person."""
    application = _application(reference, application_reference, Verb.DECIDE_REFUSAL)
    form = SecondOpinionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _second_opinion(form, application)):
        refused = form.verdict.data == "refuse"
        flash("The provider is told the reasons." if refused else "The refusal went back.", "success")
        return _back(application)
    waiting = application.status is ApplicationStatus.REFUSAL_PROPOSED
    decision = proposed_refusal(application) if waiting else decisions_of(application.id)[0]
    is_own = decision.is_own(actor())
    return _form_page("refusal", application, form, decision=decision, is_own=is_own, **_judged(application))


def _second_opinion(form: SecondOpinionForm, application: Application) -> None:
    note, now = form.note.data or "", clock.now()
    if form.verdict.data == "refuse":
        decide_refusal(application=application, note=note, actor=actor(), now=now)
    else:
        send_back_refusal(application=application, reason=note, actor=actor(), now=now)


def _application(reference: str, application_reference: str, verb: Verb = Verb.READ) -> Application:
    """The application, for whoever may do that to it."""
    application = find_application(framework_for(reference, actor(), Verb.SEE_APPLICATIONS), application_reference)
    policy.require(actor(), verb, application)
    return application


def _back(application: Application) -> ResponseReturnValue:
    framework = application.framework.reference
    return redirect(url_for(".show", reference=framework, application_reference=application.reference))


def _judged(application: Application) -> dict[str, Any]:
    """What was answered, and the questions that can be failed."""
    version = version_of(application)
    sections = judged_sections(application, version, clock.today())
    judgements = every_judgement(sections)
    criteria = [judged for judged in judgements.values() if judged.can_fail]
    return {"version": version, "sections": sections, "criteria": criteria, "judgements": judgements}


def _page(application: Application, form: AdmissionForm) -> ResponseReturnValue:
    # The page shows the version of now, so that is what its buttons are about.
    form.version.data = str(application.version)
    judged = _judged(application)
    decisions = decisions_of(application.id)
    return _form_page(
        "application",
        application,
        form,
        decisions=decisions,
        history=history_of_application(application, for_provider=False),
        reply=reply_in(judged["version"]),
        law=application.framework.law.admission,
        minister_by=_minister_by(application, judged, decisions),
        member=membership_of(application.lot_id, application.provider_id),
        may={verb for verb in VERBS if policy.allows(actor(), verb, application)},
        **judged,
    )


VERBS = (Verb.ASK, Verb.TAKE_BACK_QUESTION, Verb.EXTEND, Verb.ADMIT, Verb.PROPOSE_REFUSAL, Verb.DECIDE_REFUSAL)


def _minister_by(application: Application, judged: dict[str, Any], decisions: Any) -> Any:
    """By when the Minister is told, if the refusal in force rests on a ground for exclusion (PA2023 s.59)."""
    if application.status is not ApplicationStatus.REFUSED:
        return None
    decision = next(one for one in decisions if one.outcome is Outcome.REFUSED and one.decided_at)
    known = judged["judgements"]
    grounds = [finding for finding in decision.findings if _is_ground(known.get(finding["question"]))]
    return application.framework.law.minister_told_by(local_date(decision.decided_at)) if grounds else None


def _is_ground(judged: Any) -> bool:
    return judged is not None and judged.is_ground


def _form_page(name: str, application: Application, form: Any, **values: Any) -> ResponseReturnValue:
    """A page about one application, with its clock."""
    if hasattr(form, "version"):
        form.version.data = str(application.version)
    waits = clock_of(application, clock.today(), working_days())
    page = render_template(
        f"joining/commissioner/{name}.html",
        framework=application.framework,
        application=application,
        kind=application.framework.kind_words,
        form=form,
        waits=waits,
        due=due_words(application, waits),
        **values,
    )
    return page, form.status_code
