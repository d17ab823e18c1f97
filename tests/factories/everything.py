"""One authority, one provider and all that stands between them, each thing in every state that somebody meets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy import select

from portal.accounts.absence_models import AbsenceStatus
from portal.accounts.granting import propose_role
from portal.accounts.inviting import invite_colleague
from portal.accounts.models import HeldRole, User
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.extending import ask_for_validity
from portal.bidding.late_box import keep_late, propose_late
from portal.bidding.models import Bid
from portal.bidding.opening import open_bids
from portal.bidding.partners import SUBCONTRACTOR, Partner, add_partner
from portal.core import clock
from portal.core.permissions import AUTHORITY_ROLES, PROVIDER_ROLES, Actor, Role
from portal.corresponding.writing import write_to_buyer
from portal.directory.offering import choices_of, set_offers
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.frameworks.documents import add_document
from portal.frameworks.models import Framework
from portal.identity.claiming import ask_holder, claim_number, claims_undecided
from portal.identity.suspending import decide_suspension, propose_suspension
from portal.identity.verifying import end_verification, post_code
from portal.joining.deciding import admit_provider, ask_clarification, propose_refusal
from portal.members.identity import ask_identity_change
from portal.members.importing import read_members_file
from portal.members.pausing import pause_membership
from portal.members.removing import propose_removal
from portal.members.renewing import ask_renewal
from portal.members.suspending import suspend_member
from portal.notifications.composing import tell
from portal.organisations.details import IdentityDetails
from portal.organisations.models import ContractingAuthority, Provider
from portal.organisations.settings import SettingDetails, add_setting
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.regulation.local_time import local_date
from portal.tendering.amending.amending import NewDates, propose_addendum
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.approving import ask_to_publish
from portal.tendering.asking import add_question
from portal.tendering.calling_off import propose_direct_award
from portal.tendering.clarifying.answering import answer_question, publish_answers
from portal.tendering.clarifying.asking import ask_question
from portal.tendering.clarifying.following import follow
from portal.tendering.declining import decline
from portal.tendering.helping.asking import ask_for_help
from portal.tendering.interests.declaring import declare_own_interest, name_person
from portal.tendering.interests.mitigating import propose_mitigation
from portal.tendering.interests.queries import register_of
from portal.tendering.interests.states import MitigationOutcome
from portal.tendering.joint import add_joint_buyer
from portal.tendering.lots import add_lot, set_lot_rules
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.factories import amending, bidding, calling_off, ending, frameworks, joining, judging
from tests.factories.absences import make_absence
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import (
    announce,
    decided_award,
    let_standstill_pass,
    proposed_award,
    publish_of,
    ready_for_award,
)
from tests.factories.bidding import EDITION
from tests.factories.contracts import conclude
from tests.factories.debarment import brought_in
from tests.factories.drawing import tied_itt
from tests.factories.evaluation import LOCAL, YOUNG, leave_ready, leave_waiting, moderating_itt, scoring_itt, write_held
from tests.factories.importing import member_row, members_file, setting_row
from tests.factories.localities import locality
from tests.factories.organisations import make_authority, make_provider
from tests.factories.setting_aside import propose_to_reopen, propose_to_withdraw
from tests.factories.tendering import add_document as add_itt_document
from tests.factories.tendering import (
    declare_all,
    draft_itt,
    itt_with_documents,
    make_commissioner,
    publish,
    published_itt,
    ready_itt,
)

REASON = "The certificate that was sent lapsed in May, and nothing else was sent."
People = dict[str, uuid.UUID | None]


def everything() -> People:
    """Make it all, and return who looks at it: a visitor, and somebody of every role."""
    authority, provider = make_authority(), make_provider()
    officer = make_person(*AUTHORITY_ROLES, authority=authority)
    submitter = make_person(*PROVIDER_ROLES, provider=provider)
    people: People = {
        "a visitor": None,
        "an officer": officer.id,
        "a provider": submitter.id,
        "a contributor": make_person(Role.CONTRIBUTOR, provider=provider).id,
        "the platform": make_person(Role.PLATFORM_ADMINISTRATOR).id,
    }
    _colleagues(authority, provider, officer, submitter)
    _frameworks(authority, submitter)
    _identities(authority, provider, submitter)
    itt = _invitations(authority, submitter)
    _lots_and_rates(authority, actor_of(submitter))
    _changes(authority, actor_of(submitter))
    _late(authority, actor_of(submitter))
    _endings(authority, submitter)
    _interests(authority)
    _judgements(authority, actor_of(submitter))
    _validity(authority, actor_of(submitter))
    _help(authority, actor_of(submitter))
    make_person(Role.PLATFORM_ADMINISTRATOR)
    people |= dict(_panels(authority)) | dict(_awards(authority))
    itt_with_documents(make_commissioner(authority))
    event = db.session.scalars(select(Event).where(Event.chain == str(itt.id))).first()
    assert event is not None
    for person in (officer, submitter):
        tell(
            event=event,
            people=[person.id],
            template="tendering/itt_closed_openers",
            link="/",
            thread=itt.id,
            itt=itt,
        )
    return people


def _questions(itt: InvitationToTender, officer: Actor, asker: Actor) -> None:
    """Questions about an open invitation: one that waits, one with a written answer, one that everybody reads."""
    words = ("May two bid together?", "Is there a least price?", "Who owns the building?")
    asked = [ask_question(itt=itt, words=each, is_named=False, actor=asker) for each in words]
    for question in asked[1:]:
        answer_question(
            clarification=question,
            published_words=question.words,
            answer="Yes.",
            private_reason="",
            actor=officer,
            now=clock.now(),
        )
        if question is asked[1]:
            publish_answers(itt=itt, actor=officer, now=clock.now())


def _colleagues(authority: ContractingAuthority, provider: Provider, officer: User, submitter: User) -> None:
    """Somebody who has not joined yet on either side, and a role that waits for its second administrator."""
    now = clock.now()
    for place, inviter, role in ((authority, officer, Role.AUDITOR), (provider, submitter, Role.CONTRIBUTOR)):
        invite_colleague(
            place=place,
            name="Demo Colleague",
            email=f"{role.value}-{place.id.hex[:6]}@people.example",
            roles=[role],
            actor=actor_of(inviter),
            now=now,
        )
    locality("Demo North", actor_of(officer), people=[officer.id])
    propose_role(
        person=make_person(Role.AUDITOR, authority=authority),
        role=Role.OPENER,
        authority=authority,
        actor=actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)),
    )
    away, deputy = (make_person(Role.COMMISSIONER, authority=authority) for _ in range(2))
    make_absence(away, deputy, authority, status=AbsenceStatus.PROPOSED)


def _frameworks(authority: ContractingAuthority, submitter: User) -> None:
    """Each kind as a draft and live, with applications and memberships in their states."""
    for kind in FrameworkKind:
        draft = frameworks.draft_framework(kind=kind, authority=authority, lots=2, bands=1)
    add_document(
        framework=draft,
        title="Specification",
        upload=("specification.txt", lambda: b"What is bought."),
        actor=make_commissioner(authority),
        files=current_app.extensions["files"],
    )
    market = frameworks.live_framework(authority=authority, lots=3, bands=2)
    framework = frameworks.live_framework(
        kind=FrameworkKind.FRAMEWORK,
        authority=authority,
        lots=6,
        suspension_terms="A member may be suspended while a regulator inspects.",
        direct_award_terms="Where only one member has a place.",
    )
    system = frameworks.live_framework(kind=FrameworkKind.DPS, authority=authority, lots=5)
    _applications(market, system, submitter)
    _memberships(framework, submitter)
    admission = frameworks.admit(market.lots[2], _provider_of(submitter))
    calling_off.draft_call_off(market.lots[2], authority=authority)
    calling_off.published_call_off(market.lots[2], authority=authority)
    direct = calling_off.draft_call_off(framework.lots[0], kind=IttKind.DIRECT_AWARD, authority=authority)
    propose_direct_award(
        itt=direct,
        provider=admission.provider,
        reason=calling_off.REASON,
        actor=make_commissioner(authority),
        now=clock.now(),
    )
    # Whoever has applied to this lot may bid meanwhile.
    undecided = calling_off.published_call_off(market.lots[1], authority=authority)
    bidding.submitted_bid(undecided, actor=actor_of(submitter))
    bidding.close_now(undecided)
    setting = add_setting(
        provider=admission.provider,
        details=SettingDetails("Demo House", "Demotown", "6"),
        vacancies="2",
        actor=actor_of(submitter),
        now=clock.now(),
    )
    chosen = [choices_of(market.lots[2])[0].key]
    set_offers(setting=setting, lot=market.lots[2], chosen=chosen, actor=actor_of(submitter), now=clock.now())
    read_members_file(
        framework=market,
        file_name="members.csv",
        content=members_file(setting_row(), member_row(provider="Demo Cares Ltd", company_number="09506233"), {}),
        actor=make_commissioner(authority),
        now=clock.now(),
    )


def _applications(market: Framework, system: Framework, submitter: User) -> None:
    officer, now = make_commissioner(market.authority), clock.now()
    mine = actor_of(submitter)
    joining.draft_application(market, actor=mine, lot=1)
    joining.complete_application(system, actor=mine, lot=5)
    joining.sent_application(market, actor=mine, lot=2)
    asked = joining.sent_application(system, actor=mine, lot=1)
    ask_clarification(application=asked, version=1, question="Which homes do you mean by that?", actor=officer, now=now)
    proposed = joining.sent_application(system, actor=mine, lot=2)
    findings = {"insurance": REASON}
    propose_refusal(application=proposed, version=1, findings=findings, actor=officer, now=now)
    admitted = joining.sent_application(system, actor=mine, lot=3)
    admit_provider(application=admitted, version=1, actor=officer, now=now)
    calling_off.refuse(joining.sent_application(system, actor=mine, lot=4))
    joining.make_evidence(mine, "employers_liability")


def _memberships(framework: Framework, submitter: User) -> None:
    officer, now, provider = make_commissioner(framework.authority), clock.now(), _provider_of(submitter)
    _active, paused, asked, suspended, removed, _left = [frameworks.admit(lot, provider) for lot in framework.lots]
    pause_membership(admission=paused, last_day=clock.today() + timedelta(days=9), actor=actor_of(submitter), now=now)
    ask_renewal(admission=asked, actor=officer, now=now)
    suspend_member(admission=suspended, reason=REASON, last_day=None, actor=officer, now=now)
    propose_removal(admission=removed, ground="terms", reasons=REASON, actor=officer, now=now)


def _identities(authority: ContractingAuthority, provider: Provider, submitter: User) -> None:
    """Numbers unproved, asked about and claimed, a member that is to be called otherwise, and suspensions."""
    first, second = (actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)) for _ in range(2))
    keys, now = current_app.extensions["keys"], clock.now()
    make_provider(verified=False)
    end_verification(provider, reason=REASON, actor=first, now=now)
    post_code(provider=provider, address="1 Demo Street", actor=first, keys=keys, now=now)
    terms = {"reason": REASON, "first_day": None, "last_day": None, "review_date": clock.today() + timedelta(days=9)}
    proposed, running = (
        propose_suspension(provider=make_provider(), actor=first, now=now, **terms)  # type: ignore[arg-type]
        for _ in range(2)
    )
    assert proposed.status.is_proposed
    decide_suspension(suspension=running, actor=second, note=REASON, now=now)
    for holder in (provider, make_provider()):
        claim_number(
            company=holder.company_number or "",
            charity="",
            contact="Demo Rightful Trust",
            words=REASON,
            origin=Origin("192.0.2.7"),
            keys=keys,
            now=now,
        )
    ask_holder(claim=next(one for one in claims_undecided() if one.holder_id == provider.id), actor=first, now=now)
    ask_identity_change(
        provider=provider,
        details=IdentityDetails("Demo Other Name", provider.company_number or "", "", "", name_confirmed=True),
        reason=REASON,
        actor=actor_of(submitter),
        now=now,
    )


def _provider_of(submitter: User) -> Provider:
    return db.session.get_one(Provider, actor_of(submitter).provider_id)


def _invitations(authority: ContractingAuthority, submitter: User) -> InvitationToTender:
    """Drafts, the first returned, and open and closed invitations with a bid of the submitter's in each state."""
    commissioner, mine = make_commissioner(authority), actor_of(submitter)
    draft = draft_itt(actor=commissioner)
    add_itt_document(draft, commissioner)
    ready_itt(actor=commissioner)
    decline(itt=published_itt(actor=commissioner), reason="", actor=mine)
    bidding.draft_bid(published_itt(actor=commissioner), actor=mine)
    bidding.complete_draft(published_itt(actor=commissioner), actor=mine)
    bidding.submitted_bid(published_itt(actor=commissioner), actor=mine)
    waiting, alone = published_itt(actor=commissioner), published_itt(actor=commissioner)
    for itt in (waiting, alone):
        bidding.submitted_bid(itt, actor=mine)
        bidding.close_now(itt)
    open_bids(itt=alone, actor=bidding.opener_of(authority), keys=current_app.extensions["keys"], factor_at=clock.now())
    return draft


