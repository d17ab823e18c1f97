"""Erasing a person: their key is destroyed, their access ends, and the record goes on without them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update

from portal.accounts.absences import end_absences_of
from portal.accounts.models import GrantStatus, HeldRole, RoleGrant, User
from portal.accounts.succession import missing_successor
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import SYSTEM, Actor, Verb, policy
from portal.core.taking import lock
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.models import HeldWords, PanelMember, PanelWork
from portal.evaluation.states import PanelWorkStatus
from portal.privacy.holdings import remove_what_goes
from portal.privacy.models import ErasureRequest
from portal.privacy.states import ERASURE, ErasureStatus
from portal.tendering.models import InvitationToTender
from portal.tendering.states import ENDED


def carry_out_erasure(*, request_id: uuid.UUID, actor: Actor, now: datetime) -> ErasureRequest:
    """Erase the person that the request is about, as somebody else than who asked. Records PERSON_ERASED.

    Raises `NotFound`, `NotAllowed` for who asked and for the person, `WrongState` when it waits no more, while the
    person sits on a panel at work, and for the last administrator of an organisation.
    """
    found = _take(request_id, actor)
    if blocked := what_blocks(found.user_id):
        raise WrongState(blocked)
    found.decide(actor, now=now)
    found.status = ERASURE.move(found.status, ErasureStatus.CARRIED_OUT)
    erase_person(found.user, actor=actor, now=now)
    return found


def refuse_erasure(*, request_id: uuid.UUID, reason: str, actor: Actor, now: datetime) -> ErasureRequest:
    """Refuse it with the reason, which the person reads with whom they can complain to. Records ERASURE_REFUSED.

    Raises as `carry_out_erasure`, and `InvalidInput` (field "note") for a reason without words (UK GDPR art 12(4)).
    """
    found = _take(request_id, actor)
    words = require_reason(reason, "Say why: the person reads it", field="note")
    found.decide(actor, now=now, note=words)
    found.status = ERASURE.move(found.status, ErasureStatus.REFUSED)
    record(EventKind.ERASURE_REFUSED, found, actor=actor, person=found.user_id)
    return found


def erase_person(person: User, *, actor: Actor = SYSTEM, now: datetime) -> None:
    """Destroy the person's key, and end roles, proposals, sessions and codes. Records PERSON_ERASED.

    Name, address and words about them can be read nowhere from then on, in the log and in replicas neither; what they
    did stays in the record as an erased person's.
    """
    held = update(HeldRole).where(HeldRole.user_id == person.id, HeldRole.ended_at.is_(None))
    db.session.execute(held.values(ended_at=now))
    waiting = update(RoleGrant).where(RoleGrant.user_id == person.id, RoleGrant.status == GrantStatus.PROPOSED)
    db.session.execute(waiting.values(status=GrantStatus.WITHDRAWN))
    end_absences_of(person=person, place=None, actor=actor, now=now)
    remove_what_goes(person.id)
    _forget_held_words(person.id)
    person.is_active = False
    person.password_hash = person.totp_sealed = None
    person.email_sealed = person.email_index = person.email_confirmed_at = None
    person.name_sealed = person.person_key = None
    record(EventKind.PERSON_ERASED, person, actor=actor)


def _forget_held_words(person_id: uuid.UUID) -> None:
    """Words that nobody outside the room has read go; what a safeguarding lead looked at is kept for its time."""
    unread = (HeldStatus.UNSCREENED, HeldStatus.WAITING, HeldStatus.WITHHELD, HeldStatus.REPLACED)
    db.session.execute(
        update(HeldWords)
        .where(HeldWords.author_id == person_id, HeldWords.status.in_(unread), HeldWords.decided_by_id.is_(None))
        .values(words="", note="")
    )


def what_blocks(person_id: uuid.UUID) -> str | None:
    """Why the person cannot be erased yet."""
    at_work = (
        select(InvitationToTender.title)
        .join(PanelWork, PanelWork.itt_id == InvitationToTender.id)
        .join(PanelMember, PanelMember.panel_id == PanelWork.panel_id)
        .where(
            PanelMember.user_id == person_id,
            PanelMember.removed_at.is_(None),
            PanelMember.recused_at.is_(None),
            PanelWork.status != PanelWorkStatus.CLOSED,
            InvitationToTender.status.not_in(ENDED),
        )
    )
    if title := db.session.scalars(at_work.limit(1)).first():
        return (
            f"They sit on a panel for “{title}” that is at work. Its scores would lose their author in the middle: the "
            "commissioner takes them off the panel first, or you wait until it has closed."
        )
    return missing_successor(person_id)


def _take(request_id: uuid.UUID, actor: Actor) -> ErasureRequest:
    """Lock the request, and require that the actor may be its second person."""
    found = lock(ErasureRequest, request_id)
    policy.require(actor, Verb.DECIDE, found)
    return found
