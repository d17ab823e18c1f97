"""End a framework, dynamic purchasing system or dynamic market before its time, or give a draft up."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.parsing.text import require_text
from portal.core.permissions import Actor, Verb
from portal.frameworks.changing import begin_change
from portal.frameworks.models import Framework
from portal.frameworks.states import FRAMEWORK, FrameworkStatus


def cease_framework(*, framework: Framework, reason: str, actor: Actor, now: datetime) -> None:
    """End it: nobody can apply and nothing more can be called off; call-offs that run go on to their end.

    Members and history stay readable. A notice is due as soon as reasonably practicable (PA2023 s.39; PCR2015 reg
    34(28)). Records FRAMEWORK_CEASED. Raises `InvalidInput` (field `reason`), `WrongState` unless it is live.
    """
    begin_change(framework, actor, Verb.CEASE)
    _end(framework, require_text(reason, "Say why it ends. Providers read it.", field="reason"), actor, now, was="live")


def abandon_draft(*, framework: Framework, actor: Actor, now: datetime) -> None:
    """Give a draft up: it stays in the records, and nobody outside ever saw it. Records FRAMEWORK_CEASED.

    Raises `TermsFrozen` once it is live: that is ceased, with a reason.
    """
    begin_change(framework, actor)
    _end(framework, "", actor, now, was="draft")


def _end(framework: Framework, reason: str, actor: Actor, now: datetime, *, was: str) -> None:
    framework.status = FRAMEWORK.move(framework.status, FrameworkStatus.CEASED)
    framework.ceased_at, framework.cease_reason = now, reason
    record(EventKind.FRAMEWORK_CEASED, framework, actor=actor, was=was)
