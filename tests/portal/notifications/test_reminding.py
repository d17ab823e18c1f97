"""What is reminded of, when, how often, and who hears of it: bids, invitations and applications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.drafting import save_price
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import JoiningWindow
from portal.joining.models import Application
from portal.notifications.letters_of_reminders import WRITERS, reminder_due
from portal.notifications.models import Message, Reminder
from portal.notifications.reminding import remind
from portal.notifications.timetable import TIMETABLE
from portal.notifications.topics import topic_of
from portal.organisations.models import Provider
from portal.paths import TEMPLATES
from portal.privacy.keeping import let_go
from portal.regulation.kinds import FrameworkKind
from portal.tendering.clarifying.models import Reader
from portal.tendering.declining import decline
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import complete_draft, draft_bid, submit, submitted_bid, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.joining import complete_application, draft_application, save
from tests.factories.joining import submit as send
from tests.factories.organisations import make_provider
from tests.factories.reminders import closing_at, kinds_at, noon, told_at
from tests.factories.tendering import make_commissioner, published_itt
from tests.portal.bidding.test_confirming import BidCase

pytestmark = pytest.mark.usefixtures("db_session")

HOURS = [timedelta(hours=hours) for hours in (48, 24, 4, 1)]
MINUTE = timedelta(minutes=1)


def test_every_row_of_the_timetable_has_its_letter_and_topic() -> None:
    """A kind without a writer, a template or a topic would fail in the worker, at night."""
    kinds = {entry.kind for entry in TIMETABLE}
    assert kinds == WRITERS.keys()
    for kind in kinds:
        assert (TEMPLATES / "emails" / "reminders" / f"{kind}.txt").exists()
        assert topic_of(f"reminders/{kind}")


def test_a_complete_bid_that_is_not_sent_is_reminded_of_four_times() -> None:
    """48, 24, 4 and 1 hours before the closing, once each, to its own people alone."""
    itt = closing_at(published_itt(), noon())
    actor = submitter_of()
    bid = complete_draft(itt, actor=actor)
    draft_bid(closing_at(published_itt(), noon(60)))
    assert told_at(itt.closes_at - timedelta(hours=48) - MINUTE) == []
    for left in HOURS:
        [letter] = told_at(itt.closes_at - left)
        assert (letter.user_id, letter.kind) == (actor.user_id, "reminders/unsent_bid")
        assert told_at(itt.closes_at - left + MINUTE) == []
        assert "Everything is filled in." in letter.body
        assert (letter.link, letter.thread_id) == (f"/provider/bids/{bid.reference}", itt.id)
    assert told_at(itt.closes_at) == []


def test_a_begun_bid_hears_how_much_is_open() -> None:
    """The number of open things is known from the last save: no draft is read for it."""
    itt = closing_at(published_itt(), noon())
    actor = submitter_of()
    bid = draft_bid(itt, actor=actor)
    assert bid.draft_gaps is None
    [letter] = told_at(itt.closes_at - HOURS[0])
    assert "says what is still open" in letter.body
    _change(bid, actor)
    [letter] = told_at(itt.closes_at - HOURS[1])
    assert bid.draft_gaps == len(bid.itt.questions), "all but the price"
    assert f"{bid.draft_gaps} things are still open." in letter.body


def test_what_was_sent_and_changed_is_reminded_of_and_what_was_withdrawn_is_not() -> None:
    """A bid as it was sent, and one that was withdrawn, need nothing; a change that was not sent does."""
    itt = closing_at(published_itt(), noon())
    actor = submitter_of()
    bid = submitted_bid(itt, actor=actor)
    assert kinds_at(itt.closes_at - HOURS[0]) == []
    _change(bid, actor)
    assert kinds_at(itt.closes_at - HOURS[0]) == ["changed_bid"]
    submit(bid, actor)
    assert kinds_at(itt.closes_at - HOURS[1]) == []


def test_a_step_that_passed_before_the_bid_was_begun_is_left_out() -> None:
    """Whoever begins 30 hours before the closing hears first when 24 are left."""
    itt = closing_at(published_itt(), noon())
    bid = draft_bid(itt)
    _saved_at(bid, itt.closes_at - timedelta(hours=30))
    assert kinds_at(itt.closes_at - timedelta(hours=29)) == []
    assert kinds_at(itt.closes_at - timedelta(hours=24)) == ["unsent_bid"]


def test_of_several_steps_only_the_last_comes() -> None:
    """After a night without a worker nobody gets three letters at once."""
    itt = closing_at(published_itt(), noon())
    draft_bid(itt)
    assert kinds_at(itt.closes_at - timedelta(hours=3)) == ["unsent_bid"]
    assert db.session.scalars(select(Reminder.step)).all() == [-timedelta(hours=4)]


def test_what_is_days_late_is_told_no_more() -> None:
    """An application that was begun a year before the upgrade is not written about; one from last week is."""
    _, application = _applied(complete=False)
    since = _at_noon(application)
    assert kinds_at(since + timedelta(days=300)) == []
    assert kinds_at(since + timedelta(days=10)) == ["unsent_application"]


def test_a_closing_that_moves_is_reminded_of_anew() -> None:
    """What was told of the old closing says nothing about the new one."""
    itt = closing_at(published_itt(), noon())
    draft_bid(itt)
    assert kinds_at(itt.closes_at - HOURS[0]) == ["unsent_bid"]
    closing_at(itt, noon(40))
    assert kinds_at(noon(30) - timedelta(hours=1)) == []
    assert kinds_at(itt.closes_at - HOURS[0]) == ["unsent_bid"]


def test_nothing_goes_out_at_night_but_in_the_last_hours() -> None:
    """A closing at 6am: 48 and 24 hours before, the letters wait for 8am; 4 and 1 hours before they do not."""
    at_six = noon() - timedelta(hours=6)
    itt = closing_at(published_itt(), at_six)
    draft_bid(itt)
    assert kinds_at(at_six - timedelta(hours=48)) == []
    assert kinds_at(at_six - timedelta(hours=46)) == ["unsent_bid"]
    assert kinds_at(at_six - timedelta(hours=4)) == ["unsent_bid"]
    assert kinds_at(at_six - timedelta(hours=1)) == ["unsent_bid"]


def test_what_was_done_meanwhile_is_told_to_nobody() -> None:
    """Between what was due and the letter the bid was sent: no letter follows."""
    itt = closing_at(published_itt(), noon())
    actor = submitter_of()
    bid = complete_draft(itt, actor=actor)
    assert remind(now=itt.closes_at - HOURS[0]) == 1
    submit(bid, actor)
    reminder_due(db.session.scalars(select(Event).where(Event.kind == EventKind.REMINDER_DUE)).one())
    assert db.session.scalars(select(Message).where(Message.kind.startswith("reminders/"))).all() == []


def test_the_ledger_of_the_invitation_does_not_tell_who_is_reminded() -> None:
    """A reminder has a chain of its own and names neither bid nor bidder (S-07)."""
    itt = closing_at(published_itt(), noon())
    bid = draft_bid(itt)
    remind(now=itt.closes_at - HOURS[0])
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.REMINDER_DUE)).one()
    assert event.chain == str(event.object_id)
    assert event.data == {"reminder": "unsent_bid", "hours": -48.0}
    assert str(bid.id) not in f"{event.object_id}{event.data}"


def test_an_unanswered_invitation_is_reminded_of_a_week_and_two_days_before() -> None:
    """Nobody who began a bid or said no hears of it; a member that may not bid any more neither."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    silent, declined, begun, paused = (admit(lot).provider for _ in range(4))
    person = make_person(Role.SUBMITTER, provider=silent)
    itt = closing_at(published_call_off(lot), noon())
    decline(itt=itt, reason="", actor=submitter_of(declined))
    draft_bid(itt, actor=submitter_of(begun))
    make_person(Role.SUBMITTER, provider=paused)
    pausing = update(Admission).where(Admission.provider_id == paused.id)
    db.session.execute(pausing.values(paused_at=clock.now(), paused_until=noon(60)))
    [letter] = told_at(itt.closes_at - timedelta(days=7))
    assert (letter.user_id, letter.kind) == (person.id, "reminders/unanswered_invitation")
    assert letter.link == f"/provider/invitations#{itt.reference}"
    kinds = [(letter.kind, letter.user_id) for letter in told_at(itt.closes_at - timedelta(days=2))]
    assert ("reminders/unanswered_invitation", person.id) in kinds


