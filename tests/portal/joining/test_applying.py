"""Starting an application and saving its answers: nothing is lost, whoever else is writing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.frameworks.states import AdmissionStatus
from portal.frameworks.validity import NotAccepting
from portal.joining.answering import answers_of, reply_of
from portal.joining.applying import TOO_LONG, CannotStart, save_reply, start_application
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.joining.withdrawing import withdraw_application
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import admit, live_framework
from tests.factories.joining import applicant_of, draft_application, make_evidence, save, sent_application
from tests.factories.organisations import make_provider


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


def test_an_application_starts_as_a_draft(actor: Actor) -> None:
    """It has a reference of its own, and the ledger of the framework knows which lot."""
    framework = live_framework(lots=2)
    application = start_application(lot=framework.lots[1], actor=actor)
    assert application.reference.startswith("APP-")
    assert (application.status, application.version, application.answers) == (ApplicationStatus.DRAFT, 0, {})
    event = events_of(framework.id)[-1]
    assert (event.kind, event.object_id, event.data) == ("application_started", application.id, {"lot": 2})


def test_a_contributor_may_start(db_session: object) -> None:
    """Whoever writes for the provider; only sending needs more."""
    assert draft_application(actor=applicant_of(role=Role.CONTRIBUTOR)).version == 0


def test_others_have_nothing_to_start(db_session: object) -> None:
    """An officer is not told more than that nothing is there."""
    officer = actor_of(make_person(Role.COMMISSIONER))
    with pytest.raises(NotFound):
        start_application(lot=live_framework().lots[0], actor=officer)


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        (FrameworkKind.DPS, r"PCR2015 reg 34\(13\), \(15\)"),
        (FrameworkKind.DYNAMIC_MARKET, r"PA2023 s\.36\(6\)"),
        (FrameworkKind.FRAMEWORK, r"PA2023 s\.45"),
    ],
)
def test_nothing_starts_after_the_end(actor: Actor, kind: FrameworkKind, law: str) -> None:
    """By the database's clock, and with the section."""
    ended = live_framework(kind=kind, valid_for=timedelta(seconds=-1))
    with pytest.raises(NotAccepting, match=law):
        start_application(lot=ended.lots[0], actor=actor)


def test_a_second_one_is_refused_while_one_is_open(actor: Actor) -> None:
    """The refusal names the open one and the section; a sent one is open as well."""
    framework = live_framework()
    first = draft_application(framework, actor=actor)
    with pytest.raises(CannotStart, match=rf"{first.reference}.*PA2023 s\.36\(6\)"):
        draft_application(framework, actor=actor)
    other = sent_application(framework)
    with pytest.raises(CannotStart):
        draft_application(framework, actor=applicant_of(other.provider))


def test_another_lot_and_another_provider_are_not_in_the_way(actor: Actor) -> None:
    """One for each lot and provider."""
    framework = live_framework(lots=2)
    made = [
        draft_application(framework, actor=actor, lot=1),
        draft_application(framework, actor=actor, lot=2),
        draft_application(framework, lot=1),
    ]
    assert len({application.reference for application in made}) == 3


def test_a_member_does_not_apply_again(actor: Actor) -> None:
    """Paused members are members; one that left can apply anew."""
    framework = live_framework()
    provider = make_provider()
    admission = admit(framework.lots[0], provider)
    person = applicant_of(provider)
    with pytest.raises(CannotStart, match="is a member of lot 1 already"):
        draft_application(framework, actor=person)
    admission.status, admission.ended_at = AdmissionStatus.LEFT, clock.now()
    db.session.flush()
    assert draft_application(framework, actor=person).status is ApplicationStatus.DRAFT


def test_after_a_withdrawal_one_applies_anew(actor: Actor) -> None:
    """A withdrawn application is in nobody's way."""
    framework = live_framework()
    first = draft_application(framework, actor=actor)
    withdraw_application(application=first, actor=actor)
    assert draft_application(framework, actor=actor).id != first.id