def _lots_and_rates(authority: ContractingAuthority, bidder: Actor) -> None:
    """A draft of two lots, and an open invitation with a price schedule and a bid begun for it."""
    commissioner = make_commissioner(authority)
    lots = {"title": "The coast", "description": "", "estimated_value": Decimal(100_000), "actor": commissioner}
    add_lot(itt=ready_itt(actor=commissioner), **lots)
    priced = ready_itt(actor=commissioner)
    add_question(
        itt=priced,
        prompt="Rates",
        guidance="",
        kind=QuestionKind.PRICE_SCHEDULE,
        settings={"rows": "Group session\tsession\t40", "years": "2", "vat": "20"},
        criterion=None,
        required=True,
        actor=commissioner,
    )
    keys = current_app.extensions["keys"]
    publish(priced, commissioner)
    drafted = bidding.draft_bid(priced, actor=bidder)
    partner = Partner("Demo Youth Arts", "", SUBCONTRACTOR, "Art sessions on two evenings.", "Demo Trustee, chair")
    add_partner(bid=drafted, actor=bidder, keys=keys, partner=partner, is_declared=True)


def _late(authority: ContractingAuthority, bidder: Actor) -> None:
    """Three closed invitations: a draft that can still be put into the late box, one in it, one with a proposal."""
    keys = current_app.extensions["keys"]
    for is_kept, is_proposed in ((False, False), (True, False), (True, True)):
        commissioner = make_commissioner(authority)
        itt = published_itt(actor=commissioner)
        bid = bidding.complete_draft(itt, actor=bidder)
        bidding.close_now(itt)
        if is_kept:
            late = keep_late(bid=bid, actor=bidder, keys=keys, declared=EDITION)
            db.session.flush()
        if is_proposed:
            propose_late(itt=itt, late_id=late.id, admits=True, reason=REASON, actor=commissioner)


