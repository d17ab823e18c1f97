"""Call off from a framework, purchasing system or market: an invitation that takes over what its lot has published."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core import clock
from portal.core.approval import Half, is_first_person, require_second_person
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import LEAST_JUSTIFICATION, one_line, require_reason, require_text
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.taking import lock, take
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.organisations.models import ContractingAuthority, Provider
from portal.organisations.standing import is_suspended
from portal.regulation.kinds import IttKind
from portal.regulation.local_time import local_date
from portal.regulation.regimes import resolve_regime
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.inheriting import (
    CallOffRefused,
    require_committed,
    require_in_force,
    require_kind,
)
from portal.tendering.interests.declaring import note_influence
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.queries import whole
from portal.tendering.starting_points import fill_from_framework


def create_call_off(
    *,
    lot: FrameworkLot,
    authority: ContractingAuthority,
    title: str,
    kind: IttKind,
    actor: Actor,
    now: datetime,
) -> InvitationToTender:
    """Start a draft that is called off from a lot, for an authority that has committed itself to its framework.

    It takes over regime and light touch, the lot's CPV codes (the framework's where the lot has none) and the
    framework's award criteria: each becomes a criterion at the top with a weight inside its published range, 100
    in all where the ranges allow, scored by the panel that the framework says, else by a local one (one whose title
    says price or cost becomes the price).
    Records ITT_DRAFTED. Raises `CallOffRefused` with the section for an authority without a recorded commitment
    (PCR2015 reg 33(5), 34(21); PA2023 s.45(5)), a framework that is not valid now, and a kind that its law or its
    published terms do not know; `NotAllowed`, `NotFound` for another authority; `InvalidInput` (field `title`).
    """
    policy.require(actor, Verb.DRAFT_ITT, authority)
    framework = lot.framework
    require_in_force(framework, now)
    require_committed(framework, authority.id, on=local_date(now))
    require_kind(framework, kind)
    named = require_text(one_line(title), "Give the procurement a title.", field="title")
    itt = InvitationToTender(
        reference=new_reference("ITT"),
        authority=authority,
        authority_id=authority.id,
        title=named,
        created_by_id=actor.user_id,
        kind=kind,
        regime=resolve_regime(local_date(now), parent=framework.regime),
        light_touch=framework.light_touch,
        framework_lot=lot,
        framework_lot_id=lot.id,
        cpv_codes=list(lot.cpv_codes or framework.cpv_codes),
        break_months=[],
        tie_break=[],
    )
    itt.lots = [Lot(number=1, title=itt.title)]
    fill_from_framework(itt, framework)
    db.session.add(itt)
    db.session.flush()
    note_influence(itt, actor)
    record(EventKind.ITT_DRAFTED, itt, actor=actor, reference=itt.reference, start=kind.value, framework_lot=lot.id)
    return itt


def require_may_publish(itt: InvitationToTender) -> Framework:
    """Refuse to publish a call-off unless its framework is valid by the database's clock, and its buyer committed.

    The framework's row stays locked (shared) until the transaction ends, so that it cannot end meanwhile. Raises
    `CallOffRefused`.
    """
    assert itt.framework_lot is not None
    framework = lock(Framework, itt.framework_lot.framework_id, share=True)
    at = clock.database_time()
    require_in_force(framework, at)
    require_committed(framework, itt.authority_id, on=local_date(at))
    require_kind(framework, itt.kind)
    return framework


def propose_direct_award(
    *, itt: InvitationToTender, provider: Provider | None, reason: str, actor: Actor, now: datetime
) -> None:
    """Say whom a direct award goes to, and how the framework's published conditions are met (40 characters or more).

    An approval given before falls away. Records ITT_CHANGED (part "invited"). Raises `WrongState` for another kind of
    invitation, `InvalidInput` beside `provider` (not an active member of the lot) or `reason` (PCR2015 reg 33(7),
    (8)(a); PA2023 s.45(4)).
    """
    begin_change(itt, actor)
    _require_direct(itt)
    if provider is None or not _is_member(itt, provider.id, now):
        raise InvalidInput("Choose a provider that is an active member of the lot.", field="provider")
    ask = "Say how each published condition is met: a second person reads it before anything is published"
    said = require_reason(reason, ask, field="reason", least=LEAST_JUSTIFICATION)
    itt.direct_award_provider_id, itt.direct_award_reason = provider.id, said
    itt.direct_award_proposed_by_id, itt.direct_award_proposed_at = actor.user_id, now
    record_change(itt, actor, Task.INVITED, provider=provider.id)


def approve_direct_award(*, itt: InvitationToTender, actor: Actor, now: datetime) -> None:
    """Approve a direct award as a second person: an approver who neither started the draft nor wrote the reason.

    Afterwards it can be published as it stands; any change to the draft takes the approval back. Records
    DIRECT_AWARD_APPROVED. Raises `NotAllowed` for the same person, `WrongState` when there is nothing to approve.
    """
    take(itt, Verb.APPROVE_DIRECT_AWARD, *whole(), actor=actor)
    _require_direct(itt)
    if itt.direct_award_provider_id is None or not itt.direct_award_reason:
        raise WrongState("Nobody has said yet whom the direct award goes to, and why.")
    require_second_person(actor, *_proposers(itt))
    if not _is_member(itt, itt.direct_award_provider_id, now):
        raise CallOffRefused("The provider is not an active member of the lot any more.")
    itt.direct_award_approved_by_id, itt.direct_award_approved_at = actor.user_id, now
    record(EventKind.DIRECT_AWARD_APPROVED, itt, actor=actor, provider=itt.direct_award_provider_id)


def may_approve(itt: InvitationToTender, actor: Actor) -> bool:
    """Whether the actor may be the second person of the direct award."""
    return policy.allows(actor, Verb.APPROVE_DIRECT_AWARD, itt) and not is_first_person(actor, *_proposers(itt))


def _require_direct(itt: InvitationToTender) -> None:
    if not itt.law.names_one_provider:
        raise WrongState("This is not a direct award: every member of the lot is invited.")


def _is_member(itt: InvitationToTender, provider_id: uuid.UUID, now: datetime) -> bool:
    query = select(Admission.id).where(
        Admission.lot_id == itt.framework_lot_id,
        Admission.provider_id == provider_id,
        Admission.is_active(now),
        ~is_suspended(provider_id, *itt.run_by, at=now),
    )
    return db.session.execute(query).first() is not None


def _proposers(itt: InvitationToTender) -> tuple[Half, ...]:
    """The first people of a direct award: who started the draft, and who wrote its reason."""
    return (
        Half(itt.created_by_id, itt.created_at),
        Half(itt.direct_award_proposed_by_id, itt.direct_award_proposed_at),
    )
