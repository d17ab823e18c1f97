"""Panels at work for tests, through the real activities from the appointment to the result."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.sessions import actor_for
from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.evaluation.consenting import asked_for, consent_to
from portal.evaluation.declaring import Interest, declare_interest
from portal.evaluation.held_states import HeldStatus
from portal.evaluation.leaves import leaves_for
from portal.evaluation.models import ModeratedScore, PanelMember, PanelWork, Result
from portal.evaluation.moderation import agree_score, close_moderation, start_moderation
from portal.evaluation.panels import Appointee, appoint_panel_member
from portal.evaluation.queries import agreed_scores, bids_to_score, members_of, opened_bids, work_of
from portal.evaluation.recusing import step_back
from portal.evaluation.removing import propose_panel_removal
from portal.evaluation.results import calculate_result, diagnose_result
from portal.evaluation.safeguarding.looking import read_held_words
from portal.evaluation.safeguarding.naming import name_safeguarding_lead
from portal.evaluation.safeguarding.queries import held_on_panel
from portal.evaluation.scoring import Entry, save_scores, submit_scorecards
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.agreeing import Lacks, begin_sitting, lacks, record_age_band
from portal.evaluation.taking_part.states import AgeBand, Supporter
from portal.evaluation.taking_part.times import MIDNIGHT, Times, set_sitting_times
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.scenarios.checking import check_bidders
from portal.tendering.interests.mitigating import decide_mitigation, propose_mitigation
from portal.tendering.interests.models import Interest as RegisterEntry
from portal.tendering.interests.models import Mitigation
from portal.tendering.interests.queries import entries_of
from portal.tendering.interests.states import LinkKind, MitigationOutcome
from portal.tendering.models import InvitationToTender, Panel
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import opened_itt
from tests.factories.made_once import made_once
from tests.factories.tendering import declare_all, make_commissioner, panel_named

LOCAL, YOUNG, PARENTS = "local", "young-people", "parents"
KEYS = (LOCAL, YOUNG, PARENTS)
STEPS = "A colleague reads along, and says nothing of that bidder outside the meeting."
REASON = "The answer says who does what, and when."
AGREED_REASON = "The answer names the people and the times, and gives one example that worked."
NOT_HIGHER = "One part of what was asked is told without an example."
NOT_LOWER = "Each part of what was asked is answered in words that can be checked."
OUTSIDE = "What the answer leaves out was seen by nobody before the meeting."
WHY_NOT = {"not_higher": NOT_HIGHER, "not_lower": NOT_LOWER, "outside_reason": OUTSIDE}
MEETING = "Everybody met on one afternoon and talked each bid through until they agreed."

Give = Callable[[int, str], int]
"""Which score a bid gets: by the number of the bid in the order of creation, and the criterion."""


def best_first(number: int, _criterion: str) -> int:
    """5 for the first bid, 4 for the second, 3 for every other."""
    return max(3, 6 - number)


@dataclass
class Seat:
    """Somebody on a panel."""

    user: User
    member: PanelMember
    panel: Panel

    @property
    def actor(self) -> Actor:
        """The person with the roles in force at this moment."""
        return actor_of(self.user)

    @property
    def work(self) -> PanelWork:
        """The panel's work."""
        return work_of(self.panel.id)


@dataclass
class Evaluation:
    """An ITT with everybody on its panels."""

    itt: InvitationToTender
    commissioner: Actor
    seats: dict[str, list[Seat]]

    def scorers(self, key: str) -> list[Seat]:
        """The people who score on the panel and are still on it."""
        return [seat for seat in self.seats[key] if seat.member.may_score]

    def moderator(self, key: str) -> Seat:
        """The panel's chair, or its facilitator."""
        moderating = (MemberRole.CHAIR, MemberRole.FACILITATOR)
        return next(seat for seat in self.seats[key] if seat.member.role in moderating)

    def everybody(self) -> list[Seat]:
        """Every seat of every panel."""
        return [seat for key in self.seats for seat in self.seats[key]]

    def bids(self) -> Sequence[OpenedBid]:
        """The opened bids in the order in which they were started."""
        return sorted(bids_to_score(self.itt.id), key=lambda opened: opened.bid.created_at)


