"""Reading frameworks and their members; what somebody is entitled to is asked here, never remembered from a mail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot, Participant
from portal.frameworks.states import CURRENT, FrameworkStatus
from portal.frameworks.terms import TermsFrozen
from portal.organisations.models import ContractingAuthority


@dataclass(frozen=True)
class AuthorityFrameworks:
    """What the authority leads, drafts too; and the live ones of others that it has committed itself to."""

    led: list[Framework]
    joined: list[Framework]


def find_framework(reference: str) -> Framework:
    """The framework with that reference in whatever state, with authority, lots, bands and criteria; or `NotFound`."""
    found = db.session.scalars(
        select(Framework)
        .where(Framework.reference == reference.upper())
        .options(
            joinedload(Framework.authority),
            selectinload(Framework.lots).selectinload(FrameworkLot.bands),
            selectinload(Framework.criteria),
            selectinload(Framework.windows),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no framework, purchasing system or market with that reference.")
    return found


def framework_for(reference: str, actor: Actor, verb: Verb = Verb.EDIT) -> Framework:
    """The framework to which the actor may do `verb`.

    Raises `NotFound`, `NotAllowed`, `TermsFrozen` with the section for an edit of a live one, `WrongState`.
    """
    framework = find_framework(reference)
    if verb is Verb.EDIT and framework.status is FrameworkStatus.LIVE:
        policy.require(actor, Verb.READ, framework)
        if policy.allows(actor, Verb.CEASE, framework):
            raise TermsFrozen(framework.law)
    policy.require(actor, verb, framework)
    return framework


def find_public_framework(reference: str) -> Framework:
    """The same once it is public; raises `NotFound` for drafts, and for those that ceased before they were live."""
    found = find_framework(reference)
    if found.status is FrameworkStatus.DRAFT or found.live_at is None:
        raise NotFound("There is no framework, purchasing system or market with that reference.")
    return found


def membership_of(lot_id: uuid.UUID, provider_id: uuid.UUID | None) -> Admission | None:
    """The provider's current membership of a lot, paused and suspended ones too; None when it is no member."""
    return db.session.scalars(
        select(Admission).where(
            Admission.lot_id == lot_id, Admission.provider_id == provider_id, Admission.status.in_(CURRENT)
        )
    ).one_or_none()


def current_memberships(framework_id: uuid.UUID, provider_ids: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    """The current memberships that these providers have in a framework, by identifier."""
    return db.session.scalars(
        select(Admission.id)
        .where(
            Admission.framework_id == framework_id,
            Admission.provider_id.in_(provider_ids),
            Admission.status.in_(CURRENT),
        )
        .order_by(Admission.id)
    ).all()


def authority_frameworks(authority_id: uuid.UUID | None) -> AuthorityFrameworks:
    """List both, newest first; drafts that were given up are left out. Four statements."""
    committed = select(Participant.framework_id).where(
        Participant.authority_id == authority_id, Participant.withdrawn_on.is_(None)
    )
    found = db.session.scalars(
        select(Framework)
        .where((Framework.authority_id == authority_id) | Framework.id.in_(committed))
        .options(joinedload(Framework.authority), selectinload(Framework.windows))
        .order_by(Framework.created_at.desc(), Framework.id)
    ).all()
    led = [one for one in found if one.authority_id == authority_id and not _given_up(one)]
    joined = [one for one in found if one.authority_id != authority_id and one.live_at is not None]
    return AuthorityFrameworks(led, joined)


def all_authorities() -> list[ContractingAuthority]:
    """Every contracting authority of the portal, by name."""
    return list(db.session.scalars(select(ContractingAuthority).order_by(ContractingAuthority.name_fold)))


def participants_of(framework_id: uuid.UUID) -> list[Participant]:
    """Every authority that takes or took part, with its name: those that do first, by name."""
    return list(
        db.session.scalars(
            select(Participant)
            .join(Participant.authority)
            .where(Participant.framework_id == framework_id)
            .options(contains_eager(Participant.authority))
            .order_by(Participant.withdrawn_on.is_not(None), ContractingAuthority.name_fold)
        )
    )


def _given_up(framework: Framework) -> bool:
    return framework.status is FrameworkStatus.CEASED and framework.live_at is None
