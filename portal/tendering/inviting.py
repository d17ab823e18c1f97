"""Who is invited to a call-off: exactly the active members of its lot, and whoever joins before it closes.

The list is a query at the instant of publication. Nothing here takes a name off it or puts one on it: whom the
authority would rather not hear from is invited as well (PCR2015 reg 34(21)). Only an organisation that two people have
suspended, for a reason that it was told, is not.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import SYSTEM, Actor
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.organisations.standing import is_suspended
from portal.regulation.procurement_rows import NAMING_ONE_PROVIDER
from portal.tendering.inheriting import CallOffRefused, nobody_to_invite
from portal.tendering.models import Invitation, InvitationToTender
from portal.tendering.states import IttStatus


def invite_admitted_providers(*, itt: InvitationToTender, actor: Actor, at: datetime) -> int:
    """Invite every active member of the lot at `at` (a direct award: its one provider); return how many.

    Belongs to the transaction that publishes. The lot's row is locked, so that an admission which is told about
    (`invite_newly_admitted`) either is in this list or finds the call-off published. Records INVITATIONS_ISSUED with
    the number and the SHA-256 of the sorted provider ids, one a line: whoever has the members can check the list.
    Raises `CallOffRefused` when there is nobody (a dynamic market's call-off can be answered by whoever applies).
    """
    lot = _lock_lot(itt.framework_lot_id)
    chosen: list[ColumnElement[bool]] = []
    if itt.law.names_one_provider:
        chosen = [Admission.provider_id == itt.direct_award_provider_id]
    members = select(literal(itt.id), Admission.provider_id, Admission.id, literal(at)).where(
        Admission.lot_id == lot.id,
        Admission.is_active(at),
        ~is_suspended(Admission.provider_id, *itt.run_by, at=at),
        *chosen,
    )
    invited = _insert(members, Invitation.provider_id)
    if not invited and itt.law.names_one_provider:
        raise CallOffRefused("The provider is not an active member of the lot any more, so nothing is awarded to it.")
    if not invited and not itt.law.applicants_may_bid:
        raise CallOffRefused(nobody_to_invite(lot, db.session.get_one(Framework, lot.framework_id).calling_off))
    record(
        EventKind.INVITATIONS_ISSUED,
        itt,
        actor=actor,
        framework_lot=lot.id,
        count=len(invited),
        providers_sha256=digest_of(invited),
    )
    return len(invited)


def invite_newly_admitted(*, admission_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Invite a provider, once it is admitted, to every call-off of its lot that is still open; return those new to it.

    The deadline is everybody's. Doing it again invites nobody twice. What the provider may answer does not hang on
    this (`entitlement.py`). Records PROVIDER_INVITED_LATE in the chain of each call-off. Runs as the portal itself,
    from the outbox; direct awards go to the one provider that they name.
    """
    admission = db.session.get(Admission, admission_id)
    if admission is None:
        raise NotFound("There is no such membership.")
    _lock_lot(admission.lot_id)
    itt = InvitationToTender
    still_open = (
        select(itt.id, Admission.provider_id, Admission.id, literal(now))
        .join(Admission, Admission.lot_id == itt.framework_lot_id)
        .where(
            Admission.id == admission_id,
            Admission.is_active(now),
            ~is_suspended(Admission.provider_id, itt.authority_id, admission.framework.authority_id, at=now),
            itt.status == IttStatus.PUBLISHED,
            itt.kind.not_in(NAMING_ONE_PROVIDER),
            itt.closes_at > clock.database_time(),
        )
    )
    invited = sorted(_insert(still_open, Invitation.itt_id))
    for itt_id in invited:
        record(
            EventKind.PROVIDER_INVITED_LATE,
            db.session.get_one(InvitationToTender, itt_id),
            actor=SYSTEM,
            provider=admission.provider_id,
            admission=admission_id,
        )
    return invited


def digest_of(provider_ids: Iterable[uuid.UUID]) -> str:
    """SHA-256 (hexadecimal) of the sorted provider ids, one a line."""
    return hashlib.sha256("\n".join(sorted(map(str, provider_ids))).encode()).hexdigest()


def _insert(rows: Select[Any, Any, Any, Any], returned: InstrumentedAttribute[uuid.UUID]) -> Sequence[uuid.UUID]:
    columns = ["itt_id", "provider_id", "admission_id", "invited_at"]
    statement = insert(Invitation).from_select(columns, rows).on_conflict_do_nothing()
    return db.session.execute(statement.returning(returned)).scalars().all()


def _lock_lot(lot_id: uuid.UUID | None) -> FrameworkLot:
    """Take turns on a lot; what only refers to it (applications, admissions, invitations) does not wait."""
    return db.session.scalars(
        select(FrameworkLot).where(FrameworkLot.id == lot_id).with_for_update(of=FrameworkLot, key_share=True)
    ).one()
