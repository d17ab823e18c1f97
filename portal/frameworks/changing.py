"""How every change to a draft begins and ends: under the row's lock, and in the framework's ledger."""

from __future__ import annotations

from typing import Any

from portal.audit.kinds import EventKind
from portal.audit.recording import record_save
from portal.core.errors import WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.frameworks.checking import Task
from portal.frameworks.models import Framework
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import TermsFrozen


def begin_change(framework: Framework, actor: Actor, verb: Verb = Verb.EDIT) -> None:
    """Lock the framework, read it afresh and require that the actor may do `verb` to it.

    The lock makes editing and going live take turns: what is frozen is what was checked. Raises `NotFound`,
    `NotAllowed`, `TermsFrozen` with the section once it is live, `WrongState` once it has ceased.
    """
    try:
        take(framework, verb, actor=actor)
    except WrongState as refusal:
        if framework.status is FrameworkStatus.LIVE:
            raise TermsFrozen(framework.law) from refusal
        raise


def record_change(framework: Framework, actor: Actor, task: Task, **figures: Any) -> None:
    """Record that a part was changed (figures and identifiers only, no words that people wrote)."""
    record_save(EventKind.FRAMEWORK_CHANGED, framework, actor=actor, part=task.value, **figures)
