"""What a call-off takes over: criteria made more precise and never replaced, and the time limits of its law."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import clock
from portal.core.errors import InvalidInput
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.regulation.deadlines import PeriodTooShort
from portal.regulation.kinds import FrameworkKind, IttKind, Regime
from portal.tendering.checking import Task, problems_of, require_closing
from portal.tendering.criteria import add_criterion, change_criterion
from portal.tendering.drafting import set_timetable
from portal.tendering.inheriting import CallOffRefused, criteria_faults, root_of, warnings_of
from portal.tendering.models import InvitationToTender
from portal.tendering.pricing import set_price
from portal.tendering.spreading import spread
from tests.factories.calling_off import draft_call_off, ready_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.tendering import draft_itt, make_commissioner

HUNDREDTHS = st.integers(0, 10_000).map(lambda number: Decimal(number) / 100)
LOWEST_RELATIVE = {"formula": "lowest_relative"}


def faults(itt: InvitationToTender) -> list[str]:
    db.session.flush()
    return list(criteria_faults(itt))


def add(itt: InvitationToTender, title: str, **details: object) -> object:
    given_details = {"parent": None, "scale": itt.scales[0], "minimum": None, "guidance": "", "plain_title": ""}
    return add_criterion(itt=itt, title=title, actor=make_commissioner(itt.authority), **(given_details | details))  # type: ignore[arg-type]


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    """A new draft from a DPS whose criteria are Quality (40 to 80) and Price (20 to 60)."""
    return draft_call_off(live_framework(kind=FrameworkKind.DPS).lots[0])


def test_a_new_draft_has_no_fault(itt: InvitationToTender) -> None:
    """It starts from the framework's criteria, inside their ranges."""
    assert faults(itt) == []


def test_a_criterion_of_its_own_is_refused(itt: InvitationToTender) -> None:
    """Whoever adds one at the top says which of the framework's it makes more precise (PCR2015 reg 34(23)-(24))."""
    for named in (None, live_framework(kind=FrameworkKind.DPS).criteria[0]):
        with pytest.raises(InvalidInput, match=r"reg 34\(23\)-\(24\)") as refused:
            add(itt, "Something new", makes_precise=named)
        assert refused.value.field == "makes_precise"


def test_what_is_under_another_belongs_to_the_same(itt: InvitationToTender) -> None:
    """A part inherits from its root, keeps nothing of its own, and is asked again when it moves to the top."""
    quality, _ = itt.framework_lot.framework.criteria  # type: ignore[union-attr]
    heading = add(itt, "Care", scale=None, makes_precise=quality)
    part = add(itt, "Homes", parent=heading)
    assert (part.framework_criterion_id, root_of(itt, part).framework_criterion_id) == (None, quality.id)  # type: ignore[attr-defined, arg-type]
    details = {"title": "Homes", "guidance": "", "plain_title": "", "scale": itt.scales[0], "minimum": None}
    actor = make_commissioner(itt.authority)
    with pytest.raises(InvalidInput) as refused:
        change_criterion(itt=itt, criterion=part, parent=None, actor=actor, **details)  # type: ignore[arg-type]
    assert refused.value.field == "makes_precise"


def test_the_price_belongs_to_one_as_well(itt: InvitationToTender) -> None:
    """Nobody prices a call-off outside the framework's criteria."""
    _, price = itt.framework_lot.framework.criteria  # type: ignore[union-attr]
    actor = make_commissioner(itt.authority)
    with pytest.raises(InvalidInput) as refused:
        set_price(itt=itt, formula=LOWEST_RELATIVE, actor=actor)
    assert refused.value.field == "makes_precise"
    made = set_price(itt=itt, formula=LOWEST_RELATIVE, actor=actor, makes_precise=price)
    assert made.framework_criterion_id == price.id


