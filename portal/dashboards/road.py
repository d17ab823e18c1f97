"""Where a procurement stands on the road, as the stages that every page draws the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.core.words import london_date, london_short
from portal.dashboards.situation import Situation, Wait
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus


@dataclass(frozen=True)
class Stage:
    """One stage: its name, whether it is done, current, next or stopped, when it came, and a word on it."""

    text: str
    state: str
    at: datetime | str | None = None
    detail: str = ""


DRAFT, OPEN, OPENING, SCORING, AWARD, STANDSTILL, CONTRACT = (
    "Draft",
    "Open for bids",
    "Opening",
    "Scoring",
    "Award",
    "Standstill",
    "Contract",
)
_ORDER = (DRAFT, OPEN, OPENING, SCORING, AWARD, STANDSTILL, CONTRACT)


def stages_of(itt: InvitationToTender, situation: Situation, *, now: datetime) -> list[Stage]:
    """The stages of a procurement at `now`: seven, or six of one that has no standstill."""
    current = position(itt, situation, now)
    times = _times(itt, situation)
    details = _details(itt, situation, now)
    stopped = itt.has_ended or itt.status is IttStatus.DISCARDED
    return [
        Stage(
            text=name,
            state=_state(index, current, stopped),
            at=times.get(name) if index <= current else None,
            detail=details.get(name, "") if index <= current else "",
        )
        for index, name in enumerate(_ORDER)
        if name != STANDSTILL or not _lacks_standstill(itt, situation)
    ]


def position(itt: InvitationToTender, situation: Situation, now: datetime) -> int:
    """Which of the seven stages is the current one, from 0, or was the last; 7 when all are behind it."""
    reached = itt.reached
    if reached is IttStatus.PUBLISHED:
        return 2 if itt.has_closed(itt.ended_at or now) else 1
    if reached is IttStatus.AWARDED:
        return 5 if situation.standstill in {Wait.WAITING, Wait.RUNNING} else 6
    return {
        IttStatus.DRAFT: 0,
        IttStatus.OPENED: 3,
        IttStatus.MODERATED: 4,
        IttStatus.CONTRACTED: len(_ORDER),
        IttStatus.DISCARDED: 0,
    }[reached]


def _lacks_standstill(itt: InvitationToTender, situation: Situation) -> bool:
    """Whether it is awarded without one; until then nobody knows what will be offered."""
    return itt.reached in {IttStatus.AWARDED, IttStatus.CONTRACTED} and situation.standstill is Wait.NONE


def _state(index: int, current: int, stopped: bool) -> str:
    if index < current:
        return "done"
    if index == current:
        return "stopped" if stopped else "current"
    return "next"


def _times(itt: InvitationToTender, situation: Situation) -> Mapping[str, datetime | None]:
    return {OPENING: itt.opened_at, AWARD: situation.decided_at, CONTRACT: situation.concluded_at}


def _details(itt: InvitationToTender, situation: Situation, now: datetime) -> Mapping[str, str]:
    last = london_date(situation.last_date)
    published = itt.status is IttStatus.PUBLISHED
    if itt.has_ended:
        return {_ORDER[position(itt, situation, now)]: f"ended {london_short(itt.ended_at)}"}
    return {
        OPEN: f"{'closed' if itt.has_closed(now) else 'until'} {london_short(itt.closes_at)}"
        if itt.published_at
        else "",
        OPENING: "two openers, together" if published else "",
        AWARD: "result ready" if itt.status is IttStatus.MODERATED and situation.has_result else "",
        STANDSTILL: {
            Wait.NONE: "",
            Wait.WAITING: "begins with the award notice"
            if itt.standstill_rule.follows_notice
            else "begins when every bidder was told",
            Wait.RUNNING: f"until the end of {last}",
            Wait.OVER: f"ended with {last}",
        }[situation.standstill],
    }
