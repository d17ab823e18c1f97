"""A provider's documents: kept safely, replaced without harm to what was sent, reminded of once a step."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Event
from portal.bidding.reconciling import reconcile_files
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, SealBroken
from portal.core.keeping import read_kept
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.rules import READING_ROLES
from portal.joining import evidence as evidence_module
from portal.joining.evidence import (
    add_evidence,
    date_evidence,
    doubles_of,
    evidence_lapsing,
    evidence_of,
    kind_words,
    own_evidence,
    readable_evidence,
    remind_lapsing,
    remove_evidence,
    replace_evidence,
)
from portal.joining.models import Application, Evidence
from portal.organisations.models import ContractingAuthority, Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.joining import (
    CERTIFICATE,
    applicant_of,
    complete_application,
    make_evidence,
    sent_application,
    store,
    stored_bytes,
    submit,
)
from tests.factories.organisations import make_authority

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


def officer_of(authority: ContractingAuthority, role: Role = Role.COMMISSIONER) -> Actor:
    return actor_of(make_person(role, authority=authority))


def replaced(evidence: Evidence, actor: Actor, name: str = "newer.txt", content: bytes = CERTIFICATE) -> Evidence:
    return replace_evidence(
        evidence=evidence,
        actor=actor,
        upload=(name, lambda: content),
        expires_on=None,
        files=store(),
        now=clock.now(),
    )


def removed(evidence: Evidence, actor: Actor) -> None:
    remove_evidence(evidence=evidence, actor=actor, files=store(), now=clock.now())


def test_a_document_is_kept_with_its_digest_and_last_day(actor: Actor) -> None:
    """The bytes are in the store, and reconciling knows them."""
    evidence = make_evidence(actor, expires_on=TODAY, name="../up/cert.txt")
    assert (evidence.file_name, evidence.media_type, evidence.size) == ("cert.txt", "text/plain", len(CERTIFICATE))
    assert evidence.sha256 == hashlib.sha256(CERTIFICATE).hexdigest()
    assert (evidence.expires_on, evidence.reminded_for) == (TODAY, None)
    assert read_kept(evidence, files=store()) == CERTIFICATE
    assert [found for found in reconcile_files(files=store()).findings if found.identifier == evidence.stored_as] == []
    stored_bytes(store(), evidence).write_bytes(b"changed")
    assert [
        found.finding for found in reconcile_files(files=store()).findings if found.identifier == evidence.stored_as
    ] == ["the file was changed"]
    with pytest.raises(SealBroken):
        read_kept(evidence, files=store())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "empty.txt is empty"),
        ("bad.exe", b"MZ", "bad.exe is of a type that cannot be used"),
        ("lies.pdf", b"plain words", "lies.pdf is not a PDF file"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(actor: Actor, name: str, content: bytes, message: str) -> None:
    """Beside the file; a replacement that is refused leaves the old one."""
    evidence = make_evidence(actor)
    with pytest.raises(InvalidInput) as refused:
        make_evidence(actor, name=name, content=content)
    assert (refused.value.field, message in refused.value.message) == ("file", True)
    with pytest.raises(InvalidInput):
        replaced(evidence, actor, name, content)
    assert evidence_of(actor.provider_id) == [evidence]


def test_a_kind_is_a_word_and_there_is_an_end(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept without saying what it proves; nor more than anybody needs."""
    with pytest.raises(InvalidInput) as refused:
        make_evidence(actor, "")
    assert refused.value.field == "kind"
    monkeypatch.setattr(evidence_module, "MOST_KEPT", 1)
    make_evidence(actor)
    with pytest.raises(InvalidInput, match="You have 1 documents"):
        make_evidence(actor)


def test_kinds_have_words(db_session: object) -> None:
    """The usual ones by their proper name, others as they are written."""
    assert kind_words("employers_liability") == "Employers’ liability insurance"
    assert kind_words("fire_risk-assessment") == "Fire risk assessment"


def test_bytes_go_with_a_rolled_back_transaction(fresh_app: Flask) -> None:
    """A crash after storing leaves no orphan."""
    with fresh_app.app_context():
        actor = applicant_of()
        db.session.commit()
        path = stored_bytes(store(), make_evidence(actor))
        assert path.exists()
        db.session.rollback()
        assert not path.exists()


