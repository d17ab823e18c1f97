"""Reading the register of interests, and what it lacks."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import HeldRole
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Actor
from portal.core.words import listed, noun
from portal.tendering.interests.models import ConflictsAssessment, Interest, Mitigation
from portal.tendering.interests.rules import UNTIL_CONTRACT
from portal.tendering.models import InvitationToTender


@dataclass(frozen=True)
class Register:
    """Who influences a procurement, in the order in which they came to it, and since when its assessment stands."""

    entries: Sequence[Interest]
    gone: frozenset[uuid.UUID]
    """Entries of officers who declared nothing and work for the buyer no more: nobody can ask them."""
    assessed_at: datetime | None
    opened_at: datetime | None

    def is_silent(self, actor: Actor) -> bool:
        """Whether the person who acts has still to declare."""
        return any(one.user_id == actor.user_id for one in self.silent)

    @property
    def unanswered(self) -> list[Interest]:
        """Interests of which nobody has proposed what follows, or not enough."""
        return [
            one
            for one in self.entries
            if one.has_interest
            and not one.is_settled
            and (one.mitigation is None or not one.mitigation.status.is_proposed)
        ]

    @property
    def silent(self) -> list[Interest]:
        """Officers who have still to declare. Who sits on a panel reads and scores nothing before they have."""
        return [
            one for one in self.entries if one.declared_at is None and one.panel_id is None and one.id not in self.gone
        ]

    def faults(self) -> Iterator[str]:
        """Say what is lacking: nothing is published or awarded before it is there."""
        if silent := [one.user.display_name for one in self.silent]:
            yield f"{listed(silent)} {noun(len(silent), 'has', 'have')} not declared their interests yet."
        for one in self.entries:
            if one.has_interest and not one.is_settled:
                yield (
                    f"{one.user.display_name} declared an interest. Say what is done about it; a second person decides "
                    "whether that is enough."
                )
        known = [one.known_since for one in self.entries if one.known_since is not None]
        if self.assessed_at is None:
            yield "Make the conflicts assessment."
        elif known and max(known) > self.assessed_at:
            yield "An interest was declared or answered after the conflicts assessment was made. Revise it."
        elif self.opened_at is not None and self.opened_at > self.assessed_at:
            yield "It is known who bids since the conflicts assessment was made. Confirm it, or revise it."


def registers_of(itt_ids: Sequence[uuid.UUID] | Select[uuid.UUID]) -> Mapping[uuid.UUID, Register]:
    """The register of each procurement; four statements for any number of them."""
    works_there = exists().where(
        HeldRole.user_id == Interest.user_id,
        HeldRole.authority_id == InvitationToTender.authority_id,
        HeldRole.ended_at.is_(None),
    )
    entries: Mapping[uuid.UUID, list[Interest]] = defaultdict(list)
    gone: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    found = db.session.execute(
        select(Interest, works_there)
        .join(InvitationToTender, InvitationToTender.id == Interest.itt_id)
        .where(Interest.itt_id.in_(itt_ids))
        .options(joinedload(Interest.user), joinedload(Interest.panel), selectinload(Interest.mitigations))
        .order_by(Interest.asked_at, Interest.id)
        .execution_options(populate_existing=True)
    )
    for one, is_there in found:
        entries[one.itt_id].append(one)
        if not is_there and one.declared_at is None and one.panel_id is None:
            gone[one.itt_id].add(one.id)
    entries = {itt_id: _by_link(found) for itt_id, found in entries.items()}
    made = (
        select(InvitationToTender.id, InvitationToTender.opened_at, func.max(ConflictsAssessment.made_at))
        .outerjoin(ConflictsAssessment, ConflictsAssessment.itt_id == InvitationToTender.id)
        .where(InvitationToTender.id.in_(itt_ids))
        .group_by(InvitationToTender.id)
    )
    return {
        itt_id: Register(entries.get(itt_id, []), frozenset(gone[itt_id]), assessed_at, opened_at)
        for itt_id, opened_at, assessed_at in db.session.execute(made)
    }


def _by_link(entries: Sequence[Interest]) -> list[Interest]:
    """The entries less those of panel members of whom each link with a bidder has its own."""
    linked = {(one.user_id, one.panel_id) for one in entries if one.bid_id is not None and one.has_interest}
    return [
        one for one in entries if one.has_interest or (one.bid_id is None and (one.user_id, one.panel_id) not in linked)
    ]


def register_of(itt_id: uuid.UUID) -> Register:
    """Who influences one procurement."""
    return registers_of([itt_id])[itt_id]


def entries_of(itt_id: uuid.UUID, user_id: uuid.UUID) -> Sequence[Interest]:
    """What one person declared, as an officer and on panels, with what was done about it."""
    found = db.session.scalars(
        select(Interest)
        .where(Interest.itt_id == itt_id, Interest.user_id == user_id)
        .options(joinedload(Interest.mitigations))
        .order_by(Interest.asked_at, Interest.id)
    )
    return found.unique().all()


def interest_of(itt_id: uuid.UUID, user_id: uuid.UUID | None) -> Interest | None:
    """What one officer declared, with what was done about it."""
    entries = entries_of(itt_id, user_id) if user_id is not None else ()
    return next((one for one in entries if one.panel_id is None), None)


def interest_with_id(itt_id: uuid.UUID, interest_id: uuid.UUID) -> Interest:
    """Somebody's place in the register; raises `NotFound`."""
    found = db.session.get(Interest, interest_id)
    if found is None or found.itt_id != itt_id:
        raise NotFound("Nobody in the register of interests is called so.")
    return found


