"""Tell us once: what a provider said in one application is offered in the next, and confirmed there by a person."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import length, tidy
from portal.core.permissions import Actor, Verb, policy
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import AnswerKind, Question, Section, read
from portal.frameworks.states import FrameworkStatus
from portal.joining.answering import Answered, kind_of
from portal.joining.models import ProfileAnswer
from portal.organisations.models import Provider

LONGEST_ANSWER = 20_000
"""Characters."""


def profile_of(provider_id: uuid.UUID | None) -> Sequence[ProfileAnswer]:
    """What the provider has said, by key."""
    return db.session.scalars(
        select(ProfileAnswer).where(ProfileAnswer.provider_id == provider_id).order_by(ProfileAnswer.key)
    ).all()


def in_order(said: Sequence[ProfileAnswer], questions: Mapping[str, Question]) -> list[ProfileAnswer]:
    """The answers in the order in which `questions` ask for them; those that nobody asks for any more come last."""
    place = {key: number for number, key in enumerate(questions)}
    return sorted(said, key=lambda answer: place.get(answer.key, len(place)))


def in_sections(said: Sequence[ProfileAnswer]) -> dict[str, list[ProfileAnswer]]:
    """The answers by the title of the section that asks for them in the newest questionnaire, in their order."""
    titles = {
        question.profile: section.title
        for section in _live_sections()
        for question in section.questions
        if question.profile
    }
    found: dict[str, list[ProfileAnswer]] = {}
    for answer in said:
        found.setdefault(titles.get(answer.key, "Not asked any more"), []).append(answer)
    return found


def profile_questions() -> dict[str, Question]:
    """The questions that are reused, by profile key, in the words of the newest questionnaire that asks them."""
    return {question.profile: question for question in _live_questions() if question.profile}


def asked_kinds() -> list[str]:
    """The kinds of evidence that live questionnaires ask for."""
    return sorted({kind_of(question) for question in _live_questions() if question.kind is AnswerKind.EVIDENCE})


def remember_answers(
    *, provider_id: uuid.UUID, answered: Answered, keys: Collection[str], actor: Actor, now: datetime
) -> None:
    """Remember the answers to these questions for the provider's next applications.

    Part of saving an application, which has judged the permission. Evidence is remembered as what it is, a document
    of the provider's; blank answers forget nothing.
    """
    said = {
        answered.questions[key].profile: answered.value(key)
        for key in keys
        if key in answered.questions and answered.questions[key].profile and answered.value(key)
        if answered.questions[key].kind is not AnswerKind.EVIDENCE
    }
    _put(provider_id, said, actor, now)


def change_profile(*, provider: Provider, answers: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Change what the provider has said; a blank forgets it.

    Later applications are offered the new answers; what is submitted stays as it was submitted. Records
    PROVIDER_CHANGED with the keys. Raises `InvalidInput` (field: the key) for an answer of more than 20,000
    characters.
    """
    policy.require(actor, Verb.KEEP_PROFILE, provider)
    known = {row.key: row.value for row in profile_of(provider.id)}
    changed = {key: tidy(value) for key, value in answers.items() if tidy(value) != known.get(key, "")}
    for key, value in changed.items():
        if length(value) > LONGEST_ANSWER:
            raise InvalidInput("This is too long to be kept: use at most 20,000 characters.", field=key)
    if not changed:
        return
    _put(provider.id, {key: value for key, value in changed.items() if value}, actor, now)
    blank = [key for key, value in changed.items() if not value]
    db.session.execute(
        delete(ProfileAnswer).where(ProfileAnswer.provider_id == provider.id, ProfileAnswer.key.in_(blank))
    )
    record(EventKind.PROVIDER_CHANGED, provider, actor=actor, changed=["profile"], keys=sorted(changed))


def _live_questions() -> list[Question]:
    return [question for section in _live_sections() for question in section.questions]


def _live_sections() -> list[Section]:
    """The sections of every live questionnaire, the oldest first."""
    questionnaires = db.session.scalars(
        select(Framework.questionnaire).where(Framework.status == FrameworkStatus.LIVE).order_by(Framework.live_at)
    )
    return [section for stated in questionnaires for section in read(stated).sections]


def _put(provider_id: uuid.UUID, said: Mapping[str, str], actor: Actor, now: datetime) -> None:
    if not said:
        return
    rows = [
        {"provider_id": provider_id, "key": key, "value": value, "said_at": now, "said_by_id": actor.user_id}
        for key, value in sorted(said.items())
    ]
    statement = insert(ProfileAnswer).values(rows)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[ProfileAnswer.provider_id, ProfileAnswer.key],
            set_={name: statement.excluded[name] for name in ("value", "said_at", "said_by_id")},
            where=ProfileAnswer.value != statement.excluded.value,
        )
    )
