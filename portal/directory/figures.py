"""The figures that public pages show: counted in the database, in as many statements for one framework as for all.

Nobody is named here who was not admitted, and reasons of refusal are counted only once there are enough of them
that they point at nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Date, cast, distinct, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import JSONB

from portal.core.clock import LONDON
from portal.core.columns import db
from portal.frameworks.member_models import NAME_SHOWN, NAME_SHOWN_FOLD, Admission, SettingOffer
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import CURRENT
from portal.joining.models import Application, ApplicationDecision, ApplicationVersion
from portal.joining.states import Outcome
from portal.organisations.models import Provider, Setting

MOST_PERIODS = 12
FEWEST_REFUSALS = 3
"""Below so many refusals nobody is told what they were for: a reader might guess who it was."""
BUCKETS = ((0, 7, "Up to 7 days"), (8, 14, "8 to 14 days"), (15, 21, "15 to 21 days"), (22, None, "22 days or more"))


@dataclass(frozen=True)
class Member:
    """A current member of a lot, and how many of its open settings are offered there."""

    name: str
    settings: int


@dataclass(frozen=True)
class Growth:
    """Members by lot at the end of each period: `members[lot number]` has a figure for each of `instants`."""

    instants: tuple[datetime, ...] = ()
    members: tuple[tuple[int, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class Decisions:
    """How long decisions took: `counts` by `BUCKETS`, the median and the longest in calendar days."""

    counts: tuple[int, ...] = (0,) * len(BUCKETS)
    median: int | None = None
    longest: int | None = None

    @property
    def total(self) -> int:
        """All decisions."""
        return sum(self.counts)


@dataclass(frozen=True)
class Refusals:
    """Reasons of refusal with their counts, most frequent first; None while there are too few to be told."""

    total: int
    reasons: tuple[tuple[str, int], ...] | None


def members_by_lot(framework_id: uuid.UUID) -> dict[uuid.UUID, list[Member]]:
    """The current members of each lot by name, in one statement."""
    # Counted before it is joined: by lot alone every member would meet every offer of the lot, and a lot of five
    # thousand members would make a hundred million rows.
    offered = (
        select(SettingOffer.lot_id, Setting.provider_id, func.count(distinct(Setting.id)).label("settings"))
        .join(Setting, Setting.id == SettingOffer.setting_id)
        .join(FrameworkLot, FrameworkLot.id == SettingOffer.lot_id)
        .where(FrameworkLot.framework_id == framework_id, Setting.closed_at.is_(None))
        .group_by(SettingOffer.lot_id, Setting.provider_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Admission.lot_id, NAME_SHOWN, func.coalesce(offered.c.settings, 0))
        .join(Provider, Provider.id == Admission.provider_id)
        .outerjoin(offered, (offered.c.lot_id == Admission.lot_id) & (offered.c.provider_id == Admission.provider_id))
        .where(Admission.framework_id == framework_id, Admission.status.in_(CURRENT))
        .order_by(NAME_SHOWN_FOLD, Admission.id)
    )
    found: dict[uuid.UUID, list[Member]] = {}
    for lot_id, name, count in rows:
        found.setdefault(lot_id, []).append(Member(name, count))
    return found


def growth_of(framework: Framework, now: datetime) -> Growth:
    """The members of each lot over time, at most `MOST_PERIODS` points, the last of them `now`; two statements."""
    first = db.session.scalar(select(func.min(Admission.admitted_at)).where(Admission.framework_id == framework.id))
    if first is None:
        return Growth()
    instants = tuple(_instants(first, min(now, framework.valid_until or now)))
    moments = select(func.unnest(list(instants)).label("at")).subquery()
    counted = (
        select(moments.c.at, FrameworkLot.number, func.count())
        .select_from(moments)
        .join(Admission, true())
        .join(FrameworkLot, FrameworkLot.id == Admission.lot_id)
        .where(
            Admission.framework_id == framework.id,
            Admission.admitted_at <= moments.c.at,
            or_(Admission.ended_at.is_(None), Admission.ended_at > moments.c.at),
        )
        .group_by(moments.c.at, FrameworkLot.number)
    )
    found = {(at.astimezone(UTC), number): count for at, number, count in db.session.execute(counted)}
    return Growth(
        instants,
        tuple(
            (lot.number, tuple(found.get((instant, lot.number), 0) for instant in instants)) for lot in framework.lots
        ),
    )


def decisions_of(framework_id: uuid.UUID) -> Decisions:
    """How long it took from the arrival of each version to its decision, in one statement.

    Calendar days in Europe/London; an application that was put right and submitted again has several.
    """
    took = _london_day(ApplicationDecision.decided_at) - _london_day(ApplicationVersion.received_at)
    rows = db.session.execute(
        select(took.label("took"), func.count())
        .join(Application, Application.id == ApplicationDecision.application_id)
        .join(
            ApplicationVersion,
            (ApplicationVersion.application_id == Application.id)
            & (ApplicationVersion.number == ApplicationDecision.version),
        )
        .where(Application.framework_id == framework_id, ApplicationDecision.decided_at.is_not(None))
        .group_by(text("took"))
        .order_by(text("took"))
    ).all()
    if not rows:
        return Decisions()
    spread = [took for took, count in rows for _ in range(count)]
    counts = tuple(sum(low <= took and (high is None or took <= high) for took in spread) for low, high, _ in BUCKETS)
    return Decisions(counts, spread[(len(spread) - 1) // 2], spread[-1])


def refusals_of(framework_id: uuid.UUID) -> Refusals:
    """What refusals were for, by the question that was failed; in one statement."""
    findings = func.jsonb_array_elements(ApplicationDecision.findings).table_valued("value").lateral("finding")
    finding: Any = cast(findings.c.value, JSONB)
    title = finding["title"].astext
    rows = db.session.execute(
        select(title, func.count(distinct(ApplicationDecision.id)), func.array_agg(ApplicationDecision.id))
        .select_from(ApplicationDecision)
        .join(Application, Application.id == ApplicationDecision.application_id)
        .join(findings, true())
        .where(
            Application.framework_id == framework_id,
            ApplicationDecision.outcome == Outcome.REFUSED,
            ApplicationDecision.decided_at.is_not(None),
        )
        .group_by(title)
        .order_by(func.count(distinct(ApplicationDecision.id)).desc(), title)
    ).all()
    total = len({decision for row in rows for decision in row[2]})
    told = tuple((row[0], row[1]) for row in rows) if total >= FEWEST_REFUSALS else None
    return Refusals(total, told)


def _london_day(instant: Any) -> Any:
    return cast(func.timezone("Europe/London", instant), Date)


def _instants(first: datetime, last: datetime) -> Sequence[datetime]:
    """The ends of months from `first` to `last`, evenly thinned to `MOST_PERIODS`, and `last` itself."""
    local = first.astimezone(LONDON)
    year, month = local.year, local.month
    ends = []
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = datetime(year, month, 1, tzinfo=LONDON).astimezone(UTC)
        if end >= last:
            break
        ends.append(end)
    step = -(-len(ends) // (MOST_PERIODS - 1)) if ends else 1
    kept = ends[::-1][::step][::-1]
    return [*kept, last.astimezone(UTC)]
