"""Submitting an application: what counts, when, once; what is frozen stays frozen; a crash leaves nothing half sent."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ProgrammingError

from portal.audit.models import Event
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.drafts import Incomplete
from portal.core.errors import NotAllowed, NotFound, PortalError, WrongState
from portal.core.permissions import Actor, Role
from portal.core.taking import lock
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import REPLY
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.validity import NotAccepting
from portal.joining.answering import answers_of, failing_answers
from portal.joining.applying import save_reply
from portal.joining.evidence import date_evidence, replace_evidence
from portal.joining.models import Application, ApplicationVersion, Evidence
from portal.joining.profile import change_profile
from portal.joining.states import ApplicationStatus
from portal.joining.submitting import (
    ApplicationChanged,
    content_hash_of,
    decision_due,
    record_late_attempt,
    submit_application,
)
from portal.organisations.models import Provider
from portal.regulation.bank_holidays import build_calendar
from portal.regulation.kinds import FrameworkKind, Regime
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName
from tests.factories.frameworks import live_framework
from tests.factories.joining import (
    CERTIFICATE,
    applicant_of,
    complete_application,
    save,
    sent_application,
    store,
    submit,
)

DPS = FrameworkKind.DPS


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


@pytest.fixture
def application(actor: Actor) -> Application:
    return complete_application(actor=actor)


def versions() -> list[int]:
    return list(db.session.scalars(select(ApplicationVersion.number).order_by(ApplicationVersion.number)))


def end_now(framework: Framework) -> None:
    """Let its validity end at this instant of the database's clock; its terms are frozen for everybody else."""
    db.session.flush()
    db.session.execute(text("UPDATE framework SET status = 'draft' WHERE id = :id"), {"id": framework.id})
    db.session.execute(
        text("UPDATE framework SET valid_until = clock_timestamp(), status = 'live' WHERE id = :id"),
        {"id": framework.id},
    )
    db.session.expire(framework)


def test_a_submission_freezes_a_version_and_starts_the_clock(application: Application, actor: Actor) -> None:
    """Version 1 by the database's clock; status, due day and ledger follow from it."""
    version = submit(application, actor).version
    assert (application.status, application.version) == (ApplicationStatus.SUBMITTED, 1)
    assert not application.has_unsubmitted_change
    assert application.received_at == version.received_at
    assert abs(version.received_at - clock.now()) < timedelta(minutes=1)
    days = calendar(CalendarName.ENGLAND_AND_WALES)
    assert application.due_on == decision_due(application.framework, version.received_at, days)
    entry = events_of(application.framework_id)[-1]
    assert (entry.kind, entry.data["content_hash"]) == ("application_submitted", version.content_hash)
    assert entry.data["due_on"] == application.due_on.isoformat()


def test_what_is_frozen_is_what_was_asked_and_said(application: Application, actor: Actor) -> None:
    """The question's words, the answer, the document by digest and last day; the hash is over all of it."""
    evidence = db.session.query(Evidence).one()
    version = submit(application, actor).version
    assert version.answers == {
        "contact": {"prompt": "Who should we talk to?", "value": "Our answer to contact.", "reused": False},
        "convicted": {
            "prompt": "Has your organisation been convicted of fraud in the last five years?",
            "value": "no",
            "reused": False,
        },
        "insurance": {
            "prompt": "Your public liability insurance certificate",
            "value": "certificate.txt",
            "reused": True,
            "evidence": {
                "id": str(evidence.id),
                "file_name": "certificate.txt",
                "sha256": hashlib.sha256(CERTIFICATE).hexdigest(),
                "expires_on": evidence.expires_on.isoformat(),
            },
        },
    }
    assert version.questionnaire_hash == application.framework.questionnaire_hash
    assert version.content_hash == content_hash_of(version.questionnaire_hash, version.answers)
    changed = {**version.answers, "contact": {**version.answers["contact"], "value": "Somebody else"}}
    assert content_hash_of(version.questionnaire_hash, changed) != version.content_hash


