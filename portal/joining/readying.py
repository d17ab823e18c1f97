"""Saying that an application is ready: whoever may write it and not send it tells those who may."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.calling_submitters import call_submitters, still_called
from portal.audit.kinds import EventKind
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.joining.completeness import gaps_of
from portal.joining.models import Application
from portal.regulation.local_time import local_date


def say_application_is_ready(*, application: Application, actor: Actor, now: datetime) -> None:
    """Tell the applicant's submitters, and nobody else, that the application waits for them.

    Records APPLICATION_READY. Raises `WrongState` as `call_submitters` does.
    """
    take(application, Verb.CALL_SUBMITTERS, actor=actor)
    call_submitters(
        application,
        EventKind.APPLICATION_READY,
        actor=actor,
        is_new=not application.version or application.has_unsubmitted_change,
        is_complete=not gaps_of(application, today=local_date(now)),
        called_at=still_called(application.ready_at, application.saved_at),
    )
    application.ready_at = now
