"""Acts that happen once, and what kills a part of the portal in their middle."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from flask import Flask, current_app
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.app import create_app
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery, Event
from portal.audit.verifying import verify_ledger
from portal.bidding.late_box import keep_late, propose_late
from portal.bidding.opening import open_bids
from portal.config import load_settings
from portal.core import clock
from portal.core.permissions import Actor
from portal.evaluation.drawing import reveal_value
from portal.extensions import db
from portal.running.children import unprivileged_account
from portal.running.state import read_record
from portal.tendering.amending.amending import publish_addendum
from portal.tendering.clarifying.answering import answer_question
from portal.tendering.clarifying.asking import ask_question
from tests.factories import amending
from tests.factories.accounts import sign_in
from tests.factories.awarding import approver_of, standing_award
from tests.factories.bidding import (
    EDITION,
    close_now,
    complete_draft,
    opened_itt,
    opener_of,
    submitted_bid,
    submitter_of,
)
from tests.factories.drawing import VALUES, commit, tied_itt, two_people
from tests.factories.ending import propose_to_award_nobody, propose_to_cancel
from tests.factories.setting_aside import propose_to_withdraw
from tests.factories.tendering import make_commissioner, published_itt
from tests.journeys.people import HttpPerson
from tests.portal_process import RunningPortal, start_portal
from tests.services import open_folder

VICTIMS = ("web", "worker", "postgres", "redis")
NOTE = "I read the reason and compared it with the record."
PATIENCE = 180.0
"""Seconds for the portal to start, for a killed part to come back, for a press to be answered."""


@dataclass(frozen=True)
class Act:
    """Who presses what, and how many entries of that kind the ledger has afterwards."""

    actor: Actor
    page: str
    button: str
    values: dict[str, str]
    kind: EventKind
    about: uuid.UUID
    entries: int = 1


def _of(actor: Actor, page: str, kind: EventKind, about: uuid.UUID, **values: str) -> Act:
    """A second person's decision about a procurement."""
    decided = {"note": NOTE} | values
    return Act(actor, f"/commissioning/itts/{page}", "Record my decision", decided, kind, about)


def publishing_a_change() -> Act:
    itt, officer = _asked_about()
    addendum = amending.propose(itt, officer)
    db.session.flush()
    page = f"{itt.reference}/changes/{addendum.id}"
    return _of(approver_of(itt.authority), page, EventKind.ADDENDUM_PUBLISHED, addendum.id, verdict="publish")


def confirming_a_bid() -> Act:
    itt, officer = _asked_about()
    bidder = submitter_of()
    bid = submitted_bid(itt, actor=bidder)
    amending.prepare(itt, officer, settings={"word_limit": "900"})
    publish_addendum(addendum=amending.propose(itt, officer), actor=approver_of(itt.authority), note=NOTE)
    page = f"/provider/bids/{bid.reference}/confirm"
    # Confirming is submitting again what was submitted, to what is asked now.
    return Act(bidder, page, "Confirm version 1", {}, EventKind.BID_SUBMITTED, bid.id, entries=2)


def drawing_a_lot() -> Act:
    itt = tied_itt()
    first, second = two_people(itt)
    commit(itt, first, VALUES[0])
    draw = commit(itt, second, VALUES[1])
    reveal_value(draw=draw, actor=first, value=VALUES[0], now=clock.now())
    page = f"/commissioning/itts/{itt.reference}/draw"
    return Act(second, page, "Reveal my value", {"value": VALUES[1]}, EventKind.LOT_DRAWN, draw.id)


def publishing_an_answer() -> Act:
    itt, officer = _asked_about()
    asked = ask_question(itt=itt, words="May two charities bid together?", is_named=False, actor=submitter_of())
    written = {"published_words": asked.words, "answer": "Yes, and each signs.", "private_reason": ""}
    answer_question(clarification=asked, actor=officer, now=clock.now(), **written)
    page = f"/commissioning/itts/{itt.reference}/questions"
    return Act(officer, page, "Publish 1 answer", {}, EventKind.ANSWERS_PUBLISHED, itt.id)


def submitting_a_bid() -> Act:
    bidder = submitter_of()
    bid = complete_draft(published_itt(), actor=bidder)
    page = f"/provider/bids/{bid.reference}/check"
    return Act(bidder, page, "Submit your bid", {}, EventKind.BID_SUBMITTED, bid.id)


def admitting_what_came_late() -> Act:
    itt, officer = _asked_about()
    bidder = submitter_of()
    bid = complete_draft(itt, actor=bidder)
    close_now(itt)
    late = keep_late(bid=bid, actor=bidder, keys=current_app.extensions["keys"], declared=EDITION)
    propose_late(itt=itt, late_id=late.id, admits=True, reason=NOTE, actor=officer)
    page = f"/commissioning/itts/{itt.reference}/late-box"
    decided = {"verdict": "agree"}
    return Act(approver_of(itt.authority), page, "Record my decision", decided, EventKind.LATE_BID_DECIDED, late.id)


def opening_the_bids() -> Act:
    itt = published_itt()
    submitted_bid(itt)
    close_now(itt)
    first, second = (opener_of(itt.authority) for _ in range(2))
    open_bids(itt=itt, actor=first, keys=current_app.extensions["keys"], factor_at=clock.now())
    page = f"/commissioning/itts/{itt.reference}/opening"
    return Act(second, page, "Open the bids", {}, EventKind.BIDS_OPENED, itt.id)