def test_an_unused_document_is_removed_with_its_bytes(fresh_app: Flask) -> None:
    """After the commit, not before."""
    with fresh_app.app_context():
        actor = applicant_of()
        evidence = make_evidence(actor)
        db.session.commit()
        path = stored_bytes(store(), evidence)
        removed(evidence, actor)
        assert path.exists()
        db.session.commit()
        assert not path.exists()
        assert db.session.scalars(select(Evidence)).all() == []


def test_a_document_that_was_sent_stays_with_what_was_sent(fresh_app: Flask) -> None:
    """It leaves the provider's own list, and its bytes stay for the officers and the provider."""
    with fresh_app.app_context():
        actor = applicant_of()
        application = sent_application(actor=actor)
        db.session.commit()
        evidence = db.session.scalars(select(Evidence)).one()
        removed(evidence, actor)
        db.session.commit()
        assert evidence_of(actor.provider_id) == []
        with pytest.raises(NotFound):
            own_evidence(evidence.id, actor)
        officer = officer_of(application.framework.authority)
        for reader in (actor, officer):
            assert read_kept(readable_evidence(evidence.id, reader), files=store()) == CERTIFICATE


def test_a_replacement_takes_the_place_of_the_old_one(actor: Actor) -> None:
    """Same kind, new bytes, reminders anew."""
    evidence = make_evidence(actor)
    newer = replaced(evidence, actor)
    assert evidence_of(actor.provider_id) == [newer]
    assert (newer.kind, newer.file_name, newer.reminded_for) == ("public_liability", "newer.txt", None)


def test_a_changed_day_starts_the_reminders_anew(actor: Actor) -> None:
    """A typed year can be put right."""
    evidence = make_evidence(actor, expires_on=TODAY)
    evidence.reminded_for = 1
    date_evidence(evidence=evidence, actor=actor, expires_on=TODAY + timedelta(days=365))
    assert evidence.reminded_for is None


def test_only_the_providers_people_keep_its_documents(actor: Actor) -> None:
    """Every act; a contributor may, another provider's people find nothing, an officer is refused."""
    evidence = make_evidence(actor)
    provider = db.session.get_one(Provider, actor.provider_id)
    make_evidence(applicant_of(provider, Role.CONTRIBUTOR))
    for other, error in (
        (applicant_of(), NotFound),
        (officer_of(make_authority(), Role.AUTHORITY_ADMINISTRATOR), NotAllowed),
    ):
        with pytest.raises(error):
            add_evidence(
                provider=provider,
                actor=other,
                kind="x",
                upload=("a.txt", lambda: CERTIFICATE),
                expires_on=None,
                files=store(),
                now=clock.now(),
            )
        with pytest.raises(error):
            replaced(evidence, other)
        with pytest.raises(error):
            removed(evidence, other)
        with pytest.raises(error):
            date_evidence(evidence=evidence, actor=other, expires_on=None)
        with pytest.raises(NotFound):
            own_evidence(evidence.id, other)


def test_officers_read_what_was_sent_to_them(actor: Actor) -> None:
    """Only once a submitted version cites it, only in the lead authority, only in the roles that read applications."""
    application = complete_application(actor=actor)
    evidence = db.session.query(Evidence).one()
    unsent = make_evidence(actor, "accounts")
    lead = application.framework.authority
    readers = [officer_of(lead, role) for role in READING_ROLES]
    others = [officer_of(make_authority()), officer_of(lead, Role.OPENER), applicant_of()]
    for person in (*readers, *others):
        with pytest.raises(NotFound):
            readable_evidence(evidence.id, person)
    submit(application, actor)
    assert [readable_evidence(evidence.id, person).id for person in readers] == [evidence.id] * len(readers)
    for person in others:
        with pytest.raises(NotFound):
            readable_evidence(evidence.id, person)
    with pytest.raises(NotFound):
        readable_evidence(unsent.id, readers[0])


def test_a_submission_and_a_removal_at_once_lose_no_bytes(fresh_app: Flask) -> None:
    """A colleague removes the document while it is being sent: it waits, and then finds it cited."""
    with fresh_app.app_context():
        actor = applicant_of()
        application = complete_application(actor=actor)
        db.session.commit()
        evidence_id = db.session.scalars(select(Evidence.id)).one()
        submit(application, actor)
        waiting = threading.Event()

        def take_away() -> None:
            with fresh_app.app_context():
                held = db.session.get_one(Evidence, evidence_id)
                waiting.set()
                removed(held, actor)
                db.session.commit()

        thread = threading.Thread(target=take_away)
        thread.start()
        waiting.wait()
        thread.join(timeout=0.3)
        assert thread.is_alive(), "the removal waits for the submission"
        db.session.commit()
        thread.join(timeout=30)
        evidence = db.session.get_one(Evidence, evidence_id, populate_existing=True)
        assert evidence.removed_at is not None
        assert read_kept(evidence, files=store()) == CERTIFICATE
        assert db.session.scalars(select(Application.version)).one() == 1


