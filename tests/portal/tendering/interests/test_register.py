"""One register of interests: officers who decide and whoever sits on a panel are in it, nobody else has to remember."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.accounts.models import HeldRole
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Role, Verb, policy
from portal.corresponding.writing import write_to_bidder, write_to_buyer
from portal.evaluation.panels import Appointee, appoint_panel_member
from portal.evaluation.states import MemberRole
from portal.extensions import db
from portal.tendering.helping.asking import answer_help, ask_for_help
from portal.tendering.interests.assessing import confirm_assessment
from portal.tendering.interests.declaring import name_person
from portal.tendering.interests.mitigating import propose_mitigation
from portal.tendering.interests.models import Interest
from portal.tendering.interests.queries import (
    assessments_of,
    confirmations_among,
    entries_of,
    interest_faults,
    register_of,
)
from portal.tendering.interests.rules import INFLUENCING
from portal.tendering.interests.states import MitigationOutcome
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import close_now, open_itt, opened_itt, submitted_bid, submitter_of
from tests.factories.evaluation import LOCAL, YOUNG, Seat, appointed, declare, link_of, recuse
from tests.factories.tendering import draft_itt, make_commissioner, panel_named, published_itt, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")
WORDS = "My sister works for one of the bidders, and I see her each week."
APART = {"application", "admission", "provider", "suspension", "number_claim", "absence", "role", "authority"}
"""What two people decide that is no procurement's."""
READ = {Verb.SEE_HELD_WORDS}
"""What is only read by whoever holds half of it."""


def entry_of(seat: Seat) -> Interest:
    """Their place in the register, as whoever sits on that panel."""
    return next(one for one in entries_of(seat.panel.itt_id, seat.user.id) if one.panel_id == seat.panel.id)


def test_every_act_of_two_people_in_a_procurement_influences_it() -> None:
    """A new one cannot be forgotten: whoever takes half of it comes into the register."""
    halves = {row.verb for row in policy.rows() if row.half and row.object not in APART}
    assert halves - READ <= INFLUENCING


def test_whoever_opens_bids_has_to_declare_before_anything_is_awarded() -> None:
    """Nobody called anything for it: taking the invitation to open it was enough, and once is enough."""
    itt = opened_itt(1)
    silent = register_of(itt.id).silent
    assert len(silent) == 2
    names = " and ".join(one.user.display_name for one in silent)
    assert list(interest_faults(itt)) == [
        f"{names} have not declared their interests yet.",
        "It is known who bids since the conflicts assessment was made. Confirm it, or revise it.",
    ]


def test_an_assessment_is_confirmed_in_its_own_words_as_a_version() -> None:
    """Who said so and when stands beside the earlier one, and nothing is lacking any more."""
    itt = opened_itt(1)
    settle_interests(itt)
    officer = make_commissioner(itt.authority)
    confirm_assessment(itt=itt, actor=officer, now=clock.now())
    versions = assessments_of(itt.id)
    assert (versions[0].made_by_id, versions[0].known) == (officer.user_id, versions[1].known)
    assert versions[0].number in confirmations_among(versions)
    assert list(interest_faults(itt)) == []


def test_an_assessment_that_nobody_made_is_not_confirmed() -> None:
    """There is nothing that could still hold."""
    officer = make_commissioner()
    with pytest.raises(WrongState):
        confirm_assessment(itt=draft_itt(actor=officer), actor=officer, now=clock.now())


def test_whoever_sits_on_a_panel_is_in_the_register_from_the_appointment_on() -> None:
    """What they declare of each bidder after the opening is what their entry says; until then nothing waits for it."""
    evaluation = appointed(opened_itt(1))
    seat = evaluation.seats[LOCAL][0]
    waits_for = {one.user_id for one in register_of(evaluation.itt.id).silent}
    assert (entry_of(seat).declared_at, seat.user.id in waits_for) == (None, False)
    declare(seat)
    assert (entry_of(seat).has_interest, entry_of(seat).is_settled) == (False, True)


