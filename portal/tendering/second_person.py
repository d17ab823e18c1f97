"""Taking an act of a procurement for its second person: one way for awards, judgements, ends and answers."""

from __future__ import annotations

import uuid
from typing import Protocol

from portal.core.approval import Half, require_second_person
from portal.core.permissions import Actor, Governed, Verb
from portal.core.taking import lock, take
from portal.tendering.models import InvitationToTender


class ActOfProcurement(Governed, Protocol):
    """An `Approval` that belongs to a procurement."""

    @property
    def itt_id(self) -> uuid.UUID:
        """The procurement's."""

    @property
    def first_people(self) -> tuple[Half, ...]:
        """Who cannot be its second person."""


def take_to_decide(act: ActOfProcurement, actor: Actor) -> None:
    """Lock the act and require that the actor may be its second person.

    The procurement's row first: there its acts, results and contracts take turns. Raises as `take`, and `NotAllowed`
    for its first people.
    """
    lock(InvitationToTender, act.itt_id)
    take(act, Verb.DECIDE, actor=actor)
    require_second_person(actor, *act.first_people)
