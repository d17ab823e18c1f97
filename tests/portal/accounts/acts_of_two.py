"""Every kind of act of two people, waiting for its second: how it is decided, by a role of which place."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from portal.accounts.absences import confirm_deputy, name_deputy, refuse_deputy
from portal.accounts.granting import confirm_role, propose_role, refuse_role
from portal.accounts.handing_over import propose_successor
from portal.accounts.lost_factors import ask_to_begin_anew, confirm_person
from portal.accounts.models import User
from portal.awarding.deciding import decide_award, refuse_award
from portal.bidding.late_box import decide_late, keep_late, propose_late
from portal.bidding.models import BidOpening
from portal.bidding.opening import open_bids
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.ending.deciding import decide_ending, refuse_ending
from portal.ending.setting_aside import decide_setting_aside, refuse_setting_aside
from portal.evaluation.removing import decide_panel_removal, propose_panel_removal
from portal.extensions import db
from portal.identity.claiming import answer_claim, ask_holder, claims_undecided, move_number, propose_move, refuse_move
from portal.identity.suspending import (
    decide_suspension,
    keep_suspension,
    lift_organisation,
    propose_lifting,
    propose_suspension,
    refuse_suspension,
)
from portal.joining.deciding import decide_refusal, propose_refusal, send_back_refusal
from portal.judging.deciding import decide_judgement, refuse_judgement
from portal.members.removing import decide_removal, note_reasons_sent, propose_removal
from portal.organisations.models import ContractingAuthority
from portal.privacy.asking import ask_erasure
from portal.privacy.erasing import carry_out_erasure, refuse_erasure
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.tendering.amending.amending import publish_addendum, refuse_addendum
from portal.tendering.approving import approve_publication, ask_to_publish, send_back
from portal.tendering.calling_off import approve_direct_award, propose_direct_award
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.interests.mitigating import decide_mitigation, propose_mitigation
from portal.tendering.interests.states import MitigationOutcome
from portal.tendering.lots import set_lot_rules
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import decided_award, proposed_award
from tests.factories.bidding import EDITION, close_now, complete_draft, opener_of, submitter_of
from tests.factories.calling_off import draft_call_off
from tests.factories.ending import propose_to_cancel
from tests.factories.evaluation import LOCAL, score_all, scoring_itt
from tests.factories.frameworks import admit, live_framework
from tests.factories.judging import bids_of, checked_itt, judge
from tests.factories.organisations import make_authority, make_provider
from tests.factories.setting_aside import propose_to_withdraw
from tests.factories.tendering import declare_all, make_commissioner, published_itt, ready_itt
from tests.portal.identity.test_claiming import Case as Claimed
from tests.portal.joining.submitted import FINDINGS, commissioner_of, lasting_framework, submitted_application
from tests.portal.tendering.amending.test_amending import Case as Amended

WORDS = "We compared it with what is written, and thought about it."
Decide = Callable[[Actor], Any]


@dataclass
class Act:
    """An act that waits: who was the first, when; where, and the role of the second; the row and its trigger."""

    place: ContractingAuthority
    first: uuid.UUID
    at: Any
    role: Role
    decide: Decide
    row: Any
    trigger: str | None = "two_people"


def now() -> Any:
    """This instant."""
    return clock.now()


def _said(more: dict[str, Any]) -> dict[str, Any]:
    """What else the decision takes, with the instant at which it is taken."""
    return {name: value() if callable(value) else value for name, value in more.items()}


def _award(decide: Callable[..., Any]) -> Act:
    found = proposed_award()
    row = found.decision

    def by(actor: Actor) -> None:
        declare_own_interest(itt=found.itt, has_interest=False, detail="", actor=actor, now=now())
        decide(decision=row, actor=actor, note=WORDS, now=now())

    return Act(found.itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _opening() -> Act:
    itt = published_itt()
    close_now(itt)
    keys = current_app.extensions["keys"]
    by = lambda actor: open_bids(itt=itt, actor=actor, keys=keys, factor_at=now())  # noqa: E731
    first = opener_of(itt.authority)
    by(first)
    db.session.flush()
    row = db.session.scalars(select(BidOpening)).one()
    return Act(itt.authority, row.proposed_by_id, row.proposed_at, Role.OPENER, by, row)


def _refusal(decide: Callable[..., Any], trigger: str, **words: str) -> Act:
    application = submitted_application(live_framework())
    authority = application.framework.authority
    officer = commissioner_of(authority)
    row = propose_refusal(application=application, version=1, findings=FINDINGS, actor=officer, now=now())
    db.session.flush()
    by = lambda actor: decide(application=application, actor=actor, now=now(), **words)  # noqa: E731
    return Act(authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row, trigger)


def _removal() -> Act:
    row = admit(lasting_framework(kind=FrameworkKind.DYNAMIC_MARKET).lots[0])
    officer = commissioner_of(row.framework.authority)
    propose_removal(admission=row, ground="debarred", reasons=WORDS, actor=officer, now=now())
    note_reasons_sent(admission_id=row.id, at=now())
    by = lambda actor: decide_removal(admission=row, actor=actor, now=now())  # noqa: E731
    first, at = row.removal_proposed_by_id, row.removal_proposed_at
    return Act(row.framework.authority, first, at, Role.APPROVER, by, row, "removal_two_people")


def _panel_removal() -> Act:
    evaluation = scoring_itt(1)
    row = evaluation.seats[LOCAL][1].member
    score_all(evaluation, evaluation.seats[LOCAL][1])
    propose_panel_removal(itt=evaluation.itt, member=row, reason=WORDS, actor=evaluation.commissioner, now=now())
    by = lambda actor: decide_panel_removal(itt=evaluation.itt, member=row, agreed=True, actor=actor, now=now())  # noqa: E731
    first, at = row.removal_proposed_by_id, row.removal_proposed_at
    return Act(evaluation.itt.authority, first, at, Role.COMMISSIONER, by, row, "removal_two_people")


def _direct_award(first: str) -> Act:
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms=WORDS).lots[0]
    member, authority = admit(lot).provider, lot.framework.authority
    starter, writer = commissioner_of(authority), commissioner_of(authority)
    row = draft_call_off(lot, kind=IttKind.DIRECT_AWARD, actor=starter)
    propose_direct_award(itt=row, provider=member, reason=WORDS, actor=writer, now=now())
    db.session.flush()
    by = lambda actor: approve_direct_award(itt=row, actor=actor, now=now())  # noqa: E731
    if first == "starter":
        return Act(authority, row.created_by_id, row.created_at, Role.APPROVER, by, row, None)
    first_id, at = row.direct_award_proposed_by_id, row.direct_award_proposed_at
    return Act(authority, first_id, at, Role.APPROVER, by, row, "direct_award_two_people")


def _addendum(decide: Callable[..., Any], **more: Any) -> Act:
    case = Amended()
    row = case.extend()
    db.session.flush()
    by = lambda actor: decide(addendum=row, actor=actor, note=WORDS, **_said(more))  # noqa: E731
    return Act(case.itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _mitigation(first: str) -> Act:
    """An answer to an interest: neither who proposed it nor who declared the interest decides."""
    itt = published_itt()
    person, officer = commissioner_of(itt.authority), commissioner_of(itt.authority)
    own = declare_own_interest(itt=itt, has_interest=True, detail=WORDS, actor=person, now=now())
    row = propose_mitigation(interest=own, outcome=MitigationOutcome.CONDITIONS, words=WORDS, actor=officer, now=now())
    by = lambda actor: decide_mitigation(mitigation=row, agreed=True, note=WORDS, actor=actor, now=now())  # noqa: E731
    if first == "person":
        return Act(itt.authority, own.user_id, own.declared_at, Role.APPROVER, by, row, None)
    return Act(itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _publication(decide: Callable[..., Any]) -> Act:
    starter = make_commissioner()
    itt = ready_itt(actor=starter)
    officer = commissioner_of(itt.authority)
    set_lot_rules(itt=itt, max_lots_bid=None, max_lots_awarded=None, no_lots_reason=WORDS, actor=officer)
    declare_all(itt)
    row = ask_to_publish(itt=itt, actor=officer, now=now())

    def by(actor: Actor) -> None:
        declare_own_interest(itt=itt, has_interest=False, detail="", actor=actor, now=now())
        decide(itt=itt, actor=actor, note=WORDS, now=now())

    return Act(itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _ending(decide: Callable[..., Any]) -> Act:
    row = propose_to_cancel(published_itt())
    db.session.flush()
    by = lambda actor: decide(ending=row, actor=actor, note=WORDS, now=now())  # noqa: E731
    return Act(row.itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _setting_aside(decide: Callable[..., Any]) -> Act:
    row = propose_to_withdraw(decided_award().decision)
    db.session.flush()
    by = lambda actor: decide(proposal=row, actor=actor, note=WORDS, now=now())  # noqa: E731
    return Act(row.itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _judgement(decide: Callable[..., Any]) -> Act:
    row = judge(bids_of(checked_itt(1))[0])
    db.session.flush()
    by = lambda actor: decide(judgement=row, actor=actor, note=WORDS, now=now())  # noqa: E731
    return Act(row.itt.authority, row.proposed_by_id, row.proposed_at, Role.APPROVER, by, row)


def _late_bid(agrees: bool) -> Act:
    itt, bidder = published_itt(), submitter_of()
    bid = complete_draft(itt, actor=bidder)
    close_now(itt)
    row = keep_late(bid=bid, actor=bidder, keys=current_app.extensions["keys"], declared=EDITION)
    db.session.flush()
    officer = make_commissioner(itt.authority)
    propose_late(itt=itt, late_id=row.id, admits=True, reason=WORDS, actor=officer)
    db.session.flush()
    by = lambda actor: decide_late(itt=itt, late_id=row.id, agrees=agrees, actor=actor)  # noqa: E731
    return Act(itt.authority, officer.user_id, row.proposed_at, Role.APPROVER, by, row)


def _suspension(decide: Callable[..., Any], *, lifting: bool = False, **more: Any) -> Act:
    authority = make_authority(administrators=0)
    first, other = (actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)) for _ in range(2))
    terms = {"first_day": None, "last_day": None, "review_date": clock.today() + timedelta(days=30)}
    row = propose_suspension(provider=make_provider(), actor=first, now=now(), reason=WORDS, **terms)
    db.session.flush()
    by = lambda actor: decide(suspension=row, actor=actor, **_said(more))  # noqa: E731
    if not lifting:
        return Act(authority, row.proposed_by_id, row.proposed_at, Role.AUTHORITY_ADMINISTRATOR, by, row)
    decide_suspension(suspension=row, actor=other, note=WORDS, now=now())
    propose_lifting(suspension=row, reason=WORDS, actor=first, now=now())
    at = row.lift_proposed_at
    return Act(authority, first.user_id, at, Role.AUTHORITY_ADMINISTRATOR, by, row, "lift_two_people")


def _claim(decide: Callable[..., Any], **more: Any) -> Act:
    case = Claimed(current_app._get_current_object())
    authority = make_authority(administrators=0)
    first = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    [row] = claims_undecided()
    ask_holder(claim=row, actor=first, now=now())
    answer_claim(claim=row, answer=WORDS, actor=case.own, now=now())
    propose_move(claim=row, reason=WORDS, actor=first, now=now())
    by = lambda actor: decide(claim=row, actor=actor, **_said(more))  # noqa: E731
    return Act(authority, first.user_id, row.proposed_at, Role.AUTHORITY_ADMINISTRATOR, by, row)


def _role(decide: Callable[..., Any], *, whom: str = "proposer", **more: Any) -> Act:
    authority = make_authority(administrators=0)
    first = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    grantee = make_person(Role.AUDITOR, authority=authority)
    row = propose_role(person=grantee, role=Role.OPENER, authority=authority, actor=first)
    by = lambda actor: decide(role_id=row.id, actor=actor, now=now(), **more)  # noqa: E731
    about = first.user_id if whom == "proposer" else grantee.id
    trigger = "two_people" if whom == "proposer" else None
    return Act(authority, about, row.proposed_at, Role.AUTHORITY_ADMINISTRATOR, by, row, trigger)


def _successor(decide: Callable[..., Any], **more: Any) -> Act:
    """The platform's people have no deputies of their own; one who works for an authority, too, has there."""
    authority, provider = make_authority(administrators=0), make_provider()
    gone = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider)
    heir = make_person(Role.CONTRIBUTOR, provider=provider)
    first = actor_of(make_person(Role.PLATFORM_ADMINISTRATOR, Role.AUDITOR, authority=authority))
    said = {"former": gone.email, "email": heir.email, "name": "", "asked": WORDS, "checked": WORDS}
    row = propose_successor(**said, actor=first, now=now())
    by = lambda actor: decide(role_id=row.id, actor=actor, now=now(), **more)  # noqa: E731
    return Act(authority, first.user_id, row.proposed_at, Role.PLATFORM_ADMINISTRATOR, by, row)


