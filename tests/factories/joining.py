"""Providers that join, through the real activities: their documents, and applications drafted and submitted."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path

from flask import current_app

from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.core.storage import FileStore
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import AnswerKind
from portal.joining.answering import answers_of
from portal.joining.applying import Saved, save_answers, start_application
from portal.joining.evidence import add_evidence
from portal.joining.models import Application, Evidence
from portal.joining.submitting import Submitted, submit_application
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import live_framework
from tests.factories.organisations import make_provider

CERTIFICATE = b"Public liability: ten million pounds.\n"


def applicant_of(provider: Provider | None = None, role: Role = Role.SUBMITTER) -> Actor:
    """Somebody of the provider (of a new one where none is given), as activities see people."""
    return actor_of(make_person(role, provider=provider or make_provider()))


def store() -> FileStore:
    """The application's file store."""
    found: FileStore = current_app.extensions["files"]
    return found


def stored_bytes(files: FileStore, evidence: Evidence) -> Path:
    """Where a document's bytes lie."""
    return files._path(evidence.stored_as)


def make_evidence(
    actor: Actor,
    kind: str = "public_liability",
    *,
    expires_on: date | None = None,
    lasts: timedelta = timedelta(days=365),
    name: str = "certificate.txt",
    content: bytes = CERTIFICATE,
) -> Evidence:
    """A document of the actor's provider; it holds until `expires_on`, by default for `lasts` from today.

    One that has lapsed by now was added while it held.
    """
    last = expires_on or clock.today() + lasts
    provider = db.session.get_one(Provider, actor.provider_id)
    evidence = add_evidence(
        provider=provider,
        actor=actor,
        kind=kind,
        upload=(name, lambda: content),
        expires_on=max(last, clock.today()),
        files=store(),
        now=clock.now(),
    )
    evidence.expires_on = last
    return evidence


def draft_application(framework: Framework | None = None, *, actor: Actor | None = None, lot: int = 1) -> Application:
    """An empty application to a lot of the framework (of a new dynamic market where none is given)."""
    framework = framework or live_framework()
    return start_application(lot=framework.lots[lot - 1], actor=actor or applicant_of())


def save(application: Application, actor: Actor, answers: dict[str, str], *confirmed: str) -> Saved:
    """Save answers on top of what is there."""
    return save_answers(
        application=application,
        actor=actor,
        answers=answers,
        confirmed=confirmed,
        now=clock.now(),
    )


def fill_application(application: Application, actor: Actor, **answers: str) -> None:
    """Answer everything that is required: what passes, with a document where one is asked for."""
    for key, question in answers_of(application).questions.items():
        if question.kind is AnswerKind.EVIDENCE:
            given = str(make_evidence(actor, question.profile or key).id)
        elif question.options():
            given = question.passes or question.options()[0][0]
        else:
            given = question.passes or f"Our answer to {key}."
        save(application, actor, {key: answers.get(key, given)}, key)
    save(application, actor, {key: text for key, text in answers.items() if key in answers_of(application).questions})


def complete_application(
    framework: Framework | None = None, *, actor: Actor | None = None, lot: int = 1, **answers: str
) -> Application:
    """A draft that lacks nothing but being sent."""
    actor = actor or applicant_of()
    application = draft_application(framework, actor=actor, lot=lot)
    fill_application(application, actor, **answers)
    return application


def submit(application: Application, actor: Actor, key: uuid.UUID | None = None) -> Submitted:
    """Submit the draft as it is."""
    return submit_application(
        application=application,
        actor=actor,
        idempotency_key=key or uuid.uuid4(),
        expected_revision=application.revision,
    )


def sent_application(
    framework: Framework | None = None, *, actor: Actor | None = None, lot: int = 1, **answers: str
) -> Application:
    """An application that has arrived and waits for its decision."""
    actor = actor or applicant_of()
    application = complete_application(framework, actor=actor, lot=lot, **answers)
    submit(application, actor)
    return application
