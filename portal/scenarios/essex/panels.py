"""The panels of a locality: appointed, their bids shared out, scored and moderated, each act by whoever does it."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.sessions import actor_for
from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Actor
from portal.evaluation.consenting import asked_for, consent_to
from portal.evaluation.declaring import Interest, declare_interest
from portal.evaluation.leaves import leaves_by_bid
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.moderation import agree_score, close_moderation, start_moderation
from portal.evaluation.owing import sharing_of
from portal.evaluation.panels import Appointee, appoint_panel_member, begin_work
from portal.evaluation.queries import (
    agreed_scores,
    bids_to_score,
    counting_members,
    has_declared,
    members_of,
    opened_bids,
    scorecards_of,
    work_of,
)
from portal.evaluation.safeguarding.naming import name_safeguarding_lead
from portal.evaluation.scoring import Entry, save_scores, submit_scorecards
from portal.evaluation.sharing_out import share_out
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.evaluation.taking_part.agreeing import Lacks, ParentSaid, lacks, record_age_band
from portal.evaluation.taking_part.states import AgeBand, ParentSaidBy
from portal.evaluation.taking_part.times import MIDNIGHT, Times, set_sitting_times
from portal.scenarios import essex_people as cast
from portal.scenarios import people, story
from portal.scenarios.essex_people import Seats
from portal.scenarios.essex_size import Size
from portal.scenarios.evaluating import sit_down
from portal.tendering.models import InvitationToTender, Panel

SCORERS_OF_PARENTS = 2
IN_THE_ROOM = 3
"""Young people who come to the moderation."""


def appoint(itt: InvitationToTender, seats: Seats) -> None:
    """Fill the panels; whoever sits there already stays."""
    commissioner, panels = people.actor_of(cast.COMMISSIONER), {panel.key: panel for panel in itt.panels}
    seated = {
        (key, member.alias) for key, panel in panels.items() for member in members_of([panel.id]).get(panel.id, [])
    }
    wanted = [(key, Appointee(role, part.name, part.email)) for key, role, part in seats.adults]
    wanted += [("young-people", Appointee(MemberRole.YOUNG_MEMBER, alias)) for alias in seats.young]
    for key, one in wanted:
        if (key, one.name) not in seated:
            appoint_panel_member(itt=itt, panel=panels[key], appointee=one, actor=commissioner, now=clock.now())
    young = panels["young-people"]
    if begin_work(young).lacks_lead:
        lead = people.person_of(cast.CASTS[cast.AUTHORITY].leads[0]).id
        name_safeguarding_lead(itt=itt, panel=young, lead_id=lead, deputy_id=None, actor=commissioner)
        set_sitting_times(itt=itt, panel=young, times=Times(opens_at=MIDNIGHT, closes_at=MIDNIGHT), actor=commissioner)
    db.session.commit()


def share(itt: InvitationToTender, size: Size) -> None:
    """Share the bids of each panel out: as few for each member as that takes."""
    bids = len(bids_to_score(itt.id))
    for panel in itt.panels:
        if sharing_of(panel.id) is not None:
            continue
        least = SCORERS_OF_PARENTS if panel.kind.is_parents else size.scorers
        most = -(-bids * least // len(counting_members(panel.id)))
        share_out(
            itt=itt,
            work=work_of(panel.id),
            least=least,
            most=most,
            actor=people.actor_of(cast.COMMISSIONER),
            now=clock.now(),
        )
        db.session.commit()


def declare(panel: Panel, seats: Seats) -> None:
    """Everybody on the panel declares no interest; young people take part first."""
    work = work_of(panel.id)
    bids = opened_bids(panel.itt_id)
    for member in members_of([panel.id])[panel.id]:
        if not has_declared(member):
            _let_take_part(work, member, seats)
            answers = {bid.bid_id: Interest(False) for bid in bids}
            declare_interest(work=work, answers=answers, actor=actor_for(member.user_id), now=clock.now())
            db.session.commit()


def score(panel: Panel) -> None:
    """Each member scores the bids that are theirs, and submits; what is saved already stays."""
    for place, member in enumerate(counting_members(panel.id)):
        work, actor = work_of(panel.id), actor_for(member.user_id)
        asked, cards = leaves_by_bid(work, member), scorecards_of(member.id)
        if any(card.submitted_at for card in cards.values()):
            continue
        for bid, leaves in asked.items():
            if bid.bid_id not in cards:
                entries = {
                    leaf.key: Entry(_given(bid, leaf.key, place), story.INDIVIDUAL_REASON[panel.key]) for leaf in leaves
                }
                save_scores(work=work, bid_id=bid.bid_id, entries=entries, actor=actor, now=clock.now())
                db.session.commit()
        submit_scorecards(work=work, actor=actor, now=clock.now(), same_words=True)
        db.session.commit()


def moderate(panel: Panel, seats: Seats) -> None:
    """The panel agrees every score, those who are there consent, and it closes."""
    work, actor = work_of(panel.id), people.actor_of(seats.moderator(panel.key))
    if work.status is PanelWorkStatus.SCORING:
        start_moderation(work=work, actor=actor, now=clock.now())
        for member in counting_members(panel.id)[:IN_THE_ROOM] if panel.kind.is_young_people else ():
            sit_down(actor_for(member.user_id), work)
        db.session.commit()
    known = agreed_scores(panel.id)
    for bid, leaves in leaves_by_bid(work).items():
        missing = [leaf.key for leaf in leaves if (bid.bid_id, leaf.criterion.id) not in known]
        if missing:
            _agree(work, bid, missing, actor)
    _consent(work)
    close_moderation(
        work=work,
        meeting_record=story.MEETING_RECORD[panel.key],
        met_first_date=clock.today(),
        actor=actor,
        now=clock.now(),
    )
    db.session.commit()


def _agree(work: PanelWork, bid: OpenedBid, criteria: Sequence[str], actor: Actor) -> None:
    for key in criteria:
        agree_score(
            work=work,
            bid_id=bid.bid_id,
            criterion=key,
            score=_given(bid, key, 0),
            reason=f"The answer on {key.replace('-', ' ')} says who does what and when, with an example that worked.",
            outside_reason=story.OUTSIDE,
            not_higher=story.NOT_HIGHER,
            not_lower=story.NOT_LOWER,
            actor=actor,
            now=clock.now(),
        )
    db.session.commit()


def _consent(work: PanelWork) -> None:
    """As many as a score waits for, and no more, say that they agree."""
    for asked in asked_for(work, *agreed_scores(work.panel_id).values()):
        if asked.agreed.stands_at is None:
            silent = [member for member in asked.needed.of if member.id not in asked.said]
            for member in silent[: asked.needed.least - asked.given]:
                consent_to(work=work, agreed_id=asked.agreed.id, actor=actor_for(member.user_id), now=clock.now())
            db.session.commit()


def _let_take_part(work: PanelWork, member: PanelMember, seats: Seats) -> None:
    if member.role is not MemberRole.YOUNG_MEMBER:
        return
    if lacks(work, member) is Lacks.ADULT:
        record_age_band(
            work=work,
            member_id=member.id,
            age_band=AgeBand.FROM_14,
            parent=ParentSaid(ParentSaidBy.PAPER, clock.today()),
            actor=people.actor_of(seats.moderator("young-people")),
            now=clock.now(),
        )
    sit_down(actor_for(member.user_id), work)


def _given(bid: OpenedBid, criterion: str, place: int) -> str:
    """A score of 2 to 5 that looks like one: the bid's number and the question lead, members lean a little."""
    quality = sum(bid.bid_id.bytes) % 3 + len(criterion) % 2
    return str(min(5, max(2, 2 + quality + (0, 0, 1)[place % 3])))
