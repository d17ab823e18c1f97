"""Publishing a notice: the event's OCDS release, kept as the text that was published."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.awarding.models import AwardDecision
from portal.awarding.queries import announced_and_fallen
from portal.contracts.models import Contract
from portal.core.canonical import text_of
from portal.core.errors import NotFound, WrongState
from portal.core.parsing.text import has_text
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.notices.announcing import award_release
from portal.notices.canonical import Json
from portal.notices.compiling import compile_release
from portal.notices.gathering import award_facts
from portal.notices.models import Notice, OcdsRecord, PreparedNotice
from portal.notices.publisher import Publisher
from portal.notices.queries import waiting_notices
from portal.notices.release import Header, contract_release, tender_release
from portal.notices.terminating import termination_release
from portal.regulation.kinds import PublicationBasis
from portal.regulation.local_time import local_date
from portal.regulation.notice_catalogue import CATALOGUE
from portal.regulation.procurement_law import AWARD, DETAILS, TENDER, TERMINATION
from portal.regulation.queries import cpv_codes_among
from portal.tendering.amending.models import Addendum
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import whole

PUBLISHED_BY = {
    EventKind.ITT_PUBLISHED: TENDER,
    EventKind.ADDENDUM_PUBLISHED: TENDER,
    # Not the decision but the summaries: every bidder is told before the award is announced (PA2023
    # s.50(3)-(4)).
    EventKind.SUMMARIES_ISSUED: AWARD,
    EventKind.CONTRACT_CONCLUDED: DETAILS,
    EventKind.PROCUREMENT_CANCELLED: TERMINATION,
    EventKind.LOT_NOT_AWARDED: TERMINATION,
}
"""Which event is announced by which notice."""
_ABOUT: Mapping[EventKind, type[Any]] = {
    EventKind.ADDENDUM_PUBLISHED: Addendum,
    EventKind.SUMMARIES_ISSUED: AwardDecision,
    EventKind.CONTRACT_CONCLUDED: Contract,
    EventKind.PROCUREMENT_CANCELLED: Ending,
    EventKind.LOT_NOT_AWARDED: Ending,
}
Subject = InvitationToTender | Addendum | AwardDecision | Contract | Ending

# Numbers are given one at a time: a reader who pages by number then never passes one that commits later.
_NUMBERING_LOCK = 0x4E6F7469636573


@dataclass(frozen=True)
class Placement:
    """On which ground a notice may appear here, and since when it has been announced."""

    basis: PublicationBasis
    reference: str | None = None
    reason: str = ""
    date: date | None = None
    """The day on which the central digital platform published it, where somebody has said so."""


def publish_release(*, event_id: uuid.UUID, publisher: Publisher, now: datetime) -> Notice | None:
    """Publish the notice of one event: build its OCDS release, keep the text and compile the process's
    record.

    A notice that the law wants on the central digital platform first is prepared instead, and None returned: it is
    published when somebody has said where it is (`placing.place_notice`). So is one whose forerunner waits. An award
    that was cancelled before it was announced is announced no more.
    Publishing the same event again returns the notice that is there. Records NOTICE_PREPARED once, or
    NOTICE_PUBLISHED with the notice's reference and `kind_code`, what it is `about` (the ITT, award, contract or
    ending) and the day it counts as announced. Runs as the portal itself, from the outbox, so there is no
    permission to ask. Raises `NotFound` for an unknown event, `ValueError` for an event that no notice announces, and
    `WrongState` while the basis of the invitation is missing or an earlier notice of the process is still to come.
    """
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound("There is no such event.")
    kind_code = PUBLISHED_BY.get(EventKind(event.kind))
    if kind_code is None:
        raise ValueError(f"no notice announces {event.kind}")
    take_turn()
    published = db.session.scalars(select(Notice).where(Notice.event_id == event_id)).one_or_none()
    if published is not None:
        return published
    subject = _subject(event)
    itt = subject if isinstance(subject, InvitationToTender) else subject.itt
    placement = _placement(event, kind_code, subject, itt)
    return None if placement is None else _publish(event, kind_code, subject, itt, placement, publisher, now)


def take_turn() -> None:
    """Notices are numbered one at a time: hold the turn until the transaction ends."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERING_LOCK})