def test_two_who_start_at_once_start_one(fresh_app: Flask) -> None:
    """Two colleagues press at the same moment: one application, and the other is told of it."""
    with fresh_app.app_context():
        framework = live_framework()
        people = [applicant_of(provider := make_provider()), applicant_of(provider)]
        lot_id = framework.lots[0].id
        db.session.commit()
    together, outcomes = threading.Barrier(2), []

    def press(person: Actor) -> None:
        with fresh_app.app_context():
            lot = db.session.get_one(FrameworkLot, lot_id)
            together.wait()
            try:
                start_application(lot=lot, actor=person)
            except CannotStart as refusal:
                outcomes.append(refusal.message)
            else:
                db.session.commit()
                outcomes.append("")

    threads = [threading.Thread(target=press, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with fresh_app.app_context():
        made = db.session.scalars(select(Application)).one()
        assert sorted(outcomes)[0] == ""
        assert made.reference in sorted(outcomes)[1]


def test_answers_are_kept_incomplete_and_all(actor: Actor) -> None:
    """White space goes, line breaks stay, and the revision counts."""
    application = draft_application(actor=actor)
    saved = save(application, actor, {"contact": "  Demo Person\r\nat the desk "})
    assert (saved.revision, saved.refused) == (1, {})
    assert answers_of(application).value("contact") == "Demo Person\nat the desk"
    assert save(application, actor, {"contact": "Demo Person\nat the desk"}).revision == 1


def test_what_cannot_be_saved_is_named_and_the_rest_is_saved(actor: Actor) -> None:
    """Somebody else's document, a book, and an answer to nothing."""
    application = draft_application(actor=actor)
    theirs = make_evidence(applicant_of())
    saved = save(
        application,
        actor,
        {"insurance": str(theirs.id), "contact": "x" * 20_001, "nonsense": "x", "convicted": "no"},
    )
    assert sorted(saved.refused) == ["contact", "insurance", "nonsense"]
    assert saved.refused["contact"] == TOO_LONG
    assert answers_of(application).value("convicted") == "no"


def test_answers_follow_their_question(actor: Actor) -> None:
    """ "Yes" asks for more; what was answered there is kept when "no" comes back, and counts again with "yes"."""
    application = draft_application(actor=actor)
    save(application, actor, {"convicted": "yes", "put_right": "We paid it back."})
    assert "put_right" in answers_of(application).questions
    save(application, actor, {"convicted": "no"})
    assert "put_right" not in answers_of(application).questions
    save(application, actor, {"convicted": "yes"})
    assert answers_of(application).value("put_right") == "We paid it back."


@pytest.mark.parametrize("status", [ApplicationStatus.ADMITTED, ApplicationStatus.WITHDRAWN])
def test_a_closed_application_is_not_changed(actor: Actor, status: ApplicationStatus) -> None:
    """What is decided or withdrawn stays."""
    application = sent_application(actor=actor)
    application.status = status
    db.session.flush()
    with pytest.raises(WrongState):
        save(application, actor, {"contact": "x"})


def test_a_proposed_refusal_is_not_told(actor: Actor) -> None:
    """Until a second person has decided, it is the officers' alone."""
    application = sent_application(actor=actor)
    application.status = ApplicationStatus.REFUSAL_PROPOSED
    db.session.flush()
    with pytest.raises(WrongState) as refused:
        save(application, actor, {"contact": "x"})
    assert "refus" not in refused.value.message.lower()


def test_strangers_find_nothing_to_save(actor: Actor) -> None:
    """Another provider's people, and the officers, who may read it once it is sent."""
    application = sent_application(actor=actor)
    with pytest.raises(NotFound):
        save(application, applicant_of(), {"contact": "x"})
    stranger = actor_of(make_person(Role.COMMISSIONER))
    with pytest.raises(NotFound):
        save(application, stranger, {"contact": "x"})


def test_the_reply_is_saved_while_something_is_asked(actor: Actor) -> None:
    """Only while the officers' question is open."""
    application = sent_application(actor=actor)
    with pytest.raises(WrongState):
        save_reply(application=application, actor=actor, reply="Early", now=clock.now())
    application.status, application.clarification = ApplicationStatus.CLARIFICATION, "Which home is it?"
    db.session.flush()
    with pytest.raises(InvalidInput, match=TOO_LONG):
        save_reply(application=application, actor=actor, reply="x" * 20_001, now=clock.now())
    before = application.revision
    save_reply(application=application, actor=actor, reply=" The one in Demotown ", now=clock.now())
    assert application.revision > before
    assert reply_of(application) == "The one in Demotown"
