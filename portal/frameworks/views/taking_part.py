"""A commissioner names participating authorities, publishes windows and adds documents; also of a live one."""

from __future__ import annotations

import uuid

from flask import current_app
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.frameworks.documents import add_document, remove_document
from portal.frameworks.forms.setting_up import ConfirmForm, DocumentForm, ParticipantForm, WindowForm
from portal.frameworks.participating import commit_participant, withdraw_participant
from portal.frameworks.queries import all_authorities, framework_for, participants_of
from portal.frameworks.views.desk import bp, saved, shown
from portal.frameworks.windows import publish_window
from portal.organisations.queries import authority_with_id
from portal.regulation.local_time import end_of_day, start_of_day
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft

PARTICIPANTS, WINDOWS, DOCUMENTS = (
    "framework_desk.participants",
    "framework_desk.windows",
    "framework_desk.documents",
)


@bp.route("/<reference>/participants", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def participants(reference: str) -> ResponseReturnValue:
    """Who takes part, and a form for one more."""
    framework = framework_for(reference, actor(), Verb.NAME_PARTICIPANTS)
    form = ParticipantForm()
    form.offer(all_authorities())
    if form.validate_on_submit() and form.carry_out(
        lambda: commit_participant(
            framework=framework,
            authority=authority_with_id(uuid.UUID(form.authority.data)),
            committed_on=form.committed_on.data,
            commitment=form.commitment.data,
            actor=actor(),
            now=clock.now(),
        )
    ):
        return saved(reference, "The authority takes part now.", PARTICIPANTS)
    return shown("participants", form, framework, participants=participants_of(framework.id))


@bp.route("/<reference>/participants/<uuid:authority_id>/withdraw", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def participant_withdraw(reference: str, authority_id: uuid.UUID) -> ResponseReturnValue:
    """An authority takes part no longer."""
    framework = framework_for(reference, actor(), Verb.NAME_PARTICIPANTS)
    authority = authority_with_id(authority_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: withdraw_participant(framework=framework, authority=authority, actor=actor(), now=clock.now())
    ):
        return saved(reference, f"{authority.name} takes part no longer.", PARTICIPANTS)
    consequence = "It can call off nothing more. What it has begun goes on."
    return shown("remove", form, framework, what=authority.name, consequence=consequence, back=PARTICIPANTS)


@bp.route("/<reference>/windows", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def windows(reference: str) -> ResponseReturnValue:
    """The windows for joining, and a form for one more."""
    framework = framework_for(reference, actor(), Verb.OPEN_WINDOW)
    form = WindowForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: publish_window(
            framework=framework,
            opens_at=start_of_day(form.opens.data) if form.opens.data else None,
            closes_at=end_of_day(form.closes.data) if form.closes.data else None,
            actor=actor(),
            now=clock.now(),
        )
    ):
        return saved(reference, "The window is published.", WINDOWS)
    return shown("windows", form, framework)


@bp.route("/<reference>/documents", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def documents(reference: str) -> ResponseReturnValue:
    """The documents for everybody, and a form for one more."""
    framework = framework_for(reference, actor(), Verb.ADD_DOCUMENT)
    form = DocumentForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: add_document(
            framework=framework,
            title=form.title.data,
            upload=form.file.upload,
            actor=actor(),
            files=current_app.extensions["files"],
        )
    ):
        return saved(reference, "The document is added.", DOCUMENTS)
    return shown("documents", form, framework, may_remove=policy.allows(actor(), Verb.EDIT, framework))


@bp.route("/<reference>/documents/<uuid:document_id>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def document_remove(reference: str, document_id: uuid.UUID) -> ResponseReturnValue:
    """Take a document of a draft away."""
    framework = framework_for(reference, actor())
    form = ConfirmForm()
    files = current_app.extensions["files"]
    if form.validate_on_submit() and form.carry_out(
        lambda: remove_document(framework=framework, document_id=document_id, actor=actor(), files=files)
    ):
        return saved(reference, "The document is removed.", DOCUMENTS)
    consequence = "Nobody outside has seen it."
    return shown("remove", form, framework, what="this document", consequence=consequence, back=DOCUMENTS)
