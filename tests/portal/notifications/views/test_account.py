"""The inbox."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.core.permissions import SYSTEM, Role
from portal.extensions import db
from portal.notifications import inbox
from portal.notifications.composing import tell
from portal.notifications.models import Message
from portal.notifications.sending import Mailer
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.organisations import make_provider
from tests.factories.tendering import draft_itt, published_itt
from tests.filling import fill, link_in, press, text_of
from tests.pages import read


@pytest.fixture
def person(db_session: object) -> User:
    """Somebody with an inbox."""
    return make_person(Role.OPENER)


def told(person: User, title: str = "Youth work", *, itt: InvitationToTender | None = None) -> Message:
    """A message in the person's inbox, about an invitation of its own unless one is given."""
    itt = itt or draft_itt(title=title)
    made = record(EventKind.ITT_CLOSED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    tell(
        event=db.session.get_one(Event, made.id),
        people=[person.id],
        template="tendering/itt_closed_openers",
        link=f"/commissioning/itts/{itt.reference}/opening",
        thread=itt.id,
        itt=itt,
    )
    return db.session.scalars(select(Message).where(Message.event_id == made.id)).one()


def counter(client: CheckedClient, page: str = "/account") -> str:
    """What the navigation says beside "Inbox"."""
    shown = read(client.get(page).get_data(as_text=True)).select_one(".fl-nav__count")
    return shown.get_text(" ", strip=True) if shown else ""


def test_reading_is_reading(person: User, client: CheckedClient) -> None:
    """A message that is opened is read, without a button; the navigation counts what is new until then."""
    message = told(person)
    sign_in(client, person)
    assert "1 new" in text_of(client.get("/account/inbox"))
    assert counter(client) == "1 new"
    shown = client.get(f"/account/inbox/{message.id}")
    assert "Two authorised people can now open the bids together" in text_of(shown)
    assert f'href="{message.link}"' in shown.text
    assert counter(client) == ""
    db.session.refresh(message)
    first = message.read_at
    client.get(f"/account/inbox/{message.id}")
    db.session.refresh(message)
    assert message.read_at == first is not None


def test_what_is_about_one_thing_is_one_thread(person: User, client: CheckedClient) -> None:
    """Five messages about one invitation are one row; its page shows all five, the newest first, and all are read."""
    itt = published_itt(title="Youth work")
    for _ in range(5):
        told(person, itt=itt)
    other = told(person, "Short breaks")
    sign_in(client, person)
    page = client.get("/account/inbox")
    assert text_of(page).count("Ready to open: Youth work") == 1
    assert "5 new" in text_of(page)
    thread = client.get(link_in(page, "Ready to open: Youth work") or "")
    assert text_of(thread).count("Two authorised people can now open the bids") == 5
    assert text_of(thread).count("New") == 4, "beside the one that was asked for"
    unread = db.session.scalars(select(Message.id).where(Message.read_at.is_(None))).all()
    assert unread == [other.id]


def test_filters_and_words_find_what_was_told(person: User, client: CheckedClient) -> None:
    """By what it is about, by being new, and by words in whatever case and accents; what fits nothing says so."""
    old = told(person, "Clwb Ieuenctid Tŷ Glân")
    told(person, "Short breaks")
    sign_in(client, person)
    client.get(f"/account/inbox/{old.id}")

    def shown(query: str) -> list[str]:
        page = text_of(client.get(f"/account/inbox?{query}"))
        return [title for title in ("Tŷ Glân", "Short breaks") if title in page]

    assert shown("words=ty+glan") == ["Tŷ Glân"]
    assert shown("words=BREAKS+open") == ["Short breaks"]
    assert shown("new=1") == ["Short breaks"]
    assert shown("topic=work") == ["Tŷ Glân", "Short breaks"]
    assert shown("topic=panel") == shown("topic=nonsense") == shown("words=nothing+like+it") == []
    assert "No message of yours matches" in client.get("/account/inbox?words=zzz").text


def test_older_threads_are_a_page_away(person: User, client: CheckedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a size that leave nothing out and show nothing twice; a key that nobody was given answers 404."""
    monkeypatch.setattr(inbox, "PAGE", 2)
    for number in range(5):
        told(person, f"Work {number}")
    sign_in(client, person)
    address, seen = "/account/inbox", []
    while address:
        page = client.get(address)
        seen += [row.get_text(strip=True) for row in read(page.text).select("main tbody th")]
        address = link_in(page, "Older messages")
    assert seen == [f"Ready to open: Work {number}" for number in (4, 3, 2, 1, 0)]
    assert client.get("/account/inbox?after=nonsense").status_code == 404


def test_everything_can_be_marked_as_read(person: User, client: CheckedClient) -> None:
    """One's own, and nobody else's."""
    told(person)
    told(make_person(Role.OPENER))
    sign_in(client, person)
    press(client, "/account/inbox", "/account/inbox/read")
    rows = db.session.execute(select(Message.user_id, Message.read_at)).all()
    assert {user_id == person.id: read_at is not None for user_id, read_at in rows} == {True: True, False: False}


def test_nobody_reads_anothers(person: User, client: CheckedClient) -> None:
    """Another person's message does not exist: not by its address, not by its thread, not by its words."""
    itt = published_itt()
    theirs = told(make_person(Role.OPENER), itt=itt)
    sign_in(client, person)
    assert client.get(f"/account/inbox/{theirs.id}").status_code == 404
    mine = told(person, itt=itt)
    assert text_of(client.get(f"/account/inbox/{mine.id}")).count("Two authorised people can now open") == 1
    db.session.refresh(theirs)
    assert theirs.read_at is None


def test_an_empty_inbox(person: User, client: CheckedClient) -> None:
    """With nothing to read the page says so."""
    sign_in(client, person)
    assert "Nothing yet" in client.get("/account/inbox").text


def test_words_that_somebody_typed_are_inert(person: User, client: CheckedClient) -> None:
    """Markup in a title or in a search is shown as text."""
    told(person, title="<img src=x onerror=alert(1)>")
    sign_in(client, person)
    assert "<img src=x" not in client.get("/account/inbox").text
    assert "<img src=x" not in client.get("/account/inbox?words=<img src=x>").text


def test_statements_are_constant(
    person: User, client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The inbox, a search and a thread take as many statements for many messages as for one."""
    sign_in(client, person)
    itt, counts = published_itt(), []
    for more in (1, 2, 20):
        for _ in range(more):
            told(person)
            message = told(person, itt=itt)
        for address in ("/account/inbox", "/account/inbox?words=open", f"/account/inbox/{message.id}"):
            with count_statements() as statements:
                assert client.get(address).status_code == 200
            counts.append(len(statements))
    assert counts[:3] == counts[3:6] == counts[6:]


def test_the_counter_costs_a_page_one_statement_and_a_post_none(
    person: User, client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """It is asked where a page is drawn, not where somebody is only sent on."""
    sign_in(client, person)
    with count_statements() as drawn:
        client.get("/account/inbox/topics")
    with count_statements() as sent:
        fill(client, "/account/inbox/topics")
    posted = sent[len(drawn) :]
    counted = [statement for statement in drawn if "read_at IS NULL" in statement]
    assert (len(counted), [statement for statement in posted if "read_at IS NULL" in statement]) == (1, [])


def test_a_topic_can_be_kept_to_the_inbox(person: User, client: CheckedClient) -> None:
    """Without its tick a topic's letters come to the inbox alone; with it they are mailed again."""
    sign_in(client, person)
    page = "/account/inbox/topics"
    assert "What we always mail" in text_of(client.get(page))
    assert fill(client, page, {"mailed": ["work_reminders"]}).status_code == 302
    muted = told(person)
    assert _mailed(muted) == 0
    fill(client, page, {"mailed": ["work", "work_reminders"]})
    assert _mailed(told(person)) == 1


def test_what_is_always_mailed_cannot_be_chosen(client: CheckedClient, db_session: object) -> None:
    """Invitations and decisions are named with the reason and have no tick; to post one is refused."""
    sign_in(client, make_person(Role.SUBMITTER, provider=make_provider()))
    page = client.get("/account/inbox/topics")
    values = {box["value"] for box in read(page.text).select("input[name=mailed]")}
    assert values == {
        "answers",
        "opportunities",
        "receipts",
        "bid_reminders",
        "application_reminders",
        "invitation_reminders",
    }
    assert "The law asks the buyer to invite every member." in text_of(page)
    assert fill(client, "/account/inbox/topics", {"mailed": ["decisions"]}).status_code == 422


def _mailed(message: Message) -> int:
    from portal.audit.models import Delivery

    count = select(func.count()).select_from(Delivery)
    return db.session.scalar(count.where(Delivery.subject_id == message.id, Delivery.consumer == "mail")) or 0


def test_every_mail_leads_to_the_choice(person: User, client: CheckedClient) -> None:
    """The line at a mail's end names the page where its topic can be kept to the inbox."""
    mail = Mailer("smtp://127.0.0.1:1", "http://localhost").written(told(person), "opener@authority.example")
    address = re.search(r"Choose what we mail you about: http://localhost(\S+)", mail.get_content())
    assert address
    sign_in(client, person)
    assert "What we write to you about" in text_of(client.get(address[1]))