def appoint(evaluation: Evaluation, key: str, role: MemberRole) -> Seat:
    """Appoint somebody new to the panel."""
    panel = panel_named(evaluation.itt, key)
    young = role is MemberRole.YOUNG_MEMBER
    needs_factor = role in (MemberRole.CHAIR, MemberRole.FACILITATOR)
    person = None if young else make_person(factor=needs_factor)
    name = person.display_name if person else f"Star {len(evaluation.seats[key]) + 1}"
    member = appoint_panel_member(
        itt=evaluation.itt,
        panel=panel,
        appointee=Appointee(role, name, person.email if person else None),
        actor=evaluation.commissioner,
        now=clock.now(),
    )
    seat = Seat(person or member.user, member, panel)
    evaluation.seats[key].append(seat)
    db.session.flush()
    return seat


def name_lead(evaluation: Evaluation) -> Actor:
    """Name somebody new as the safeguarding lead of the young people, and return who it is."""
    lead = make_person(Role.SAFEGUARDING_LEAD, authority=evaluation.itt.authority)
    name_safeguarding_lead(
        itt=evaluation.itt,
        panel=panel_named(evaluation.itt, YOUNG),
        lead_id=lead.id,
        deputy_id=None,
        actor=evaluation.commissioner,
    )
    db.session.flush()
    return actor_of(lead)


def take_part(seat: Seat) -> None:
    """Everybody has consented that the young person takes part."""
    members = members_of([seat.panel.id])[seat.panel.id]
    facilitator = next(one for one in members if one.role is MemberRole.FACILITATOR)
    record_age_band(
        work=seat.work,
        member_id=seat.member.id,
        age_band=AgeBand.FROM_16,
        parent=None,
        actor=actor_for(facilitator.user_id),
        now=clock.now(),
    )
    sit_down(seat)


def sit_down(seat: Seat) -> None:
    """The young person begins a sitting, with the facilitator beside them."""
    begin_sitting(
        work=seat.work,
        session_id=uuid.uuid4(),
        supporter=Supporter.FACILITATOR,
        agrees=True,
        actor=seat.actor,
        now=clock.now(),
    )
    db.session.flush()


def declare(seat: Seat, interest_in: OpenedBid | None = None, *, kind: LinkKind = LinkKind.FAMILY) -> PanelMember:
    """Declare about every bidder: no interest, or one in `interest_in`; a young person takes part first."""
    if lacks(seat.work, seat.member) is Lacks.ADULT:
        take_part(seat)
    answers = {
        bid.bid_id: Interest(True, "My sister works there.", kind)
        if interest_in is not None and bid.bid_id == interest_in.bid_id
        else Interest(False)
        for bid in opened_bids(seat.panel.itt_id)
    }
    return declare_interest(work=seat.work, answers=answers, actor=seat.actor, now=clock.now())


def recuse(seat: Seat, bid: OpenedBid, *, lot_id: uuid.UUID | None = None) -> PanelMember:
    """Declare a link with the bidder and step back at once, from all of it or from one lot."""
    declare(seat, interest_in=bid)
    return step_back(work=seat.work, lot_id=lot_id, actor=seat.actor, now=clock.now())


def link_of(seat: Seat, bid: OpenedBid) -> RegisterEntry:
    """The member's link with that bidder, as the register has it."""
    entries = entries_of(seat.panel.itt_id, seat.user.id)
    return next(one for one in entries if one.bid_id == bid.bid_id)


def propose_about(evaluation: Evaluation, seat: Seat, bid: OpenedBid, outcome: MitigationOutcome) -> Mitigation:
    """Propose what follows from the member's link with that bidder."""
    return propose_mitigation(
        interest=link_of(seat, bid), outcome=outcome, words=STEPS, actor=evaluation.commissioner, now=clock.now()
    )


def decide_about(evaluation: Evaluation, seat: Seat, bid: OpenedBid, outcome: MitigationOutcome) -> None:
    """Two people decide what follows from it."""
    proposed = propose_about(evaluation, seat, bid, outcome)
    approver = actor_of(make_person(Role.APPROVER, authority=evaluation.itt.authority))
    decide_mitigation(mitigation=proposed, agreed=True, note=STEPS, actor=approver, now=clock.now())