def test_who_only_looked_is_reminded_a_week_and_two_days_before(client: CheckedClient) -> None:
    """Their colleagues too; nobody who began a bid or said no, nobody of the buyer, and no ledger knows who looked."""
    itt = closing_at(published_itt(), noon())
    looked, began, declined = (submitter_of() for _ in range(3))
    officer = make_commissioner(itt.authority)
    colleague = make_person(Role.CONTRIBUTOR, provider=db.session.get_one(Provider, looked.provider_id))
    before = db.session.scalar(select(func.count()).select_from(Event))
    for reader in (looked, began, declined, officer):
        sign_in(client, db.session.get_one(User, reader.user_id))
        for _ in range(2):
            client.get(f"/opportunities/{itt.reference}")
    assert db.session.scalar(select(func.count()).select_from(Event)) == before
    draft_bid(itt, actor=began)
    decline(itt=itt, reason="", actor=declined)
    for days in (7, 2):
        letters = told_at(itt.closes_at - timedelta(days=days))
        told = {letter.user_id for letter in letters if letter.kind == "reminders/read_invitation"}
        assert told == {looked.user_id, colleague.id}
    assert letters[0].link == f"/opportunities/{itt.reference}"
    let_go(now=itt.closes_at)
    assert db.session.scalar(select(func.count()).select_from(Reader)) == 3
    let_go(now=itt.closes_at + timedelta(days=2))
    assert db.session.scalar(select(func.count()).select_from(Reader)) == 0