def test_an_open_invitation_has_criteria_of_its_own(db_session: object) -> None:
    """It makes nothing more precise, and nothing is asked."""
    itt = draft_itt()
    assert add(itt, "Something new").framework_criterion_id is None  # type: ignore[attr-defined]
    assert faults(itt) == []


def test_weights_stay_in_their_ranges(itt: InvitationToTender) -> None:
    """Two parts of one criterion weigh together; one that must be there is; both faults name the section."""
    quality, price = itt.criteria
    quality.weight, price.weight = Decimal(81), Decimal(19)
    assert faults(itt) == [
        "“Quality” weighs 81 here. The framework’s published range is 40 to 80 (PCR2015 reg 34(23)-(24)).",
        "“Price” weighs 19 here. The framework’s published range is 20 to 60 (PCR2015 reg 34(23)-(24)).",
    ]
    more = add(itt, "More quality", makes_precise=quality.framework_criterion)
    quality.weight, more.weight, price.weight = Decimal(50), Decimal(30), Decimal(20)  # type: ignore[attr-defined]
    assert faults(itt) == []
    more.weight = Decimal("30.01")  # type: ignore[attr-defined]
    assert [fault[:26] for fault in faults(itt)] == ["“Quality” weighs 80.01 her"]
    itt.criteria.remove(price)
    more.framework_criterion_id = None  # type: ignore[attr-defined]
    assert faults(itt) == [
        "“More quality” belongs to no criterion of the framework. Say which it makes more precise "
        "(PCR2015 reg 34(23)-(24)).",
        "The framework’s “Price” is missing; it weighs 20 to 60 (PCR2015 reg 34(23)-(24)).",
    ]
    assert {problem.task for problem in problems_of(itt, clock.now()) if "reg 34(23)" in problem.message} == {
        Task.CRITERIA
    }


@pytest.mark.parametrize(
    ("kind", "details", "law"),
    [
        (FrameworkKind.FRAMEWORK, {"light_touch": False}, "(PA2023 s.46(8)-(9))"),
        (FrameworkKind.FRAMEWORK, {}, "(the published terms; PA2023 s.46(8)-(9) unless light touch)"),
        (FrameworkKind.FRAMEWORK, {"regime": Regime.PCR2015}, "(PCR2015 reg 33(11)(d))"),
        (FrameworkKind.DYNAMIC_MARKET, {}, "(PA2023 s.23)"),
    ],
)
def test_each_law_has_its_section(
    db_session: object, kind: FrameworkKind, details: dict[str, object], law: str
) -> None:
    """The section is the one of the kind and its regime; light touch leaves the published terms."""
    itt = draft_call_off(live_framework(kind=kind, **details).lots[0])
    itt.criteria[0].framework_criterion_id = None
    assert law in faults(itt)[0]


# Time limits. 2 June 2026 is a Tuesday; in Scotland and Northern Ireland 25 December is a holiday as well.

TUESDAY = datetime(2026, 6, 2, 9, tzinfo=UTC)


def check(lot: FrameworkLot, kind: IttKind, invited: datetime, days: int, *, light_touch: bool = True) -> None:
    itt = draft_call_off(lot, kind=kind)
    itt.light_touch = light_touch
    require_closing(itt, invited + timedelta(days=days), invited)


@pytest.mark.parametrize("light_touch", [True, False])
def test_a_dps_gives_ten_days(db_session: object, light_touch: bool) -> None:
    """Light touch or not (PCR2015 reg 34(11)); nine are refused with the earliest day."""
    lot = live_framework(kind=FrameworkKind.DPS, valid_for=timedelta(days=365)).lots[0]
    check(lot, IttKind.DPS_CALL_OFF, TUESDAY, 10, light_touch=light_touch)
    with pytest.raises(PeriodTooShort, match=r"Friday 12 June 2026 \(PCR2015 reg 34\(11\)\)"):
        check(lot, IttKind.DPS_CALL_OFF, TUESDAY, 9, light_touch=light_touch)


