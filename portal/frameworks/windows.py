"""Windows in which a framework takes new providers, published before they open."""

from __future__ import annotations

from datetime import datetime

from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Verb
from portal.frameworks.changing import begin_change, record_change
from portal.frameworks.checking import Task
from portal.frameworks.models import Framework, JoiningWindow
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import require_windows_allowed


def publish_window(
    *, framework: Framework, opens_at: datetime | None, closes_at: datetime | None, actor: Actor, now: datetime
) -> JoiningWindow:
    """Publish a window for joining: between the two instants (the second exclusive) providers can apply.

    For frameworks that are light touch or open ones (PCR2015 reg 76; PA2023 s.49); a DPS and a dynamic market take
    applications at any time and have none (PCR2015 reg 34(15); PA2023 s.36(6)). Raises `AgainstTerms`, or
    `InvalidInput` beside `opens` or `closes`: outside the validity, over another window, or once it is live in the
    past. Records FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor, Verb.OPEN_WINDOW)
    require_windows_allowed(framework.law, light_touch=framework.light_touch, is_open=framework.is_open_framework)
    if opens_at is None:
        raise InvalidInput("Give the day on which the window opens.", field="opens")
    if closes_at is None:
        raise InvalidInput("Give the last day of the window.", field="closes")
    _require_room(framework, opens_at, closes_at, now)
    window = JoiningWindow(opens_at=opens_at, closes_at=closes_at)
    framework.windows.append(window)
    record_change(framework, actor, Task.WINDOWS, opens_at=opens_at, closes_at=closes_at)
    return window


def _require_room(framework: Framework, opens_at: datetime, closes_at: datetime, now: datetime) -> None:
    if closes_at <= opens_at:
        raise InvalidInput("The window must close after it opens.", field="closes")
    if framework.status is FrameworkStatus.LIVE and opens_at < now:
        raise InvalidInput("A window is published before it opens. Choose a later day.", field="opens")
    if framework.valid_from is not None and opens_at < framework.valid_from:
        raise InvalidInput("The window opens before the framework is valid.", field="opens")
    if framework.valid_until is not None and closes_at > framework.valid_until:
        raise InvalidInput("The window closes after the framework has ended.", field="closes")
    if any(opens_at < window.closes_at and window.opens_at < closes_at for window in framework.windows):
        raise InvalidInput("There is a window at that time already.", field="opens")
