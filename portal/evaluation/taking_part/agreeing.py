"""Who has to have agreed before a young person sits: they themselves, and a parent of the younger ones.

UK GDPR art 6(1)(a), art 8; the Children's Code, standards 1 and 4: asked in their own words, before anything else.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.evaluation.attending import arrive
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.queries import seat_of
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.evaluation.taking_part.models import SupportedSitting, TakingPart
from portal.evaluation.taking_part.states import AgeBand, ParentSaidBy, Supporter
from portal.evaluation.taking_part.times import times_of


class Lacks(StrEnum):
    """What is missing before a young person can sit."""

    ADULT = "adult"
    """The facilitator has still to say how old they are, or that a parent agreed."""
    OWN = "own"
    """They have still to say themselves that they take part."""


@dataclass(frozen=True)
class ParentSaid:
    """How and when a parent said that their child may take part."""

    how: ParentSaidBy
    on: date


def record_age_band(
    *, work: PanelWork, member_id: uuid.UUID, age_band: AgeBand, parent: ParentSaid | None, actor: Actor, now: datetime
) -> TakingPart:
    """Record how old a young person is, roughly, and that a parent agreed where the authority asks for that.

    Consequences: with what is needed they can sit, once they agree themselves; no parent is named. Records
    TAKING_PART_RECORDED. Raises `InvalidInput` (fields "how", "on"), `NotFound` for somebody who is not a young member
    of the panel, `NotAllowed`, `WrongState`.
    """
    take(work, Verb.PREPARE_SITTINGS, actor=actor, share=True)
    member = db.session.get(PanelMember, member_id)
    if member is None or member.panel_id != work.panel_id or member.role is not MemberRole.YOUNG_MEMBER:
        raise NotFound("There is no such young person on your panel.")
    if parent is None and age_band.oldest < times_of(work.panel_id).parents_until:
        raise InvalidInput("Say how a parent agreed: at this age one has to.", field="how")
    if parent is not None and parent.on > now.date():
        raise InvalidInput("That day is still to come. When did the parent agree?", field="on")
    lock(User, member.user_id, share=True)
    held = db.session.get(TakingPart, member.user_id) or TakingPart(user_id=member.user_id)
    held.age_band = age_band
    held.parent_said_by, held.parent_said_on = (parent.how, parent.on) if parent else (None, None)
    assert actor.user_id is not None
    held.recorded_by_id, held.recorded_at = actor.user_id, now
    db.session.add(held)
    record(
        EventKind.TAKING_PART_RECORDED, member, actor=actor, age_band=age_band, parent=parent.how if parent else None
    )
    return held


def begin_sitting(
    *, work: PanelWork, session_id: uuid.UUID, supporter: Supporter, agrees: bool, actor: Actor, now: datetime
) -> None:
    """Begin a young person's sitting: they agree to take part, the first time, and say who sits beside them.

    Consequences: while the panel moderates they take part in it from now on. Records SITTING_BEGUN. Raises
    `InvalidInput` (field "agrees"), `NotAllowed` while something is missing that an
    adult has to record, `WrongState`.
    """
    work = take(work, Verb.DECLARE, actor=actor)
    member = seat_of(work.panel_id, actor.user_id)
    held = db.session.get(TakingPart, member.user_id)
    if held is None or lacks(work, member) is Lacks.ADULT:
        raise NotAllowed("An adult has to get something ready for you first. Tell your facilitator.")
    if held.agreed_at is None:
        if not agrees:
            raise InvalidInput("Say yes if you want to take part.", field="agrees")
        held.agreed_at = now
    begun = insert(SupportedSitting).values(
        id=uuid.uuid4(), user_id=member.user_id, session_id=session_id, supporter=supporter, began_at=now
    )
    # Pressed twice, it is one sitting.
    db.session.execute(begun.on_conflict_do_nothing(index_elements=["session_id"]))
    if work.status is PanelWorkStatus.MODERATING:
        arrive(work, member.id, now=now)
    record(EventKind.SITTING_BEGUN, member, actor=actor, panel=work.panel.key, supporter=supporter)


def require_taking_part(work: PanelWork, member: PanelMember) -> None:
    """Raise `NotAllowed` for a young person who takes part without everybody's consent; adults are asked for none."""
    if lacks(work, member) is not None:
        raise NotAllowed("Before you start, say that you take part.", code="not_agreed")


def lacks(work: PanelWork, member: PanelMember) -> Lacks | None:
    """What is missing before the member can sit."""
    if member.role is not MemberRole.YOUNG_MEMBER:
        return None
    held = db.session.get(TakingPart, member.user_id)
    return what_lacks(held, times_of(work.panel_id).parents_until)


def what_lacks(held: TakingPart | None, parents_until: int) -> Lacks | None:
    """What is missing of what is recorded."""
    if held is None or (held.parent_said_by is None and held.age_band.oldest < parents_until):
        return Lacks.ADULT
    return Lacks.OWN if held.agreed_at is None else None


def has_begun(session_id: uuid.UUID) -> bool:
    """Whether it was said who sits beside the young person in this session."""
    found = select(SupportedSitting.id).where(SupportedSitting.session_id == session_id)
    return db.session.execute(found).first() is not None


def taking_part_of(person_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, TakingPart]:
    """What is recorded of each young person."""
    found = db.session.scalars(select(TakingPart).where(TakingPart.user_id.in_(person_ids)))
    return {held.user_id: held for held in found}


def supporters_of(person_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[Supporter, int]]:
    """By whom each young person's sittings were supported, and how many."""
    sitting = SupportedSitting
    rows = db.session.execute(
        select(sitting.user_id, sitting.supporter, func.count())
        .where(sitting.user_id.in_(person_ids))
        .group_by(sitting.user_id, sitting.supporter)
        .order_by(sitting.supporter)
    )
    by_person: dict[uuid.UUID, dict[Supporter, int]] = {}
    for person_id, supporter, count in rows:
        by_person.setdefault(person_id, {})[supporter] = count
    return by_person