def test_a_dps_period_never_ends_on_a_holiday_of_any_nation(db_session: object) -> None:
    """Ten days from 20 November are 30 November, St Andrew's Day in Scotland: 1 December (PCR2015 reg 2(3))."""
    lot = live_framework(kind=FrameworkKind.DPS, valid_for=timedelta(days=365)).lots[0]
    invited = datetime(2026, 11, 20, 9, tzinfo=UTC)
    check(lot, IttKind.DPS_CALL_OFF, invited, 11)
    with pytest.raises(PeriodTooShort, match="Tuesday 1 December 2026"):
        check(lot, IttKind.DPS_CALL_OFF, invited, 10)


def test_a_market_gives_ten_days_unless_light_touch(db_session: object) -> None:
    """PA2023 s.54(4): invited on 2 June, it closes on 12 June at the earliest."""
    lot = live_framework().lots[0]
    check(lot, IttKind.MARKET_CALL_OFF, TUESDAY, 1, light_touch=True)
    check(lot, IttKind.MARKET_CALL_OFF, TUESDAY, 10, light_touch=False)
    with pytest.raises(PeriodTooShort, match=r"Friday 12 June 2026 \(PA2023 s\.54\(4\)\)"):
        check(lot, IttKind.MARKET_CALL_OFF, TUESDAY, 9, light_touch=False)


def test_a_mini_competition_is_warned_about(db_session: object) -> None:
    """The law says adequate and has no number (PCR2015 reg 33(11)(b)): below ten days the page says so."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK).lots[0]
    admit(lot)
    short = ready_call_off(lot, closes_in=timedelta(days=9))
    assert problems_of(short, clock.now()) == []
    [warning] = warnings_of(short, clock.now())
    assert "Members have 9 days." in warning
    [warning] = warnings_of(ready_call_off(lot, closes_in=timedelta(hours=20, minutes=30)), clock.now())
    assert "Members have only 20 hours." in warning
    assert warnings_of(ready_call_off(lot), clock.now()) == []
    assert warnings_of(draft_itt(), clock.now()) == []


def test_a_market_without_members_is_warned_about(db_session: object) -> None:
    """Applicants may bid, so it can be published (PA2023 s.34(4))."""
    itt = ready_call_off(live_framework().lots[0])
    assert problems_of(itt, clock.now()) == []
    [warning] = warnings_of(itt, clock.now())
    assert "Nobody is a member of this lot yet." in warning


def test_bidding_closes_before_the_framework_ends(db_session: object) -> None:
    """After its end nobody is a member; the last instant before it will do."""
    framework = live_framework(kind=FrameworkKind.DPS, valid_for=timedelta(days=15))
    itt = draft_call_off(framework.lots[0])
    until = framework.valid_until
    assert until is not None
    dates = {
        "award_date": (until + timedelta(days=5)).date(),
        "contract_start_date": (until + timedelta(days=9)).date(),
    }
    actor, now = make_commissioner(itt.authority), clock.now()
    with pytest.raises(CallOffRefused, match="Bidding must close before") as refused:
        set_timetable(itt=itt, closes_at=until, actor=actor, now=now, **dates)
    assert refused.value.field == "closes"
    set_timetable(itt=itt, closes_at=until - timedelta(microseconds=1), actor=actor, now=now, **dates)


@given(st.lists(st.tuples(HUNDREDTHS, HUNDREDTHS).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=8))
def test_starting_weights_keep_every_range(ranges: list[tuple[Decimal, Decimal]]) -> None:
    """Each lies inside its range, and they total 100 whenever the ranges allow it."""
    weights = spread(ranges)
    assert all(low <= weight <= high for weight, (low, high) in zip(weights, ranges, strict=True))
    possible = sum(low for low, _ in ranges) <= 100 <= sum(high for _, high in ranges)
    assert (sum(weights) == 100) is possible