def test_an_interest_of_a_panel_member_is_settled_by_stepping_back_and_assessed_again() -> None:
    """The register says in which bidder; nobody proposes what follows then, and the assessment has to be looked at."""
    evaluation = appointed(opened_itt(1))
    settle_interests(evaluation.itt)
    seat, bid = evaluation.seats[LOCAL][0], evaluation.bids()[0]
    recuse(seat, bid)
    entry = link_of(seat, bid)
    assert entry.detail == f"{bid.bid.provider.name}: My sister works there."
    assert (entry.is_settled, entry.may_take_part) == (True, False)
    assert list(interest_faults(evaluation.itt)) == [
        "An interest was declared or answered after the conflicts assessment was made. Revise it."
    ]
    with pytest.raises(WrongState):
        propose_mitigation(
            interest=entry,
            outcome=MitigationOutcome.CONDITIONS,
            words=WORDS,
            actor=evaluation.commissioner,
            now=clock.now(),
        )


def test_what_a_young_person_wrote_stays_on_their_panel() -> None:
    """The register names the bidder and the alias, and no word of theirs."""
    evaluation = appointed(opened_itt(1))
    young = evaluation.scorers(YOUNG)[0]
    recuse(young, evaluation.bids()[0])
    assert "sister" not in link_of(young, evaluation.bids()[0]).detail


def test_whoever_stepped_back_decides_nothing_else_of_the_procurement() -> None:
    """Neither as an officer nor on another panel."""
    itt = opened_itt(1)
    evaluation = appointed(itt)
    officer = make_person(Role.COMMISSIONER, authority=itt.authority)
    member = appoint_panel_member(
        itt=itt,
        panel=panel_named(itt, LOCAL),
        appointee=Appointee(MemberRole.MEMBER, officer.display_name, officer.email),
        actor=evaluation.commissioner,
        now=clock.now(),
    )
    recuse(Seat(officer, member, member.panel), evaluation.bids()[0])
    with pytest.raises(NotAllowed) as refused:
        appoint_panel_member(
            itt=itt,
            panel=panel_named(itt, LOCAL),
            appointee=Appointee(MemberRole.MEMBER, "Somebody Else", "somebody.else@example.org"),
            actor=actor_of(officer),
            now=clock.now(),
        )
    assert refused.value.code == "stepped_back"
    with pytest.raises(InvalidInput):
        appoint_panel_member(
            itt=itt,
            panel=panel_named(itt, "parents"),
            appointee=Appointee(MemberRole.MEMBER, officer.display_name, officer.email),
            actor=evaluation.commissioner,
            now=clock.now(),
        )


def test_whoever_left_the_authority_without_declaring_is_not_waited_for() -> None:
    """Nobody can ask them any more: what is known of them belongs in the assessment."""
    itt = opened_itt(1)
    settle_interests(itt)
    person = make_person(Role.OPENER, authority=itt.authority)
    name_person(itt=itt, user_id=person.id, part="Held the budget.", actor=make_commissioner(itt.authority))
    assert [one.user_id for one in register_of(itt.id).silent] == [person.id]
    db.session.execute(update(HeldRole).where(HeldRole.user_id == person.id).values(ended_at=clock.now()))
    register = register_of(itt.id)
    assert (register.silent, len(register.gone)) == ([], 1)


def test_whoever_answers_or_helps_a_bidder_has_to_declare_before_anything_is_awarded() -> None:
    """An answer moves what is bid (PA2023 s.81(3)): each way of giving one puts the officer into the register."""
    itt = published_itt(closes_in=timedelta(hours=1), published_ago=timedelta(days=30))
    bidder = submitter_of()
    bid = submitted_bid(itt, actor=bidder)
    request = ask_for_help(itt=itt, words="The page says error.", is_named=False, actor=bidder)
    helps, writes = (make_commissioner(itt.authority) for _ in range(2))
    answer_help(request=request, answer="Press again, please.", actor=helps, now=clock.now())
    close_now(itt)
    open_itt(itt)
    write_to_bidder(itt_id=itt.id, provider_id=bid.provider_id, words="We have read it.", actor=writes)
    silent = {one.user_id for one in register_of(itt.id).silent}
    assert {helps.user_id, writes.user_id} <= silent
    write_to_buyer(bid=bid, words="Thank you.", actor=bidder)
    assert bidder.user_id not in {one.user_id for one in register_of(itt.id).entries}