@pytest.mark.parametrize(
    ("left", "reminded_for", "due"),
    [
        (31, None, []),
        (30, None, [30]),
        (29, 30, []),
        (8, None, [30]),
        (7, 30, [7]),
        (7, 7, []),
        (2, 7, []),
        (1, 7, [1]),
        (0, 7, [1]),
        (0, 1, []),
        (1, None, [1]),
        (-1, None, []),
    ],
)
def test_each_step_is_reminded_of_once(actor: Actor, left: int, reminded_for: int | None, due: list[int]) -> None:
    """30, 7 and 1 day before the last day; a missed step is caught up by the next."""
    evidence = make_evidence(actor, expires_on=TODAY + timedelta(days=left))
    evidence.reminded_for = reminded_for
    db.session.flush()
    assert [lapsing.days for lapsing in evidence_lapsing(NOW)] == due


def test_days_are_counted_in_london(actor: Actor) -> None:
    """At 23:30 UTC in summer it is the next day already."""
    make_evidence(actor, expires_on=date(2026, 7, 9))
    assert [lapsing.days for lapsing in evidence_lapsing(datetime(2026, 7, 1, 22, 30, tzinfo=UTC))] == [30]
    assert [lapsing.days for lapsing in evidence_lapsing(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))] == [7]


def test_a_newer_document_of_the_kind_silences_the_older(actor: Actor) -> None:
    """Next year's certificate is there already; one of another kind or provider silences nothing."""
    older = make_evidence(actor, expires_on=TODAY + timedelta(days=5))
    make_evidence(actor, "accounts", expires_on=TODAY + timedelta(days=500))
    make_evidence(applicant_of(), expires_on=TODAY + timedelta(days=500))
    assert [lapsing.evidence for lapsing in evidence_lapsing(NOW)] == [older]
    newer = make_evidence(actor, expires_on=TODAY + timedelta(days=370))
    assert evidence_lapsing(NOW) == []
    removed(newer, actor)
    assert [lapsing.evidence for lapsing in evidence_lapsing(NOW)] == [older]


def test_reminding_tells_each_provider_once(actor: Actor) -> None:
    """One entry a provider with its documents; asked again, nothing is due."""
    first = make_evidence(actor, expires_on=TODAY + timedelta(days=30))
    second = make_evidence(actor, "accounts", expires_on=TODAY + timedelta(days=1))
    other = make_evidence(applicant_of(), expires_on=TODAY + timedelta(days=7))
    assert remind_lapsing(now=NOW) == 2
    assert remind_lapsing(now=NOW) == 0
    assert [evidence.reminded_for for evidence in (first, second, other)] == [30, 1, 7]
    entries = {
        entry.object_id: entry.data
        for entry in db.session.scalars(select(Event).where(Event.kind == "evidence_lapsing"))
    }
    assert entries == {
        first.provider_id: {
            "documents": [{"evidence": str(second.id), "days": 1}, {"evidence": str(first.id), "days": 30}]
        },
        other.provider_id: {"documents": [{"evidence": str(other.id), "days": 7}]},
    }
    assert remind_lapsing(now=NOW + timedelta(days=23)) == 1


def test_what_is_there_already_is_said_and_kept(db_session: object) -> None:
    """The same content under another name, and the same name with other content; another provider's is no double."""
    actor = applicant_of()
    make_evidence(applicant_of(), name="copy.txt")
    first = make_evidence(actor, name="cover.txt")
    assert list(doubles_of(first)) == []
    assert list(doubles_of(make_evidence(actor, "accounts", name="copy.txt"))) == [
        "copy.txt has the same content as cover.txt, which is kept as “Public liability insurance” already."
    ]
    assert list(doubles_of(make_evidence(actor, name="COVER.txt", content=b"Another year."))) == [
        "There are two documents called COVER.txt now, with different content."
    ]
