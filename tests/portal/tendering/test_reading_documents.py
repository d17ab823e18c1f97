"""Restricted documents: for those who signed, and nobody of the buyer's knows who before the opening (S-01)."""

from __future__ import annotations

import uuid

import pytest
from flask import current_app
from sqlalchemy import select

from portal.audit.models import Event
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import DeadlinePassed, InvalidInput, NotFound
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.regulation.undertakings import TUPE, digest_of
from portal.tendering.document_models import DocumentKind, DocumentVersion, Undertaking
from portal.tendering.explaining import NotEntitled
from portal.tendering.models import InvitationToTender
from portal.tendering.reading_documents import (
    UndertakingNeeded,
    read_document,
    sign_undertaking,
    undertakings_of,
)
from portal.tendering.states import IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import submitter_of
from tests.factories.calling_off import ready_call_off
from tests.factories.ending import cancelled
from tests.factories.frameworks import live_framework
from tests.factories.tendering import add_document, itt_with_documents, make_commissioner, publish, published_itt

NOBODY = Actor(user_id=None)


@pytest.fixture
def officer(db_session: object) -> Actor:
    return make_commissioner()


@pytest.fixture
def itt(officer: Actor) -> InvitationToTender:
    return itt_with_documents(officer)


def version(itt: InvitationToTender, *, restricted: bool) -> DocumentVersion:
    return next(document.current for document in itt.documents if document.facts.is_restricted is restricted)


def read(itt: InvitationToTender, actor: Actor, *, restricted: bool = True) -> bytes:
    found = version(itt, restricted=restricted)
    return read_document(
        reference=itt.reference, version_id=found.id, actor=actor, files=current_app.extensions["files"]
    )[1]


def sign(itt: InvitationToTender, actor: Actor) -> Undertaking:
    return sign_undertaking(itt=itt, agreed=True, actor=actor, now=clock.now())


def readings(chain: uuid.UUID) -> list[str]:
    return [event.kind for event in events_of(chain) if event.kind == "restricted_document_read"]


def test_everybody_reads_what_is_not_restricted(itt: InvitationToTender) -> None:
    """Without signing in, and nothing is noted."""
    assert read(itt, NOBODY, restricted=False) == b"What is bought."
    assert readings(itt.id) == []


def test_a_stranger_does_not_find_a_restricted_document(itt: InvitationToTender) -> None:
    """Neither a visitor nor an officer of another authority, nor under another invitation's reference."""
    for actor in (NOBODY, make_commissioner(), actor_of(make_person(Role.PLATFORM_ADMINISTRATOR))):
        with pytest.raises(NotFound):
            read(itt, actor)
    other = published_itt()
    with pytest.raises(NotFound):
        read_document(
            reference=other.reference,
            version_id=version(itt, restricted=False).id,
            actor=NOBODY,
            files=current_app.extensions["files"],
        )


def test_whoever_signs_reads_and_each_reading_is_recorded(itt: InvitationToTender) -> None:
    """In the chain of the undertaking, never in the invitation's; a colleague signs for themselves."""
    bidder = submitter_of()
    before = len(events_of(itt.id))
    with pytest.raises(UndertakingNeeded):
        read(itt, bidder)
    signed = sign(itt, bidder)
    assert signed.text_sha256 == digest_of(TUPE)
    assert read(itt, bidder).startswith(b"Role,Hours")
    assert [event.kind for event in events_of(signed.id)] == ["undertaking_signed", "restricted_document_read"]
    assert len(events_of(itt.id)) == before
    colleague = actor_of(make_person(Role.CONTRIBUTOR, provider=signed.provider))
    with pytest.raises(UndertakingNeeded):
        read(itt, colleague)
    assert sign(itt, bidder) is signed


def test_the_buyers_people_read_and_that_is_recorded(itt: InvitationToTender, officer: Actor) -> None:
    """In the invitation's chain: it tells nothing of bidders."""
    assert read(itt, officer).startswith(b"Role,Hours")
    assert readings(itt.id) == ["restricted_document_read"]


def test_a_draft_is_read_by_the_buyers_people_alone(officer: Actor) -> None:
    """Also what is not restricted."""
    draft = itt_with_documents(officer, is_published=False)
    assert read(draft, officer, restricted=False) == b"What is bought."
    for actor in (NOBODY, submitter_of()):
        with pytest.raises(NotFound):
            read(draft, actor, restricted=False)


def test_nobody_of_the_buyer_learns_who_signed_before_the_opening(itt: InvitationToTender, officer: Actor) -> None:
    """Afterwards they do, with who and when."""
    bidder = submitter_of()
    signed = sign(itt, bidder)
    assert list(undertakings_of(itt, officer)) == []
    told = select(Event).where(Event.object_type == "undertaking", Event.chain != str(signed.id))
    assert db.session.scalars(told).all() == []
    itt.status, itt.opened_at = IttStatus.OPENED, clock.now()
    db.session.flush()
    assert [(row.id, person.id) for row, person in undertakings_of(itt, officer)] == [(signed.id, bidder.user_id)]
    with pytest.raises(NotFound):
        undertakings_of(itt, bidder)


@pytest.mark.parametrize("opened", [False, True])
def test_the_end_of_a_procurement_hides_and_shows_no_more_of_who_signed(
    itt: InvitationToTender, officer: Actor, opened: bool
) -> None:
    """What the opening showed stays; where nothing was opened nobody learns it, and nobody signs any more."""
    signed = sign(itt, submitter_of())
    if opened:
        itt.status, itt.opened_at = IttStatus.OPENED, clock.now()
    cancelled(itt)
    assert [row.id for row, _person in undertakings_of(itt, officer)] == ([signed.id] if opened else [])
    with pytest.raises(DeadlinePassed):
        sign(itt, submitter_of())


def test_an_undertaking_is_signed_in_time_by_those_who_may_bid(itt: InvitationToTender) -> None:
    """Not by officers, not without the tick, not after the closing time, not where nothing is restricted."""
    with pytest.raises(NotFound):
        sign(itt, make_commissioner(itt.authority))
    with pytest.raises(InvalidInput) as refused:
        sign_undertaking(itt=itt, agreed=False, actor=submitter_of(), now=clock.now())
    assert refused.value.field == "undertaken"
    with pytest.raises(DeadlinePassed):
        sign_undertaking(itt=itt, agreed=True, actor=submitter_of(), now=itt.closes_at)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        sign(published_itt(), submitter_of())


def test_whoever_may_not_answer_a_call_off_signs_nothing(db_session: object) -> None:
    """Only those whom the lot lets answer learn what is restricted there."""
    itt = ready_call_off(live_framework(lots=1).lots[0])
    officer = make_commissioner(itt.authority)
    add_document(itt, officer, kind=DocumentKind.TUPE, name="staff.csv", content=b"Role,Hours\n")
    publish(itt, officer)
    with pytest.raises(NotEntitled):
        sign(itt, submitter_of())
