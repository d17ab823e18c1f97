"""What an authority leads and where it takes part."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from portal.core.columns import db
from portal.frameworks.models import Framework, Participant
from portal.frameworks.states import FrameworkStatus
from portal.organisations.models import ContractingAuthority


@dataclass(frozen=True)
class AuthorityFrameworks:
    """What the authority leads, drafts too; and the live ones of others that it has committed itself to."""

    led: list[Framework]
    joined: list[Framework]


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
    return list(db.session.scalars(select(ContractingAuthority).order_by(ContractingAuthority.name)))


def participants_of(framework_id: uuid.UUID) -> list[Participant]:
    """Every authority that takes or took part, with its name: those that do first, by name."""
    return list(
        db.session.scalars(
            select(Participant)
            .join(Participant.authority)
            .where(Participant.framework_id == framework_id)
            .options(contains_eager(Participant.authority))
            .order_by(Participant.withdrawn_on.is_not(None), ContractingAuthority.name)
        )
    )


def _given_up(framework: Framework) -> bool:
    return framework.status is FrameworkStatus.CEASED and framework.live_at is None
