"""What a page saves by itself is one entry a stretch of writing; what somebody pressed is always one."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from portal.audit import recording
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.audit.recording import record, record_save
from portal.audit.verifying import verify_ledger
from portal.core.permissions import Actor
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.tendering.models import InvitationToTender

pytestmark = pytest.mark.usefixtures("db_session")

ONE, OTHER = Actor(uuid.uuid4()), Actor(uuid.uuid4())
DRAFT = InvitationToTender(id=uuid.uuid4())


def save(actor: Actor = ONE, *, pressed: bool = False, **data: object) -> int:
    """Save, and return how many entries there are."""
    db.session.info["by_itself"] = not pressed
    record_save(EventKind.ITT_CHANGED, DRAFT, actor=actor, **({"part": "service"} | data))
    return len(events_of(DRAFT.id))


def test_a_stretch_of_writing_is_one_entry() -> None:
    """However often the page saves, and whatever its revision; the ledger verifies."""
    assert [save(revision=number) for number in range(1, 6)] == [1, 1, 1, 1, 1]
    assert verify_ledger().findings == ()


def test_a_press_is_always_an_entry() -> None:
    """By the same person in the same minute; what the page saves after it goes on with its stretch."""
    assert [save(), save(pressed=True), save(pressed=True), save()] == [1, 2, 3, 3]


def test_taking_turns_is_seen() -> None:
    """Another person, another part and another figure are entries, and so is whoever comes back after them."""
    turns = [save(), save(OTHER), save(), save(part="value"), save(), save(light_touch=True)]
    assert turns == [1, 2, 3, 4, 5, 6]


def test_anything_else_that_happened_begins_another_stretch() -> None:
    """What was saved before a submission is told from what was saved after it."""
    save()
    record(EventKind.ITT_PUBLISHED, DRAFT, actor=ONE)
    assert save() == 3


def test_drafts_of_one_chain_are_told_apart() -> None:
    """What stands on the chain of another thing is no save of this one."""
    other = Framework(id=uuid.uuid4())
    assert save() == 1
    db.session.info["by_itself"] = True
    record_save(EventKind.FRAMEWORK_CHANGED, other, actor=ONE, part="service")
    assert len(events_of(other.id)) == 1


def test_a_stretch_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes for an hour is an entry each ten minutes."""
    assert timedelta(minutes=10) == recording.STRETCH
    monkeypatch.setattr(recording, "STRETCH", timedelta(0))
    assert [save(), save()] == [1, 2]
