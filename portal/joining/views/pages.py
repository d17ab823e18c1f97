"""What the provider's pages of an application have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, flash, render_template, url_for

from portal.core import clock
from portal.core.drafts import Gap
from portal.core.errors import InvalidInput, NotFound
from portal.core.keeping import inspect_upload
from portal.core.permissions import Verb, policy
from portal.core.storage import FileStore
from portal.core.words import counted, noun
from portal.frameworks.questionnaire import REPLY, Question, Section
from portal.frameworks.validity import NotAccepting, accepting_until
from portal.joining.answering import Answered, answers_of, failing_answers, kind_of
from portal.joining.applying import Saved, save_answers
from portal.joining.completeness import gaps_of
from portal.joining.evidence import add_evidence, date_evidence
from portal.joining.forms.applying import ANSWER, EXPIRES, FILE, SectionForm
from portal.joining.models import Application, Evidence
from portal.joining.own_applications import application_progress, part_status, refusal_reasons, still_to_put_right
from portal.joining.states import EDITABLE
from portal.joining.submitting import record_late_attempt
from portal.web.access import actor
from portal.web.forms import BaseForm

Answer = tuple[str, int]


def file_store() -> FileStore:
    """The installation's file store."""
    found: FileStore = current_app.extensions["files"]
    return found


def sent(form: BaseForm, application: Application, act: Callable[[], Any]) -> bool:
    """Send the application; an attempt outside the validity is recorded after its rollback."""
    if not form.validate_on_submit():
        return False
    if form.carry_out(act):
        return True
    if isinstance(form.refusal, NotAccepting):
        record_late_attempt(application=application, actor=actor(), late=form.refusal)
    return False


def around(application: Application) -> dict[str, Any]:
    """What every page of an application shows: its standing, and what the person may do."""
    now = clock.now()
    return {
        "now": now,
        "standing": application_progress(application),
        "words": application.framework.kind_words,
        "editable": application.status in EDITABLE,
        "open_until": accepting_until(application.framework, now),
        "may_send": policy.allows(actor(), Verb.SUBMIT, application),
        "may_withdraw": policy.allows(actor(), Verb.WITHDRAW, application),
    }


def inside(application: Application) -> dict[str, Any]:
    """What the pages show that know the answers: what is missing, what would be refused, what was refused."""
    answered = answers_of(application)
    gaps = gaps_of(application, answered, today=clock.today())
    failing = failing_answers(answered)
    reasons = refusal_reasons(application)
    wrong = still_to_put_right(application, answered, reasons)
    statuses = {section.key: part_status(section, answered, gaps, failing, wrong) for section in answered.sections}
    return {
        "answered": answered,
        "gaps": gaps,
        "gap_links": gap_links(application, answered, gaps),
        "failing": {one.question.key: one for one in failing},
        "reasons": reasons,
        "statuses": statuses,
        "undated": [key for key in answered.questions if _is_undated(answered, key)],
    }


def shown(page: str, form: BaseForm, application: Application, **context: Any) -> Answer:
    """Render a page of the application."""
    body = render_template(
        f"joining/provider/{page}.html", form=form, application=application, **around(application), **context
    )
    return body, form.status_code


def section_named(answered: Answered, key: str) -> Section:
    """One section with every question that it can have for this lot, asked already or not; raises `NotFound`."""
    for section in answered.questionnaire.sections:
        if section.key == key:
            questions = tuple(q for q in section.questions if not q.lots or answered.lot in q.lots)
            return Section(section.key, section.title, section.intro, questions)
    raise NotFound("There is no such section.")


def section_page(form: SectionForm, application: Application, section: Section) -> Answer:
    """The page of a section: what is stored, or what was typed with what was refused beside it."""
    context = inside(application)
    answered: Answered = context["answered"]
    asked = next((part.questions for part in answered.sections if part.key == section.key), ())
    form.offer(answered)
    return shown("section", form, application, section=section, asked=asked, **context)