def test_an_application_that_is_not_sent_is_reminded_of_by_its_own_age() -> None:
    """A market is open every day, so it counts from the last save: 3, 10 and 30 days."""
    actor, application = _applied(complete=False)
    since = _at_noon(application)
    assert kinds_at(since + timedelta(days=2)) == []
    for days in (3, 10, 30):
        [letter] = told_at(since + timedelta(days=days))
        assert (letter.user_id, letter.thread_id) == (actor.user_id, application.id)
        assert "still open" in letter.body


def test_an_application_with_changes_that_were_not_sent() -> None:
    """A day after the change its people hear that officers read only what was sent."""
    actor, application = _applied(complete=True)
    send(application, actor)
    since = _at_noon(application)
    assert kinds_at(since + timedelta(days=3)) == []
    key = next(key for key, entry in application.answers.items() if entry.get("value"))
    save(application, actor, {key: "Something else"})
    since = _at_noon(application)
    assert kinds_at(since + timedelta(days=1)) == ["changed_application"]


def test_the_end_of_a_window_is_a_closing() -> None:
    """A framework takes applications in windows: 48, 24, 4 and 1 hours before the end what is not sent is told."""
    ends_at = noon(10)
    window = JoiningWindow(opens_at=clock.now() - timedelta(days=1), closes_at=ends_at)
    framework = live_framework(kind=FrameworkKind.FRAMEWORK, windows=[window])
    complete_application(framework, actor=_submitter())
    assert [message.kind for left in HOURS for message in told_at(ends_at - left)].count(
        "reminders/closing_application"
    ) == 4


def _submitter() -> Actor:
    return actor_of(make_person(Role.SUBMITTER, provider=make_provider()))


def _applied(*, complete: bool) -> tuple[Actor, Application]:
    actor = _submitter()
    make: Callable[..., Application] = complete_application if complete else draft_application
    return actor, make(live_framework(), actor=actor)


def _at_noon(application: Application) -> datetime:
    """Let the last save have been today at noon."""
    application.created_at = application.saved_at = noon(0)
    db.session.flush()
    return noon(0)


def _saved_at(bid: Bid, at: datetime) -> None:
    bid.draft_saved_at = at
    db.session.flush()


def _change(bid: Bid, actor: Actor) -> None:
    """Give another price, and nothing else."""
    keys = current_app.extensions["keys"]
    save_price(bid=bid, actor=actor, keys=keys, price=Decimal(99_000))
    db.session.refresh(bid)


def test_a_bid_that_an_addendum_overtook_is_reminded_of_until_it_is_confirmed() -> None:
    """On its own page, instead of as a bid with changes; a bid that was confirmed needs nothing."""
    case = BidCase()
    closing_at(case.itt, noon(10))
    assert case.itt.closes_at is not None
    assert kinds_at(case.itt.closes_at - HOURS[0]) == []
    case.change()
    _change(case.bid, case.bidder)
    [letter] = told_at(case.itt.closes_at - HOURS[0])
    assert letter.kind == "reminders/unconfirmed_bid"
    assert letter.link == f"/provider/bids/{case.bid.reference}/confirm"
    case.confirm()
    assert kinds_at(case.itt.closes_at - HOURS[1]) == ["changed_bid"]
