"""How every change to a draft begins and ends: under the row's lock, and in the ledger."""

from __future__ import annotations

from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record_save
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.tendering.approvals import overtake
from portal.tendering.checking import Task
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import whole


def begin_change(itt: InvitationToTender, actor: Actor, *, keeps_approval: bool = False) -> None:
    """Lock the invitation, read it afresh and require that the actor may edit it.

    The lock makes editing and publishing take turns: what is published is what was checked. What was approved before
    has to be approved again, unless the change `keeps_approval`. Raises `NotFound`, `NotAllowed`, also for
    whoever takes no further part, or `WrongState` once it is published.
    """
    take(itt, Verb.EDIT, *whole(), actor=actor)
    itt.direct_award_approved_by_id = itt.direct_award_approved_at = None
    if not keeps_approval:
        overtake(itt)


def record_change(itt: InvitationToTender, actor: Actor, task: Task, **figures: Any) -> None:
    """Record that a part of the draft was changed (figures and keys only, no words that people wrote)."""
    record_save(EventKind.ITT_CHANGED, itt, actor=actor, part=task.value, **figures)