def save_section(form: SectionForm, application: Application, section: Section) -> Saved:
    """Save everything that can be saved of a section: documents first, then the answers that name them."""
    refused = {name: faults[0] for name, faults in form.unread_days.items()}
    answers, uploaded = form.answers, set()
    for key in form.uploads:
        question = next(question for question in section.questions if question.key == key)
        try:
            made = _add_document(form, application, question)
        except InvalidInput as refusal:
            refused[f"{EXPIRES if refusal.field == 'expires_on' else FILE}{key}"] = refusal.message
        else:
            if made is not None:
                answers[key] = form.box(ANSWER, key).data = str(made.id)
                uploaded.add(key)
                form.box(FILE, key).data = None
    saved = save_answers(
        application=application,
        actor=actor(),
        answers=answers,
        confirmed=form.confirmed,
        uploaded=uploaded,
        now=clock.now(),
    )
    _date_chosen(form, application)
    refused |= {f"{ANSWER}{key}": why for key, why in saved.refused.items()}
    form.edited -= refused.keys()
    return Saved(saved.revision, refused)


def _add_document(form: SectionForm, application: Application, question: Question) -> Evidence | None:
    """Keep the document that was chosen for a question, with its day: both or neither (None when its day is none)."""
    upload = form.uploads[question.key]
    if f"{EXPIRES}{question.key}" in form.unread_days:
        inspect_upload(upload, files=current_app.extensions["files"])
        return None
    return add_evidence(
        provider=application.provider,
        actor=actor(),
        kind=kind_of(question),
        upload=upload,
        expires_on=form.days.get(question.key),
        files=file_store(),
        now=clock.now(),
    )


def report_refused(form: SectionForm) -> bool:
    """Put what could not be saved beside its field; False when there was something."""
    if form.outcome is None:
        return True
    for name, message in form.outcome.refused.items():
        field = form._fields.get(name)
        if field is not None:
            field.errors = [message]
        else:
            form.form_errors = [*form.form_errors, message]
    if form.outcome.refused:
        form.ask_for_files_again()
    return not form.outcome.refused


def after_saving(application: Application, section: Section, before: Answered) -> str:
    """Where to go once a section is saved: back to it when the answers have opened further questions of it."""
    opened = answers_of(application)
    here = {question.key for question in section.questions}
    new = [key for key in opened.questions if key in here and key not in before.questions]
    if new:
        more = "one more question" if len(new) == 1 else f"{len(new)} more questions"
        flash(f"Saved. Because of your answers there {noun(len(new), 'is', 'are')} {more} here.", "success")
        return url_for(
            "applications.section", reference=application.reference, section=section.key, _anchor=f"q-{new[0]}"
        )
    flash("Your answers are saved. They are not sent yet.", "success")
    return url_for("applications.show", reference=application.reference)


def confirmed_words(form: SectionForm) -> str:
    """What became of the answers that were ticked, in words."""
    count = len(form.confirmed)
    words = [f"{counted(count, 'answer')} confirmed."] if count else []
    if form.confirmed != form.ticked:
        words.append("Somebody else changed some of these answers in the meantime: look at them again.")
    return " ".join(words) or "Tick what is still right."


def gap_links(application: Application, answered: Answered, gaps: Sequence[Gap]) -> list[dict[str, str]]:
    """What still has to be done, each with the page where it is done."""
    places = {question.key: section.key for section in answered.sections for question in section.questions}
    links = []
    for gap in gaps:
        if gap.key == REPLY:
            href = url_for("applications.reply", reference=application.reference)
        else:
            href = url_for(
                "applications.section", reference=application.reference, section=places[gap.key], _anchor=f"q-{gap.key}"
            )
        links.append({"text": gap.message, "href": href})
    return links


def _date_chosen(form: SectionForm, application: Application) -> None:
    """A day without a new file belongs to the document that is chosen."""
    answered = answers_of(application)
    for key, day in form.days.items():
        answer = answered.answers.get(key)
        if key not in form.uploads and answer is not None and answer.evidence is not None:
            date_evidence(evidence=answer.evidence, actor=actor(), expires_on=day)


def _is_undated(answered: Answered, key: str) -> bool:
    answer = answered.answers.get(key)
    return (
        answered.questions[key].expires
        and answer is not None
        and answer.evidence is not None
        and (answer.evidence.expires_on is None)
    )
