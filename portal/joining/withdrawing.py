"""Withdrawing an application: nothing is decided about it any more, and the provider can apply anew at any time."""

from __future__ import annotations

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.joining.models import Application
from portal.joining.queries import WITH_FRAMEWORK
from portal.joining.states import APPLICATION, ApplicationStatus


def withdraw_application(*, application: Application, actor: Actor) -> None:
    """Withdraw the application, whatever the officers are about to decide.

    Consequences: status WITHDRAWN; what was submitted stays on record, and a proposed refusal is not decided any
    more. Records APPLICATION_WITHDRAWN. Raises `WrongState` once it is decided by an admission or withdrawn.
    """
    take(application, Verb.WITHDRAW, *WITH_FRAMEWORK, actor=actor)
    application.status = APPLICATION.move(application.status, ApplicationStatus.WITHDRAWN)
    record(
        EventKind.APPLICATION_WITHDRAWN,
        application,
        actor=actor,
        lot=application.lot.number,
        version=application.version,
    )
