"""Changing a published invitation by addendum: one proposes it with a reason, another publishes it.

Everything happens under the invitation's row lock: a bid that is submitted meanwhile is either in time by the old
closing time or by the new one, never by half of each (docs/decisions/0003-deadlines.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core import clock
from portal.core.approval import require_second_person
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, WrongState
from portal.core.parsing.text import require_reason, require_text
from portal.core.permissions import Actor, Verb
from portal.core.storage import FileStore
from portal.core.taking import lock, take
from portal.core.uniqueness import unless_taken
from portal.core.words import london
from portal.tendering import requirements
from portal.tendering.amending.documents import NewDocuments, discard_proposed, keep_proposed, publish_proposed
from portal.tendering.amending.method_changes import prepare_again, propose_prepared, put_in_force
from portal.tendering.amending.models import DATES, Addendum
from portal.tendering.amending.states import ADDENDUM, AddendumStatus, EarlierAnswers
from portal.tendering.inheriting import require_before_its_end
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import whole
from portal.tendering.states import IttStatus

WAITS = "Another change of this invitation waits for its decision. Wait for it, or put both into one."
LONGEST_WORDS = 10_000
LONGEST_REASON = 2_000
"""Characters."""


@dataclass(frozen=True)
class NewDates:
    """The timetable as it shall be; None: as it is."""

    closes_at: datetime | None = None
    questions_until: datetime | None = None
    answers_by_date: date | None = None
    award_date: date | None = None
    contract_start_date: date | None = None
    visit_date: date | None = None
    presentations_date: date | None = None


def propose_addendum(
    *,
    itt: InvitationToTender,
    words: str,
    reason: str,
    dates: NewDates,
    documents: NewDocuments,
    earlier_answers: EarlierAnswers | None = None,
    time_reason: str = "",
    actor: Actor,
    files: FileStore,
    now: datetime,
) -> Addendum:
    """Propose to change a published invitation; nothing changes until a second person has published it.

    `words` say what changes, `reason` why: bidders read both. A date that is given as it is already is no change.
    `documents` are stored, and read by officers alone until it is published. Everything that is prepared of questions
    and criteria (`prepared.py`) becomes part of it; then `earlier_answers` says what answers given before count as, and
    `time_reason` why the time that is left is enough, unless more is given (PA2023 s.31; PCR2015 reg 47(3)).
    Records ADDENDUM_PROPOSED; the approvers are told. Raises `InvalidInput` with the field ("words", "reason",
    "closes" for a closing time that is earlier than the published one (never: PA2023 s.31 only adds time) or out of
    reach, "prepared", "earlier_answers", "time_reason", "questions_end", "answers_by_date", "award_date",
    "contract_start_date", "visit_date", "presentations_date"), `Conflict` while another one waits, `WrongState` once
    the bids are opened.
    """
    held = take(itt, Verb.PROPOSE_ADDENDUM, *whole(), actor=actor)
    said = require_text(words, "Say what changes, as bidders will read it.", field="words", most=LONGEST_WORDS)
    why = require_reason(reason, "Say why it changes: bidders read it", field="reason", most=LONGEST_REASON)
    changed = {name: value for name in DATES if (value := getattr(dates, name)) not in (None, getattr(held, name))}
    proposed = Addendum(
        itt=held,
        words=said,
        reason=why,
        earlier_answers=earlier_answers,
        proposed_by_id=actor.user_id,
        proposed_at=now,
        before={},
        **changed,
    )
    _require_sound(held, proposed, now)
    with unless_taken({"uq_addendum_proposed": lambda: Conflict(WAITS)}):
        db.session.add(proposed)
        db.session.flush()
    keep_proposed(proposed, documents, actor=actor, files=files)
    asked = propose_prepared(proposed)
    if asked:
        _require_fair(proposed, time_reason, now)
    else:
        proposed.earlier_answers = None
    record(
        EventKind.ADDENDUM_PROPOSED,
        proposed,
        actor=actor,
        changes=sorted(changed),
        method=[f"{change.part} {change.key}" for change in asked],
    )
    return proposed


def publish_addendum(*, addendum: Addendum, actor: Actor, note: str) -> None:
    """Publish a proposed change as the second person: from this instant it holds.

    Consequences: the new dates hold for every bid that is judged after the invitation's lock was taken; bids that were
    submitted stay submitted; new versions of documents are public beside the earlier ones; the closing is noted anew
    if it was. Followers, bidders and everybody invited are told, and the changed notice is published or prepared
    (ADDENDUM_PUBLISHED in the invitation's chain, with both times). Where questions change, method and questions have a
    new version with its own fingerprint: bids that were submitted stay so, answer the version before, are opened, and
    can be confirmed until the closing time.
    Raises `NotAllowed` for who proposed it, `InvalidInput` (field "note") without words, or where the dates have been
    overtaken by the time, `WrongState` when it is decided, or once the bids are opened.
    """
    itt, at = _lock_invitation(addendum)
    held = take(addendum, Verb.DECIDE, actor=actor)
    require_second_person(actor, *held.first_people)
    said = require_reason(note, "Say what you checked", field="note", most=LONGEST_REASON)
    if itt.status is not IttStatus.PUBLISHED:
        raise WrongState("The bids are opened, or the procurement has ended: nothing of it can be changed any more.")
    _require_sound(itt, held, at, field="note")
    last = db.session.scalar(select(func.max(Addendum.number)).where(Addendum.itt_id == itt.id)) or 0
    held.status = ADDENDUM.move(held.status, AddendumStatus.PUBLISHED)
    held.decide(actor, now=at, note=said)
    held.number = last + 1
    held.method_version = itt.method_version + 1 if held.method_changes else None
    held.before = {name: _iso(getattr(itt, name)) for name in held.dates}
    for name, value in held.dates.items():
        setattr(itt, name, value)
    if held.closes_at is not None:
        itt.closing_noted_at = None
    after = {name: _iso(value) for name, value in held.dates.items()}
    brought = publish_proposed(held, at)
    version = put_in_force(held, itt, at)
    record(
        EventKind.ADDENDUM_PUBLISHED,
        held,
        actor=actor,
        number=held.number,
        before=held.before,
        after=after,
        documents=brought,
        method=None if version is None else {"version": version.number, "sha256": version.hash},
    )


def withdraw_addendum(*, addendum: Addendum, actor: Actor, files: FileStore, now: datetime) -> None:
    """Take a proposed change back before its second person has decided: nothing changed, and it can be proposed anew.

    What was prepared of questions and criteria is prepared again, new documents are let go. Records
    ADDENDUM_WITHDRAWN. Raises `WrongState` once it is decided.
    """
    lock(InvitationToTender, addendum.itt_id)
    held = take(addendum, Verb.WITHDRAW, actor=actor)
    prepare_again(held)
    held.status = ADDENDUM.move(held.status, AddendumStatus.WITHDRAWN)
    held.withdraw(actor, now=now)
    discard_proposed(held, files=files)
    record(EventKind.ADDENDUM_WITHDRAWN, held, actor=actor)


def refuse_addendum(*, addendum: Addendum, actor: Actor, note: str, files: FileStore, now: datetime) -> None:
    """Refuse a proposed change as the second person: nothing changed, and nobody outside is told.

    Records ADDENDUM_REFUSED. Raises as `publish_addendum`.
    """
    held = take(addendum, Verb.DECIDE, actor=actor)
    require_second_person(actor, *held.first_people)
    said = require_reason(note, "Say why: who proposed it reads it", field="note", most=LONGEST_REASON)
    held.status = ADDENDUM.move(held.status, AddendumStatus.REFUSED)
    held.decide(actor, now=now, note=said)
    discard_proposed(held, files=files)
    record(EventKind.ADDENDUM_REFUSED, held, actor=actor)


def _lock_invitation(addendum: Addendum) -> tuple[InvitationToTender, datetime]:
    """The invitation under its lock, for which every submission waits or is waited for, and the time after it."""
    return lock(InvitationToTender, addendum.itt_id, *whole()), clock.database_time()


def _require_sound(itt: InvitationToTender, proposed: Addendum, now: datetime, *, field: str | None = None) -> None:
    """Judge the timetable as it would be; `field` takes every refusal where the dates cannot be mended any more."""
    try:
        _require_timetable(itt, proposed, now)
    except InvalidInput as refused:
        raise InvalidInput(refused.message, field=field or refused.field) from refused


def _require_timetable(itt: InvitationToTender, proposed: Addendum, now: datetime) -> None:
    closes_at = proposed.closes_at or itt.closes_at
    assert itt.closes_at is not None
    if proposed.closes_at is not None:
        if proposed.closes_at < itt.closes_at:
            raise InvalidInput(
                f"Bidding closes at {london(itt.closes_at)}: it can be extended, never brought forward.", field="closes"
            )
        requirements.require_future(proposed.closes_at, now)
        require_before_its_end(itt, proposed.closes_at)
    if proposed.questions_until is not None or proposed.answers_by_date is not None:
        until = proposed.questions_until or itt.questions_until
        answers = proposed.answers_by_date or itt.answers_by_date
        requirements.require_time_for_questions(until, answers, closes_at, now)
    if proposed.method_changes and closes_at is not None and closes_at <= now:
        raise InvalidInput(
            "Bidding has closed: what is asked or counts changes only together with a new closing time.", field="closes"
        )
    award_date = proposed.award_date or itt.award_date
    requirements.require_dates(closes_at, award_date, proposed.contract_start_date or itt.contract_start_date)
    requirements.require_occasions(
        proposed.visit_date or itt.visit_date,
        proposed.presentations_date or itt.presentations_date,
        closes_at,
        award_date,
    )


def _require_fair(proposed: Addendum, time_reason: str, now: datetime) -> None:
    """Bidders know what answers given before count as, and have time for what changes."""
    if proposed.earlier_answers is None:
        raise InvalidInput("Choose what answers count as that were given before.", field="earlier_answers")
    if proposed.closes_at is None:
        proposed.time_reason = require_reason(
            time_reason,
            "Give bidders more time, or say why what is left is enough: bidders read it",
            field="time_reason",
            most=LONGEST_REASON,
        )
    _require_sound(proposed.itt, proposed, now)


def _iso(value: datetime | date | None) -> Any:
    return value.isoformat() if value is not None else None