def _lost_factor(whom: str) -> Act:
    authority = make_authority(administrators=0)
    first = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    person = make_person(Role.OPENER, authority=authority)
    row = ask_to_begin_anew(actor=actor_of(person), now=now())
    db.session.flush()
    confirm_person(lost_id=row.id, actor=actor_of(first), now=now())
    by = lambda actor: confirm_person(lost_id=row.id, actor=actor, now=now())  # noqa: E731
    if whom == "person":
        return Act(authority, person.id, row.asked_at, Role.AUTHORITY_ADMINISTRATOR, by, row, None)
    return Act(authority, first.id, row.checked_at, Role.AUTHORITY_ADMINISTRATOR, by, row)


def _erasure(decide: Callable[..., Any], **more: Any) -> Act:
    authority = make_authority(administrators=0)
    row = ask_erasure(actor=actor_of(make_person(Role.OPENER, authority=authority)))
    by = lambda actor: decide(request_id=row.id, actor=actor, now=now(), **more)  # noqa: E731
    return Act(authority, row.proposed_by_id, row.proposed_at, Role.AUTHORITY_ADMINISTRATOR, by, row)


def _deputy(decide: Callable[..., Any], **more: Any) -> Act:
    authority = make_authority(administrators=0)
    first = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    person, deputy = (make_person(Role.OPENER, authority=authority) for _ in range(2))
    days = {"first_day": clock.today(), "last_day": clock.today()}
    row = name_deputy(place=authority, person=person, deputy=deputy, actor=actor_of(first), now=now(), **days)
    by = lambda actor: decide(absence=row, actor=actor, now=now(), **more)  # noqa: E731
    return Act(authority, first.id, row.proposed_at, Role.AUTHORITY_ADMINISTRATOR, by, row)