def _changes(authority: ContractingAuthority, bidder: Actor) -> None:
    """An open invitation that somebody follows and asks about, with a change that waits; another with the next one."""
    commissioner = make_commissioner(authority)
    itt = published_itt(actor=commissioner)
    _questions(itt, commissioner, bidder)
    follow(itt=itt, actor=bidder)
    propose_addendum(
        itt=itt,
        words="The building has two floors.",
        reason=REASON,
        dates=NewDates(),
        documents=NewDocuments(),
        actor=commissioner,
        files=current_app.extensions["files"],
        now=clock.now(),
    )
    changed = published_itt(actor=commissioner)
    bidding.submitted_bid(changed, actor=bidder)
    amending.change_question(changed, commissioner, actor_of(make_person(Role.APPROVER, authority=authority)))
    amending.prepare(changed, commissioner, prompt="And now?")


def _interests(authority: ContractingAuthority) -> None:
    """A draft in which two declared an interest, one is answered and a third was asked; another waits for approval."""
    first, second = make_commissioner(authority), make_commissioner(authority)
    itt = draft_itt(actor=first)
    for actor in (first, second):
        declare_own_interest(itt=itt, has_interest=True, detail=REASON, actor=actor, now=clock.now())
    own = register_of(itt.id).entries[0]
    propose_mitigation(interest=own, outcome=MitigationOutcome.CONDITIONS, words=REASON, actor=first, now=clock.now())
    named = make_person(Role.OPENER, authority=authority)
    name_person(itt=itt, user_id=named.id, part="Holds the budget.", actor=first)
    theirs = draft_itt(actor=make_commissioner())
    for joint, other, officer in (
        (itt, make_authority(), first),
        (theirs, authority, make_commissioner(theirs.authority)),
    ):
        asked = {"authority_id": other.id, "name": "", "agreement": "", "parts": ["buys"]}
        add_joint_buyer(itt=joint, **asked, actor=officer, now=clock.now())  # type: ignore[arg-type]
    waiting = ready_itt(actor=first)
    set_lot_rules(itt=waiting, max_lots_bid=None, max_lots_awarded=None, no_lots_reason=REASON, actor=second)
    declare_all(waiting)
    ask_to_publish(itt=waiting, actor=second, now=clock.now())


