"""Asking that a person be erased, and taking that back."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.succession import missing_successor
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.states import MemberRole
from portal.privacy.models import ErasureRequest
from portal.privacy.states import ERASURE, ErasureStatus

ALREADY = "This has been asked for already, and waits for an answer."


def ask_erasure(*, actor: Actor) -> ErasureRequest:
    """Ask to be erased; an administrator where the person works checks it, or the platform's. Records ERASURE_ASKED.

    Raises `InvalidInput` for the last administrator of an organisation, who hands over first, and where it was asked
    already; `NotFound` for nobody.
    """
    if actor.user_id is None:
        raise NotFound("Only a person can ask for this.")
    person = lock(User, actor.user_id)
    if message := missing_successor(person.id):
        raise InvalidInput(message)
    return _ask(person, actor, authority_id=actor.authority_id, provider_id=actor.provider_id)


def ask_erasure_of_young_person(*, work: PanelWork, member_id: uuid.UUID, actor: Actor) -> ErasureRequest:
    """Ask for a young person of one's panel, because they or their family want it. Records ERASURE_ASKED.

    The authority's administrator checks it. Raises `NotAllowed` for anybody but the facilitator, `NotFound` for
    somebody who is not a young member of the panel, `InvalidInput` where it was asked already.
    """
    policy.require(actor, Verb.ASK_ERASURE, work)
    member = db.session.get(PanelMember, member_id)
    if member is None or member.panel_id != work.panel_id or member.role is not MemberRole.YOUNG_MEMBER:
        raise NotFound("There is no such young person on your panel.")
    person = lock(User, member.user_id)
    return _ask(person, actor, authority_id=work.itt.authority_id)


def withdraw_erasure(*, request: ErasureRequest, actor: Actor) -> None:
    """Take one's own request back. Records ERASURE_WITHDRAWN. Raises `NotFound` for another's, `WrongState`."""
    found = lock(ErasureRequest, request.id)
    if found.proposed_by_id != actor.user_id:
        raise NotFound("There is no such request of yours.")
    found.status = ERASURE.move(found.status, ErasureStatus.WITHDRAWN)
    record(EventKind.ERASURE_WITHDRAWN, found, actor=actor, person=found.user_id)


def _ask(
    person: User, actor: Actor, *, authority_id: uuid.UUID | None = None, provider_id: uuid.UUID | None = None
) -> ErasureRequest:
    if person.person_key is None:
        raise WrongState("This person has been erased.")
    if open_request_of(person.id) is not None:
        raise InvalidInput(ALREADY)
    made = ErasureRequest(
        user=person,
        user_id=person.id,
        proposed_by_id=actor.user_id,
        authority_id=authority_id,
        provider_id=provider_id,
        status=ErasureStatus.ASKED,
    )
    db.session.add(made)
    db.session.flush()
    record(EventKind.ERASURE_ASKED, made, actor=actor, person=person.id)
    return made


def open_request_of(person_id: uuid.UUID) -> ErasureRequest | None:
    """The request about the person that waits, if there is one."""
    waiting = select(ErasureRequest).where(
        ErasureRequest.user_id == person_id, ErasureRequest.status == ErasureStatus.ASKED
    )
    return db.session.scalars(waiting).one_or_none()
