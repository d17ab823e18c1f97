"""Following by mail alone: only the question goes to an address that has not said yes, and nobody learns of it."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.audit.models import Delivery
from portal.audit.outbox import FOLLOWER_MAIL
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.notifications.reminding import remind
from portal.tendering.clarifying.answering import answer_question, publish_answers
from portal.tendering.clarifying.asking import ask_question
from portal.tendering.clarifying.mail_following import CONFIRMED_WITHIN, MOST_AN_HOUR
from portal.tendering.clarifying.mail_models import MailFollower
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import submitter_of
from tests.factories.ending import cancelled
from tests.factories.reminders import closing_at, noon
from tests.factories.tendering import make_commissioner, published_itt
from tests.filling import fields_of, fill, press, text_of
from tests.mailing import mails_to
from tests.services import Mailbox

pytestmark = pytest.mark.usefixtures("worker_environment")

LINK = re.compile(r"http://localhost(/following/\S+)")
WRITTEN = "We have written to that address."


class Case:
    """A published invitation, its commissioner, and a browser that nobody has signed in with."""

    def __init__(self, client: CheckedClient, mailbox: Mailbox) -> None:
        self.client, self.mailbox = client, mailbox
        self.officer = make_commissioner()
        self.itt: InvitationToTender = published_itt(actor=self.officer)

    def ask(self, address: str) -> Any:
        return fill(self.client, f"/opportunities/{self.itt.reference}/follow-by-mail", {"email": address})

    def mails(self, address: str) -> list[EmailMessage]:
        return mails_to(self.mailbox, address)

    def link(self, address: str) -> str:
        found = LINK.search(self.mails(address)[-1].get_content())
        assert found is not None
        return found[1]

    def follow(self, address: str) -> str:
        self.ask(address)
        link = self.link(address)
        assert press(self.client, link, f"{link}/confirm").status_code == 302
        return link

    def answer(self, words: str = "May two charities bid together?") -> None:
        asked = ask_question(itt=self.itt, words=words, is_named=False, actor=submitter_of())
        now = clock.now()
        answer_question(
            clarification=asked, published_words=words, answer="Yes.", private_reason="", actor=self.officer, now=now
        )
        publish_answers(itt=self.itt, actor=self.officer, now=now)


@pytest.fixture
def case(client: CheckedClient, mailbox: Mailbox) -> Case:
    """Ready to follow."""
    return Case(client, mailbox)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(MailFollower)) or 0


def test_nothing_but_the_question_goes_to_an_address_that_has_not_said_yes(case: Case) -> None:
    """After its press it hears of answers and of the end; each letter leads to the page that stops them."""
    address = "heather@follower.example"
    case.ask(address)
    case.answer()
    assert [mail["Subject"] for mail in case.mails(address)] == [f'Do you want to follow "{case.itt.title}"?']
    link = case.link(address)
    form = fields_of(case.client.get(link))
    for _ in range(2):
        assert case.client.post(f"{link}/confirm", data=form).status_code == 302
    case.answer("Is there a visit?")
    cancelled(case.itt)
    subjects = [str(mail["Subject"]) for mail in case.mails(address)]
    assert subjects[1:] == [f"New answers: {case.itt.title}", f"Cancelled: {case.itt.title}"]
    assert case.link(address) == link
    assert case.mails(address)[-1]["List-Unsubscribe"] == f"<http://localhost{link}>"


def test_one_press_stops_the_letters_and_forgets_the_address(case: Case) -> None:
    """The row goes, and the link leads nowhere."""
    address = "juniper@follower.example"
    link = case.follow(address)
    before = len(case.mails(address))
    assert "Stop these letters?" in text_of(case.client.get(link))
    assert press(case.client, link, f"{link}/stop").status_code == 302
    case.answer()
    assert len(case.mails(address)) == before
    assert case.client.get(link).status_code == 410


def test_who_follows_by_mail_is_reminded_before_bidding_closes(case: Case) -> None:
    """Once a week and two days before, and whoever has not confirmed hears nothing."""
    closing_at(case.itt, noon())
    case.follow("demo.follower@mail.example")
    case.ask("demo.silent@mail.example")
    for days in (7, 2):
        remind(now=case.itt.closes_at - timedelta(days=days))
        assert remind(now=case.itt.closes_at - timedelta(days=days)) == 0
    told = [mail["Subject"] for mail in case.mails("demo.follower@mail.example")]
    assert told[1:] == [f"Bids close soon: {case.itt.title}"] * 2
    assert len(case.mails("demo.silent@mail.example")) == 1


def test_the_answer_is_the_same_whosever_the_address_is(case: Case) -> None:
    """A follower's, an account's, and nobody's; one that follows already is not written to again."""
    person = make_person(email="rowan@account.example")
    case.follow("bracken@follower.example")
    before = len(case.mails("bracken@follower.example"))
    said = set()
    for address in ("bracken@follower.example", str(person.email), "nobody@follower.example"):
        answer = case.ask(address)
        said.add((answer.status_code, answer.headers["Location"]))
        assert WRITTEN in case.client.get(answer.headers["Location"]).text
    assert len(said) == 1
    assert len(case.mails("bracken@follower.example")) == before


