"""Publishing a notice: the event's OCDS release, kept as the text that was published."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.awarding.models import AwardDecision
from portal.contracts.models import Contract
from portal.core.errors import NotFound, WrongState
from portal.core.parsing.text import has_text
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.notices.canonical import Json, text_of
from portal.notices.compiling import compile_release
from portal.notices.gathering import award_facts
from portal.notices.models import Notice, OcdsRecord
from portal.notices.publisher import Publisher
from portal.notices.release import Header, award_release, contract_release, tender_release
from portal.regulation.kinds import PublicationBasis
from portal.regulation.notice_catalogue import CATALOGUE
from portal.regulation.queries import cpv_codes_among
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import whole

PUBLISHED_BY = {
    EventKind.ITT_PUBLISHED: "UK4",
    # Not the decision but the summaries: every bidder is told before the award is announced (PA2023
    # s.50(3)-(4)).
    EventKind.SUMMARIES_ISSUED: "UK6",
    EventKind.CONTRACT_CONCLUDED: "UK7",
}
"""Which event is announced by which notice."""

# Numbers are given one at a time: a reader who pages by number then never passes one that commits later.
_NUMBERING_LOCK = 0x4E6F7469636573


def publish_release(*, event_id: uuid.UUID, publisher: Publisher, now: datetime) -> Notice:
    """Publish the notice of one event: build its OCDS release, keep the text and compile the process's
    record.

    Publishing the same event again returns the notice that is there. Records NOTICE_PUBLISHED with the
    notice's reference and `kind_code`, and what it is `about` (the ITT, the award or the contract). Runs as the
    portal itself, from the outbox, so there is no permission to ask. Raises `NotFound` for an unknown event,
    `ValueError` for an event that no notice announces, and `WrongState` while the basis for publishing here is
    missing (PR24 reg 5(11): the central digital platform comes first) or an earlier notice of the process is
    still to come.
    """
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    kind_code = PUBLISHED_BY.get(EventKind(event.kind))
    if kind_code is None:
        raise ValueError(f"no notice announces {event.kind}")
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING_LOCK})
    published = db.session.scalars(select(Notice).where(Notice.event_id == event_id)).one_or_none()
    if published is not None:
        return published
    subject = _subject(event)
    itt = subject if isinstance(subject, InvitationToTender) else subject.itt
    _require_basis(itt)
    earlier = _earlier_notices(itt)
    _require_order(kind_code, earlier)
    reference = _reference(itt, kind_code, earlier)
    header = Header(publisher, CATALOGUE[kind_code], reference, len(earlier) + 1, now)
    notice = _keep(header, _release(header, subject, itt), itt, event)
    _compile(notice, [*(other.text for other in earlier), notice.text], now)
    record(
        EventKind.NOTICE_PUBLISHED,
        notice,
        actor=SYSTEM,
        reference=notice.reference,
        kind_code=kind_code,
        about=event.object_id,
        published_at=now,
    )
    return notice


def _subject(event: Event) -> InvitationToTender | AwardDecision | Contract:
    kind = EventKind(event.kind)
    found: InvitationToTender | AwardDecision | Contract | None
    if kind is EventKind.ITT_PUBLISHED:
        query = select(InvitationToTender).where(InvitationToTender.id == event.object_id)
        found = db.session.scalars(query.options(*whole())).one_or_none()
    elif kind is EventKind.SUMMARIES_ISSUED:
        found = db.session.get(AwardDecision, event.object_id)
    else:
        found = db.session.get(Contract, event.object_id)
    if found is None:
        raise NotFound("What the event is about does not exist.")
    return found


def _release(header: Header, subject: InvitationToTender | AwardDecision | Contract, itt: InvitationToTender) -> Json:
    if isinstance(subject, AwardDecision):
        return award_release(header, itt, award_facts(subject, published_at=header.published_at))
    if isinstance(subject, Contract):
        return contract_release(header, itt, subject)
    return tender_release(header, itt, {code.code: code.description for code in cpv_codes_among(itt.cpv_codes)})


def _require_basis(itt: InvitationToTender) -> None:
    """Local publication is lawful only on one of three grounds (PR24 regs 5(11) and 8)."""
    if itt.published_at is None:
        raise WrongState("The invitation to tender has not been published.")
    basis = itt.publication_basis
    if basis is PublicationBasis.CENTRAL_REFERENCE and not has_text(itt.central_reference):
        raise WrongState("The central digital platform’s reference is missing, so this cannot be published here yet.")
    if basis is PublicationBasis.FALLBACK and not has_text(itt.publication_reason):
        raise WrongState("The reason for publishing here before the central digital platform is missing.")


def _earlier_notices(itt: InvitationToTender) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.itt_id == itt.id).order_by(Notice.number)))


def _require_order(kind_code: str, earlier: list[Notice]) -> None:
    """A process is announced in the law's order: tender, award, contract. The outbox tries again later."""
    needed = {"UK6": "UK4", "UK7": "UK6"}.get(kind_code)
    if needed is not None and needed not in {notice.kind_code for notice in earlier}:
        raise WrongState(f"The {CATALOGUE[needed].name.lower()} of this procurement has to be published first.")


def _reference(itt: InvitationToTender, kind_code: str, earlier: list[Notice]) -> str:
    same = sum(notice.kind_code == kind_code for notice in earlier)
    return f"{itt.reference}-{kind_code}" + (f"-{same + 1}" if same else "")


def _keep(header: Header, release: Json, itt: InvitationToTender, event: Event) -> Notice:
    notice = Notice(
        id=uuid.uuid4(),
        reference=header.reference,
        ocid=release["ocid"],
        release_id=release["id"],
        event_id=event.id,
        itt_id=itt.id,
        kind_code=header.kind.code,
        tag=release["tag"][0],
        title=itt.title,
        basis=itt.publication_basis.value,
        central_reference=itt.central_reference,
        published_at=header.published_at,
        text=text_of(release),
    )
    db.session.add(notice)
    db.session.flush()
    return notice


def _compile(notice: Notice, texts: list[str], now: datetime) -> None:
    values = {
        "itt_id": notice.itt_id,
        "release_count": len(texts),
        "updated_at": now,
        "text": text_of(compile_release(texts)),
    }
    statement = insert(OcdsRecord).values(ocid=notice.ocid, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[OcdsRecord.ocid], set_=values))
