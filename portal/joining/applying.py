"""Applying: start an application to a lot, and save its answers. Nothing here needs to be complete or right."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import length, tidy
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.taking import take
from portal.frameworks.models import FrameworkLot
from portal.frameworks.queries import membership_of
from portal.frameworks.questionnaire import REPLY, AnswerKind
from portal.frameworks.validity import law_of_joining, lock_accepting, require_accepting
from portal.joining.answering import Answered, answers_of, reply_of
from portal.joining.models import Application
from portal.joining.profile import LONGEST_ANSWER, remember_answers
from portal.joining.queries import WITH_FRAMEWORK
from portal.joining.states import CLOSED, ApplicationStatus
from portal.organisations.standing import require_not_suspended

TOO_LONG = f"Your answer is too long to be saved: use at most {LONGEST_ANSWER:,} characters."


class CannotStart(WrongState):
    """The provider has an open application to the lot, or is a member of it; `law` is the section."""

    code = "cannot_start"

    def __init__(self, message: str, *, law: str) -> None:
        super().__init__(f"{message} ({law}).", field="lots")
        self.law = law


@dataclass(frozen=True)
class Saved:
    """The draft's revision after saving, and what could not be saved: {question key: why}. The rest is saved."""

    revision: int
    refused: Mapping[str, str] = field(default_factory=dict)


def start_application(*, lot: FrameworkLot, actor: Actor) -> Application:
    """Start the provider's application to a lot: a draft that only its own people see.

    What the provider has said in other applications is offered in it, to be confirmed. Records APPLICATION_STARTED.
    Raises `NotFound` for people without a provider, `NotAccepting` with the section when no application would be
    accepted now by the database's clock, `CannotStart` while another application to the lot is open (it is put
    right and sent again in place) and for a member of the lot, `OrganisationSuspended`.
    """
    proposed = Application(
        id=uuid.uuid4(),
        reference=new_reference("APP"),
        framework_id=lot.framework_id,
        lot_id=lot.id,
        provider_id=actor.provider_id,
        status=ApplicationStatus.DRAFT,
        version=0,
    )
    policy.require(actor, Verb.START, proposed)
    framework, at = lock_accepting(lot.framework_id)
    require_accepting(framework, at)
    require_not_suspended(actor.provider_id, framework.authority_id, at=at)
    law = law_of_joining(framework)
    if membership_of(lot.id, actor.provider_id) is not None:
        raise CannotStart(f"Your organisation is a member of lot {lot.number} already", law=law)
    columns = {name: getattr(proposed, name) for name in ("id", "reference", "framework_id", "lot_id", "provider_id")}
    made = db.session.execute(
        insert(Application)
        .values(**columns, status=ApplicationStatus.DRAFT, answers={})
        .on_conflict_do_nothing(index_elements=["lot_id", "provider_id"], index_where=Application.status.not_in(CLOSED))
        .returning(Application.id)
    ).scalar_one_or_none()
    if made is None:
        raise _open_already(lot, actor, law)
    application = db.session.get_one(Application, made)
    record(EventKind.APPLICATION_STARTED, application, actor=actor, lot=lot.number)
    return application


def open_application(lot_id: uuid.UUID, provider_id: uuid.UUID | None) -> Application | None:
    """The provider's application to the lot that is neither withdrawn nor ended by an admission, or None."""
    return db.session.scalars(
        select(Application).where(
            Application.lot_id == lot_id,
            Application.provider_id == provider_id,
            Application.status.not_in(CLOSED),
        )
    ).one_or_none()