def test_a_stranger_fills_nobody_s_mailbox(case: Case) -> None:
    """The address gets so many letters an hour about however many invitations."""
    for _ in range(MOST_AN_HOUR + 2):
        case.itt = published_itt(actor=case.officer)
        case.ask("gorse@follower.example")
    assert len(case.mails("gorse@follower.example")) == MOST_AN_HOUR


def test_a_link_that_was_made_up_or_is_too_old_does_nothing(case: Case) -> None:
    """Neither a changed signature nor one that nobody confirmed in time."""
    case.ask("sedge@follower.example")
    link = case.link("sedge@follower.example")
    for made_up in (f"{link[:-2]}xx", "/following/x", f"/following/{'0' * 32}.x"):
        assert case.client.get(made_up).status_code == 410
    old = db.session.scalars(select(MailFollower)).one()
    old.asked_at -= CONFIRMED_WITHIN
    db.session.commit()
    assert case.client.get(link).status_code == 410


def test_an_address_stands_nowhere_in_the_open_and_officers_see_nothing(case: Case) -> None:
    """Neither in its row nor in the ledger; the officers' pages are the same before and after."""
    sign_in(case.client, db.session.get_one(type(make_person()), case.officer.user_id))
    desk = f"/commissioning/itts/{case.itt.reference}"
    assert case.mails("yarrow@follower.example") == []
    before = text_of(case.client.get(desk))
    case.follow("yarrow@follower.example")
    assert text_of(case.client.get(desk)) == before
    for table in ("mail_follower", "event", "delivery"):
        held = db.session.scalars(text(f"SELECT t::text FROM {table} t")).all()
        assert not any("yarrow" in row for row in held)


def test_what_does_not_reach_them_is_counted_and_nothing_more(case: Case) -> None:
    """The platform's administrators learn how many letters are given up, not whose, and one press tries them again."""
    case.follow("follower@example.org")
    case.answer()
    deliveries = db.session.scalars(select(Delivery).where(Delivery.consumer == FOLLOWER_MAIL)).all()
    for delivery in deliveries:
        delivery.sent_at, delivery.dead_at, delivery.last_error = None, clock.now(), "550 <follower@example.org>"
    db.session.commit()
    sign_in(case.client, make_person(Role.PLATFORM_ADMINISTRATOR))
    shown = case.client.get("/admin/undelivered")
    assert f"Given up: {len(deliveries)}. Tried again: 0." in text_of(shown)
    assert "follower@example.org" not in shown.text
    assert case.itt.title not in shown.text
    fill(case.client, "/admin/undelivered")
    assert {delivery.dead_at for delivery in deliveries} == {None}


def test_what_cannot_change_any_more_cannot_be_followed(case: Case) -> None:
    """It is said on the form, and nothing is kept; so is an address to which no letter could go."""
    assert case.ask("no address").status_code == 422
    cancelled(case.itt)
    assert case.ask("yarrow@follower.example").status_code == 409
    assert count() == 0
