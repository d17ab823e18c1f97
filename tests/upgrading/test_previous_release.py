"""Whoever works with the previous release finds everything again after the upgrade, and goes on where they were."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload
from werkzeug.test import TestResponse

from portal.accounts.models import HeldRole, Language, User
from portal.accounts.sessions import actor_for
from portal.audit.models import Event
from portal.audit.verifying import verify_ledger
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.states import DecisionStatus
from portal.bidding.envelopes import content_of
from portal.bidding.models import Bid, BidVersion
from portal.bidding.receipts import verify_receipt, whole_receipt
from portal.bidding.reconciling import reconcile_files
from portal.bidding.sealing import read_version
from portal.core import clock
from portal.core.personal import ERASED
from portal.core.signed import public_key_of
from portal.evaluation.models import AWAITED, PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.safeguarding.escalating import screen_earlier
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus
from portal.joining.models import Application, ApplicationDecision
from portal.joining.states import ApplicationStatus
from portal.notices.models import Notice
from portal.notifications.models import Message
from portal.organisations.models import ContractingAuthority, Provider, Setting
from portal.privacy.models import ErasureRequest
from portal.safeguarding.screening import screen
from portal.tendering.decline_models import Decline
from portal.tendering.models import Invitation, InvitationToTender, Panel, Question
from portal.tendering.states import PanelKind
from tender_scoring import method_hash, validate_method
from tests.client import CheckedClient
from tests.factories.accounts import person_at, sign_in
from tests.filling import fill
from tests.services import Database
from tests.upgrading.conftest import TOO_FAR

MOST_PAGES = 40


def test_ledger_and_files_are_sound(app: Flask, db_session: object) -> None:
    """No entry's hash changed, and every stored file and sealed version is the one that was recorded."""
    ledger = verify_ledger()
    assert (ledger.events > 400, ledger.findings) == (True, ())
    reconciled = reconcile_files(files=app.extensions["files"])
    assert (reconciled.files > 0, reconciled.versions, reconciled.findings) == (True, 19, ())


def test_frozen_methods_keep_their_hash(db_session: object) -> None:
    """Each published method is valid today and has the hash that was published."""
    itts = db.session.scalars(select(InvitationToTender).where(InvitationToTender.method.is_not(None))).all()
    assert len(itts) == 8
    for itt in itts:
        assert itt.method is not None
        validate_method(itt.method)
        assert method_hash(itt.method) == itt.method_hash


def test_questions_keep_their_word_limits(db_session: object) -> None:
    """What is answered in words has the limit that it had, among its settings; what asks for files has none."""
    questions = db.session.scalars(select(Question)).all()
    assert {bool(question.settings.get("word_limit")) for question in questions if question.asked.kind.in_words} == {
        True
    }
    assert [question.settings for question in questions if question.asked.kind.takes_files and question.settings] == []
    assert {question.settings.get("word_limit") for question in questions} >= {None, 300, 500, 750}


def test_old_seals_open(app: Flask, db_session: object) -> None:
    """Every submitted version can be read back by its provider, is what it committed to, and its receipt holds."""
    versions = db.session.execute(
        select(Bid, BidVersion)
        .join(BidVersion, BidVersion.bid_id == Bid.id)
        .options(selectinload(BidVersion.envelopes))
    ).all()
    assert [version.seal_format for _bid, version in versions] == [1] * 19
    for bid, version in versions:
        writer = db.session.scalars(
            select(HeldRole.user_id).where(HeldRole.provider_id == bid.provider_id, HeldRole.ended_at.is_(None))
        ).first()
        assert writer is not None
        parts = read_version(bid=bid, version=version, actor=actor_for(writer), keys=app.extensions["keys"])
        answers = content_of(parts).answers
        assert answers
        for question in bid.itt.questions:
            shown = question.asked.shown(answers)
            assert (question.asked.fault(answers), shown.text) == (None, answers.get(question.key, ""))
        receipt = whole_receipt(version.receipt, parts)
        assert verify_receipt(json.dumps(receipt), trusted_key=public_key_of(app.extensions["keys"])).holds