def _endings(authority: ContractingAuthority, submitter: User) -> None:
    """A cancellation that waits, one that was decided with a bid of the submitter's, one without an award, a tie."""
    commissioner = make_commissioner(authority)
    waiting, cancelled = published_itt(actor=commissioner), published_itt(actor=commissioner)
    bidding.submitted_bid(cancelled, actor=actor_of(submitter))
    for itt in (waiting, cancelled):
        ending.propose_to_cancel(itt)
    ending.decide(cancelled.endings[0])
    ending.not_awarded(bidding.opened_itt(0, authority=authority))
    tied_itt(authority=authority)


def _judgements(authority: ContractingAuthority, bidder: Actor) -> None:
    """Answers to judge and a judgement that waits; a bidder that was checked before a later debarment list was here.

    And a bid of the bidder's that was taken out, and wrote before.
    """
    first, _second = judging.bids_of(judging.checked_itt(2, authority=authority))
    judging.judge(first)
    judging.checked(first)
    brought_in()
    judging.listed({first: [judging.RECORDS]})
    bid = judging.bids_of(judging.checked_itt(1, authority=authority, actor=bidder))[0]
    write_to_buyer(bid=bid, words="When will you tell us the result?", actor=bidder)
    judging.raised(bid)
    judging.answered(judging.raised(bid, "ceased"))
    judging.taken_out(bid)