def test_the_frozen_copy_does_not_follow_the_profile(application: Application, actor: Actor) -> None:
    """Profile, document and its day change afterwards: version 1 does not, nor does its file."""
    version = submit(application, actor).version
    before, evidence = dict(version.answers), db.session.query(Evidence).one()
    provider = db.session.get_one(Provider, actor.provider_id)
    change_profile(provider=provider, answers={"contact_name": "Somebody new"}, actor=actor, now=clock.now())
    date_evidence(evidence=evidence, actor=actor, expires_on=date(2030, 1, 1))
    replace_evidence(
        evidence=evidence,
        actor=actor,
        upload=("newer.txt", lambda: CERTIFICATE + b"\n%%EOF"),
        expires_on=None,
        files=store(),
        now=clock.now(),
    )
    save(application, actor, {"contact": "Somebody new"})
    db.session.commit()
    db.session.refresh(version)
    assert version.answers == before
    assert store().get(evidence.stored_as) == CERTIFICATE


def test_the_application_cannot_rewrite_a_version(application: Application, actor: Actor) -> None:
    """The application's own role may add versions, never change them."""
    submit(application, actor)
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text("UPDATE application_version SET content_hash = ''"))


def test_answers_to_what_is_not_asked_stay_out(application: Application, actor: Actor) -> None:
    """What was written under a "yes" that became a "no" is not sent."""
    save(application, actor, {"convicted": "yes", "put_right": "We paid it back."})
    save(application, actor, {"convicted": "no"})
    assert sorted(submit(application, actor).version.answers) == ["contact", "convicted", "insurance"]


def test_everything_that_is_missing_is_listed(actor: Actor) -> None:
    """Nothing is frozen while something is missing."""
    application = complete_application(actor=actor)
    save(application, actor, {"contact": "", "convicted": "yes"})
    with pytest.raises(Incomplete) as refused:
        submit(application, actor)
    assert [gap.key for gap in refused.value.gaps] == ["contact", "put_right"]
    assert versions() == []


def test_an_answer_that_fails_is_shown_and_sent_all_the_same(application: Application, actor: Actor) -> None:
    """The applicant is told why it would be refused, and what is asked because of it; a person has to refuse."""
    save(application, actor, {"convicted": "yes", "put_right": "We paid it back."})
    (failing,) = failing_answers(answers_of(application))
    assert failing.message == "This answer would be refused because the published rule asks for “No” (PA2023 Sch 6)."
    assert [question.key for question in failing.follow_ups] == ["put_right"]
    assert submit(application, actor).version.answers["convicted"]["value"] == "yes"
    assert application.status is ApplicationStatus.SUBMITTED


def test_the_same_key_gives_the_same_version_whatever_happened_since(application: Application, actor: Actor) -> None:
    """A retry after a lost answer finds its confirmation: after the end, and after the decision."""
    key = uuid.uuid4()
    first = submit(application, actor, key)
    end_now(application.framework)
    again = submit(application, actor, key)
    application.status = ApplicationStatus.ADMITTED
    db.session.flush()
    later = submit(application, actor, key)
    assert (first.repeated, again.repeated, later.repeated) == (False, True, True)
    assert first.version.id == again.version.id == later.version.id
    assert versions() == [1]


def test_an_unchanged_application_is_not_sent_twice(application: Application, actor: Actor) -> None:
    """A second page with another key and nothing new gives the version that is there, and its clock goes on."""
    first = submit(application, actor)
    due_on = application.due_on
    assert submit(application, actor).version.id == first.version.id
    assert (versions(), application.due_on) == ([1], due_on)


def test_what_the_person_did_not_see_is_not_sent(application: Application, actor: Actor) -> None:
    """A colleague changed something since the page was opened."""
    seen = application.revision
    save(application, actor, {"contact": "A colleague's change"})
    with pytest.raises(ApplicationChanged):
        submit_application(application=application, actor=actor, idempotency_key=uuid.uuid4(), expected_revision=seen)
    assert versions() == []