def test_standstills_and_announcements_stay_as_they_were(db_session: object) -> None:
    """A standstill keeps its days and says by which rule; an award keeps the day of its notice; no notice is lost."""
    [standstill] = db.session.scalars(select(Standstill))
    assert (standstill.rule_id, standstill.length_words) == ("PA.standstill.voluntary_min", "8 working days")
    awards = db.session.scalars(select(AwardDecision).where(AwardDecision.status == DecisionStatus.DECIDED)).all()
    assert [award.announced_date is not None for award in awards] == [True] * len(awards)
    assert standstill.decision.announced_date == standstill.starts_date
    kept = db.session.execute(
        select(Notice.kind_code, Notice.central_reference, Notice.central_date).where(Notice.kind_code != "UK4")
    ).all()
    assert {(row.central_reference, row.central_date) for row in kept} == {("000000-2026", None)}


@pytest.mark.long
@pytest.mark.parametrize(
    ("email", "start", "within"),
    [
        (None, "/", ("/opportunities", "/frameworks", "/contracts", "/notices")),
        ("commissioner@demo.example", "/account", ("/commissioning",)),
        ("approver@demo.example", "/account", ("/commissioning",)),
        ("auditor@demo.example", "/account", ("/commissioning",)),
        ("admin@demo.example", "/account", ("/commissioning", "/account")),
        ("harbour@demo.example", "/account", ("/provider", "/account")),
        ("bridge@demo.example", "/account", ("/provider",)),
        ("chair@demo.example", "/account", ("/panel",)),
        ("facilitator@demo.example", "/account", ("/panel",)),
        ("ne12-commissioner@demo.example", "/account", ("/commissioning",)),
    ],
)
def test_pages_show_what_was_there(
    client: CheckedClient, email: str | None, start: str, within: tuple[str, ...]
) -> None:
    """Whatever a person reaches opens, page by page."""
    if email:
        sign_in(client, person_at(email))
    seen, ahead, opened = {start}, deque([start]), 0
    while ahead and opened < MOST_PAGES:
        address = ahead.popleft()
        answer = client.get(address)
        assert answer.status_code < 404, f"{address} answered {answer.status_code}"
        opened += 1
        for onward in onward_from(address, answer):
            if onward not in seen and onward.startswith(within):
                seen.add(onward)
                ahead.append(onward)
    assert opened > 3


def onward_from(address: str, answer: TestResponse) -> list[str]:
    """Where the page leads within the portal."""
    if answer.mimetype != "text/html":
        return []
    page = BeautifulSoup(answer.text, "html.parser")
    found = [answer.location] if answer.location else [str(link["href"]) for link in page.select("a[href]")]
    targets = [urlsplit(urljoin(f"http://localhost{address}", urldefrag(link).url)) for link in found]
    return [target._replace(scheme="", netloc="").geturl() for target in targets if target.netloc == "localhost"]


def test_somebody_with_a_whole_history_is_erased(client: CheckedClient, new_client: Any, app: Flask) -> None:
    """Pages that named them say "Erased person", none names them, and ledger, bids and files are sound (G-04)."""
    gone = person_at("commissioner@demo.example")
    name = gone.display_name
    witness, pages = new_client(), {}
    sign_in(witness, person_at("auditor@demo.example"))
    for itt in db.session.scalars(select(InvitationToTender)).all():
        for address in (f"/commissioning/itts/{itt.reference}", f"/commissioning/itts/{itt.reference}/award"):
            answer = witness.get(address)
            if answer.status_code == 200 and name in answer.text:
                pages[address] = answer.text.count(name)
    assert pages
    sign_in(client, gone)
    assert fill(client, "/account/your-data/erasure", {"understood": "y"}).location == "/account/your-data"
    asked = db.session.scalars(select(ErasureRequest)).one()
    sign_in(client, person_at("admin@demo.example"))
    assert fill(client, f"/account/erasures/{asked.id}", {"verdict": "erase"}).location == "/account/erasures"
    for address in pages:
        text = witness.get(address).text
        assert name not in text
        assert ERASED in text
    ledger = verify_ledger()
    assert (ledger.events > 400, ledger.findings) == (True, ())
    assert reconcile_files(files=app.extensions["files"]).findings == ()


def test_the_ledger_names_nobody(db_session: Any) -> None:
    """No entry of a whole demonstration holds a name or an address of anybody."""
    said = [json.dumps(data, ensure_ascii=False) for data in db_session.scalars(select(Event.data))]
    words = {word for one in db_session.scalars(select(User)) for word in (one.display_name, one.email) if word}
    assert (len(said) > 400, len(words) > 20) == (True, True)
    assert [word for word in words if any(word in entry for entry in said)] == []


