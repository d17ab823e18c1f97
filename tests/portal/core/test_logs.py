"""What logs say of failures."""

from __future__ import annotations

import pytest

from portal.core.logs import frames_instead_of_messages, kind_of


def failed() -> Exception:
    """A failure that repeats what somebody typed, caused by another that does."""
    try:
        try:
            int("typed by Demo Person")
        except ValueError as inner:
            raise RuntimeError("about demo@people.example") from inner
    except RuntimeError as outer:
        return outer
    raise AssertionError


def test_a_failure_is_told_by_kind_and_place() -> None:
    """Kinds, causes and lines of code are there; no message is."""
    entry = frames_instead_of_messages(None, "error", {"event": "unhandled_error", "exc_info": failed()})
    assert entry["exception"] == kind_of(failed()) == "RuntimeError from ValueError"
    assert any(frame.endswith(" failed") and "test_logs.py" in frame for frame in entry["frames"])
    assert [word for word in ("typed", "demo@people.example") if word in str(entry)] == []


@pytest.mark.parametrize("entry", [{"event": "timer_helps", "late": 3}, {"event": "x", "exc_info": None}])
def test_what_is_no_failure_stays(entry: dict[str, object]) -> None:
    """Other entries are as they were."""
    assert frames_instead_of_messages(None, "info", dict(entry)) == {k: v for k, v in entry.items() if k != "exc_info"}
