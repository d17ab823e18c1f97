"""A council asks for training before anybody scores, and writes down who has it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.parsing.text import one_line, require_text
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.evaluation.training.models import TrainingRecord
from portal.evaluation.training.queries import may_be_trained
from portal.organisations.models import ContractingAuthority
from portal.regulation.local_time import local_date

LONGEST = 200
"""Characters of a course's name."""


def ask_for_training(*, authority: ContractingAuthority, asked: bool, actor: Actor) -> None:
    """Ask for training before adults score on the authority's panels, or no longer.

    Consequences: from now on, also on panels that are at work: what a member without training has saved stays, and
    they can neither save nor submit more. Records TRAINING_ASKED_FOR where it changes. Raises `NotAllowed`.
    """
    authority = take(authority, Verb.ASK_FOR_TRAINING, actor=actor)
    if authority.requires_training != asked:
        authority.requires_training = asked
        record(EventKind.TRAINING_ASKED_FOR, authority, actor=actor, asked=asked)


def record_training(
    *,
    authority: ContractingAuthority,
    user_id: uuid.UUID,
    course: str,
    finished_date: date | None,
    valid_until: date | None,
    actor: Actor,
    now: datetime,
) -> TrainingRecord:
    """Write down that somebody on a panel finished a course; `valid_until` is the first day it no longer counts.

    Records TRAINING_RECORDED, without the person's name. Raises `InvalidInput` (fields "person", "course",
    "finished_date", "valid_until": a day that is missing, ahead, or before the course ended), `NotFound`,
    `NotAllowed`.
    """
    authority = take(authority, Verb.RECORD_TRAINING, actor=actor, share=True)
    assert actor.user_id is not None
    if user_id not in {person.id for person in may_be_trained(authority.id)}:
        raise InvalidInput("Choose somebody who scores on one of your panels.", field="person")
    name = require_text(one_line(course), "Enter the name of the course.", field="course", most=LONGEST)
    if finished_date is None or finished_date > local_date(now):
        raise InvalidInput("Enter the day on which the course ended, today or earlier.", field="finished_date")
    if valid_until is not None and valid_until <= finished_date:
        raise InvalidInput("The certificate lapses after the course ended.", field="valid_until")
    written = TrainingRecord(
        authority_id=authority.id,
        user_id=user_id,
        course=name,
        finished_date=finished_date,
        valid_until=valid_until,
        recorded_by_id=actor.user_id,
    )
    db.session.add(written)
    db.session.flush()
    record(EventKind.TRAINING_RECORDED, authority, actor=actor, training=str(written.id))
    return written


def take_back_training(*, authority: ContractingAuthority, training_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Take back what was written down by mistake: it stays on record and counts no longer.

    Records TRAINING_TAKEN_BACK; again it changes nothing. Raises `NotFound`, `NotAllowed`.
    """
    authority = take(authority, Verb.RECORD_TRAINING, actor=actor, share=True)
    held = lock(TrainingRecord, training_id)
    if held.authority_id != authority.id:
        raise NotFound("There is no such training.")
    if held.taken_back_at is None:
        held.taken_back_at, held.taken_back_by_id = now, actor.user_id
        record(EventKind.TRAINING_TAKEN_BACK, authority, actor=actor, training=str(held.id))