ACTS: dict[str, Callable[[], Act]] = {
    "open bids": _opening,
    "award": lambda: _award(decide_award),
    "refuse an award": lambda: _award(refuse_award),
    "refuse an application": lambda: _refusal(decide_refusal, "two_people", note=WORDS),
    "send a refusal back": lambda: _refusal(send_back_refusal, "sent_back_two_people", reason=WORDS),
    "remove a member": _removal,
    "remove somebody from a panel": _panel_removal,
    "approve a direct award that one started": lambda: _direct_award("starter"),
    "approve a direct award that one justified": lambda: _direct_award("writer"),
    "change what is published": lambda: _addendum(publish_addendum),
    "refuse to change what is published": lambda: _addendum(
        refuse_addendum, now=now, files=lambda: current_app.extensions["files"]
    ),
    "answer an interest that one declared": lambda: _mitigation("person"),
    "answer an interest as one proposed": lambda: _mitigation("proposer"),
    "approve what is published": lambda: _publication(approve_publication),
    "send back what is to be published": lambda: _publication(send_back),
    "cancel a procurement": lambda: _ending(decide_ending),
    "refuse to cancel a procurement": lambda: _ending(refuse_ending),
    "set an award aside": lambda: _setting_aside(decide_setting_aside),
    "refuse to set an award aside": lambda: _setting_aside(refuse_setting_aside),
    "take a bid out": lambda: _judgement(decide_judgement),
    "refuse to take a bid out": lambda: _judgement(refuse_judgement),
    "admit a late bid": lambda: _late_bid(agrees=True),
    "send the proposal about a late bid back": lambda: _late_bid(agrees=False),
    "suspend": lambda: _suspension(decide_suspension, note=WORDS, now=now),
    "refuse to suspend": lambda: _suspension(refuse_suspension, note=WORDS, now=now),
    "lift": lambda: _suspension(lift_organisation, lifting=True, now=now),
    "refuse to lift": lambda: _suspension(keep_suspension, lifting=True),
    "move a number": lambda: _claim(move_number, now=now),
    "refuse to move a number": lambda: _claim(refuse_move),
    "confirm a role": lambda: _role(confirm_role),
    "confirm a role of one's own": lambda: _role(confirm_role, whom="grantee"),
    "refuse a role": lambda: _role(refuse_role, reason=WORDS),
    "make somebody an administrator's successor": lambda: _successor(confirm_role),
    "refuse a successor": lambda: _successor(refuse_role, reason=WORDS),
    "make sure who lost a phone": lambda: _lost_factor("checker"),
    "make sure who lost one's own phone": lambda: _lost_factor("person"),
    "erase": lambda: _erasure(carry_out_erasure),
    "refuse to erase": lambda: _erasure(refuse_erasure, reason=WORDS),
    "confirm a deputy": lambda: _deputy(confirm_deputy),
    "refuse a deputy": lambda: _deputy(refuse_deputy, reason=WORDS),
}


def second_of(act: Act) -> User:
    """Somebody who can be the second, in the same place."""
    also = (Role.AUDITOR,) if act.role is Role.PLATFORM_ADMINISTRATOR else ()
    return make_person(act.role, *also, authority=act.place)
