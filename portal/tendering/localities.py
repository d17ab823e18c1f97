"""One specification for many localities: a draft for each, worth its own, on the desk of whoever works there."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from itertools import accumulate, pairwise

from sqlalchemy import select

from portal.accounts.queries import colleagues_of
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role, Verb, policy
from portal.core.taking import lock
from portal.localities.models import Locality
from portal.localities.queries import places_of
from portal.tendering import requirements
from portal.tendering.changing import record_change
from portal.tendering.checking import Task
from portal.tendering.copying import copy_itt
from portal.tendering.models import InvitationToTender
from portal.tendering.owning import hand_over
from portal.tendering.states import IttStatus

PENNY = Decimal("0.01")


def drafts_for_localities(
    *, source: InvitationToTender, values: Mapping[uuid.UUID, Decimal], actor: Actor, now: datetime
) -> list[InvitationToTender]:
    """Begin a draft for each locality (by identifier) that says what `source` says, worth so many pounds with VAT.

    Several lots divide the value as those of `source` do. Consequences: where a commissioner works for the locality,
    the draft is on their desk and they hear of it; records what `copy_itt` and `hand_over` record, and ITT_CHANGED.
    Raises `InvalidInput` (`places`) without any, for another authority's, and for one that has its draft already;
    `value-<identifier>` for a value that is none.
    """
    held = lock(InvitationToTender, source.id)
    policy.require(actor, Verb.DRAFT_ITT, held.authority)
    done, places = places_with_a_draft(held), places_of(held.authority_id)
    chosen = [place.locality for place in places if place.locality.id in values]
    if not values or len(chosen) < len(values):
        raise InvalidInput("Give a value for at least one locality of your authority.", field="places")
    for locality in chosen:
        if locality.id in done:
            raise InvalidInput(f"{locality.name} has a draft already: {done[locality.id].reference}.", field="places")
        requirements.require_value(values[locality.id], field=f"value-{locality.id}")
    officers = _officers(held)
    return [_draft_for(held, locality, values[locality.id], officers, actor=actor, now=now) for locality in chosen]


def places_with_a_draft(source: InvitationToTender) -> dict[uuid.UUID, InvitationToTender]:
    """What was begun from an invitation and not discarded, by the locality that it is for."""
    made = db.session.scalars(
        select(InvitationToTender).where(
            InvitationToTender.copied_from_id == source.id,
            InvitationToTender.locality_id.is_not(None),
            InvitationToTender.status != IttStatus.DISCARDED,
        )
    )
    return {itt.locality_id: itt for itt in made if itt.locality_id is not None}


def _draft_for(
    source: InvitationToTender,
    locality: Locality,
    value: Decimal,
    officers: frozenset[uuid.UUID],
    *,
    actor: Actor,
    now: datetime,
) -> InvitationToTender:
    title = f"{source.title}: {locality.name}"
    made = copy_itt(source=source, authority=source.authority, title=title, actor=actor, now=now)
    made.locality_id, made.estimated_value = locality.id, value
    for lot, worth in zip(made.lots, _divided(value, source), strict=True):
        lot.estimated_value = worth
    record_change(made, actor, Task.VALUE, locality=str(locality.id))
    theirs = [member.user_id for member in locality.members if member.user_id in officers]
    if theirs and actor.user_id not in theirs:
        hand_over(itt=made, owner_id=theirs[0], actor=actor)
    return made


def _divided(value: Decimal, source: InvitationToTender) -> list[Decimal | None]:
    """The value among the lots in the proportion of the source's, to the penny; none where a lot of it has none."""
    worths = [lot.estimated_value for lot in source.lots]
    total = sum((worth for worth in worths if worth is not None), Decimal(0))
    if len(worths) == 1 or None in worths or not total:
        return [None] * len(worths)
    ends = [(value * upto / total).quantize(PENNY) for upto in accumulate(worth or Decimal(0) for worth in worths)]
    return [end - begin for begin, end in pairwise([Decimal(0), *ends])]


def _officers(source: InvitationToTender) -> frozenset[uuid.UUID]:
    return frozenset(
        person.id
        for person in colleagues_of(source.authority)
        if Role.COMMISSIONER in person.roles and not person.awaits_joining
    )
