"""Reading what was published."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from portal.awarding.models import AwardDecision, AwardPlace
from portal.awarding.states import DecisionStatus, PlaceStatus
from portal.core.errors import NotFound
from portal.extensions import db
from portal.notices.models import Notice, OcdsRecord, PreparedNotice, name_of
from portal.notices.packages import Published
from portal.regulation.procurement_law import AWARD, TENDER
from portal.tendering.models import InvitationToTender
from portal.tendering.states import ENDED, IttStatus

CHUNK = 50
TOLD_FOR = timedelta(days=30)
"""How long the feed says that something was cancelled."""


def notice_by_reference(reference: str) -> Notice:
    """Find the notice with this reference, or raise `NotFound`."""
    found = db.session.scalars(select(Notice).where(Notice.reference == reference.upper())).one_or_none()
    if found is None:
        raise NotFound("There is no notice with that reference.")
    return found


def notices_of_process(ocid: str) -> Sequence[Notice]:
    """List the notices of one contracting process, the oldest first."""
    return db.session.scalars(select(Notice).where(Notice.ocid == ocid).order_by(Notice.number)).all()


def notices_of_itt(itt_id: uuid.UUID) -> Sequence[Notice]:
    """List the notices of one ITT, the oldest first."""
    return db.session.scalars(select(Notice).where(Notice.itt_id == itt_id).order_by(Notice.number)).all()


def waiting_notices(itt_id: uuid.UUID) -> Sequence[PreparedNotice]:
    """List the prepared notices of one ITT that are not published yet, the oldest first."""
    return db.session.scalars(
        select(PreparedNotice)
        .where(PreparedNotice.itt_id == itt_id, _is_waiting())
        .order_by(PreparedNotice.prepared_at, PreparedNotice.id)
    ).all()


def names_waiting(itt_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[str]]:
    """What the notices are called that wait for each of these ITTs, the oldest first; one statement."""
    rows = db.session.execute(
        select(PreparedNotice.itt_id, PreparedNotice.kind_code, PreparedNotice.addendum_id)
        .where(PreparedNotice.itt_id.in_(itt_ids), _is_waiting())
        .order_by(PreparedNotice.prepared_at, PreparedNotice.id)
    )
    found: dict[uuid.UUID, list[str]] = {}
    for itt_id, kind_code, addendum_id in rows:
        found.setdefault(itt_id, []).append(name_of(kind_code, is_changed=addendum_id is not None))
    return found


def itts_with_a_notice_waiting() -> Select[uuid.UUID]:
    """The ITTs of which a notice waits for its number."""
    return select(PreparedNotice.itt_id).where(_is_waiting())


def _is_waiting() -> ColumnElement[bool]:
    """Prepared and not published.

    An award that was set aside, or that every bidder left, is announced no more; of a procurement that has ended only
    its end is: neither an award nor what had been changed before.
    """
    over = exists().where(InvitationToTender.id == PreparedNotice.itt_id, InvitationToTender.status.in_(ENDED))
    stands = exists().where(
        AwardDecision.id == PreparedNotice.decision_id,
        AwardDecision.status != DecisionStatus.SET_ASIDE,
        AwardPlace.decision_id == AwardDecision.id,
        AwardPlace.status == PlaceStatus.AWARDED,
    )
    fallen = PreparedNotice.decision_id.is_not(None) & ~stands
    published = exists().where(Notice.event_id == PreparedNotice.event_id)
    overtaken = or_(PreparedNotice.kind_code == AWARD, PreparedNotice.addendum_id.is_not(None)) & over
    return ~published & ~fallen & ~overtaken


def itt_reference(notice: Notice) -> str:
    """Give the reference of the ITT that a notice is about."""
    query = select(InvitationToTender.reference).where(InvitationToTender.id == notice.itt_id)
    return db.session.execute(query).scalar_one()


def releases_after(number: int, *, limit: int) -> Iterator[Published]:
    """Read at most `limit` releases in the order of publication after `number`, `CHUNK` at a time.

    Each chunk is a statement of its own, begun when it is needed: a slow reader holds nothing open.
    """
    while limit > 0:
        query = select(Notice.number, Notice.published_at, Notice.text).where(Notice.number > number)
        rows = db.session.execute(query.order_by(Notice.number).limit(min(CHUNK, limit))).all()
        yield from (Published(row.number, row.published_at, row.text) for row in rows)
        if len(rows) < CHUNK:
            return
        number, limit = rows[-1].number, limit - len(rows)


def compiled_record(ocid: str) -> OcdsRecord:
    """Find the compiled record of a contracting process, or raise `NotFound`."""
    found = db.session.get(OcdsRecord, ocid)
    if found is None:
        raise NotFound("There is no contracting process with that identifier.")
    return found


def open_opportunities(*, now: datetime, before: int, limit: int) -> Sequence[tuple[Notice, InvitationToTender]]:
    """List published tender notices whose ITT can still be answered at `now`, the latest notice first.

    What was cancelled in the last 30 days is among them: a reader of the feed has to learn of it.

    Only notices with a number below `before`: the last number of the page before. The authority comes with
    each ITT, so the number of statements does not grow with the rows.
    """
    query = (
        select(Notice, InvitationToTender)
        .join(InvitationToTender, InvitationToTender.id == Notice.itt_id)
        .options(joinedload(InvitationToTender.authority))
        .where(
            Notice.kind_code == TENDER,
            or_(
                and_(InvitationToTender.status == IttStatus.PUBLISHED, InvitationToTender.closes_at > now),
                and_(InvitationToTender.status == IttStatus.CANCELLED, InvitationToTender.ended_at > now - TOLD_FOR),
            ),
            Notice.number < before,
        )
        .order_by(Notice.number.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]