@pytest.mark.parametrize(
    "status", [ApplicationStatus.SUBMITTED, ApplicationStatus.CLARIFICATION, ApplicationStatus.REFUSED]
)
def test_it_is_put_right_and_sent_again_in_place(actor: Actor, status: ApplicationStatus) -> None:
    """Version 2 of the same application, and the officers' time begins anew; an extension of the first one's ends."""
    application = sent_application(actor=actor)
    application.status, application.clarification = status, "Which home is it?"
    application.received_at, application.due_on = clock.now() - timedelta(days=30), date(2026, 1, 5)
    application.extended_at, application.extended_reason = clock.now(), "We had to look the documents up."
    db.session.flush()
    save(application, actor, {"contact": "Put right"})
    if status is ApplicationStatus.CLARIFICATION:
        save_reply(application=application, actor=actor, reply="The one in Demotown", now=clock.now())
    version = submit(application, actor).version
    assert (application.status, version.number, versions()) == (ApplicationStatus.SUBMITTED, 2, [1, 2])
    assert application.received_at == version.received_at
    assert application.due_on == decision_due(
        application.framework, version.received_at, calendar(CalendarName.ENGLAND_AND_WALES)
    )
    assert (application.extended_at, application.extended_reason) == (None, "")
    reply = {"prompt": "Which home is it?", "value": "The one in Demotown", "reused": False}
    assert version.answers.get(REPLY) == (reply if status is ApplicationStatus.CLARIFICATION else None)
    assert REPLY not in application.answers


def test_a_refused_one_can_be_sent_again_unchanged(actor: Actor) -> None:
    """Time may have put it right: a ground for exclusion that ended, a certificate that arrived elsewhere."""
    application = sent_application(actor=actor)
    application.status = ApplicationStatus.REFUSED
    db.session.flush()
    assert submit(application, actor).version.number == 2


@pytest.mark.parametrize(
    "status", [ApplicationStatus.REFUSAL_PROPOSED, ApplicationStatus.ADMITTED, ApplicationStatus.WITHDRAWN]
)
def test_it_is_not_sent_in_other_states(actor: Actor, status: ApplicationStatus) -> None:
    """While a second person decides, and after the end; what is proposed is not told."""
    application = sent_application(actor=actor)
    application.status = status
    db.session.flush()
    with pytest.raises(WrongState) as refused:
        submit(application, actor)
    assert "refusal" not in refused.value.message


def test_contributors_write_and_submitters_send(application: Application, actor: Actor) -> None:
    """A contributor is refused with 403, a stranger and an officer with 404."""
    contributor = applicant_of(application.provider, Role.CONTRIBUTOR)
    save(application, contributor, {"contact": "A contributor's answer"})
    with pytest.raises(NotAllowed):
        submit(application, contributor)
    with pytest.raises(NotFound):
        submit(application, applicant_of())
    assert submit(application, applicant_of(application.provider, Role.PROVIDER_ADMINISTRATOR)).version.number == 1


def test_the_last_microsecond_counts_and_the_end_does_not(
    application: Application, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the database's clock: valid_from and the last microsecond are in time, valid_until is late."""
    framework = application.framework
    ends, tick = framework.valid_until, timedelta(microseconds=1)
    for at in (ends, ends + timedelta(days=1), framework.valid_from - tick):
        monkeypatch.setattr(clock, "database_time", lambda at=at: at)
        with pytest.raises(NotAccepting) as late:
            submit(application, actor)
        assert late.value.at == at
    monkeypatch.setattr(clock, "database_time", lambda: ends - tick)
    assert submit(application, actor).version.received_at == ends - tick


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        (FrameworkKind.DPS, "PCR2015 reg 34(13), (15); SI 2024/716 reg 5(4)(b)"),
        (FrameworkKind.DYNAMIC_MARKET, "PA2023 s.36(6)"),
        (FrameworkKind.FRAMEWORK, "PA2023 s.45"),
    ],
)
def test_a_late_one_is_refused_and_recorded_and_the_draft_stays(actor: Actor, kind: FrameworkKind, law: str) -> None:
    """The attempt is in the ledger with instant and section; nothing of the draft changes."""
    application = complete_application(live_framework(kind=kind), actor=actor)
    before = dict(application.answers)
    end_now(application.framework)
    db.session.commit()
    with pytest.raises(NotAccepting) as late:
        submit(application, actor)
    db.session.rollback()
    record_late_attempt(application=application, actor=actor, late=late.value)
    entry = events_of(application.framework_id)[-1]
    assert (entry.kind, entry.data) == ("application_refused_late", {"at": str(late.value.at), "law": law})
    assert (application.status, application.answers, versions()) == (ApplicationStatus.DRAFT, before, [])