def test_half_done_acts_finish(client: CheckedClient, new_client: Any) -> None:
    """An award and a refusal that waited for a second person are decided by one, under the rules of today."""
    decision = db.session.scalars(select(AwardDecision).where(AwardDecision.status == DecisionStatus.PROPOSED)).one()
    itt = db.session.get_one(InvitationToTender, decision.itt_id)
    sign_in(client, person_at("approver@demo.example"))
    award = f"/commissioning/itts/{itt.reference}/award"
    approving = {"verdict": "approve", "note": "Approved after the upgrade."}
    # Nobody declared or assessed anything before the upgrade but the panels, so that is made up for first.
    assert "Make the conflicts assessment" in client.get(award).text
    interests = f"/commissioning/itts/{itt.reference}/interests"
    assert fill(client, f"{interests}/declare", {"interest": "no"}).status_code == 302
    commissioner = new_client()
    sign_in(commissioner, person_at("commissioner@demo.example"))
    assert "On the panel" in commissioner.get(interests).text
    assert fill(commissioner, f"{interests}/assessment", {"known": "None.", "perceived": "Nothing."}).status_code == 302
    answer = fill(client, award, approving)
    # Nobody proved the winner's number before the upgrade, so somebody says now why it is awarded all the same.
    assert (answer.status_code, decision.status) == (422, DecisionStatus.PROPOSED)
    answer = fill(client, award, approving | {"unverified_reason": "The register was looked at before the upgrade."})
    assert answer.status_code == 302, answer.text
    assert decision.status is DecisionStatus.DECIDED

    application = db.session.scalars(
        select(Application).where(Application.status == ApplicationStatus.REFUSAL_PROPOSED)
    ).one()
    framework = application.framework
    address = f"/commissioning/frameworks/{framework.reference}/applications/{application.reference}/refusal"
    answer = fill(client, address, {"verdict": "refuse", "note": "Decided after the upgrade."})
    assert answer.status_code == 302, answer.text
    assert application.status is ApplicationStatus.REFUSED

    admission = db.session.scalars(select(Admission).where(Admission.status == AdmissionStatus.REMOVAL_PROPOSED)).one()
    officer = new_client()
    sign_in(officer, person_at("ne12-commissioner@demo.example"))
    address = f"/commissioning/frameworks/{admission.framework.reference}/members/{admission.id}"
    assert officer.get(address).status_code == 200


def test_a_waiting_refusal_is_sent_back_by_somebody_else(client: CheckedClient) -> None:
    """Who proposed it before the upgrade cannot send it back after it, says the database; the second person can."""
    waiting = db.session.scalars(
        select(ApplicationDecision).where(
            ApplicationDecision.decided_at.is_(None), ApplicationDecision.sent_back_at.is_(None)
        )
    ).one()
    own = update(ApplicationDecision).where(ApplicationDecision.id == waiting.id)
    own = own.values(sent_back_at=func.now(), sent_back_by_id=waiting.proposed_by_id, sent_back_reason="My own.")
    with pytest.raises(IntegrityError, match="two people"), db.session.begin_nested():
        db.session.execute(own)
    application = waiting.application
    sign_in(client, person_at("approver@demo.example"))
    address = (
        f"/commissioning/frameworks/{application.framework.reference}/applications/{application.reference}/refusal"
    )
    answer = fill(client, address, {"verdict": "back", "note": "The certificate was sent meanwhile."})
    assert (answer.status_code, application.status) == (302, ApplicationStatus.SUBMITTED)


def test_what_the_ledger_says_stands_in_columns(db_session: Any) -> None:
    """Closings that were noted, and who saved each draft last, are where they are read from now on."""
    said = db_session.scalars(select(Event.object_id).where(Event.kind == "itt_closed")).all()
    noted = db_session.scalars(
        select(InvitationToTender.id).where(InvitationToTender.closing_noted_at.is_not(None))
    ).all()
    assert sorted(noted) == sorted(said) != []
    savers = select(Event.object_id, Event.actor_id).where(Event.kind.in_(["bid_draft_saved", "bid_submitted"]))
    last = {row.object_id: row.actor_id for row in db_session.execute(savers.order_by(Event.seq))}
    held = db_session.execute(select(Bid.id, Bid.draft_saved_by_id).where(Bid.draft_saved_by_id.is_not(None))).all()
    assert {row.id: row.draft_saved_by_id for row in held} == last != {}


