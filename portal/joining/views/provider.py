"""The provider's pages of joining: start, answer, check, send, withdraw; after a refusal put right and send again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.calling_submitters import still_called
from portal.core import clock
from portal.core.keeping import read_kept
from portal.core.permissions import Verb, policy
from portal.core.signed import as_text
from portal.core.words import counted
from portal.extensions import keys
from portal.frameworks.models import Framework
from portal.frameworks.queries import find_public_framework
from portal.frameworks.questionnaire import REPLY, Section, read
from portal.frameworks.validity import NotAccepting, require_accepting
from portal.joining.answering import Answered, answers_of, known_answers, reply_of
from portal.joining.applying import save_answers, save_reply, start_application
from portal.joining.confirmations import confirmation_of
from portal.joining.evidence import readable_evidence
from portal.joining.forms.applying import LotsForm, ReplyForm, SectionForm, SendForm, section_form
from portal.joining.models import Application
from portal.joining.own_applications import (
    LotChoice,
    application_progress,
    applications_of,
    lot_choices,
    own_application,
    version_numbered,
    versions_of,
)
from portal.joining.readying import say_application_is_ready
from portal.joining.submitting import submit_application
from portal.joining.views.pages import (
    after_saving,
    around,
    confirmed_words,
    file_store,
    inside,
    report_refused,
    save_section,
    section_named,
    section_page,
    sent,
    shown,
)
from portal.joining.withdrawing import withdraw_application
from portal.regulation.framework_law import KIND_WORDS
from portal.web.access import actor, for_provider, signed_in
from portal.web.downloads import attachment, download
from portal.web.forms import BaseForm, PlainForm
from portal.web.submissions import saves_a_draft
from portal.web.uploads import takes_files

bp = Blueprint("applications", __name__)


@bp.get("/provider/applications")
@for_provider()
def index() -> str:
    """The applications of the provider."""
    return render_template(
        "joining/provider/index.html",
        applications=applications_of(actor().provider_id),
        application_progress=application_progress,
        kind_words=KIND_WORDS,
    )


@bp.route("/provider/applications/start/<reference>", methods=["GET", "POST"])
@for_provider()
def start(reference: str) -> ResponseReturnValue:
    """Choose the lots of a framework, and start an application to each."""
    framework = find_public_framework(reference)
    choices = lot_choices(framework, actor().provider_id)
    form = LotsForm()
    form.offer(choices)
    lots = {str(lot.number): lot for lot in framework.lots}
    if form.validate_on_submit() and form.carry_out(
        lambda: [start_application(lot=lots[number], actor=actor()) for number in sorted(form.lots.data, key=int)]
    ):
        return redirect(_after_starting(form.outcome))
    return _start_page(form, framework, choices)


@bp.get("/provider/applications/<reference>")
@for_provider()
def show(reference: str) -> str:
    """The task list of one application."""
    application = own_application(reference, actor())
    return render_template(
        "joining/provider/show.html",
        application=application,
        versions=versions_of(application) if application.version else [],
        reply=reply_of(application),
        **around(application),
        **inside(application),
    )


@bp.route("/provider/applications/<reference>/questions/<section>", methods=["GET", "POST"])
@for_provider()
@saves_a_draft
@takes_files(2)
def section(reference: str, section: str) -> ResponseReturnValue:
    """Answer the questions of a section; what can be saved is saved before anything is refused."""
    application = own_application(reference, actor())
    before = answers_of(application)
    chosen = section_named(before, section)
    form = section_form(chosen, before)
    saved = form.validate_on_submit() and form.carry_out(lambda: save_section(form, application, chosen))
    if report_refused(form) and saved:
        return redirect(after_saving(application, chosen, before))
    return section_page(form, application, chosen)


@bp.route("/provider/applications/<reference>/reply", methods=["GET", "POST"])
@for_provider()
@saves_a_draft
def reply(reference: str) -> ResponseReturnValue:
    """Answer what the officers asked."""
    application = own_application(reference, actor())
    form = ReplyForm(reply=reply_of(application))
    if form.validate_on_submit() and form.carry_out(
        lambda: save_reply(application=application, actor=actor(), reply=form.reply.data or "", now=clock.now())
    ):
        flash("Your answer is saved, and not sent yet: check your application and send it again.", "success")
        return redirect(url_for("applications.show", reference=application.reference))
    return shown("reply", form, application)


@bp.get("/provider/applications/<reference>/check")
@for_provider()
def check(reference: str) -> ResponseReturnValue:
    """Show back everything that is stored, ask for what has to be confirmed, and offer to send it."""
    return _check_page(SendForm(formdata=None), own_application(reference, actor()))


@bp.post("/provider/applications/<reference>/confirm")
@for_provider()
def confirm(reference: str) -> ResponseReturnValue:
    """Confirm answers that were given before."""
    application = own_application(reference, actor())
    form = _all_questions(answers_of(application))
    if form.validate_on_submit() and form.carry_out(
        lambda: save_answers(
            application=application,
            actor=actor(),
            answers={},
            confirmed=form.confirmed,
            now=clock.now(),
        )
    ):
        flash(confirmed_words(form))
        return redirect(url_for("applications.check", reference=application.reference))
    return _check_page(form, application)


@bp.post("/provider/applications/<reference>/send")
@for_provider()
def send(reference: str) -> ResponseReturnValue:
    """Send the application."""
    application = own_application(reference, actor())
    policy.require(actor(), Verb.SUBMIT, application)
    form = SendForm()
    if sent(
        form,
        application,
        lambda: submit_application(
            application=application,
            actor=actor(),
            idempotency_key=form.key,
            expected_revision=form.expected_revision,
        ),
    ):
        number = form.outcome.version.number
        return redirect(url_for("applications.receipt", reference=application.reference, number=number))
    return _check_page(form, application)


@bp.post("/provider/applications/<reference>/ready")
@for_provider()
def call_submitters(reference: str) -> ResponseReturnValue:
    """Tell those who may send the application that it is ready."""
    application = own_application(reference, actor())
    if PlainForm().validate_on_submit():
        say_application_is_ready(application=application, actor=actor(), now=clock.now())
        flash(
            "Your submitters and administrators are told that the application is ready. It is not sent yet.", "success"
        )
    return redirect(url_for("applications.check", reference=application.reference))


@bp.get("/provider/applications/<reference>/receipt/<int:number>.json")
@for_provider()
def receipt_file(reference: str, number: int) -> Response:
    """The confirmation as a file that anybody can check."""
    application = own_application(reference, actor())
    document = confirmation_of(version_numbered(application, number), keys)
    return download(f"confirmation-{application.reference}-{number}.json", as_text(document), "application/json")


@bp.get("/provider/applications/<reference>/receipt")
@bp.get("/provider/applications/<reference>/receipt/<int:number>")
@for_provider()
def receipt(reference: str, number: int | None = None) -> str:
    """The confirmation of a sent version, the last one without a number."""
    application = own_application(reference, actor())
    version = version_numbered(application, number)
    return render_template(
        "joining/provider/receipt.html", application=application, version=version, **around(application)
    )


@bp.get("/provider/applications/<reference>/sent")
@bp.get("/provider/applications/<reference>/sent/<int:number>")
@for_provider()
def sent_version(reference: str, number: int | None = None) -> str:
    """What was sent, as it was frozen."""
    application = own_application(reference, actor())
    version = version_numbered(application, number)
    given = {key: str(answer["value"]) for key, answer in version.answers.items()}
    return render_template(
        "joining/provider/sent.html",
        application=application,
        version=version,
        sections=read(application.framework.questionnaire).asked(application.lot.number, given),
        reply=version.answers.get(REPLY),
        **around(application),
    )


@bp.route("/provider/applications/<reference>/withdraw", methods=["GET", "POST"])
@for_provider()
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw the application."""
    application = own_application(reference, actor())
    policy.require(actor(), Verb.WITHDRAW, application)
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: withdraw_application(application=application, actor=actor())
    ):
        flash("Your application is withdrawn. You can apply again at any time while applications are taken.", "success")
        return redirect(url_for("applications.index"))
    return shown("withdraw", form, application)