def ending_without_an_award() -> Act:
    itt = opened_itt(0)
    ending = propose_to_award_nobody(itt)
    page = f"{itt.reference}/ending/{ending.id}"
    return _of(approver_of(itt.authority), page, EventKind.LOT_NOT_AWARDED, ending.id, verdict="end")


def cancelling() -> Act:
    itt = published_itt()
    submitted_bid(itt)
    ending = propose_to_cancel(itt)
    page = f"{itt.reference}/ending/{ending.id}"
    return _of(approver_of(itt.authority), page, EventKind.PROCUREMENT_CANCELLED, ending.id, verdict="end")


def setting_an_award_aside() -> Act:
    award = standing_award()
    proposal = propose_to_withdraw(award.decision)
    page = f"{award.itt.reference}/setting-aside/{proposal.id}"
    return _of(approver_of(award.itt.authority), page, EventKind.WINNER_WITHDREW, proposal.id, verdict="agree")


def _asked_about() -> tuple[Any, Actor]:
    itt = published_itt()
    return itt, make_commissioner(itt.authority)


ACTS: tuple[Callable[[], Act], ...] = (
    publishing_an_answer,
    publishing_a_change,
    submitting_a_bid,
    confirming_a_bid,
    admitting_what_came_late,
    opening_the_bids,
    drawing_a_lot,
    cancelling,
    ending_without_an_award,
    setting_an_award_aside,
)


@dataclass
class Killed:
    """A portal, the same database from here, and what kills a part of it."""

    portal: RunningPortal
    state: Path
    app: Flask

    def perform(self, made: Callable[[], Act], victim: str, chance: random.Random) -> Act:
        """Let somebody press on while the victim is killed at a moment around the first press."""
        with self.app.app_context():
            act = made()
            db.session.commit()
            cookie = self._session_of(act.actor)
        _give(self.state)
        pressing = threading.Thread(target=self._insist, args=(act, cookie), daemon=True)
        pressing.start()
        time.sleep(chance.uniform(0, 0.25))
        self._kill(victim)
        pressing.join(PATIENCE)
        assert not pressing.is_alive(), f"{made.__name__} came to no end when {victim} was killed"
        return act

    def _session_of(self, actor: Actor) -> str:
        client = self.app.test_client()
        sign_in(client, db.session.get_one(User, actor.user_id))
        db.session.commit()
        cookie = client.get_cookie("fairlot")
        assert cookie is not None
        return cookie.value

    def _insist(self, act: Act, cookie: str) -> None:
        """Press until the page has the button no more, as somebody does who is told to try again."""
        person = HttpPerson(self.portal.url, session=cookie)
        while True:
            # While a part is away there is no answer, or one that says so.
            with suppress(httpx.TransportError, AssertionError):
                person.visit(act.page)
                if person.status in (200, 409) and act.button not in person.text:
                    break
                person.press(act.button, **act.values)
            time.sleep(0.1)
        person.leave()

    def _kill(self, victim: str) -> None:
        give_up = time.monotonic() + PATIENCE
        while True:
            old = self._pid(victim)
            # What the last victim took down with it may be about to begin anew: it is killed once it is there.
            with suppress(ProcessLookupError):
                os.killpg(old, signal.SIGKILL)
                break
            assert time.monotonic() < give_up, f"{victim} did not come back"
            time.sleep(0.05)
        while self._pid(victim) == old:
            assert time.monotonic() < give_up, f"{victim} did not come back"
            time.sleep(0.05)

    def _pid(self, name: str) -> int:
        record = read_record(self.state)
        assert record is not None
        return record.pids[name]

    def check(self, done: Sequence[Act]) -> None:
        """Each act has its entries in the ledger, which verifies; whoever is to be told is told once all is back."""
        with self.app.app_context():
            counted = [
                db.session.scalar(select(func.count()).where(Event.kind == act.kind, Event.object_id == act.about))
                for act in done
            ]
            assert counted == [act.entries for act in done]
            give_up = time.monotonic() + PATIENCE
            while self._left_to_do():
                assert time.monotonic() < give_up, "something is told to nobody"
                db.session.rollback()
                time.sleep(0.5)
            assert verify_ledger().findings == ()

    def _left_to_do(self) -> int:
        """How many deliveries wait or were given up."""
        return db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.sent_at.is_(None))) or 0


@contextmanager
def killed_portal() -> Iterator[Killed]:
    """The whole portal in a folder of its own, and the same database from here."""
    state = open_folder("fairlot-acts-") / "state"
    with start_portal(state=state, seconds=PATIENCE) as portal, _joined(state) as app:
        yield Killed(portal, state, app)


@contextmanager
def _joined(state: Path) -> Iterator[Flask]:
    record = read_record(state)
    assert record is not None
    app = create_app(load_settings(record.environment))
    yield app
    with app.app_context():
        db.engine.dispose()


def _give(state: Path) -> None:
    """Let the portal's own user read what was made here in its place."""
    account = unprivileged_account()
    for path in (*(state / "keys").rglob("*"), *(state / "files").rglob("*")) if account is not None else ():
        os.chown(path, account.uid, account.gid)
