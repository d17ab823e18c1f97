"""Publishing: once per event, in the law's order, on a lawful basis, kept as it was published."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.contracts.models import Contract
from portal.core import clock
from portal.core.errors import NotFound, WrongState
from portal.extensions import db
from portal.notices.models import Notice, OcdsRecord
from portal.notices.publishing import publish_release
from portal.regulation.kinds import PublicationBasis
from tests.factories.notices import (
    PUBLISHER,
    event_of,
    history,
    publication_event,
    publish_all,
    publish_award,
    publish_contract,
    publish_tender,
    seeded_reference_data,
)
from tests.factories.tendering import published_itt, ready_itt


def test_a_notice_keeps_what_was_published(reference_data: Any) -> None:
    """Reference, kind, tag, basis, time and the canonical text are kept."""
    itt = published_itt()
    now = clock.now()
    notice = publish_release(event_id=publication_event(itt), publisher=PUBLISHER, now=now)
    assert (notice.reference, notice.kind_code, notice.tag) == (f"{itt.reference}-UK4", "UK4", "tender")
    assert (notice.basis, notice.central_reference) == ("central_reference", itt.central_reference)
    assert notice.published_at == now
    canonical = json.dumps(json.loads(notice.text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert notice.text == canonical


def test_publishing_the_same_event_again_changes_nothing(reference_data: Any) -> None:
    """A delivery that is carried twice leaves one notice, one event and the text of the first time."""
    itt = published_itt()
    first = publish_tender(itt)
    text = first.text
    again = publish_release(event_id=publication_event(itt), publisher=PUBLISHER, now=clock.now() + timedelta(hours=1))
    assert again.id == first.id
    assert again.text == text
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.itt_id == itt.id)) == 1
    recorded = select(func.count()).where(Event.chain == str(itt.id), Event.kind == EventKind.NOTICE_PUBLISHED.value)
    assert db.session.scalar(recorded) == 1


def test_publishing_is_recorded(reference_data: Any) -> None:
    """The event names the notice and its kind: the standstill and the signature wait for it."""
    itt = published_itt()
    notice = publish_tender(itt)
    event = db.session.scalars(
        select(Event).where(Event.chain == str(itt.id), Event.kind == EventKind.NOTICE_PUBLISHED.value)
    ).one()
    assert (event.object_type, event.object_id) == ("notice", notice.id)
    assert (event.data["kind_code"], event.data["reference"]) == ("UK4", notice.reference)


def test_three_notices_make_one_compiled_record(reference_data: Any) -> None:
    """The record tells the present state of all three: complete tender, award in force, active contract."""
    made = history()
    notices = publish_all(made)
    record = db.session.get(OcdsRecord, notices[0].ocid)
    assert record is not None
    assert record.release_count == 3
    compiled = json.loads(record.text)
    assert compiled["tag"] == ["compiled"]
    assert compiled["ocid"] == notices[0].ocid
    assert (compiled["tender"]["status"], compiled["tender"]["title"]) == ("complete", made.itt.title)
    assert [(award["status"], award["value"]["amount"]) for award in compiled["awards"]] == [("active", 118000.5)]
    assert [contract["status"] for contract in compiled["contracts"]] == ["active"]
    published = compiled["tender"]["lots"][0]["awardCriteria"]["criteria"]
    assert published == json.loads(notices[0].text)["tender"]["lots"][0]["awardCriteria"]["criteria"]


def test_numbers_follow_the_order_of_publication(reference_data: Any) -> None:
    """Each notice has a higher number than the one before."""
    numbers = [notice.number for notice in publish_all(history())]
    assert numbers == sorted(set(numbers))


def test_the_award_waits_for_the_tender_notice(reference_data: Any) -> None:
    """An award cannot be announced before its invitation was; the outbox tries again later."""
    made = history()
    with pytest.raises(WrongState, match="The tender notice of this procurement has to be published first"):
        publish_award(made)


def test_the_contract_waits_for_the_award_notice(reference_data: Any) -> None:
    """A contract cannot be announced before its award was."""
    made = history()
    publish_tender(made.itt)
    with pytest.raises(WrongState, match="The contract award notice of this procurement has to be published"):
        publish_contract(made)


def test_nothing_is_published_before_the_invitation_is(reference_data: Any) -> None:
    """An event that speaks of a draft publishes nothing."""
    itt = ready_itt()
    event = event_of(EventKind.ITT_PUBLISHED, itt)
    with pytest.raises(WrongState, match="has not been published"):
        publish_release(event_id=event, publisher=PUBLISHER, now=clock.now())
    assert db.session.scalars(select(Notice).where(Notice.itt_id == itt.id)).all() == []


def test_a_blank_central_reference_publishes_nothing(reference_data: Any) -> None:
    """The central platform comes first: without its reference nothing appears here (PR24 reg 5(11))."""
    itt = published_itt()
    itt.central_reference = "  "
    with pytest.raises(WrongState, match="reference is missing"):
        publish_tender(itt)


def test_a_fallback_needs_its_reason(reference_data: Any) -> None:
    """Publishing here first is lawful only with a recorded reason (PR24 reg 5(5)-(6))."""
    itt = published_itt()
    itt.publication_basis, itt.central_reference = PublicationBasis.FALLBACK, None
    itt.publication_reason = " "
    with pytest.raises(WrongState, match="reason for publishing here"):
        publish_tender(itt)
    itt.publication_reason = "The platform did not publish within 48 hours."
    notice = publish_tender(itt)
    assert notice.basis == "fallback"
    assert "48 hours" not in notice.text


def test_an_unannounced_kind_of_event_is_refused(reference_data: Any) -> None:
    """Only three kinds of event have a notice; asking for another is the caller's error."""
    itt = published_itt()
    event = event_of(EventKind.SCORECARD_SUBMITTED, itt)
    with pytest.raises(ValueError, match="no notice announces scorecard_submitted"):
        publish_release(event_id=event, publisher=PUBLISHER, now=clock.now())


