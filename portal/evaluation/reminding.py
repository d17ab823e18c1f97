"""A commissioner reminds a panel of the scores that it still owes."""

from __future__ import annotations

from datetime import date, datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.core.words import london_short
from portal.evaluation.models import PanelWork
from portal.evaluation.progress import still_owing
from portal.evaluation.states import PanelWorkStatus
from portal.regulation.local_time import local_date


def remind_panel(*, work: PanelWork, actor: Actor, now: datetime) -> None:
    """Remind whoever on the panel has not submitted all of their scores.

    Consequences: each of them gets a letter, young people by their facilitator (`letters_of_panels.panel_reminded`).
    Records PANEL_REMINDED with how many they are. Raises `NotAllowed`, `WrongState` where the panel does not score,
    nobody owes anything, or it was reminded today already: a panel is reminded once a day at the most.
    """
    take(work.itt, Verb.APPOINT_PANEL, actor=actor, share=True)
    work = lock(PanelWork, work.panel_id)
    name = work.panel.name
    if work.status is not PanelWorkStatus.SCORING:
        raise WrongState(f"The {name} has finished scoring, so there is nothing to remind it of.")
    if was_reminded(work, local_date(now)):
        assert work.reminded_at is not None
        raise WrongState(f"The {name} was reminded on {london_short(work.reminded_at)}. It can be again tomorrow.")
    owing = still_owing(work)
    if not owing:
        raise WrongState(f"Everybody on the {name} has submitted their scores.")
    work.reminded_at = now
    record(EventKind.PANEL_REMINDED, work, actor=actor, panel=work.panel.key, members=len(owing))


def was_reminded(work: PanelWork, today: date) -> bool:
    """Whether the panel was reminded today, by the day in London."""
    return work.reminded_at is not None and local_date(work.reminded_at) == today