def test_who_had_declined_an_invitation_still_has(db_session: Any) -> None:
    """With the time and the reason."""
    invited = select(Invitation.itt_id, Invitation.provider_id, Invitation.invited_at)
    said = db_session.execute(select(Decline.itt_id, Decline.provider_id, Decline.declined_at)).all()
    assert {tuple(row) for row in said} <= {tuple(row) for row in db_session.execute(invited)}
    assert set(db_session.scalars(select(Decline.reason))) == {TOO_FAR}


def test_who_had_an_account_is_reached_by_mail_as_before(db_session: Any) -> None:
    """Everybody with an address counts as confirmed, keeps the password and reads English."""
    people = db_session.scalars(select(User).where(User.email_index.is_not(None))).all()
    assert len(people) == 20
    assert {(user.email_confirmed_at == user.created_at, user.awaits_joining, user.language) for user in people} == {
        (True, False, Language.ENGLISH)
    }


def test_names_are_sealed_and_read_on_both_ways(previous_release: tuple[Database, Path], db_session: Any) -> None:
    """Everybody has the name and the address of before, found by it; a downgrade wrote them as they had been."""
    _database, folder = previous_release
    people = db_session.scalars(select(User)).all()
    read = json.loads((folder / "read_on_the_way.json").read_text())
    assert sorted(([one.display_name, one.email] for one in people), key=str) == sorted(read, key=str)
    assert person_at("commissioner@demo.example").display_name.startswith("Demo")
    assert len([one for one in people if one.email is None]) > 3, "young people have a name and no address"


def test_messages_join_the_thread_of_what_they_were_about(db_session: Any) -> None:
    """What was told of one invitation is one thread, of bids too; applications and memberships have their own."""
    about = {
        model: set(db.session.scalars(select(model.id))) for model in (InvitationToTender, Application, Admission, Bid)
    }
    rows = db.session.execute(select(Message.kind, Message.thread_id)).all()
    of_procurements = [thread for kind, thread in rows if kind.startswith(("bidding/", "tendering/", "awarding/"))]
    assert set(of_procurements) <= about[InvitationToTender]
    assert len(of_procurements) > len(set(of_procurements)) > 1
    assert not {thread for _, thread in rows} & about[Bid]
    applied = {thread for kind, thread in rows if kind == "frameworks/application_received"}
    assert applied <= about[Application]


def test_what_is_searched_is_folded(db_session: Any) -> None:
    """Every provider, setting, title and authority of before is found and sorted by its fold."""
    for name, fold in (
        (Provider.name, Provider.name_fold),
        (Setting.name, Setting.name_fold),
        (Setting.area, Setting.area_fold),
        (Framework.title, Framework.title_fold),
        (ContractingAuthority.name, ContractingAuthority.name_fold),
    ):
        rows = db_session.execute(select(name, fold, func.fold(name))).all()
        assert [row for row in rows if row[1] != row[2] or not row[1]] == []
        assert rows != []


def test_what_young_people_wrote_waits_until_it_is_looked_through(db_session: Any) -> None:
    """On panels at work nobody reads it before; harmless words are what they were afterwards, closed panels' always."""
    scores = db.session.scalars(
        select(Score).join(Score.scorecard).join(Scorecard.member).where(PanelMember.role == MemberRole.YOUNG_MEMBER)
    ).all()
    at_work = {work.panel_id for work in db.session.scalars(select(PanelWork)) if not work.status.is_closed}
    waiting = [score for score in scores if score.scorecard.member.panel_id in at_work]
    assert {score.reason for score in waiting} == {AWAITED}
    assert all(score.reason == score.kept_reason for score in scores if score not in waiting)
    written = [score.written for score in waiting]
    assert screen_earlier(now=clock.now()) == len(waiting) > 0
    db.session.flush()
    db.session.expire_all()
    assert [score.reason if not screen(score.written) else score.written for score in waiting] == written


def test_panels_of_young_people_that_score_wait_for_a_lead(db_session: Any) -> None:
    """Nobody is named by an upgrade: no sitting opens before a commissioner has named somebody."""
    works = db.session.scalars(
        select(PanelWork).join(PanelWork.panel).where(Panel.kind == PanelKind.YOUNG_PEOPLE)
    ).all()
    assert {work.policy_state for work in works if work.status.is_scoring} == {"waiting"}
