"""What is measured of frameworks. Imported once the environment says where the database is: `worker.app` reads it."""

from __future__ import annotations

import smtplib
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from frameworks_sink import Sink
from frameworks_world import Sizes, add_settings, analyse, framework_for_settings, system_with_members
from road_portal import Road, middle, spread
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import joinedload

from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.notifications.models import Message
from portal.notifications.sending import Mailer
from portal.tendering.models import Invitation
from portal.tendering.publishing import publish_itt
from tests.factories.accounts import make_person, sign_in
from tests.factories.calling_off import ready_call_off
from tests.factories.tendering import approve, make_commissioner
from worker import outbox as relay

CALL_MS, LAST_MAIL_S = 150, 3.0


@dataclass(frozen=True)
class Line:
    """One line of the table: what, its figures, and how it stands to its goal."""

    what: str
    figures: str
    goal: str = ""
    met: bool | None = None


@dataclass
class Times:
    """Seconds of each repeat."""

    call: list[float] = field(default_factory=list)
    inboxes: list[float] = field(default_factory=list)
    last_mail: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)


def calling_off(app: Flask, road: Road, sink: Sink, sizes: Sizes, repeats: int) -> list[Line]:
    """G7: publish, drain, and send the same mails in a loop, one after the other in each repeat."""
    with app.app_context():
        lot_id = system_with_members(sizes).lots[0].id
    analyse(road.owner_engine_url())
    times = Times()
    for number in range(repeats + 1):
        with app.app_context():
            itt = ready_call_off(db.session.get_one(FrameworkLot, lot_id))
            actor = make_commissioner(itt.authority)
            db.session.commit()
            relay.drain()
            approve(itt, actor)
            keys = app.extensions["keys"]
            began = time.perf_counter()
            publish_itt(itt=itt, actor=actor, now=clock.now(), keys=keys, demonstration=False)
            db.session.commit()
            called = time.perf_counter()
            before = sink.count
            relay._drain_reactions()
            told = time.perf_counter()
            relay.drain()
            mailed = time.perf_counter()
            _check(itt.id, sizes.members, sink.count - before)
            mails = _mails_of(itt.id)
        looped = _seconds(partial(send_in_a_loop, mails, sink.port))
        if number:  # the first time everything is read from the disk
            times.call.append(called - began)
            times.inboxes.append(told - began)
            times.last_mail.append(mailed - began)
            times.loop.append(looped)
    ratios = [ours / loop for ours, loop in zip(times.last_mail, times.loop, strict=True)]
    call, last = middle(times.call) * 1000, middle(times.last_mail)
    return [
        Line(
            f"G7 the call: {sizes.members:,} invitations recorded",
            f"{call:.0f} ms ({spread([1000 * one for one in times.call])})",
            f"<= {CALL_MS} ms",
            call <= CALL_MS,
        ),
        Line("   all messages in the inboxes", _s(times.inboxes)),
        Line("   the last mail accepted", _s(times.last_mail), f"<= {LAST_MAIL_S:.0f} s", last <= LAST_MAIL_S),
        Line("   the same mails by smtplib in a loop", _s(times.loop)),
        Line("   ratio, in the same repeat", f"{middle(ratios):.2f} ({spread(ratios, '{:.2f}')})"),
    ]


def send_in_a_loop(mails: list[EmailMessage], port: int) -> None:
    """The least that sending takes: one connection, one mail after the other."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as connection:
        for mail in mails:
            connection.send_message(mail)


def directory(app: Flask, road: Road, sizes: Sizes, pages: int) -> list[Line]:
    """Each search with a tenth of the settings, then with all."""
    with app.app_context():
        framework = framework_for_settings(sizes)
        practitioner = make_person(Role.CONTRACT_MANAGER, authority=framework.authority)
        db.session.commit()
        add_settings(framework, sizes.few_settings, before=0)
        browser = app.test_client()
        sign_in(browser, practitioner)
        db.session.commit()
        lot = framework.lots[1]
        chosen = f"lot={lot.id}&band={lot.bands[2].id}&placement=Residential"
        searches = {
            "first page, everything": "",
            "a later page": "?after=00000000-0000-0000-0000-000000000000~Demo+Mill",
            "two words": "?words=harbour+lodge",
            "one setting by its number": f"?words=DEMO{sizes.few_settings // 2:06}",
            "words that are nowhere": "?words=nowhere+at+all",
            "lot, banding, type, free places": f"?{chosen}&vacancies=4",
            "area and free places": "?area=demo+area+07&vacancies=6",
        }
    analyse(road.owner_engine_url())
    few = {what: _asked(browser, query, pages) for what, query in searches.items()}
    with app.app_context():
        add_settings(db.session.merge(framework), sizes.settings, before=sizes.few_settings)
    analyse(road.owner_engine_url())
    lines = []
    for what, query in (*searches.items(), ("   the file of 1,000 rows", "/settings.csv")):
        many = _asked(browser, query, pages if query[:1] != "/" else max(2, pages // 10))
        less = few.get(what)
        ratio = f", {many.p95 / less.p95:.1f} x with a tenth" if less else ""
        statements = f"{many.statements} SQL" + (f" (a tenth: {less.statements})" if less else "")
        lines.append(Line(f"directory: {what}", f"p50 {many.p50:.0f} / p95 {many.p95:.0f} ms, {statements}{ratio}"))
    return lines


@dataclass(frozen=True)
class Asked:
    """Milliseconds and statements of one page."""

    p50: float
    p95: float
    statements: int


def _asked(browser: Any, query: str, pages: int) -> Asked:
    address = f"/commissioning/directory{query}"
    for _ in range(3):
        assert browser.get(address).status_code == 200
    with _counted() as statements:
        browser.get(address)
    taken = sorted(1000 * _seconds(lambda: browser.get(address)) for _ in range(pages))
    return Asked(statistics.median(taken), taken[int(0.95 * (len(taken) - 1))], len(statements))


@contextmanager
def _counted() -> Iterator[list[str]]:

    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _mails_of(itt_id: UUID) -> list[EmailMessage]:
    """The mails of a call-off as they were sent."""

    mailer = Mailer("smtp://127.0.0.1:25", "http://localhost")
    messages = db.session.scalars(
        select(Message)
        .join(Event, Event.id == Message.event_id)
        .where(Event.chain == str(itt_id), Message.kind == "tendering/invited")
        .options(joinedload(Message.user))
    )
    return [mailer.written(message, message.user.email or "") for message in messages]


def _check(itt_id: UUID, members: int, mails: int) -> None:

    invited = db.session.scalar(select(func.count()).select_from(Invitation).where(Invitation.itt_id == itt_id))
    if (invited, mails) != (members, members):
        raise RuntimeError(f"{invited} invitations and {mails} mails for {members} members")


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _s(values: list[float]) -> str:
    return f"{middle(values):.2f} s ({spread(values, '{:.2f}')})"
