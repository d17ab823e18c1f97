"""What officers, panels and administrators are reminded of; nobody hears how many bids there are, or whose."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text

from portal.accounts.absences import name_deputy
from portal.accounts.card_models import AccessCard
from portal.accounts.cards import issue_card
from portal.accounts.granting import propose_role
from portal.accounts.inviting import invite_colleague
from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.joining.models import ApplicationDecision
from portal.joining.states import ApplicationStatus, Outcome
from portal.monitoring.due import overdue
from portal.notifications import letters_of_accounts
from portal.notifications.models import Reminder
from portal.notifications.recipients import people_of_authority
from portal.notifications.reminding import remind
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import announce, decided_award, let_standstill_pass, proposed_award
from tests.factories.bidding import close_now, draft_bid, submitted_bid
from tests.factories.contracts import conclude
from tests.factories.ending import cancelled
from tests.factories.evaluation import LOCAL, YOUNG, moderating_itt, scoring_itt
from tests.factories.joining import applicant_of, complete_application, submit
from tests.factories.organisations import make_authority, make_provider
from tests.factories.reminders import closing_at, noon, told_at
from tests.factories.tendering import panel_named, published_itt


@pytest.mark.usefixtures("db_session")
def test_an_opening_that_is_due_says_the_same_with_bids_and_without() -> None:
    """Openers hear after 1, 3 and 7 days, in words that do not tell how many bids there are or whose (S-07)."""
    authority = make_authority()
    openers = {make_person(Role.OPENER, authority=authority).id for _ in range(2)}
    make_person(Role.COMMISSIONER, authority=authority)
    heard = []
    for bids in (2, 0):
        itt = published_itt(authority=authority)
        for number in range(bids):
            submitted_bid(itt, make_provider(f"Marker {number} Ltd"))
        close_now(itt)
        letters = [letter for days in (2, 4, 8) for letter in told_at(noon(days)) if letter.thread_id == itt.id]
        assert {letter.user_id for letter in letters} == openers
        assert len(letters) == 6
        words = {f"{letter.subject} {letter.body}" for letter in letters}
        heard.append({said.replace(itt.title, "").replace(itt.reference, "") for said in words})
        assert letters[0].link == f"/commissioning/itts/{itt.reference}/opening"
        cancelled(itt)
    assert _without_times(heard[0]) == _without_times(heard[1])
    assert "Marker" not in str(heard)


@pytest.mark.usefixtures("db_session")
def test_a_moderation_reminds_its_own_panel_alone() -> None:
    """The chair of the panel that moderates hears; chairs of the others, the members and the authority do not."""
    evaluation = moderating_itt(1)
    others = [key for key in evaluation.seats if key != LOCAL]
    db.session.execute(
        text("UPDATE panel_work SET status = 'closed', closed_at = now() WHERE panel_id = ANY(:ids)"),
        {"ids": [panel_named(evaluation.itt, key).id for key in others]},
    )
    letters = [letter for letter in told_at(noon(3)) if letter.kind == "reminders/moderation"]
    assert [letter.user_id for letter in letters] == [evaluation.moderator(LOCAL).user.id]
    assert "bid" in letters[0].body


@pytest.mark.usefixtures("db_session")
def test_whoever_proposed_is_not_asked_to_decide() -> None:
    """A proposed award, a proposed refusal, role and deputy each go to the others who may decide."""
    award = proposed_award()
    asked = {one.user_id for one in told_at(noon(2)) if one.kind == "reminders/award_to_decide"}
    assert asked == set(people_of_authority(award.itt.authority_id, Role.APPROVER)) - {award.decision.proposed_by_id}
    assert award.approver.user_id in asked
    authority = make_authority(administrators=0)
    first, second = (make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority) for _ in range(2))
    waiting = propose_role(person=make_person(), role=Role.OPENER, authority=authority, actor=actor_of(first))
    db.session.flush()
    [letter] = [one for one in told_at(noon(2)) if one.kind == "reminders/role_to_confirm"]
    assert (letter.user_id, letter.link) == (second.id, f"/account/roles/{waiting.id}")
    opener, auditor = make_person(Role.OPENER, authority=authority), make_person(Role.AUDITOR, authority=authority)
    days = {"first_day": clock.today(), "last_day": clock.today() + timedelta(days=9)}
    about = {"place": authority, "person": opener, "deputy": auditor}
    absence = name_deputy(**about, **days, actor=actor_of(first), now=clock.now())
    [letter] = [one for one in told_at(noon(2)) if one.kind == "reminders/deputy_to_confirm"]
    assert (letter.user_id, letter.link) == (second.id, f"/account/absences/{absence.id}")


@pytest.mark.usefixtures("db_session")
def test_an_application_is_reminded_of_around_the_day_that_was_promised() -> None:
    """Commissioners hear 3 and 1 days before the end of that day and 1 and 7 days after it; a refusal its approver."""
    actor = applicant_of()
    application = complete_application(actor=actor)
    submit(application, actor)
    authority = application.framework.authority
    officer = make_person(Role.COMMISSIONER, authority=authority)
    approver = make_person(Role.APPROVER, authority=authority)
    due = (application.due_on - clock.today()).days + 1  # type: ignore[operator]
    told = [letter.user_id for days in (-3, -1, 2, 8) for letter in told_at(noon(due + days))]
    assert told == [officer.id] * 4
    application.status = ApplicationStatus.REFUSAL_PROPOSED
    finding = {"question": "insurance", "title": "Insurance", "reason": "It lapsed."}
    db.session.add(
        ApplicationDecision(
            application_id=application.id,
            version=1,
            outcome=Outcome.REFUSED,
            findings=[finding],
            proposed_by_id=officer.id,
            proposed_at=clock.now(),
        )
    )
    db.session.flush()
    told_refusals = [letter for letter in told_at(noon(2)) if letter.kind == "reminders/refusal_to_decide"]
    assert [letter.user_id for letter in told_refusals] == [approver.id]


@pytest.mark.usefixtures("db_session")
def test_a_contract_is_reminded_of_until_it_is_concluded() -> None:
    """Once the standstill is over, commissioners and contract managers hear; after the signature nobody does."""
    award = decided_award()
    announce(award)
    let_standstill_pass(award)
    db.session.execute(text("UPDATE standstill SET ended_at = clock_timestamp()"))
    assert "reminders/contract_to_conclude" in {letter.kind for letter in told_at(noon(3))}
    conclude(award)
    assert told_at(noon(8)) == []


@pytest.mark.usefixtures("db_session")
def test_cards_that_nobody_used_are_one_letter_a_panel() -> None:
    """The facilitator hears how many before the first runs out; a colleague's unused link is told to who invited."""
    evaluation = scoring_itt(1, young_people=3)
    facilitator = evaluation.moderator(YOUNG)
    for seat in evaluation.scorers(YOUNG):
        keys = current_app.extensions["keys"]
        issue_card(member_user=seat.user, issued_by=facilitator.actor, keys=keys, now=clock.now())
    expires_at = db.session.scalars(select(func.min(AccessCard.expires_at))).one()
    days = (expires_at.date() - clock.today()).days
    [letter] = [one for one in told_at(noon(days - 1)) if one.kind == "reminders/unused_cards"]
    assert letter.user_id == facilitator.user.id
    assert letter.body.startswith("3 cards of your young people's panel")
    assert "Star" not in letter.body
    administrator = make_person(Role.PROVIDER_ADMINISTRATOR, provider=make_provider())
    invited = _invite(administrator)
    letters = [one for one in told_at(noon(13)) if one.kind == "reminders/unused_invitation"]
    assert [(one.user_id, invited in one.body) for one in letters] == [(administrator.id, True)]


