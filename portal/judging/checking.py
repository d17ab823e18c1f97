"""Checking those behind a bid against grounds for exclusion and the debarment list, before anything is awarded."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import one_line, require_length, require_reason, tidy
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.reading import read_compliance
from portal.judging.behind import Behind, behind_bid
from portal.judging.check_models import BidderCheck
from portal.judging.debarment import OLD_AFTER, Match, latest_list, matches_in
from portal.judging.debarment_models import DebarmentList
from portal.judging.enquiries import enquiries_about
from portal.judging.enquiry_models import about_ground
from portal.judging.queries import standings_of
from portal.judging.states import Concern
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.framework_law import EXCLUSIONS
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender

UNSEEN = "Say why core supplier information was not seen, and what follows from it"
MOST_OTHERS = 50
LONGEST_NAME, LONGEST_NOTE = 200, 5_000


def check_bidder(
    *,
    itt: InvitationToTender,
    bid_id: uuid.UUID,
    looked_at: Iterable[str],
    others: str,
    looked_online: bool,
    information_seen: bool | None,
    note: str,
    actor: Actor,
    now: datetime,
) -> BidderCheck:
    """Record that everybody behind a bid was checked (PA2023 s.26, s.28, s.57; PCR2015 reg 57).

    `looked_at` are the names of those whom the bid names, all of them; `others`, one a line, are whoever else was
    looked at: who runs, owns or controls the bidder. What was found is raised as a ground, and is no part of this. The
    bid is read, which is recorded. Records BIDDER_CHECKED. Raises `InvalidInput` (fields "looked_at", "others",
    "looked_online", "information", "note"): somebody left out, somebody on the list who is neither raised as a ground
    nor said to be somebody else, core supplier information not seen without a reason; `NotFound`, and as the policy.
    """
    take(itt, Verb.JUDGE, actor=actor)
    reading = read_compliance(itt=itt, bid_id=bid_id, actor=actor)
    named, debarment = behind_bid(reading.bid.bid, reading.partners), list_for(itt)
    looked, said = set(looked_at), tidy(note)
    seen = information_seen if EXCLUSIONS[itt.regime].core_information else None
    behind = [*named, *_others(others)]
    all_at_once(
        lambda: _require_all(named, looked),
        lambda: _require_online(itt, debarment, looked_online, now),
        lambda: _require_information(itt, seen),
        lambda: require_length(said, LONGEST_NOTE, field="note"),
        lambda: _require_explained(not_raised(bid_id, debarment, behind), said),
        lambda: _require_why_unseen(seen, said),
    )
    return _recorded(
        BidderCheck(
            itt_id=itt.id,
            bid_id=bid_id,
            list_id=debarment.id if debarment is not None else None,
            looked_online=looked_online,
            looked_at=[one.as_held() for one in behind],
            information_seen=seen,
            note=said,
            checked_by_id=actor.user_id,
            checked_at=now,
        ),
        actor,
    )


def look_again(*, itt: InvitationToTender, actor: Actor, now: datetime) -> int:
    """Look on the newest debarment list for everybody behind bids that were checked against an earlier one.

    A bid behind which nobody is on it counts as checked again, with what was noted before; how many there were. Where
    somebody is on it, and has not been raised as a ground, it waits for an officer, and so does everything while the
    list is an old one. Records BIDDER_CHECKED for each.
    """
    take(itt, Verb.JUDGE, actor=actor)
    debarment, renewed = list_for(itt), 0
    if debarment is None or is_old(debarment, now):
        return renewed
    for standing in standings_of(itt):
        before = standing.check
        if before is None or not standing.needs_check or not_raised(before.bid_id, debarment, before.behind):
            continue
        kept = {name: getattr(before, name) for name in ("itt_id", "bid_id", "looked_at", "information_seen", "note")}
        made = {"list_id": debarment.id, "looked_online": False, "checked_by_id": actor.user_id, "checked_at": now}
        _recorded(BidderCheck(**kept, **made), actor)
        renewed += 1
    return renewed


def list_for(itt: InvitationToTender) -> DebarmentList | None:
    """The debarment list that bids are compared with; None where their law has none, or none was brought in."""
    return latest_list() if ASSESSING[itt.regime].looking else None


def is_old(debarment: DebarmentList, now: datetime) -> bool:
    """Whether the list was read too long ago to rely on alone."""
    return local_date(now) - debarment.read_on_date > OLD_AFTER


def looks_online(itt: InvitationToTender, debarment: DebarmentList | None, now: datetime) -> bool:
    """Whether an officer has to look at the list on GOV.UK: there is none here, or an old one."""
    return bool(ASSESSING[itt.regime].looking) and (debarment is None or is_old(debarment, now))


def not_raised(bid_id: uuid.UUID, debarment: DebarmentList | None, behind: Sequence[Behind]) -> list[Match]:
    """Those behind the bid who seem to be on the list, and of whom no ground was raised for it."""
    found = matches_in(debarment.entries, behind) if debarment is not None else []
    if not found:
        return []
    raised = {enquiry.about for enquiry in enquiries_about(bid_id) if enquiry.matter.is_exclusion}
    return [one for one in found if about_ground(one.ground, "" if one.concern.is_bidder else one.name) not in raised]


def _recorded(check: BidderCheck, actor: Actor) -> BidderCheck:
    db.session.add(check)
    db.session.flush()
    read_on = check.debarment.read_on_date.isoformat() if check.debarment is not None else None
    record(
        EventKind.BIDDER_CHECKED, check, actor=actor, bid=check.bid_id, looked_at=len(check.looked_at), read_on=read_on
    )
    return check


def _others(typed: str) -> list[Behind]:
    names = [one_line(name) for name in typed.splitlines()]
    found = [Behind(name, Concern.CONNECTED) for name in dict.fromkeys(names) if name]
    if len(found) > MOST_OTHERS:
        raise InvalidInput(f"Name at most {MOST_OTHERS} others.", field="others")
    for one in found:
        require_length(one.name, LONGEST_NAME, field="others")
    return found


def _require_all(named: Sequence[Behind], looked: set[str]) -> None:
    missing = [one.name for one in named if one.name not in looked]
    if missing:
        raise InvalidInput(f"Look at everybody whom the bid names. Not yet: {', '.join(missing)}.", field="looked_at")


def _require_online(itt: InvitationToTender, debarment: DebarmentList | None, looked: bool, now: datetime) -> None:
    if looks_online(itt, debarment, now) and not looked:
        raise InvalidInput("Look at the debarment list on GOV.UK, and say so here.", field="looked_online")


def _require_information(itt: InvitationToTender, seen: bool | None) -> None:
    if EXCLUSIONS[itt.regime].core_information and seen is None:
        raise InvalidInput("Say whether you have seen core supplier information.", field="information")


def _require_why_unseen(seen: bool | None, note: str) -> None:
    if seen is False:
        require_reason(note, UNSEEN, field="note")


def _require_explained(matches: Sequence[Match], note: str) -> None:
    if matches:
        names = ", ".join(dict.fromkeys(one.name for one in matches))
        ask = f"The debarment list has {names}. Raise it as a ground; or, where it is somebody else, say why"
        require_reason(note, ask, field="note")