def mitigation_with_id(itt_id: uuid.UUID, mitigation_id: uuid.UUID) -> Mitigation:
    """An answer to an interest; raises `NotFound`."""
    found = db.session.get(Mitigation, mitigation_id)
    if found is None or found.itt_id != itt_id:
        raise NotFound("There is no such answer to an interest.")
    return found


def assessments_of(itt_id: uuid.UUID) -> Sequence[ConflictsAssessment]:
    """Every version of the conflicts assessment, the newest first."""
    return db.session.scalars(
        select(ConflictsAssessment)
        .where(ConflictsAssessment.itt_id == itt_id)
        .order_by(ConflictsAssessment.number.desc())
    ).all()


def confirmations_among(assessments: Sequence[ConflictsAssessment]) -> frozenset[int]:
    """The numbers of the versions, of the newest first, that say of the one before that it still holds."""
    pairs = pairwise(assessments)
    return frozenset(
        one.number for one, before in pairs if (one.known, one.perceived) == (before.known, before.perceived)
    )


def interest_faults(itt: InvitationToTender, *_: object) -> Iterator[str]:
    """Say what register and assessment lack before the procurement is published or awarded (PA2023 ss.81-83)."""
    return register_of(itt.id).faults()


def is_begun(itt_id: uuid.UUID) -> bool:
    """Whether anybody has declared or assessed anything yet."""
    register = register_of(itt_id)
    return register.assessed_at is not None or any(one.declared_at is not None for one in register.entries)


def has_declared(itt_id: uuid.UUID, actor: Actor) -> bool:
    """Whether the person who acts has declared, one way or the other."""
    own = interest_of(itt_id, actor.user_id)
    return own is not None and own.declared_at is not None


def asks_to_declare(itt: InvitationToTender, actor: Actor) -> bool:
    """Whether something waits for the declaration of the person who acts, once they take part."""
    return itt.status in UNTIL_CONTRACT and not has_declared(itt.id, actor)


def require_declared(itt_id: uuid.UUID, actor: Actor, *, field: str) -> None:
    """Raise `InvalidInput` beside the field unless the person who acts has declared, one way or the other."""
    if not has_declared(itt_id, actor):
        raise InvalidInput("Declare your own interests in this procurement first.", field=field)