def score_all(evaluation: Evaluation, seat: Seat, give: Give = best_first, *, submit: bool = True) -> None:
    """Give every bid a score and a reason for each of the panel's questions, and submit."""
    work = seat.work
    for number, bid in enumerate(evaluation.bids(), 1):
        entries = {leaf.key: Entry(str(give(number, leaf.key)), REASON) for leaf in leaves_for(work, bid)}
        save_scores(work=work, bid_id=bid.bid_id, entries=entries, actor=seat.actor, now=clock.now())
    if submit:
        submit_scorecards(work=work, actor=seat.actor, now=clock.now(), same_words=True)


def write_held(evaluation: Evaluation) -> uuid.UUID:
    """Two young people write what is held, of which the lead has read what only names somebody; who the lead is."""
    lead, bid = name_lead(evaluation), evaluation.bids()[0]
    words = ("I know Zebedee from there.", "My stepdad hits me.")
    for seat, said in zip(evaluation.scorers(YOUNG), words, strict=False):
        key = leaves_for(seat.work, bid)[0].key
        save_scores(
            work=seat.work, bid_id=bid.bid_id, entries={key: Entry("3", said)}, actor=seat.actor, now=clock.now()
        )
    (named,) = held_on_panel(panel_named(evaluation.itt, YOUNG).id, HeldStatus.WAITING)
    read_held_words(held=named, actor=lead, now=clock.now())
    assert lead.user_id is not None
    return lead.user_id


def agree_all(evaluation: Evaluation, key: str, give: Give = best_first, *, consenting: bool = True) -> None:
    """Agree every score of a panel that moderates, whoever is asked consenting; what is agreed already is changed."""
    seat = evaluation.moderator(key)
    work = seat.work
    for number, bid in enumerate(evaluation.bids(), 1):
        for leaf in leaves_for(work, bid):
            agree_score(
                work=work,
                bid_id=bid.bid_id,
                criterion=leaf.key,
                score=str(give(number, leaf.key)),
                reason=agreed_reason(leaf.key),
                **WHY_NOT,
                actor=seat.actor,
                now=clock.now(),
            )
    if consenting:
        consent_all(work)


def agree_outside(evaluation: Evaluation, key: str, criterion: str) -> ModeratedScore:
    """Agree 1 for the first bid, which nobody gave: it waits for consent."""
    seat = evaluation.moderator(key)
    return agree_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion=criterion,
        score="1",
        reason=agreed_reason(criterion),
        actor=seat.actor,
        now=clock.now(),
        **WHY_NOT,
    )


def leave_ready(evaluation: Evaluation) -> Seat:
    """Leave the chair's scores of one panel unsubmitted, and another, whose chair is returned, ready to moderate."""
    score_all(evaluation, evaluation.moderator(LOCAL), submit=False)
    for seat in evaluation.scorers(PARENTS):
        score_all(evaluation, seat)
    return evaluation.moderator(PARENTS)


def leave_waiting(evaluation: Evaluation) -> None:
    """Leave what waits for others: two scores that nobody gave, and somebody who is to be taken off."""
    agree_outside(evaluation, LOCAL, "safeguarding")
    agree_outside(evaluation, YOUNG, "our-voice")
    propose_panel_removal(
        itt=evaluation.itt,
        member=evaluation.seats[YOUNG][-1].member,
        reason="They have moved away, and will not come back.",
        actor=evaluation.commissioner,
        now=clock.now(),
    )


def agreed_reason(criterion: str) -> str:
    """The panel's reason under a question: no two questions have the same."""
    return f"{AGREED_REASON} ({criterion})"


def consent_all(work: PanelWork) -> None:
    """Everybody who is asked consents to what the panel agreed, a young chair last."""
    for asked in asked_for(work, *agreed_scores(work.panel_id).values()):
        in_turn = sorted(asked.needed.of, key=lambda member: member.id == asked.needed.chair_id)
        for member in in_turn if asked.agreed.stands_at is None else ():
            consent_to(work=work, agreed_id=asked.agreed.id, actor=actor_for(member.user_id), now=clock.now())