def _publish(
    event: Event,
    kind_code: str,
    subject: Subject,
    itt: InvitationToTender,
    placement: Placement,
    publisher: Publisher,
    now: datetime,
) -> Notice:
    earlier = _earlier_notices(itt)
    _require_order(kind_code, earlier)
    reference = _reference(itt, kind_code, earlier)
    header = Header(publisher, CATALOGUE[kind_code], reference, len(earlier) + 1, now, placement.reference)
    announced = placement.date or local_date(now)
    notice = _keep(header, _release(header, subject, itt, announced), itt, event, placement)
    _compile(notice, [*(other.text for other in earlier), notice.text], now)
    record(
        EventKind.NOTICE_PUBLISHED,
        notice,
        actor=SYSTEM,
        reference=notice.reference,
        kind_code=kind_code,
        about=event.object_id,
        published_at=now,
        announced=announced,
    )
    return notice


def _placement(event: Event, kind_code: str, subject: Subject, itt: InvitationToTender) -> Placement | None:
    """The ground on which this notice may appear here, or None while it waits (PR24 reg 5(11))."""
    if isinstance(subject, InvitationToTender):
        _require_basis(itt)
        return Placement(itt.publication_basis, itt.central_reference, itt.publication_reason)
    if kind_code == AWARD and itt.has_ended:
        return None
    duty = itt.notice_duty(kind_code)
    prepared = db.session.scalars(select(PreparedNotice).where(PreparedNotice.event_id == event.id)).one_or_none()
    waits = kind_code == DETAILS and any(other.kind_code == AWARD for other in waiting_notices(itt.id))
    if not duty.is_central and not waits:
        return Placement(PublicationBasis.NOT_REQUIRED)
    if prepared is None:
        if not waits:
            _require_order(kind_code, _earlier_notices(itt))
        _prepare(event, kind_code, subject)
    elif prepared.basis is not None and not waits:
        return Placement(prepared.basis, prepared.central_reference, prepared.reason, prepared.published_date)
    return None


def _prepare(event: Event, kind_code: str, subject: Addendum | AwardDecision | Contract | Ending) -> None:
    prepared = PreparedNotice(
        event_id=event.id,
        itt_id=subject.itt_id,
        kind_code=kind_code,
        addendum_id=subject.id if isinstance(subject, Addendum) else None,
        decision_id=subject.id if isinstance(subject, AwardDecision) else None,
        contract_id=subject.id if isinstance(subject, Contract) else None,
        ending_id=subject.id if isinstance(subject, Ending) else None,
    )
    db.session.add(prepared)
    db.session.flush()
    record(
        EventKind.NOTICE_PREPARED,
        prepared,
        actor=SYSTEM,
        kind_code=kind_code,
        name=prepared.name,
        about=event.object_id,
    )


def _subject(event: Event) -> Subject:
    kind = EventKind(event.kind)
    found: Subject | None
    if kind is EventKind.ITT_PUBLISHED:
        query = select(InvitationToTender).where(InvitationToTender.id == event.object_id)
        found = db.session.scalars(query.options(*whole())).one_or_none()
    else:
        found = db.session.get(_ABOUT[kind], event.object_id)
    if found is None:
        raise NotFound("What the event is about does not exist.")
    return found


def _release(header: Header, subject: Subject, itt: InvitationToTender, announced: date) -> Json:
    if isinstance(subject, AwardDecision):
        return award_release(header, itt, award_facts(subject, announced=announced))
    if isinstance(subject, Contract):
        return contract_release(header, itt, subject, announced_and_fallen([subject.lot_id]))
    if isinstance(subject, Ending):
        ended = [subject.lot_id] if subject.lot_id is not None else [lot.id for lot in itt.lots]
        return termination_release(header, itt, subject, announced_and_fallen(ended))
    names = {code.code: code.description for code in cpv_codes_among(itt.cpv_codes)}
    return tender_release(header, itt, names, subject if isinstance(subject, Addendum) else None)


def _require_basis(itt: InvitationToTender) -> None:
    """Local publication is lawful only on one of three grounds (PR24 reg 5(5)-(6), (11))."""
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
    """A process is announced in the law's order: tender, award or end, contract. The outbox tries again later."""
    needed = {AWARD: TENDER, TERMINATION: TENDER, DETAILS: AWARD}.get(kind_code)
    if needed is not None and needed not in {notice.kind_code for notice in earlier}:
        raise WrongState(f"The {CATALOGUE[needed].name.lower()} of this procurement has to be published first.")


def _reference(itt: InvitationToTender, kind_code: str, earlier: list[Notice]) -> str:
    same = sum(notice.kind_code == kind_code for notice in earlier)
    return f"{itt.reference}-{kind_code}" + (f"-{same + 1}" if same else "")


def _keep(header: Header, release: Json, itt: InvitationToTender, event: Event, placement: Placement) -> Notice:
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
        basis=placement.basis.value,
        central_reference=placement.reference,
        central_date=placement.date,
        publication_reason=placement.reason,
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
