"""When providers can join: at every instant of the validity, in a framework's windows, and never outside.

The law lets providers ask to join a dynamic purchasing system and a dynamic market at any time of their validity
(PCR2015 reg 34(13), (15); PA2023 s.36(6)), so nothing but the validity decides; a framework takes new providers in
the windows that were published for it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists

from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed
from portal.core.lifecycle import PublicState
from portal.core.taking import lock
from portal.core.words import london
from portal.frameworks.models import Framework, JoiningWindow
from portal.frameworks.states import FrameworkStatus
from portal.regulation.framework_law import OPEN_EVERY_DAY, OPEN_FRAMEWORK_LAW


class NotAccepting(DeadlinePassed):
    """Applications are not accepted at this instant; `at` is the instant, `law` the section."""

    code = "not_accepting"

    def __init__(self, message: str, *, at: datetime, law: str) -> None:
        super().__init__(f"{message} ({law}).")
        self.at = at
        self.law = law


def law_of_joining(framework: Framework) -> str:
    """The section that decides when providers can apply."""
    return OPEN_FRAMEWORK_LAW if framework.is_open_framework else framework.law.joining


def accepts_applications(framework: Framework, instant: datetime) -> bool:
    """Whether an application that arrives at `instant` is accepted: valid_from <= instant < valid_until.

    For a framework the instant must lie in one of its joining windows as well, whose end is outside.
    """
    if not framework.is_valid(instant):
        return False
    return framework.law.is_open_every_day or window_at(framework, instant) is not None


def accepting(instant: datetime) -> ColumnElement[bool]:
    """The same of the frameworks that a query asks about."""
    opened = exists().where(opened_at(instant)).correlate(Framework)
    return and_(Framework.is_valid(instant), Framework.kind.in_(OPEN_EVERY_DAY) | opened)


def opened_at(instant: datetime) -> ColumnElement[bool]:
    """Of a query: a window of the framework that is open at `instant`; its end is outside."""
    within = JoiningWindow.opens_at <= instant, instant < JoiningWindow.closes_at
    return and_(JoiningWindow.framework_id == Framework.id, *within)


def require_accepting(framework: Framework, instant: datetime) -> None:
    """Raise `NotAccepting`, with the reason and the section, unless an application at `instant` is accepted."""
    if not accepts_applications(framework, instant):
        message, law = _reason(framework, instant)
        raise NotAccepting(message, at=instant, law=law)


def accepting_until(framework: Framework, instant: datetime) -> datetime | None:
    """The instant from which applications are no longer accepted, as seen at `instant`; None when none are now."""
    if not accepts_applications(framework, instant):
        return None
    assert framework.valid_until is not None
    window = None if framework.law.is_open_every_day else window_at(framework, instant)
    return framework.valid_until if window is None else min(window.closes_at, framework.valid_until)


def window_at(framework: Framework, instant: datetime) -> JoiningWindow | None:
    """The framework's window that is open at `instant`, or None; the end of a window is outside."""
    return next((window for window in framework.windows if window.opens_at <= instant < window.closes_at), None)


def next_window(framework: Framework, instant: datetime) -> JoiningWindow | None:
    """The framework's next window after `instant`, or None."""
    later = [window for window in framework.windows if window.opens_at > instant]
    return min(later, key=lambda window: window.opens_at, default=None)


def public_state(framework: Framework, now: datetime) -> PublicState:
    """Say where it stands at `now`."""
    if framework.status is FrameworkStatus.CEASED:
        return PublicState("ceased", "Ended early", "It has ended. Nobody can join and nothing is called off.")
    if framework.valid_until is not None and now >= framework.valid_until:
        return PublicState("expired", "Ended", "Its validity has ended. Nobody can join any more.")
    if accepting_until(framework, now) is not None:
        return PublicState("open", "Open to providers", "You can apply to join now.")
    if framework.valid_from is not None and now < framework.valid_from:
        return PublicState("coming", "Begins soon", "You can apply as soon as it begins.")
    if next_window(framework, now) is not None:
        return PublicState("window", "Opens again", "Providers can join again when the next window opens.")
    return PublicState("closed", "Closed to new providers", "It does not take new providers at the moment.")


def lock_accepting(framework_id: uuid.UUID) -> tuple[Framework, datetime]:
    """Lock the framework's row (shared: applications do not wait for each other), then read the database's clock.

    Returns the framework with its windows as they are under the lock, and the instant. Nothing is refused yet:
    `require_accepting` does that, after whatever is answered alike on both sides of the end (a repeated request).
    """
    framework = lock(Framework, framework_id, share=True)
    db.session.expire(framework, ["windows"])
    return framework, clock.database_time()


def _reason(framework: Framework, instant: datetime) -> tuple[str, str]:
    words, law = framework.kind_words, law_of_joining(framework)
    if framework.status is FrameworkStatus.CEASED:
        return f"This {words} ceased at {london(framework.ceased_at)}, so no application is accepted any more", law
    if framework.status is FrameworkStatus.DRAFT or framework.valid_from is None or framework.valid_until is None:
        return f"This {words} has not been published yet, so nobody can apply", law
    if instant < framework.valid_from:
        return f"Applications are accepted from {london(framework.valid_from)}", law
    if instant >= framework.valid_until:
        expiry = f"; {framework.law.last_day_law}" if framework.law.last_day_law else ""
        return f"This {words} ended at {london(framework.valid_until)}, so no application is accepted", law + expiry
    coming = next_window(framework, instant)
    again = f"It takes applications again from {london(coming.opens_at)}" if coming else "No further time is published"
    return f"This framework does not take new providers at the moment. {again}", law