def _help(authority: ContractingAuthority, bidder: Actor) -> None:
    """An invitation that closes in an hour, with a draft of the bidder's that needs help."""
    itt = published_itt(
        actor=make_commissioner(authority), closes_in=timedelta(hours=1), published_ago=timedelta(days=30)
    )
    bidding.draft_bid(itt, actor=bidder)
    ask_for_help(itt=itt, words="The page stays white.", is_named=False, actor=bidder)


def _validity(authority: ContractingAuthority, bidder: Actor) -> None:
    """An opened bid of the bidder's that the buyer asks to stand for longer."""
    commissioner, today = make_commissioner(authority), local_date(clock.now())
    itt = published_itt(actor=commissioner)
    bidding.submitted_bid(itt, actor=bidder)
    bidding.close_now(itt)
    bidding.open_itt(itt)
    days = {"until": today + timedelta(days=120), "answer_by": today + timedelta(days=7)}
    ask_for_validity(itt=itt, reason=REASON, actor=commissioner, now=clock.now(), **days)


def _panels(authority: ContractingAuthority) -> Iterator[tuple[str, uuid.UUID]]:
    """Panels that declare, score and moderate; of each a chair, a young person and a facilitator."""
    for state, made in (
        ("declaring", scoring_itt(1, authority=authority, declared=False)),
        ("scoring", scoring_itt(1, authority=authority)),
        ("moderating", moderating_itt(1, authority=authority)),
    ):
        young = next(seat for seat in made.seats[YOUNG] if seat.member.role is MemberRole.YOUNG_MEMBER)
        if state == "scoring":
            yield "a chair whose panel has scored", leave_ready(made).user.id
            yield "a safeguarding lead", write_held(made)
        if state == "moderating":
            leave_waiting(made)
            yield f"a member, {state}", made.seats[LOCAL][1].user.id
        yield f"a chair, {state}", made.moderator(LOCAL).user.id
        yield f"a young person, {state}", young.user.id
        yield f"a facilitator, {state}", made.moderator(YOUNG).user.id


def _awards(authority: ContractingAuthority) -> Iterator[tuple[str, uuid.UUID]]:
    """A result; awards proposed, decided, announced, past their standstill, asked to fall and under contract.

    Of the last two a bidder each.
    """
    result, proposed, decided, announced, over, falling, signed = [
        ready_for_award(authority=authority) for _ in range(7)
    ]
    propose_to_reopen(result)
    proposed_award(proposed)
    # At or above the threshold, so that its award notice waits for its number.
    decided.estimated_value = Decimal(700_000)
    decided_award(decided)
    for kind in (EventKind.ITT_PUBLISHED, EventKind.SUMMARIES_ISSUED):
        publish_of(decided, kind)
    announce(decided_award(announced))
    for itt in (over, signed):
        award = decided_award(itt)
        announce(award)
        let_standstill_pass(award)
    conclude(award)
    propose_to_withdraw(decided_award(falling).decision)
    writers = select(HeldRole.user_id).join(Bid, Bid.provider_id == HeldRole.provider_id)
    yield "a winner", db.session.scalars(writers.where(Bid.itt_id == signed.id)).first()
    yield "a winner before the contract", db.session.scalars(writers.where(Bid.itt_id == over.id)).first()