@pytest.mark.usefixtures("db_session")
def test_late_reminders_show_like_other_due_work() -> None:
    """What has been due for a minute and nobody noted is in the answer of `/readyz`."""
    itt = closing_at(published_itt(), clock.now() + timedelta(hours=1, seconds=-120))
    bid = draft_bid(itt)
    bid.draft_saved_at = clock.now() - timedelta(hours=2)
    db.session.flush()
    assert overdue(60)["reminders"] == 1
    assert "reminders" not in overdue(300)
    remind(now=clock.database_time())
    assert "reminders" not in overdue(60)


def test_two_workers_note_a_reminder_once(fresh_app: Flask) -> None:
    """Both read what is due before either has noted it: the unique key lets one of them."""
    with fresh_app.app_context():
        itt = closing_at(published_itt(), noon())
        draft_bid(itt)
        db.session.commit()
        at = itt.closes_at - timedelta(hours=24)
    both, counts = threading.Barrier(2), []

    def work() -> None:
        with fresh_app.app_context():
            both.wait()
            counts.append(remind(now=at))
            db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reminder)) == 1
    assert sorted(counts) == [0, 1]


def _invite(administrator: User) -> str:
    """Invite somebody, and return their name."""
    made = invite_colleague(
        place=db.session.get_one(Provider, actor_of(administrator).provider_id),
        name="Demo Colleague",
        email="colleague@people.example",
        roles=[Role.CONTRIBUTOR],
        actor=actor_of(administrator),
        now=clock.now(),
    )
    db.session.flush()
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.MEMBER_INVITED)).one()
    letters_of_accounts.member_invited(event)
    return made.display_name


def _without_times(words: set[str]) -> set[str]:
    return {re.sub(r"ended at .*? GMT|ended at .*? BST", "", said) for said in words}
