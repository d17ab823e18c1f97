"""What follows in frameworks: letters, invitations and the reasons of a removal, through the relay itself."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.config import Settings
from portal.core import clock
from portal.core.permissions import PROVIDER_ROLES, Role
from portal.extensions import db
from portal.joining.deciding import admit_provider, decide_refusal, propose_refusal
from portal.members.pausing import pause_membership
from portal.members.removing import propose_removal
from portal.notifications.models import Message
from portal.regulation.kinds import FrameworkKind
from portal.tendering.models import Invitation
from tests.factories.accounts import actor_of, make_person
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.portal.joining.submitted import FINDINGS, REASON, approver_of, commissioner_of, submitted_application
from tests.services import Mailbox

pytestmark = pytest.mark.usefixtures("db_session", "worker_environment")


def drain() -> None:
    """Commit what the test did and run the relay's task here."""
    from worker.outbox import drain as task

    db.session.commit()
    task.run()


def audiences() -> dict[str, set[str]]:
    """Each kind of message with the roles of whom it was sent to."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = db.session.execute(select(Message.kind, HeldRole.role).join(HeldRole, HeldRole.user_id == Message.user_id))
    for kind, role in rows:
        found[kind].add("provider" if role in PROVIDER_ROLES else role.value)
    return dict(found)


def test_admitted_to_a_running_call_off(mailbox: Mailbox) -> None:
    """Who is admitted is told what is open now, and invited with everybody's deadline."""
    framework = live_framework(kind=FrameworkKind.DPS)
    make_person(Role.SUBMITTER, provider=admit(framework.lots[0]).provider)
    itt = published_call_off(framework.lots[0])
    application = submitted_application(framework, provider=make_provider("Ash Homes"))
    person = make_person(Role.SUBMITTER, provider=application.provider)
    drain()
    mailbox.clear()
    officer = commissioner_of(framework.authority)
    admit_provider(application=application, version=1, actor=officer, now=clock.now())
    drain()
    subjects = sorted(str(mail["Subject"]) for mail in mailbox.to(str(person.email)))
    assert subjects == [f"Admitted: {framework.title}, lot 1", f"Invitation to bid: {itt.title}"]
    admitted = db.session.scalars(select(Message).where(Message.kind == "frameworks/admitted")).first()
    assert admitted is not None
    assert itt.reference in admitted.body
    invited = db.session.scalars(select(Invitation.provider_id).where(Invitation.itt_id == itt.id)).all()
    assert application.provider_id in invited


def test_the_reasons_of_a_removal_are_noted_once_they_are_in_the_inbox() -> None:
    """With people to tell they count as sent; a provider that nobody signs in for has not been told."""
    framework = live_framework()
    reached, silent = admit(framework.lots[0]), admit(framework.lots[0])
    make_person(Role.SUBMITTER, provider=reached.provider)
    officer = commissioner_of(framework.authority)
    for admission in (reached, silent):
        propose_removal(admission=admission, ground="conditions", reasons=REASON, actor=officer, now=clock.now())
        assert admission.reasons_sent_at is None
    drain()
    db.session.expire_all()
    told = db.session.scalars(select(Message).where(Message.kind == "frameworks/removal_proposed")).one()
    assert reached.reasons_sent_at is not None
    assert reached.reasons_sent_at >= told.created_at
    assert silent.reasons_sent_at is None


def test_who_hears_of_what() -> None:
    """A refusal and its way: each message reaches the roles it is for, and no others."""
    framework = live_framework()
    for role in (Role.AUDITOR, Role.CONTRACT_MANAGER, Role.AUTHORITY_ADMINISTRATOR, Role.OPENER):
        make_person(role, authority=framework.authority)
    application = submitted_application(framework)
    approver = approver_of(framework.authority)
    propose_refusal(
        application=application,
        version=1,
        findings=FINDINGS,
        actor=commissioner_of(framework.authority),
        now=clock.now(),
    )
    drain()
    decide_refusal(application=application, note="", actor=approver, now=clock.now())
    drain()
    assert audiences() == {"frameworks/refusal_waiting": {"approver"}, "frameworks/refused": {"provider"}}


def test_a_pause_that_ended_invites_again(worker_environment: Settings) -> None:
    """The deadlines' task notes it; the provider is invited to what was published meanwhile."""
    from portal.members.pausing import note_ended_pauses

    framework = live_framework(kind=FrameworkKind.DPS)
    make_person(Role.SUBMITTER, provider=admit(framework.lots[0]).provider)
    paused = admit(framework.lots[0])
    person = make_person(Role.SUBMITTER, provider=paused.provider)
    earlier = clock.now() - timedelta(days=3)
    pause_membership(admission=paused, last_day=clock.today() - timedelta(days=1), actor=actor_of(person), now=earlier)
    paused.paused_until = clock.now() + timedelta(hours=1)
    itt = published_call_off(framework.lots[0])
    drain()
    paused.paused_until = clock.now() - timedelta(minutes=1)
    assert note_ended_pauses(now=clock.now()) == 1
    drain()
    kinds = db.session.scalars(select(Message.kind).where(Message.user_id == person.id).order_by(Message.kind)).all()
    assert kinds == ["frameworks/pause_ended", "tendering/invited"]
    assert db.session.get(Invitation, (itt.id, paused.provider_id)) is not None
