"""Who looks after the safety of the young people on a panel: its safeguarding lead, and the lead's deputy."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from portal.accounts.queries import Colleague, colleagues_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Actor, Role, Verb
from portal.core.taking import take
from portal.evaluation.models import PanelWork
from portal.evaluation.panels import begin_work
from portal.evaluation.queries import members_of
from portal.organisations.models import ContractingAuthority
from portal.tendering.models import InvitationToTender, Panel


def name_safeguarding_lead(
    *,
    itt: InvitationToTender,
    panel: Panel,
    lead_id: uuid.UUID | None,
    deputy_id: uuid.UUID | None,
    actor: Actor,
) -> PanelWork:
    """Name who is told when a young person on the panel may have written about harm, and who is if that one is away.

    Consequences: from now on cards can be issued and sittings open; without a lead the panel waits. Whoever was
    named before sees nothing of the panel any more. Both are told. Records SAFEGUARDING_LEAD_NAMED. Raises
    `InvalidInput` (fields "lead" and "deputy") for whoever does not hold the role, is named twice, or sits on the
    panel, `NotFound` for a panel of adults, `NotAllowed`, `WrongState`.
    """
    take(itt, Verb.NAME_SAFEGUARDING_LEAD, actor=actor, share=True)
    if not panel.kind.is_young_people:
        raise NotFound("Only a panel of young people has a safeguarding lead.")
    work = begin_work(panel)
    if lead_id is None:
        raise InvalidInput("Choose who looks after the young people’s safety.", field="lead")
    if lead_id == deputy_id:
        raise InvalidInput("Choose another person, or nobody: the lead cannot stand in for themselves.", field="deputy")
    _check(work, itt.authority, lead_id, field="lead")
    if deputy_id is not None:
        _check(work, itt.authority, deputy_id, field="deputy")
    if (work.safeguarding_lead_id, work.safeguarding_deputy_id) != (lead_id, deputy_id):
        work.safeguarding_lead_id, work.safeguarding_deputy_id = lead_id, deputy_id
        record(EventKind.SAFEGUARDING_LEAD_NAMED, work, actor=actor, panel=panel.key, lead=lead_id, deputy=deputy_id)
    return work


def possible_leads(authority: ContractingAuthority) -> Sequence[Colleague]:
    """Whoever of the authority can be named, by name: the role is in force, and they have joined."""
    return [one for one in colleagues_of(authority) if Role.SAFEGUARDING_LEAD in one.roles and not one.awaits_joining]


def _check(work: PanelWork, authority: ContractingAuthority, person_id: uuid.UUID, *, field: str) -> None:
    if person_id not in {one.id for one in possible_leads(authority)}:
        raise InvalidInput("Choose somebody who holds the role of safeguarding lead.", field=field)
    seats = members_of([work.panel_id]).get(work.panel_id, [])
    if any(seat.user_id == person_id and seat.removed_at is None for seat in seats):
        raise InvalidInput(
            "This person sits on the panel. Choose somebody who is not in the room with the young people.", field=field
        )
