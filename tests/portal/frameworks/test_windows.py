"""Windows in which a framework takes new providers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role
from portal.frameworks.models import Framework, JoiningWindow
from portal.frameworks.terms import AgainstTerms
from portal.frameworks.validity import accepts_applications
from portal.frameworks.windows import publish_window
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework

DAY = timedelta(days=1)


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


def publish(framework: Framework, opens: timedelta | None, closes: timedelta | None) -> JoiningWindow:
    """Publish a window that opens and closes so long from now."""
    now = clock.now()
    return publish_window(
        framework=framework,
        opens_at=None if opens is None else now + opens,
        closes_at=None if closes is None else now + closes,
        actor=lead(framework),
        now=now,
    )


def closed_framework(**details: Any) -> Framework:
    """A live light-touch framework without a window."""
    return live_framework(kind=FrameworkKind.FRAMEWORK, windows=[], **details)


def test_a_window_opens_the_framework_for_its_time(db_session: object) -> None:
    """From its first instant, and not at its last."""
    framework = closed_framework()
    window = publish(framework, DAY, 8 * DAY)
    assert not accepts_applications(framework, window.opens_at - timedelta(microseconds=1))
    assert accepts_applications(framework, window.opens_at)
    assert not accepts_applications(framework, window.closes_at)
    assert events_of(framework.id)[-1].data["part"] == "windows"


@pytest.mark.parametrize(
    ("opens", "closes", "field"),
    [
        (None, DAY, "opens"),
        (DAY, None, "closes"),
        (2 * DAY, 2 * DAY, "closes"),
        (-DAY, DAY, "opens"),
        (364 * DAY, 366 * DAY, "closes"),
    ],
)
def test_a_window_that_cannot_be_is_refused(db_session: object, opens: Any, closes: Any, field: str) -> None:
    """Backwards, in the past once it is live, or after the framework has ended."""
    with pytest.raises(InvalidInput) as refused:
        publish(closed_framework(), opens, closes)
    assert refused.value.field == field


def test_windows_do_not_overlap(db_session: object) -> None:
    """But one may follow the other at once."""
    framework = closed_framework()
    publish(framework, 5 * DAY, 9 * DAY)
    with pytest.raises(InvalidInput, match="at that time already"):
        publish(framework, 8 * DAY, 20 * DAY)
    now = framework.windows[0].closes_at
    publish_window(framework=framework, opens_at=now, closes_at=now + DAY, actor=lead(framework), now=clock.now())
    assert len(framework.windows) == 2


def test_a_draft_may_record_a_window_that_has_begun(db_session: object) -> None:
    """One of before its validity it may not."""
    framework = draft_framework(kind=FrameworkKind.FRAMEWORK, windows=[])
    publish(framework, -DAY, DAY)
    with pytest.raises(InvalidInput, match="before the framework is valid"):
        publish(framework, -40 * DAY, -35 * DAY)


@pytest.mark.parametrize(
    ("kind", "law"), [(FrameworkKind.DPS, "PCR2015 reg 34(15)"), (FrameworkKind.DYNAMIC_MARKET, "PA2023 s.36(6)")]
)
def test_what_is_always_open_has_no_windows(db_session: object, kind: FrameworkKind, law: str) -> None:
    """Applications are taken at any time."""
    with pytest.raises(AgainstTerms) as refused:
        publish(live_framework(kind=kind), DAY, 2 * DAY)
    assert refused.value.law == law


def test_an_ordinary_framework_is_closed(db_session: object) -> None:
    """Unless it is an open one."""
    with pytest.raises(AgainstTerms, match="neither light touch nor an open framework"):
        publish(closed_framework(light_touch=False), DAY, 2 * DAY)
    publish(closed_framework(light_touch=False, is_open_framework=True), DAY, 2 * DAY)
