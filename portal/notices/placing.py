"""A notice that the law wants on the central digital platform first: prepared here, it waits for its number there.

Nothing appears here before (PR24 reg 5(11)); each notice has a number of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput
from portal.core.parsing.text import tidy
from portal.core.permissions import Actor, Verb, policy
from portal.core.words import london_date
from portal.notices.models import Notice, PreparedNotice
from portal.notices.publisher import Publisher
from portal.notices.publishing import publish_release, take_turn
from portal.notices.queries import waiting_notices
from portal.regulation.central_platform import read_reference, require_basis
from portal.regulation.deadlines import last_day_of
from portal.regulation.kinds import PublicationBasis
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender


def place_notice(
    *,
    prepared: PreparedNotice,
    basis: PublicationBasis,
    central_reference: str,
    published_date: date | None,
    reason: str,
    actor: Actor,
    publisher: Publisher,
    now: datetime,
) -> Notice:
    """Say where a prepared notice has been published first, and publish it here.

    Either its own number on the central digital platform and the day on which it appeared there, from which a
    standstill counts (PA2023 s.51(2)); or the reason for the fallback (PR24 reg 5(5)-(6)), and then the day of its
    publication here counts. What waited for this notice is published after it. Records NOTICE_PLACED and
    NOTICE_PUBLISHED. Raises `InvalidInput` beside `publication_basis`, `central_reference` (a number that another
    notice has), `published_date` (ahead, or before what the notice announces) or `publication_reason`, `Conflict`
    when it is published already.
    """
    take_turn()
    itt = prepared.itt
    policy.require(actor, Verb.PLACE_NOTICE, itt)
    if prepared.id not in {found.id for found in waiting_notices(itt.id)}:
        raise Conflict("This notice has been published already.")
    is_central = basis is PublicationBasis.CENTRAL_REFERENCE
    reference = read_reference(central_reference) if is_central else None
    said = "" if is_central else tidy(reason)
    require_basis(basis, reference, said, duty=itt.notice_duty(prepared.kind_code))
    if reference is not None:
        _require_own_number(reference, prepared)
        _require_day(published_date, prepared, now)
    prepared.basis, prepared.central_reference, prepared.reason = basis, reference, said
    prepared.published_date = published_date if is_central else None
    prepared.placed_by_id, prepared.placed_at = actor.user_id, now
    record(
        EventKind.NOTICE_PLACED,
        prepared,
        actor=actor,
        kind_code=prepared.kind_code,
        basis=basis.value,
        central_reference=reference,
        published=prepared.published_date,
    )
    db.session.flush()
    notice = publish_release(event_id=prepared.event_id, publisher=publisher, now=now)
    assert notice is not None
    for follower in waiting_notices(itt.id):
        publish_release(event_id=follower.event_id, publisher=publisher, now=now)
    return notice


def _require_own_number(reference: str, prepared: PreparedNotice) -> None:
    """Every notice has a number of its own there, so a number that is known here belongs to another."""
    itt = select(InvitationToTender.reference).where(InvitationToTender.central_reference == reference)
    notice = select(Notice.reference).where(Notice.central_reference == reference)
    waiting = select(InvitationToTender.reference).join(
        PreparedNotice,
        (PreparedNotice.itt_id == InvitationToTender.id)
        & (PreparedNotice.central_reference == reference)
        & (PreparedNotice.id != prepared.id),
    )
    other = db.session.scalars(notice.union_all(itt, waiting).limit(1)).first()
    if other is not None:
        raise InvalidInput(
            f"{reference} is the number of another notice here ({other}). Each notice has its own: look it up on Find "
            "a Tender.",
            field="central_reference",
        )


def _require_day(published: date | None, prepared: PreparedNotice, now: datetime) -> None:
    if published is None:
        raise InvalidInput(
            "Give the day on which Find a Tender published it, such as 4 12 2026.", field="published_date"
        )
    if published > local_date(now):
        raise InvalidInput("The day on which it was published cannot be in the future.", field="published_date")
    first, what = _earliest(prepared)
    if published < first:
        raise InvalidInput(
            f"It cannot have been published before {london_date(first)}, {what}.", field="published_date"
        )


def _earliest(prepared: PreparedNotice) -> tuple[date, str]:
    """The first day on which the notice can have appeared, and what happened then."""
    if prepared.decision is not None:
        assert prepared.decision.decided_at is not None
        return local_date(prepared.decision.decided_at), "the day on which the bidders were told"
    if prepared.addendum is not None:
        assert prepared.addendum.decided_at is not None
        return local_date(prepared.addendum.decided_at), "the day on which the change was published"
    if prepared.ending is not None:
        assert prepared.ending.decided_at is not None
        return local_date(prepared.ending.decided_at), "the day on which the end was decided"
    assert prepared.contract is not None
    return prepared.contract.signed_date, "the day on which the contract was signed"


def due_date(prepared: PreparedNotice) -> date | None:
    """Until when the notice has to be published, where the law gives a day for it."""
    rule_id = prepared.itt.notice_duty(prepared.kind_code).deadline
    if rule_id is None or prepared.contract is None:
        return None
    return last_day_of(rule_id, prepared.contract.signed_date, light_touch=prepared.itt.light_touch)
