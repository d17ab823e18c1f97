"""The demonstration: one procurement at every stage, so that each kind of user finds something to do."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from portal.audit.kinds import EventKind
from portal.core import clock
from portal.core.columns import db
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.organisations.models import ContractingAuthority
from portal.scenarios import (
    appointing,
    building,
    buying,
    changing,
    checks,
    endings,
    evaluating,
    mapping,
    market,
    people,
    setting_aside,
    story,
)
from portal.scenarios.papers import add_papers
from portal.tendering.clarifying.answering import answer_question, publish_answers
from portal.tendering.clarifying.asking import ask_question
from portal.tendering.models import InvitationToTender

DRAFT = story.DIVIDED_DRAFT
OPEN = "Early help for families: Demo Harbourside"
CLOSED = "Counselling for young people: Demo Millbrook"
SCORING = checks.EASTGATE
MODERATING = story.PRICES_APART
RESULT = "Mentoring after school: Demo Highfield"
STANDSTILL = "Family support at home: Demo Lowmarsh"
CONTRACT = "Holiday activities: Demo Oldbridge"
CHANGED = "Play in the parks: Demo Fernhill"
CANCELLED = "Youth theatre: Demo Southgate"
NOT_AWARDED = "Night-time crisis support: Demo Fairmead"
JUDGED = (RESULT, STANDSTILL, CONTRACT, story.TIED, story.WITHDRAWN, story.REOPENED, story.DIVIDED)
CLOSING = (CLOSED, SCORING, MODERATING, *JUDGED)


def load(*, keys: KeyFolder, files: FileStore) -> dict[str, str]:
    """Load everything and return the references by stage. Needs the running worker for notices and results."""
    authority = people.create_people(keys=keys)
    mapping.draw(authority)
    begun = clock.now() - timedelta(days=40)
    open_market = market.load(authority, keys=keys, files=files)
    drafted = building.draft(authority, DRAFT, begun=begun)
    joint = buying.ask_the_partner(building.draft(authority, story.JOINT, begun=begun), files)
    opened, pace = _open_one(authority, keys, files, begun)
    unanswered = _that_nobody_answers(authority, keys, begun)
    stopped = _cancelled(authority, keys, files, begun)
    changed = _with_a_bid(authority, CHANGED, keys, files, begun)
    changing.change_a_question(changed, files)
    itts = building.close_together(authority, CLOSING, keys=keys, files=files, begun=begun, pace=pace)
    for title in CLOSING[1:]:
        building.open_together(itts[title], keys)
    building.open_together(unanswered, keys)
    endings.end_without_award(unanswered)
    for title in JUDGED:
        evaluating.score_and_moderate_all(itts[title])
    _being_scored(itts[SCORING])
    _in_moderation(itts[MODERATING])
    for title in JUDGED:
        for lot in itts[title].lots:
            building.await_event(itts[title], EventKind.RESULT_DIAGNOSED, lot=str(lot.id))
    building.propose(itts[RESULT], offers_standstill=True)
    building.award(itts[STANDSTILL], offers_standstill=True)
    building.award(itts[CONTRACT], offers_standstill=False)
    setting_aside.let_the_winner_withdraw(itts[story.WITHDRAWN])
    setting_aside.reopen(itts[story.REOPENED])
    building.await_event(itts[STANDSTILL], EventKind.STANDSTILL_STARTED)
    building.conclude(itts[CONTRACT])
    building.place(itts[CONTRACT], "UK7")
    evaluating.answer_young_people(itts[CONTRACT])
    made = {DRAFT: drafted, story.JOINT: joint, OPEN: opened, CHANGED: changed}
    made |= {CANCELLED: stopped, NOT_AWARDED: unanswered, **itts}
    references = {title: itt.reference for title, itt in made.items()}
    return {**references, market.TITLE: open_market.market, market.CALL_OFF: open_market.call_off}


def _open_one(
    authority: ContractingAuthority, keys: KeyFolder, files: FileStore, begun: datetime
) -> tuple[InvitationToTender, timedelta]:
    """Open for twelve more days, until noon: one bid submitted, one half written; and how long one bid takes."""
    itt = building.draft(authority, OPEN, begun=begun)
    add_papers(itt, files=files, made_at=begun)
    noon = clock.now().astimezone(clock.LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    closes_at = noon + timedelta(days=12)
    building.publish(itt, keys, published=clock.now() - timedelta(days=9), closes_at=closes_at)
    appointing.appoint(itt, building.cast_of(itt))
    appointing.train(itt, people.PROFESSIONAL, building.cast_of(itt))
    _ask(itt, people.MEADOW_SUBMITTER, *story.ANSWERED_QUESTION)
    _ask(itt, people.BRIDGE_SUBMITTER, story.OPEN_QUESTION)
    started = time.monotonic()
    bid = building.write_bid(itt, story.MEADOW, people.MEADOW_SUBMITTER, keys=keys, files=files)
    building.submit(bid, people.MEADOW_SUBMITTER, keys)
    pace = timedelta(seconds=time.monotonic() - started)
    building.write_bid(itt, story.HARBOUR, people.HARBOUR_SUBMITTER, keys=keys, files=files, whole=False)
    return itt, pace


def _that_nobody_answers(authority: ContractingAuthority, keys: KeyFolder, begun: datetime) -> InvitationToTender:
    """Open for a moment, and without a bid when it closes."""
    itt = building.draft(authority, NOT_AWARDED, begun=begun)
    closes_at = clock.now() + building.SHORTEST_OPEN
    building.publish(itt, keys, published=clock.now() - timedelta(days=28), closes_at=closes_at)
    return itt


def _cancelled(
    authority: ContractingAuthority, keys: KeyFolder, files: FileStore, begun: datetime
) -> InvitationToTender:
    """Open for twelve more days, with a sealed bid, when two people cancelled it."""
    itt = _with_a_bid(authority, CANCELLED, keys, files, begun)
    endings.cancel(itt)
    return itt


def _with_a_bid(
    authority: ContractingAuthority, title: str, keys: KeyFolder, files: FileStore, begun: datetime
) -> InvitationToTender:
    """Open for twelve more days, with one bid submitted."""
    itt = building.draft(authority, title, begun=begun)
    published, closes_at = clock.now() - timedelta(days=9), clock.now() + timedelta(days=12)
    building.publish(itt, keys, published=published, closes_at=closes_at)
    bid = building.write_bid(itt, story.MEADOW, people.MEADOW_SUBMITTER, keys=keys, files=files)
    building.submit(bid, people.MEADOW_SUBMITTER, keys)
    return itt


def _ask(itt: InvitationToTender, part: people.Part, words: str, answer: str = "") -> None:
    """One question about the invitation, answered for everybody where there is an answer."""
    question = ask_question(itt=itt, words=words, is_named=False, actor=people.actor_of(part))
    if answer:
        officer = people.actor_of(people.COMMISSIONER)
        answer_question(
            clarification=question,
            published_words=words,
            answer=answer,
            private_reason="",
            actor=officer,
            now=clock.now(),
        )
        publish_answers(itt=itt, actor=officer, now=clock.now())
    db.session.commit()


def _being_scored(itt: InvitationToTender) -> None:
    """One member of the local panel has finished, two young people wrote what is held; others have still to score."""
    evaluating.score(itt, itt.panels[0], only=people.PROFESSIONAL)
    evaluating.write_held(itt, next(panel for panel in itt.panels if panel.kind.is_young_people))


def _in_moderation(itt: InvitationToTender) -> None:
    """The local panel has agreed its scores for one bid; the other panels can begin to moderate."""
    for panel in itt.panels:
        evaluating.score(itt, panel)
    evaluating.moderate(itt, itt.panels[0], whole=False)