@pytest.mark.parametrize(
    ("kind", "promised", "received", "due"),
    [
        # The worked case: England and Wales, not the Scottish 30 November.
        (DPS, 10, datetime(2026, 11, 18, 12, tzinfo=UTC), date(2026, 12, 2)),
        # Christmas, Boxing Day (in lieu on Monday) and New Year's Day; the Scottish 2 January does not count.
        (DPS, 10, datetime(2026, 12, 18, 12, tzinfo=UTC), date(2027, 1, 6)),
        # 12 July is a bank holiday in Northern Ireland alone, the first Monday of August in Scotland alone.
        (DPS, 10, datetime(2027, 7, 7, 12, tzinfo=UTC), date(2027, 7, 21)),
        (DPS, 10, datetime(2027, 7, 26, 12, tzinfo=UTC), date(2027, 8, 9)),
        # Good Friday and Easter Monday, over the clocks' going forward on 28 March 2027.
        (DPS, 10, datetime(2027, 3, 22, 12, tzinfo=UTC), date(2027, 4, 7)),
        # 23:30 UTC is the next day in London in summer, the same day in winter.
        (DPS, 10, datetime(2026, 6, 1, 22, 59, 59, tzinfo=UTC), date(2026, 6, 15)),
        (DPS, 10, datetime(2026, 6, 1, 23, 30, tzinfo=UTC), date(2026, 6, 16)),
        (DPS, 10, datetime(2026, 11, 2, 23, 30, tzinfo=UTC), date(2026, 11, 16)),
        # The night in which the clocks go back, 25 October 2026.
        (DPS, 10, datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 11, 6)),
        (DPS, 10, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 11, 6)),
        # A Saturday: Monday is the first day.
        (DPS, 10, datetime(2026, 11, 21, 12, tzinfo=UTC), date(2026, 12, 4)),
        # The law's 10 for a DPS, whatever is promised; the promise elsewhere.
        (DPS, 5, datetime(2026, 11, 18, 12, tzinfo=UTC), date(2026, 12, 2)),
        (FrameworkKind.DYNAMIC_MARKET, 5, datetime(2026, 11, 18, 12, tzinfo=UTC), date(2026, 11, 25)),
        (FrameworkKind.FRAMEWORK, 20, datetime(2026, 12, 18, 12, tzinfo=UTC), date(2027, 1, 20)),
        # 2029 is not recorded yet: its plain weekdays count, which can only be too early.
        (DPS, 10, datetime(2028, 12, 27, 12, tzinfo=UTC), date(2029, 1, 10)),
    ],
)
def test_the_last_day_to_decide(
    db_session: object, kind: FrameworkKind, promised: int, received: datetime, due: date
) -> None:
    """Working days of England and Wales after the day of arrival in London (PCR2015 reg 34(16))."""
    framework = Framework(kind=kind, regime=Regime.PA2023, decision_days=promised)
    assert decision_due(framework, received, calendar(CalendarName.ENGLAND_AND_WALES)) == due


