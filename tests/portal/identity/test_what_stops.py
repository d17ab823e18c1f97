"""What a suspension stops and what it leaves, and what an unproved number asks of an officer, in every stage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.awarding.deciding import decide_award, propose_award
from portal.bidding.drafting import save_answers
from portal.bidding.envelopes import content_of
from portal.bidding.models import Bid
from portal.bidding.queries import version_of
from portal.bidding.sealing import read_version
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.extensions import db
from portal.identity.verifying import end_verification
from portal.joining.applying import start_application
from portal.joining.deciding import admit_provider
from portal.joining.models import ApplicationDecision
from portal.organisations.models import ContractingAuthority, Provider, Suspension
from portal.organisations.standing import OrganisationSuspended
from portal.organisations.states import SuspensionStatus
from portal.tendering.entitlement import Reason, entitlement_of, may_bid, open_call_offs_for
from portal.tendering.explaining import NotEntitled, told
from portal.tendering.inviting import invite_newly_admitted
from portal.tendering.models import Invitation
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import (
    NOTE,
    REASON,
    approver_of,
    propose,
    proposed_award,
    ready_for_award,
    ready_with_places,
)
from tests.factories.bidding import (
    close_now,
    complete_draft,
    open_itt,
    questions_of,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework, participant
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt, settle_interests
from tests.portal.joining.submitted import commissioner_of, submitted_application

GROUND = "It gave false information in an application (section 57)."
RELYING = "The council has worked with it for years; the register is down."


def suspend(provider: Provider, authority: ContractingAuthority | None) -> Suspension:
    """A suspension in force since a moment ago."""
    first, second = (make_person(Role.AUTHORITY_ADMINISTRATOR) for _ in range(2))
    now = clock.now()
    found = Suspension(
        provider_id=provider.id,
        authority_id=authority.id if authority else None,
        status=SuspensionStatus.IN_FORCE,
        reason=GROUND,
        starts_at=now - timedelta(minutes=1),
        review_date=clock.today() + timedelta(days=30),
        proposed_by_id=first.id,
        decided_by_id=second.id,
        decided_at=now,
    )
    db.session.add(found)
    db.session.flush()
    return found


def unprove(provider: Provider) -> None:
    actor = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR))
    end_verification(provider, reason="Nobody can say who this is.", actor=actor, now=clock.now())


@pytest.mark.usefixtures("db_session")
class TestWhatASuspensionStops:
    """Each act by which an organisation goes on."""

    def test_applying(self) -> None:
        """Neither started nor, once started, sent."""
        framework = live_framework()
        actor = submitter_of()
        provider = db.session.get_one(Provider, actor.provider_id)
        suspend(provider, framework.authority)
        with pytest.raises(OrganisationSuspended):
            start_application(lot=framework.lots[0], actor=actor)

    def test_being_admitted(self) -> None:
        """Whatever it has sent before."""
        framework = live_framework()
        application = submitted_application(framework)
        suspend(application.provider, None)
        with pytest.raises(OrganisationSuspended, match="by the platform"):
            admit_provider(
                application=application, version=1, actor=commissioner_of(framework.authority), now=clock.now()
            )

    def test_being_invited_and_answering_a_call_off(self) -> None:
        """Not at publication and not later; the reason and the open call-offs say the same as the rule."""
        lot = live_framework().lots[0]
        admit(lot)
        kept = admit(lot)
        found = suspend(kept.provider, lot.framework.authority)
        itt = published_call_off(lot)
        invited = db.session.scalars(select(Invitation.provider_id).where(Invitation.itt_id == itt.id)).all()
        assert kept.provider_id not in invited
        assert invite_newly_admitted(admission_id=kept.id, now=clock.now()) == []
        now = clock.now()
        standing = entitlement_of(itt, kept.provider_id, now)
        assert (standing.reason, standing.details) == (Reason.BARRED, (GROUND,))
        assert not may_bid(itt.id, kept.provider_id, now)
        assert list(open_call_offs_for(kept.provider_id, now)) == []
        found.status, found.lifted_at = SuspensionStatus.LIFTED, now
        db.session.flush()
        assert may_bid(itt.id, kept.provider_id, now)
        assert invite_newly_admitted(admission_id=kept.id, now=now) == [itt.id]

    def test_the_lead_authority_s_reaches_call_offs_by_others(self) -> None:
        """A council that calls off from another's framework does not invite whom that one keeps away."""
        lot = live_framework().lots[0]
        kept = admit(lot)
        admit(lot)
        suspend(kept.provider, lot.framework.authority)
        other = participant(lot.framework)
        itt = published_call_off(lot, authority=other)
        assert itt.authority_id != lot.framework.authority_id
        assert not may_bid(itt.id, kept.provider_id, clock.now())
        assert entitlement_of(itt, kept.provider_id, clock.now()).reason is Reason.BARRED

    def test_starting_and_submitting_a_bid_that_is_open_to_everybody(self) -> None:
        """The draft that it has can be saved; starting and sending are refused with the reason."""
        itt, actor = published_itt(), submitter_of()
        bid = complete_draft(itt, actor=actor)
        suspend(db.session.get_one(Provider, actor.provider_id), itt.authority)
        keys = current_app.extensions["keys"]
        text = {questions_of(itt)[0].key: "Written meanwhile."}
        save_answers(bid=bid, actor=actor, keys=keys, answers=text)
        db.session.refresh(bid)
        with pytest.raises(NotEntitled, match="Your organisation is suspended"):
            submit(bid, actor)
        shown = told(itt, actor.provider_id, clock.now())
        assert shown is not None
        assert not shown.may_bid

    def test_being_awarded(self) -> None:
        """Neither proposed nor, when the suspension came after that, decided."""
        itt = ready_for_award()
        commissioner = make_commissioner(itt.authority)
        decision = propose(itt, commissioner)
        suspend(decision.places[0].bid.provider, itt.authority)
        approver = approver_of(itt.authority)
        settle_interests(itt, approver)
        with pytest.raises(OrganisationSuspended):
            decide_award(decision=decision, actor=approver, note=NOTE, now=clock.now())