def test_an_unknown_event_is_not_found(reference_data: Any) -> None:
    """An id without an event, and an event about nothing, are not found."""
    with pytest.raises(NotFound):
        publish_release(event_id=uuid.uuid4(), publisher=PUBLISHER, now=clock.now())
    itt = published_itt()
    event = event_of(EventKind.CONTRACT_CONCLUDED, Contract(id=uuid.uuid4(), itt_id=itt.id))
    with pytest.raises(NotFound):
        publish_release(event_id=event, publisher=PUBLISHER, now=clock.now())


def test_the_database_keeps_notices_as_they_are(reference_data: Any) -> None:
    """The application's own role cannot change a published text."""
    notice = publish_tender(published_itt())
    notice.text = "{}"
    with pytest.raises(DBAPIError, match="permission denied"):
        db.session.flush()


def test_two_workers_publish_one_notice(fresh_app: Flask) -> None:
    """Two workers that carry the same event at once leave one notice."""
    with fresh_app.app_context():
        seeded_reference_data()
        event = publication_event(published_itt())
        db.session.commit()

    def carry() -> uuid.UUID:
        with fresh_app.app_context():
            notice = publish_release(event_id=event, publisher=PUBLISHER, now=clock.now())
            db.session.commit()
            return notice.id

    with ThreadPoolExecutor(2) as pool:
        published = [future.result() for future in [pool.submit(carry), pool.submit(carry)]]
    assert published[0] == published[1]


def test_the_rules_for_compiling_are_the_schemas(
    ocds: Any, faults_of: Callable[[str], Callable[[Any], list[str]]]
) -> None:
    """What we tell the merger about lists without ids is what the schema says, wherever our releases have
    them.
    """
    from ocdsmerge.rules import get_merge_rules

    from portal.notices.compiling import MERGE_RULES

    schema = get_merge_rules(json.loads((ocds / "uk-release-schema-patched.json").read_text()))
    assert {path: schema.get(path) for path in MERGE_RULES} == MERGE_RULES