@bp.get("/account/evidence/<uuid:evidence_id>")
@signed_in
def evidence_file(evidence_id: uuid.UUID) -> Response:
    """Download a document: for its provider's people, and for officers to whom an application with it was sent."""
    evidence = readable_evidence(evidence_id, actor())
    return attachment(evidence.file_name, read_kept(evidence, files=file_store()), evidence.media_type)


def _after_starting(made: list[Application]) -> str:
    if len(made) == 1:
        return url_for("applications.show", reference=made[0].reference)
    count = counted(len(made), "application is", "applications are")
    flash(f"{count} started, one for each lot. What you answer in one is offered in the others.")
    return url_for("applications.index")


def _start_page(form: LotsForm, framework: Framework, choices: Sequence[LotChoice]) -> ResponseReturnValue:
    closed: NotAccepting | None = None
    try:
        require_accepting(framework, clock.now())
    except NotAccepting as reason:
        closed = reason
    first = next((choice for choice in choices if choice.can_be_chosen), choices[0])
    page = render_template(
        "joining/provider/start.html",
        form=form,
        framework=framework,
        choices=choices,
        words=framework.kind_words,
        closed=closed,
        known=known_answers(framework, first.number, actor().provider_id),
    )
    return page, form.status_code


def _all_questions(answered: Answered) -> SectionForm:
    return section_form(Section("all", "All questions", "", tuple(answered.questions.values())), answered)


def _check_page(form: BaseForm, application: Application) -> ResponseReturnValue:
    context = inside(application)
    loaded = _all_questions(context["answered"]).loaded_now()
    called = still_called(application.ready_at, application.saved_at)
    return shown("check", form, application, send_key=str(uuid.uuid4()), loaded=loaded, called_at=called, **context)
