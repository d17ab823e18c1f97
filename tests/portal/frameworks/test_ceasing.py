"""Ending a framework, dynamic purchasing system or dynamic market, and giving a draft up."""

from __future__ import annotations

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Role
from portal.frameworks.ceasing import abandon_draft, cease_framework
from portal.frameworks.models import Framework
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.terms import TermsFrozen
from portal.frameworks.validity import accepts_applications
from portal.regulation.kinds import FrameworkKind
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import draft_framework, live_framework


def lead(framework: Framework) -> Actor:
    """A commissioner of the authority that leads it."""
    return actor_of(make_person(Role.COMMISSIONER, authority=framework.authority))


@pytest.mark.parametrize("kind", list(FrameworkKind))
def test_it_ends_at_once_with_its_reason(db_session: object, kind: FrameworkKind) -> None:
    """Nobody can apply any more; its terms stay readable, and the ledger holds no words."""
    framework = live_framework(kind=kind)
    now = clock.now()
    cease_framework(framework=framework, reason=" Nobody calls off. ", actor=lead(framework), now=now)
    assert (framework.status, framework.ceased_at, framework.cease_reason) == (
        FrameworkStatus.CEASED,
        now,
        "Nobody calls off.",
    )
    assert not accepts_applications(framework, now)
    event = events_of(framework.id)[-1]
    assert (event.kind, event.data) == ("framework_ceased", {"was": "live"})


def test_it_needs_a_reason_and_the_right_person(db_session: object) -> None:
    """And it happens once, to a live one."""
    framework = live_framework()
    now = clock.now()
    with pytest.raises(InvalidInput) as refused:
        cease_framework(framework=framework, reason=" ", actor=lead(framework), now=now)
    assert (refused.value.field, framework.status) == ("reason", FrameworkStatus.LIVE)
    approver = actor_of(make_person(Role.APPROVER, authority=framework.authority))
    with pytest.raises(NotAllowed):
        cease_framework(framework=framework, reason="No need.", actor=approver, now=now)
    cease_framework(framework=framework, reason="No need.", actor=lead(framework), now=now)
    with pytest.raises(WrongState):
        cease_framework(framework=framework, reason="Again.", actor=lead(framework), now=now)
    draft = draft_framework()
    with pytest.raises(WrongState):
        cease_framework(framework=draft, reason="No need.", actor=lead(draft), now=now)


def test_a_draft_is_given_up_and_a_live_one_is_not(db_session: object) -> None:
    """It stays in the records."""
    framework, live = draft_framework(), live_framework()
    abandon_draft(framework=framework, actor=lead(framework), now=clock.now())
    assert (framework.status, framework.live_at) == (FrameworkStatus.CEASED, None)
    assert events_of(framework.id)[-1].data == {"was": "draft"}
    with pytest.raises(TermsFrozen):
        abandon_draft(framework=live, actor=lead(live), now=clock.now())
