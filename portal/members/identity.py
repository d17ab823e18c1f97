"""A member's other name, number or parent: asked for with a reason, decided by the officers of each framework.

Simplest honest rule: the organisation is called otherwise from the first framework that accepts it on, and in every
other one it stays under the old name until that one's officers have accepted it, too. Where it belongs to no framework
but has sent an application or a bid, the platform's administrators decide: its buyers must not learn of it before an
opening.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, NotFound, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock, take
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.frameworks.rules import READING_ROLES
from portal.frameworks.states import CURRENT
from portal.identity.correcting import become
from portal.members.models import ChangeDecision, IdentityChange
from portal.members.states import CHANGE, ChangeStatus
from portal.organisations.commitments import is_bound
from portal.organisations.details import Identity, IdentityDetails, read_identity
from portal.organisations.models import Provider

LONGEST_REASON = 2000


def ask_identity_change(
    *, provider: Provider, details: IdentityDetails, reason: str, actor: Actor, now: datetime
) -> IdentityChange:
    """Ask to be called otherwise, or to have another number or parent; nothing changes yet.

    Consequences: one decision waits in each framework that it is a current member of, or with the platform where there
    is none; their officers are told. Records IDENTITY_CHANGE_ASKED. Raises `InvalidInput` with the field (see
    `read_identity`; "reason" without words; "organisation_name" when nothing would change), `Conflict` while another
    request waits, `WrongState` for an organisation that can correct itself.
    """
    take(provider, Verb.ASK_IDENTITY_CHANGE, actor=actor)
    if not is_bound(provider.id):
        raise WrongState("No council knows your organisation yet: change its details yourself.")
    if waiting_change(provider.id) is not None:
        raise Conflict("Your last request is not decided everywhere yet. Wait for that, or take it back.")
    wanted = read_identity(provider, details)
    if wanted == Identity.of(provider):
        raise InvalidInput("Nothing would change: type the new name, number or parent.", field="organisation_name")
    said = require_reason(reason, "Say why: officers read it", field="reason", most=LONGEST_REASON)
    change = IdentityChange(provider=provider, **wanted.columns(), reason=said, asked_by_id=actor.user_id, asked_at=now)
    frameworks = _frameworks_of(provider.id)
    change.decisions = [ChangeDecision(framework=framework) for framework in frameworks] or [ChangeDecision()]
    db.session.add(change)
    record(EventKind.IDENTITY_CHANGE_ASKED, change, actor=actor, provider=provider.id, decisions=len(change.decisions))
    return change


def withdraw_identity_change(*, change: IdentityChange, actor: Actor) -> None:
    """Take a request back where nobody has decided yet; what was accepted stays. Records IDENTITY_CHANGE_WITHDRAWN."""
    take(change.provider, Verb.ASK_IDENTITY_CHANGE, actor=actor)
    waiting = [found for found in lock(IdentityChange, change.id).decisions if found.status.is_waiting]
    if not waiting:
        raise WrongState("Everybody has decided already.")
    for found in waiting:
        found.status = CHANGE.move(found.status, ChangeStatus.WITHDRAWN)
    record(EventKind.IDENTITY_CHANGE_WITHDRAWN, change, actor=actor, provider=change.provider_id)


def accept_change(*, decision: ChangeDecision, note: str, actor: Actor, now: datetime) -> None:
    """Accept the change for one framework: from now on the member is called so here.

    Consequences: with the first acceptance the organisation itself is, and does not count as verified any more; every
    other framework that it belongs to keeps the old name until its officers accept, too. Its people are told. Records
    IDENTITY_CHANGE_ACCEPTED. Raises `InvalidInput` (field "note") without words, `Conflict` when the number was
    registered by another organisation meanwhile.
    """
    _take(decision, actor)
    _sign(decision, ChangeStatus.ACCEPTED, note, "Say what you checked", actor, now)
    change = decision.change
    if change.made_at is None:
        before = change.provider.name
        _become(change, actor, now)
        change.made_at = now
        _keep_old_name(change, before)
    _take_new_name(change, decision.framework_id)
    record(EventKind.IDENTITY_CHANGE_ACCEPTED, decision, actor=actor, provider=change.provider_id, change=change.id)


def refuse_change(*, decision: ChangeDecision, note: str, actor: Actor, now: datetime) -> None:
    """Refuse the change for one framework, with the reason that the organisation reads: it keeps its old name here.

    Records IDENTITY_CHANGE_REFUSED. Raises `InvalidInput` (field "note") without words.
    """
    _take(decision, actor)
    _sign(decision, ChangeStatus.REFUSED, note, "Say why: the organisation reads it", actor, now)
    change = decision.change
    record(EventKind.IDENTITY_CHANGE_REFUSED, decision, actor=actor, provider=change.provider_id, change=change.id)


def waiting_change(provider_id: uuid.UUID) -> IdentityChange | None:
    """The organisation's request that is not decided everywhere."""
    return next((found for found in changes_of(provider_id) if found.is_waiting), None)


