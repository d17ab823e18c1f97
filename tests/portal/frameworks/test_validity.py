"""An application is accepted at every instant of the validity, and refused at every other with the section."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import DeadlinePassed
from portal.frameworks.models import Framework, JoiningWindow
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.validity import (
    NotAccepting,
    accepting_until,
    accepts_applications,
    next_window,
    require_accepting,
)
from portal.regulation.deadline_rules import PCR_DPS_LAST_DAY
from portal.regulation.deadlines import dps_valid_until
from portal.regulation.kinds import FrameworkKind, Regime

BEGINS = datetime(2017, 10, 1, tzinfo=UTC)
ENDS = dps_valid_until(PCR_DPS_LAST_DAY)
TICK = timedelta(microseconds=1)
ALWAYS_OPEN = (FrameworkKind.DPS, FrameworkKind.DYNAMIC_MARKET)

inside = st.integers(0, (ENDS - BEGINS) // TICK - 1).map(lambda ticks: BEGINS + ticks * TICK)
outside = st.one_of(
    st.integers(1, 10**15).map(lambda ticks: BEGINS - ticks * TICK),
    st.integers(0, 10**15).map(lambda ticks: ENDS + ticks * TICK),
)


def made(kind: FrameworkKind = FrameworkKind.DYNAMIC_MARKET, **details: object) -> Framework:
    """A live one that no database knows."""
    ordinary = {
        "kind": kind,
        "regime": Regime.PCR2015 if kind is FrameworkKind.DPS else Regime.PA2023,
        "status": FrameworkStatus.LIVE,
        "live_at": BEGINS,
        "valid_from": BEGINS,
        "valid_until": ENDS,
        "is_open_framework": False,
    }
    return Framework(**(ordinary | details))


@pytest.mark.parametrize("kind", ALWAYS_OPEN)
@given(instant=inside)
def test_every_instant_of_the_validity_is_accepted(kind: FrameworkKind, instant: datetime) -> None:
    """PCR2015 reg 34(13), (15); PA2023 s.36(6)."""
    require_accepting(made(kind), instant)
    assert accepting_until(made(kind), instant) == ENDS


@pytest.mark.parametrize("kind", ALWAYS_OPEN)
@given(instant=outside)
def test_every_other_instant_is_refused(kind: FrameworkKind, instant: datetime) -> None:
    """The end itself is outside."""
    assert not accepts_applications(made(kind), instant)
    assert accepting_until(made(kind), instant) is None
    with pytest.raises(NotAccepting) as refused:
        require_accepting(made(kind), instant)
    assert refused.value.at == instant


@pytest.mark.parametrize("kind", ALWAYS_OPEN)
def test_the_edges(kind: FrameworkKind) -> None:
    """The first instant and the last microsecond are in; a microsecond before and the end are out."""
    framework = made(kind)
    instants = (BEGINS - TICK, BEGINS, ENDS - TICK, ENDS)
    assert [accepts_applications(framework, instant) for instant in instants] == [False, True, True, False]


def test_a_dps_ends_with_23_february_2029_in_london() -> None:
    """The last microsecond of that day is accepted, midnight is not (SI 2024/716 reg 5(4)(b))."""
    midnight = datetime(2029, 2, 24, tzinfo=UTC)
    assert midnight == ENDS
    with pytest.raises(NotAccepting, match=r"SI 2024/716 reg 5\(4\)\(b\)"):
        require_accepting(made(FrameworkKind.DPS), midnight)


def test_an_end_in_summer_is_midnight_in_london() -> None:
    """23:00 UTC is the end of a day in British summer time; an hour later in UTC is too late."""
    market = made(valid_until=dps_valid_until(date(2027, 7, 31)))
    assert market.valid_until == datetime(2027, 7, 31, 23, tzinfo=UTC)
    assert accepts_applications(market, datetime(2027, 7, 31, 22, 59, 59, 999_999, tzinfo=UTC))
    assert not accepts_applications(market, datetime(2027, 7, 31, 23, tzinfo=UTC))


@given(instant=inside, opens=inside, length=st.integers(1, 10**14))
def test_a_framework_accepts_in_its_windows_and_its_validity(instant: datetime, opens: datetime, length: int) -> None:
    """Both must hold; the window's end is outside, too."""
    closes = opens + length * TICK
    framework = made(FrameworkKind.FRAMEWORK, windows=[JoiningWindow(opens_at=opens, closes_at=closes)])
    assert accepts_applications(framework, instant) == (opens <= instant < closes)
    if opens <= instant < closes:
        assert accepting_until(framework, instant) == min(closes, ENDS)


@pytest.mark.parametrize(
    ("details", "instant", "words", "law"),
    [
        ({"kind": FrameworkKind.DPS}, BEGINS - TICK, "Applications are accepted from", "PCR2015 reg 34(13), (15)"),
        ({"kind": FrameworkKind.DYNAMIC_MARKET}, ENDS, "This dynamic market ended at", "PA2023 s.36(6)"),
        (
            {"kind": FrameworkKind.DYNAMIC_MARKET, "status": FrameworkStatus.CEASED, "ceased_at": BEGINS},
            BEGINS,
            "This dynamic market ceased at",
            "PA2023 s.36(6)",
        ),
        (
            {"kind": FrameworkKind.DPS, "status": FrameworkStatus.DRAFT, "live_at": None},
            BEGINS,
            "has not been published yet",
            "PCR2015 reg 34(13), (15)",
        ),
        ({"kind": FrameworkKind.FRAMEWORK}, BEGINS, "No further time is published", "PA2023 s.45"),
        ({"kind": FrameworkKind.FRAMEWORK, "is_open_framework": True}, BEGINS, "does not take new", "PA2023 s.49"),
        (
            {"kind": FrameworkKind.FRAMEWORK, "regime": Regime.PCR2015},
            BEGINS,
            "does not take new",
            "PCR2015 reg 33(5), reg 76(3)",
        ),
    ],
)
def test_a_refusal_says_why_and_names_the_section(
    details: dict[str, object], instant: datetime, words: str, law: str
) -> None:
    """Whatever the reason, it is a deadline's error with words and section."""
    with pytest.raises(NotAccepting) as refused:
        require_accepting(made(**details), instant)  # type: ignore[arg-type]
    assert isinstance(refused.value, DeadlinePassed)
    assert words in refused.value.message
    assert refused.value.law == law
    assert refused.value.message.endswith(f"({law}).")


def test_between_windows_the_next_one_is_named() -> None:
    """The provider is told when to come back."""
    later = JoiningWindow(opens_at=datetime(2026, 6, 1, 11, tzinfo=UTC), closes_at=datetime(2026, 7, 1, tzinfo=UTC))
    last = JoiningWindow(opens_at=datetime(2028, 1, 1, tzinfo=UTC), closes_at=datetime(2028, 2, 1, tzinfo=UTC))
    framework = made(FrameworkKind.FRAMEWORK, windows=[last, later])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert next_window(framework, now) is later
    with pytest.raises(NotAccepting, match="again from noon on Monday 1 June 2026 BST"):
        require_accepting(framework, now)