@given(st.datetimes(datetime(2012, 1, 2), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_missing_calendar_keeps_nobody_from_applying(received: datetime) -> None:
    """Even without any bank holidays a day is found, on a weekday, about two weeks later."""
    empty = build_calendar(CalendarName.ENGLAND_AND_WALES, ())
    due = decision_due(Framework(kind=DPS, decision_days=10), received, empty)
    assert due.weekday() < 5
    assert 12 <= (due - received.date()).days <= 15


class Crash(Exception):
    """The power went."""


@pytest.fixture
def crash_at() -> Iterator[Callable[[int], None]]:
    """Let the n-th write that follows fail, as if the process had died there."""
    left: list[int] = []

    def fail(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        verb = statement.lstrip().split()[0]
        if left and verb in {"INSERT", "UPDATE", "DELETE", "WITH"}:
            left[0] -= 1
            if left[0] < 0:
                raise Crash

    event.listen(Engine, "before_cursor_execute", fail)
    yield lambda number: left.__setitem__(slice(None), [number])
    event.remove(Engine, "before_cursor_execute", fail)


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together, each in a transaction of its own; return results and errors."""
    together, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        with app.app_context():
            together.wait()
            try:
                outcome = act()
                db.session.commit()
            except PortalError as refusal:
                db.session.rollback()
                outcome = refusal
            outcomes.append(outcome)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def test_a_double_press_gives_one_version(fresh_app: Flask) -> None:
    """Four requests at the same moment, with one key and with another: one version, and all are told of it."""
    with fresh_app.app_context():
        actor = applicant_of()
        identifier = complete_application(actor=actor).id
        db.session.commit()
    keys = [uuid.uuid4(), uuid.uuid4()]

    def press(key: uuid.UUID) -> int:
        return submit(db.session.get_one(Application, identifier), actor, key).version.number

    assert at_once(fresh_app, *(partial(press, key) for key in keys * 2)) == [1, 1, 1, 1]
    with fresh_app.app_context():
        assert versions() == [1]


def test_a_submission_waits_for_an_end_that_is_under_way(fresh_app: Flask) -> None:
    """The authority ends the market at the same moment: whoever comes second sees it, and nothing is half sent."""
    with fresh_app.app_context():
        actor = applicant_of()
        application = complete_application(actor=actor)
        framework, identifier = application.framework, application.id
        db.session.commit()
        framework = lock(Framework, framework.id)
        framework.status, framework.ceased_at = FrameworkStatus.CEASED, clock.now()
        db.session.flush()
        outcomes: list[Any] = []

        def press() -> Any:
            return submit(db.session.get_one(Application, identifier), actor)

        thread = threading.Thread(target=lambda: outcomes.extend(at_once(fresh_app, press)))
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "the submission waits for the framework's row"
        db.session.commit()
        thread.join(timeout=30)
        assert [type(outcome) for outcome in outcomes] == [NotAccepting]
        assert "This dynamic market ceased at" in outcomes[0].message
        assert versions() == []


def test_a_crash_at_any_write_leaves_nothing_half_sent(fresh_app: Flask, crash_at: Callable[[int], None]) -> None:
    """Version, status, due day and ledger entry are all there or none; the same key then sends it once."""
    with fresh_app.app_context():
        actor = applicant_of()
        application = complete_application(actor=actor)
        db.session.commit()
        identifier, key, survived = application.id, uuid.uuid4(), 0
    while True:
        with fresh_app.app_context():
            application = db.session.get_one(Application, identifier)
            before = (db.session.scalar(select(func.count()).select_from(Event)), application.status, versions())
            crash_at(survived)
            try:
                submit(application, actor, key)
                db.session.commit()
            except Crash:
                db.session.rollback()
                crash_at(10**6)
                after = db.session.get_one(Application, identifier)
                assert (db.session.scalar(select(func.count()).select_from(Event)), after.status, versions()) == before
                assert (after.received_at, after.due_on, after.version) == (None, None, 0)
                survived += 1
            else:
                crash_at(10**6)
                break
    assert survived >= 3
    with fresh_app.app_context():
        application = db.session.get_one(Application, identifier)
        assert (application.status, versions()) == (ApplicationStatus.SUBMITTED, [1])
        kinds = [entry.kind for entry in events_of(application.framework_id)]
        assert kinds.count("application_submitted") == 1