def start(evaluation: Evaluation, key: str) -> None:
    """Start a panel's moderation."""
    seat = evaluation.moderator(key)
    start_moderation(work=seat.work, actor=seat.actor, now=clock.now())
    for young in evaluation.scorers(key) if key == YOUNG else ():
        sit_down(young)


def close(evaluation: Evaluation, key: str) -> None:
    """Close a panel's moderation."""
    seat = evaluation.moderator(key)
    close_moderation(
        work=seat.work, meeting_record=MEETING, met_first_date=clock.today(), actor=seat.actor, now=clock.now()
    )


def appointed(
    itt: InvitationToTender, *, professionals: int = 2, young_people: int = 2, parents: int = 2
) -> Evaluation:
    """Appoint the panels of the example's method; the counts are of people who score, a chair among them.

    No panel agrees anything with fewer than two.
    """
    evaluation = Evaluation(itt, make_commissioner(itt.authority), {key: [] for key in KEYS})
    for key, count in ((LOCAL, professionals), (PARENTS, parents)):
        appoint(evaluation, key, MemberRole.CHAIR)
        for _ in range(count - 1):
            appoint(evaluation, key, MemberRole.MEMBER)
    appoint(evaluation, YOUNG, MemberRole.FACILITATOR)
    name_lead(evaluation)
    for _ in range(young_people):
        appoint(evaluation, YOUNG, MemberRole.YOUNG_MEMBER)
    all_day = Times(opens_at=MIDNIGHT, closes_at=MIDNIGHT)
    set_sitting_times(itt=itt, panel=panel_named(itt, YOUNG), times=all_day, actor=evaluation.commissioner)
    return evaluation


@made_once
def scoring_itt(
    n_bids: int = 2,
    *,
    consented: bool = True,
    declared: bool = True,
    authority: ContractingAuthority | None = None,
    prices: Sequence[str] = (),
    itt: InvitationToTender | None = None,
    **people: int,
) -> Evaluation:
    """An opened ITT (or `itt`) whose panels are appointed and, unless told otherwise, have declared no interest."""
    evaluation = appointed(itt or opened_itt(n_bids, authority=authority, prices=prices), **people)
    for seat in evaluation.scorers(YOUNG) if consented else ():
        take_part(seat)
    if declared:
        for seat in evaluation.everybody():
            declare(seat)
    return evaluation


@made_once
def moderating_itt(n_bids: int = 2, *, give: Give = best_first, **options: object) -> Evaluation:
    """An ITT whose panels have all scored, submitted and started to moderate."""
    evaluation = scoring_itt(n_bids, **options)  # type: ignore[arg-type]
    for key in KEYS:
        for seat in evaluation.scorers(key):
            score_all(evaluation, seat, give)
        start(evaluation, key)
    return evaluation


@made_once
def moderated_evaluation(
    n_bids: int = 3, *, give: Give = best_first, diagnosed: bool = True, **options: object
) -> Evaluation:
    """An ITT whose panels have all closed, with everybody on them; nothing keeps an award back."""
    evaluation = moderating_itt(n_bids, give=give, **options)
    for key in KEYS:
        agree_all(evaluation, key, give)
        close(evaluation, key)
    for result in calculate_result(itt_id=evaluation.itt.id, now=clock.now()):
        if diagnosed:
            diagnose_result(result_id=result.id)
    check_bidders(evaluation.itt, make_commissioner(evaluation.itt.authority))
    declare_all(evaluation.itt)
    db.session.refresh(evaluation.itt)
    return evaluation


def moderated_itt(
    n_bids: int = 3,
    *,
    authority: ContractingAuthority | None = None,
    prices: Sequence[str] = (),
    give: Give = best_first,
) -> InvitationToTender:
    """A MODERATED ITT with its result: by default the first bid wins with the best scores and price."""
    return moderated_evaluation(n_bids, give=give, authority=authority, prices=prices).itt


def result_of(itt: InvitationToTender) -> Result:
    """The newest result of the ITT's first lot."""
    return db.session.scalars(
        select(Result).where(Result.itt_id == itt.id).order_by(Result.calculated_at.desc()).limit(1)
    ).one()


def make_auditor(authority: ContractingAuthority) -> Actor:
    """An auditor of the authority."""
    return actor_of(make_person(Role.AUDITOR, authority=authority))