def save_answers(
    *,
    application: Application,
    actor: Actor,
    answers: Mapping[str, str],
    now: datetime,
    confirmed: Collection[str] = (),
    uploaded: Collection[str] = (),
) -> Saved:
    """Save answers into the draft: {question key: text, or the identifier of one of the provider's documents}.

    `confirmed` names the questions whose suggested answer, taken from the profile, somebody has confirmed, each of
    them for itself;
    `uploaded` those whose document was added for them just now and needs no further confirmation.

    Whatever can be saved is saved, complete or not, and remembered for the provider's next applications; what cannot
    is in the outcome: a document that the provider does not have, more than 20,000 characters, an answer to nothing
    that is asked. Saving what is there changes nothing. Only submitting again makes a change count. Raises
    `WrongState` while the officers decide, and once it is admitted or withdrawn.
    """
    take_own(application, Verb.DRAFT, actor)
    before = answers_of(application)
    draft = _Draft(application, before)
    for key, typed in ({key: before.value(key) for key in confirmed} | dict(answers)).items():
        draft.put(key, tidy(typed), is_confirmed=key in confirmed, is_new=key in uploaded)
    if draft.changed:
        application.answers = draft.answers
        application.revision += 1
        application.saved_at = now
        db.session.flush()
        remember_answers(
            provider_id=application.provider_id,
            answered=answers_of(application),
            keys=draft.changed,
            actor=actor,
            now=now,
        )
    return Saved(application.revision, draft.refused)


def save_reply(*, application: Application, actor: Actor, reply: str, now: datetime) -> None:
    """Save the answer to what the officers asked; it is submitted with the next version.

    Raises `WrongState` when nothing is asked (any more), `InvalidInput` for more than 20,000 characters.
    """
    take_own(application, Verb.DRAFT, actor)
    if application.status is not ApplicationStatus.CLARIFICATION:
        raise WrongState("The officers’ question has been answered already.")
    text = tidy(reply)
    if length(text) > LONGEST_ANSWER:
        raise InvalidInput(TOO_LONG, field="reply")
    if text != reply_of(application):
        application.answers = {**application.answers, REPLY: {"value": text}}
        application.revision += 1
        application.saved_at = now


def take_own(application: Application, verb: Verb, actor: Actor) -> None:
    """Take the application for an act of the provider's people.

    Raises `WrongState` in words that do not tell of a refusal which is proposed and not decided: until then it is
    the officers' alone.
    """
    try:
        take(application, verb, *WITH_FRAMEWORK, actor=actor)
    except WrongState as refusal:
        if application.status is not ApplicationStatus.REFUSAL_PROPOSED:
            raise
        raise WrongState(
            "The officers are deciding about this application at the moment. It can be changed again afterwards."
        ) from refusal


class _Draft:
    """The draft's answers while a save is under way."""

    def __init__(self, application: Application, answered: Answered) -> None:
        self.answered = answered
        self.answers: dict[str, Any] = dict(application.answers)
        self.changed: set[str] = set()
        self.refused: dict[str, str] = {}

    def put(self, key: str, value: str, *, is_confirmed: bool, is_new: bool) -> None:
        """Take one answer, or note why not."""
        shown, is_suggested = self.answered.value(key), self.answered.is_suggested(key)
        if value == shown and not (is_suggested and (is_confirmed or is_new)):
            return
        fault = self._fault(key, value)
        if fault:
            self.refused[key] = fault
            return
        self.answers[key] = {
            "value": value,
            "confirmed": True,
            "reused": is_suggested and value == shown and not is_new,
        }
        self.changed.add(key)

    def _fault(self, key: str, value: str) -> str | None:
        try:
            question = self.answered.questionnaire.question(key)
        except KeyError:
            return "This is not asked."
        if length(value) > LONGEST_ANSWER:
            return TOO_LONG
        if value and question.kind is AnswerKind.EVIDENCE and self.answered.evidence_with(value) is None:
            return "That document was removed. Choose another one, or upload it again."
        return None


def _open_already(lot: FrameworkLot, actor: Actor, law: str) -> CannotStart:
    found = open_application(lot.id, actor.provider_id)
    name = f", {found.reference}" if found is not None else ""
    return CannotStart(
        f"Your organisation has an application to lot {lot.number} already{name}. Change it and send it again in place",
        law=law,
    )