def changes_of(provider_id: uuid.UUID) -> Sequence[IdentityChange]:
    """The organisation's requests with their decisions, the last first."""
    return db.session.scalars(
        select(IdentityChange)
        .where(IdentityChange.provider_id == provider_id)
        .options(selectinload(IdentityChange.decisions).joinedload(ChangeDecision.framework))
        .order_by(IdentityChange.asked_at.desc(), IdentityChange.id)
    ).all()


def decisions_waiting_for(actor: Actor) -> Sequence[ChangeDecision]:
    """What the actor can decide; the oldest first."""
    return [found for found in decisions_open_to(actor) if policy.allows(actor, Verb.DECIDE, found)]


def decisions_open_to(actor: Actor) -> Sequence[ChangeDecision]:
    """What waits in the frameworks of the actor's authority, or for the platform; the oldest first."""
    theirs = [Framework.authority_id == actor.authority_id] if actor.authority_roles & READING_ROLES else []
    if actor.platform_roles:
        theirs.append(ChangeDecision.framework_id.is_(None))
    if not theirs:
        return []
    return db.session.scalars(
        select(ChangeDecision)
        .join(ChangeDecision.change)
        .outerjoin(ChangeDecision.framework)
        .where(ChangeDecision.status == ChangeStatus.WAITING, or_(*theirs))
        .options(
            joinedload(ChangeDecision.change).joinedload(IdentityChange.provider), joinedload(ChangeDecision.framework)
        )
        .order_by(IdentityChange.asked_at, ChangeDecision.id)
    ).all()


def decision_with_id(decision_id: uuid.UUID, actor: Actor) -> ChangeDecision:
    """One framework's decision, or `NotFound`."""
    found = db.session.get(ChangeDecision, decision_id)
    if found is None:
        raise NotFound("There is no such request.")
    policy.require(actor, Verb.READ, found)
    return found


def _take(decision: ChangeDecision, actor: Actor) -> None:
    """Take the decision; the organisation's row first, for the decisions of its frameworks take turns."""
    lock(Provider, decision.change.provider_id)
    lock(IdentityChange, decision.change_id)
    take(decision, Verb.DECIDE, actor=actor)


def _sign(decision: ChangeDecision, status: ChangeStatus, note: str, ask: str, actor: Actor, now: datetime) -> None:
    decision.note = require_reason(note, ask, field="note", most=LONGEST_REASON)
    decision.status = CHANGE.move(decision.status, status)
    decision.decided_by_id, decision.decided_at = actor.user_id, now


def _become(change: IdentityChange, actor: Actor, now: datetime) -> None:
    try:
        become(provider=change.provider, identity=change.wanted, actor=actor, now=now)
    except InvalidInput as taken:
        raise Conflict(f"{taken.message} Refuse this request.") from taken


def _keep_old_name(change: IdentityChange, name: str) -> None:
    """Wherever nobody has accepted it the memberships stand under the old name; where one was refused, an older one."""
    elsewhere = [found.framework_id for found in change.decisions if not found.status.is_accepted]
    theirs = (Admission.provider_id == change.provider_id, Admission.framework_id.in_(elsewhere))
    kept = update(Admission).where(*theirs, Admission.status.in_(CURRENT))
    db.session.execute(kept.values(known_as=func.coalesce(Admission.known_as, name)))


def _take_new_name(change: IdentityChange, framework_id: uuid.UUID | None) -> None:
    theirs = (Admission.provider_id == change.provider_id, Admission.framework_id == framework_id)
    db.session.execute(update(Admission).where(*theirs).values(known_as=None))


def _frameworks_of(provider_id: uuid.UUID) -> Sequence[Framework]:
    members = select(Admission.framework_id).where(Admission.provider_id == provider_id, Admission.status.in_(CURRENT))
    return db.session.scalars(select(Framework).where(Framework.id.in_(members)).order_by(Framework.id)).all()