@pytest.mark.usefixtures("db_session")
def test_a_bid_that_was_sent_before_is_opened_and_its_receipt_stays() -> None:
    """What was done before the suspension stands."""
    itt = published_itt()
    bid = submitted_bid(itt)
    suspend(bid.provider, None)
    close_now(itt)
    assert [opened.bid_id for opened in open_itt(itt).bids] == [bid.id]
    writer = actor_of(make_person(Role.SUBMITTER, provider=bid.provider))
    content = content_of(
        read_version(bid=bid, version=version_of(bid), actor=writer, keys=current_app.extensions["keys"])
    )
    assert content.answers


@pytest.mark.usefixtures("db_session")
def test_an_admission_before_the_number_is_proved_keeps_its_reason() -> None:
    """Refused beside the field without one; the reason stands beside the decision, and the ledger says that it did."""
    framework = live_framework()
    application = submitted_application(framework, provider=make_provider(verified=False))
    act: dict[str, Any] = {"application": application, "version": 1, "actor": commissioner_of(framework.authority)}
    with pytest.raises(InvalidInput) as refusal:
        admit_provider(**act, now=clock.now())
    assert refusal.value.field == "unverified_reason"
    admit_provider(**act, now=clock.now(), unverified_reason=RELYING)
    [kept] = db.session.scalars(
        select(ApplicationDecision.unverified_reason).where(ApplicationDecision.application_id == application.id)
    )
    assert (kept, events_of(framework.id)[-1].data["verified"]) == (RELYING, False)


@pytest.mark.usefixtures("db_session")
def test_an_award_before_the_number_is_proved_keeps_its_reason() -> None:
    """Asked of the proposer; of the second person only where the verification was lost between the two."""
    itt = ready_for_award()
    commissioner, approver = make_commissioner(itt.authority), approver_of(itt.authority)
    settle_interests(itt, approver)
    decision = propose(itt, commissioner)
    assert decision.places[0].unverified_reason == ""
    unprove(decision.places[0].bid.provider)
    with pytest.raises(InvalidInput) as refusal:
        decide_award(decision=decision, actor=approver, note=NOTE, now=clock.now())
    assert refusal.value.field == "unverified_reason"
    db.session.refresh(decision)
    decide_award(decision=decision, actor=approver, note=NOTE, now=clock.now(), unverified_reason=RELYING)
    assert decision.places[0].unverified_reason == RELYING


@pytest.mark.usefixtures("db_session")
def test_of_several_winners_every_one_is_looked_at() -> None:
    """Unproved or suspended since the proposal: the second one as much as the first."""
    award = proposed_award(ready_with_places())
    second = award.decision.places[1].bid.provider
    act: dict[str, Any] = {"decision": award.decision, "actor": award.approver, "note": NOTE}
    unprove(second)
    with pytest.raises(InvalidInput) as refusal:
        decide_award(**act, now=clock.now())
    assert refusal.value.field == "unverified_reason"
    suspend(second, award.itt.authority)
    with pytest.raises(OrganisationSuspended):
        decide_award(**act, now=clock.now(), unverified_reason=RELYING)


@pytest.mark.usefixtures("db_session")
def test_proposing_an_award_to_an_unproved_winner_asks_for_a_reason() -> None:
    """Nothing is proposed without one."""
    itt = ready_for_award()
    for bid in db.session.scalars(select(Bid).where(Bid.itt_id == itt.id)):
        unprove(bid.provider)
    officer = make_commissioner(itt.authority)
    settle_interests(itt, officer)
    act: dict[str, Any] = {"itt": itt, "lot": itt.lots[0], "actor": officer, "reason": REASON}
    with pytest.raises(InvalidInput) as refusal:
        propose_award(**act, offers_standstill=False, now=clock.now())
    assert refusal.value.field == "unverified_reason"
    made = propose_award(**act, offers_standstill=False, now=clock.now(), unverified_reason=RELYING)
    assert made.places[0].unverified_reason == RELYING
