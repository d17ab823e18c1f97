"""Invitations to tender in every state, with the bids, panels, awards, summaries and contracts that stand in them."""

from __future__ import annotations

import time
from datetime import timedelta

from portal.audit.kinds import EventKind
from portal.awarding.deciding import refuse_award
from portal.bidding.drafting import save_price
from portal.bidding.sealing import withdraw_bid
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.core.storage import FileStore
from portal.organisations.models import ContractingAuthority
from portal.scenarios import appointing, building, checks, endings, evaluating, people, story
from portal.scenarios.matrix import changes, decisions
from portal.scenarios.matrix_people import ALDER_PEOPLE
from portal.scenarios.papers import add_papers
from portal.tendering.drafting import discard_draft
from portal.tendering.models import InvitationToTender

DRAFT, DISCARDED = "Demo matrix: draft", "Demo matrix: discarded"
CANCELLED, NOT_AWARDED = "Demo matrix: cancelled", "Demo matrix: ended without an award"
CANCELLED_LATE = "Demo matrix: cancelled after its result"
BID_DRAFTED, BID_SUBMITTED = "Demo matrix: open, a bid drafted", "Demo matrix: open, a bid submitted"
HELPED = "Demo matrix: in its last two hours"
BID_WITHDRAWN, ELSEWHERE = "Demo matrix: open, a bid withdrawn", "Demo matrix: the other council's"
UNOPENED, SCORING = "Demo matrix: closed, not opened", checks.MATRIX
SCORED = "Demo matrix: scored, not in moderation"
MODERATING, MODERATED = "Demo matrix: in moderation", "Demo matrix: moderated"
PROPOSED, REFUSED = "Demo matrix: award proposed", "Demo matrix: award refused"
AWARDED, CONTRACTED = "Demo matrix: awarded", "Demo matrix: under contract"
WITH_RESULT = (MODERATED, PROPOSED, REFUSED, AWARDED, CONTRACTED, NOT_AWARDED, CANCELLED_LATE)
CLOSING = (UNOPENED, SCORING, SCORED, MODERATING, *WITH_RESULT)

SUBMITTER = ALDER_PEOPLE.people[Role.SUBMITTER]
REFUSAL = "The reason names a total and does not say how the two bids differ. Please write it again."


def load(
    north: ContractingAuthority, south: ContractingAuthority, *, keys: KeyFolder, files: FileStore
) -> dict[str, str]:
    """Carry one to each state, and return the references by title. Needs the running worker."""
    begun = clock.now() - timedelta(days=40)
    drafts = {title: building.draft(north, title, begun=begun) for title in (DRAFT, DISCARDED)}
    discard_draft(itt=drafts[DISCARDED], actor=people.actor_of(building.CASTS[north.name].commissioner))
    db.session.commit()
    opened, pace = _open_ones(north, south, keys, files)
    closed = building.close_together(north, CLOSING, keys=keys, files=files, begun=begun, pace=pace)
    for title in CLOSING[1:]:
        building.open_together(closed[title], keys)
    for title in WITH_RESULT:
        evaluating.score_and_moderate_all(closed[title])
    changes.write(closed[SCORING])
    decisions.judge(closed[SCORING])
    decisions.ask(closed[SCORING], SUBMITTER, files)
    _at_work(closed[SCORING], closed[SCORED], closed[MODERATING])
    for title in WITH_RESULT:
        building.await_event(closed[title], EventKind.RESULT_DIAGNOSED)
    _awards(closed)
    endings.cancel(opened[CANCELLED])
    endings.cancel(closed[CANCELLED_LATE])
    endings.propose(opened[BID_DRAFTED])
    endings.refuse(endings.propose(opened[BID_SUBMITTED]))
    endings.propose(closed[NOT_AWARDED])
    endings.end_without_award(closed[NOT_AWARDED])
    return {title: itt.reference for title, itt in {**drafts, **opened, **closed}.items()}


def _open_ones(
    north: ContractingAuthority, south: ContractingAuthority, keys: KeyFolder, files: FileStore
) -> tuple[dict[str, InvitationToTender], timedelta]:
    """Open for twelve more days, one for less than two hours, each with its panels and a bid in another state.

    And how long one bid takes.
    """
    now, made, pace = clock.now(), {}, timedelta()
    noon = now.astimezone(clock.LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    for title in (BID_DRAFTED, BID_SUBMITTED, BID_WITHDRAWN, CANCELLED, HELPED, ELSEWHERE):
        itt = building.draft(south if title == ELSEWHERE else north, title, begun=now - timedelta(days=40))
        if title == BID_SUBMITTED:
            add_papers(itt, files=files, made_at=now)
        closes_at = now + timedelta(minutes=110) if title == HELPED else noon + timedelta(days=12)
        building.publish(itt, keys, published=now - timedelta(days=9), closes_at=closes_at)
        appointing.appoint(itt, building.cast_of(itt))
        started = time.monotonic()
        bid = building.write_bid(itt, story.HARBOUR, SUBMITTER, keys=keys, files=files)
        if title in (BID_SUBMITTED, BID_WITHDRAWN, CANCELLED):
            building.submit(bid, SUBMITTER, keys)
            pace = timedelta(seconds=time.monotonic() - started)
        if title == BID_SUBMITTED:
            save_price(bid=bid, actor=people.actor_of(SUBMITTER), keys=keys, price=story.HARBOUR.price - 1)
        if title == BID_WITHDRAWN:
            withdraw_bid(bid=bid, actor=people.actor_of(SUBMITTER))
        db.session.commit()
        changes.ask(itt)
        made[title] = itt
    changes.undertake(made[BID_SUBMITTED])
    changes.call_for_help(made[HELPED])
    changes.change(made[BID_DRAFTED], files)
    changes.interests(made[BID_DRAFTED])
    return made, pace


def _at_work(scoring: InvitationToTender, scored: InvitationToTender, moderating: InvitationToTender) -> None:
    """Panels that score, with everybody's declaration and nothing submitted; that have scored; and that moderate."""
    for panel in scoring.panels:
        evaluating.declare(scoring, panel)
        if panel.kind.is_young_people:
            evaluating.write_held(scoring, panel)
    for panel in scored.panels:
        evaluating.score(scored, panel)
    for panel in moderating.panels:
        evaluating.score(moderating, panel)
        evaluating.moderate(moderating, panel, whole=False)


def _awards(closed: dict[str, InvitationToTender]) -> None:
    building.propose(closed[PROPOSED], offers_standstill=True)
    refused = building.propose(closed[REFUSED], offers_standstill=True)
    approver = people.actor_of(building.cast_of(closed[REFUSED]).approver)
    refuse_award(decision=refused, actor=approver, note=REFUSAL, now=clock.now())
    db.session.commit()
    decisions.set_aside(closed[REFUSED])
    for title in (AWARDED, CONTRACTED):
        building.award(closed[title], offers_standstill=False)
    building.conclude(closed[CONTRACTED])
