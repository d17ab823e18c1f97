"""A member's other name, number or parent: asked for, decided framework by framework, and what stays of the old one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.identity.correcting import change_provider
from portal.members.identity import (
    accept_change,
    ask_identity_change,
    decisions_waiting_for,
    refuse_change,
    waiting_change,
    withdraw_identity_change,
)
from portal.members.models import ChangeDecision, IdentityChange
from portal.organisations import commitments
from portal.organisations.details import IdentityDetails
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import submitted_bid
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt
from tests.portal.identity.test_correcting import details_of
from tests.portal.joining.submitted import submitted_application

NOW = clock.now()
REASON = "We merged with another trust in September."
NOTE = "Companies House has the new name since September."

pytestmark = pytest.mark.usefixtures("db_session")


class Member:
    """A member of two frameworks of two councils, and who acts for it and for them."""

    def __init__(self) -> None:
        self.provider: Provider = make_provider("Demo Bright Steps", company_number="09506232")
        self.admissions: list[Admission] = [admit(live_framework().lots[0], provider=self.provider) for _ in range(2)]
        self.officers = [make_commissioner(one.framework.authority) for one in self.admissions]
        self.administrator = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=self.provider))

    def ask(self, **changed: Any) -> IdentityChange:
        wanted = IdentityDetails("Demo Bright Futures", "09506232", "", "")
        return ask_identity_change(
            provider=self.provider,
            details=replace(wanted, **changed),
            reason=REASON,
            actor=self.administrator,
            now=NOW,
        )

    def of(self, change: IdentityChange, which: int) -> ChangeDecision:
        wanted = self.admissions[which].framework_id
        return next(found for found in change.decisions if found.framework_id == wanted)

    def names(self) -> list[str]:
        db.session.flush()
        db.session.expire_all()
        return [one.name for one in self.admissions]


@pytest.fixture
def member() -> Member:
    """Active in both."""
    return Member()


def test_a_member_cannot_rename_itself(member: Member) -> None:
    """Name, number and parent are refused beside the name, whatever else is saved with them."""
    for changed in ({"name": "Demo Barnardo"}, {"company_number": "00000007"}, {"parent": "Demo Holding"}):
        with pytest.raises(InvalidInput, match="Ask for the change instead") as refusal:
            change_provider(
                provider=member.provider,
                details=details_of(member.provider, **changed),
                actor=member.administrator,
                now=NOW,
            )
        assert refusal.value.field == "organisation_name"
        db.session.expire(member.provider)
    moved = details_of(member.provider, address="3 Demo Street")
    change_provider(provider=member.provider, details=moved, actor=member.administrator, now=NOW)
    assert member.provider.verification is not None


def test_nothing_changes_before_an_officer_accepts(member: Member) -> None:
    """The request waits with each framework's officers, who see it in their list."""
    change = member.ask()
    assert member.names() == ["Demo Bright Steps"] * 2
    assert [len(decisions_waiting_for(officer)) for officer in member.officers] == [1, 1]
    assert [found.status.is_waiting for found in change.decisions] == [True, True]


def test_each_framework_takes_the_name_when_its_own_officers_accept(member: Member) -> None:
    """With the first acceptance the organisation is called so; the second framework follows with its own."""
    change = member.ask()
    accept_change(decision=member.of(change, 0), note=NOTE, actor=member.officers[0], now=NOW)
    assert member.provider.name == "Demo Bright Futures"
    assert member.names() == ["Demo Bright Futures", "Demo Bright Steps"]
    accept_change(decision=member.of(change, 1), note=NOTE, actor=member.officers[1], now=NOW)
    assert member.names() == ["Demo Bright Futures"] * 2
    kinds = [event.kind for event in events_of(member.admissions[1].framework_id)]
    assert kinds[-1] == EventKind.IDENTITY_CHANGE_ACCEPTED


def test_refused_in_one_it_keeps_its_old_name_there(member: Member) -> None:
    """Whichever officers decide first; after a later change that is accepted it takes the newest name there."""
    change = member.ask()
    refuse_change(decision=member.of(change, 1), note=NOTE, actor=member.officers[1], now=NOW)
    assert member.provider.name == "Demo Bright Steps"
    accept_change(decision=member.of(change, 0), note=NOTE, actor=member.officers[0], now=NOW)
    assert member.names() == ["Demo Bright Futures", "Demo Bright Steps"]
    again = member.ask(name="Demo Brighter Still")
    accept_change(decision=member.of(again, 0), note=NOTE, actor=member.officers[0], now=NOW)
    assert member.names() == ["Demo Brighter Still", "Demo Bright Steps"]
    accept_change(decision=member.of(again, 1), note=NOTE, actor=member.officers[1], now=NOW)
    assert member.names() == ["Demo Brighter Still"] * 2


def test_refused_everywhere_nothing_changes(member: Member) -> None:
    """Name and verification stay, and another request can follow."""
    change = member.ask()
    for which in (0, 1):
        refuse_change(decision=member.of(change, which), note=NOTE, actor=member.officers[which], now=NOW)
    assert (member.provider.name, member.provider.policy_state) == ("Demo Bright Steps", "verified")
    assert waiting_change(member.provider.id) is None
    member.ask()


def test_what_was_done_before_keeps_its_name(member: Member) -> None:
    """Name and numbers of each instant can be asked; the present page says both."""
    before = clock.now()
    change = member.ask(company_number="00000007")
    accept_change(decision=member.of(change, 0), note=NOTE, actor=member.officers[0], now=clock.now())
    then, since = member.provider.at(before), member.provider.at(clock.now())
    assert (then.name, [number.org_id for number in then.identifiers]) == ("Demo Bright Steps", ["GB-COH-09506232"])
    assert [number.org_id for number in since.identifiers] == ["GB-COH-00000007"]
    assert member.provider.called(before) == "Demo Bright Futures, then Demo Bright Steps"
    assert member.provider.called(clock.now()) == "Demo Bright Futures"


@pytest.mark.parametrize(
    ("changed", "stays"), [({"name": "Demo Other"}, False), ({"name": "Demo Bright Steps", "parent": "Holding"}, True)]
)
def test_another_name_or_number_has_to_be_proved_again_another_parent_not(
    member: Member, changed: dict[str, str], stays: bool
) -> None:
    """From the first acceptance on."""
    change = member.ask(**changed)
    accept_change(decision=member.of(change, 0), note=NOTE, actor=member.officers[0], now=NOW)
    assert (member.provider.verification is not None) is stays


def test_one_request_at_a_time_and_it_can_be_taken_back(member: Member) -> None:
    """What was accepted before stays; what waits falls away."""
    change = member.ask()
    with pytest.raises(Conflict):
        member.ask(name="Demo Third")
    accept_change(decision=member.of(change, 0), note=NOTE, actor=member.officers[0], now=NOW)
    withdraw_identity_change(change=change, actor=member.administrator)
    assert member.names() == ["Demo Bright Futures", "Demo Bright Steps"]
    with pytest.raises(WrongState):
        accept_change(decision=member.of(change, 1), note=NOTE, actor=member.officers[1], now=NOW)


@pytest.mark.parametrize(
    ("changed", "reason", "field"),
    [
        ({"name": "Demo Bright Steps"}, REASON, "organisation_name"),
        ({"company_number": "00000009"}, REASON, "company_number"),
        ({"company_number": ""}, REASON, "company_number"),
        ({}, "So.", "reason"),
    ],
)
def test_a_request_that_cannot_be_is_refused_beside_its_field(
    member: Member, changed: dict[str, str], reason: str, field: str
) -> None:
    """Nothing new, a number that another has, none at all, no reason."""
    make_provider(company_number="00000009")
    wanted = replace(IdentityDetails("Demo New", "09506232", "", ""), **changed)
    with pytest.raises(InvalidInput) as refusal:
        ask_identity_change(
            provider=member.provider, details=wanted, reason=reason, actor=member.administrator, now=NOW
        )
    assert refusal.value.field == field


def test_a_number_that_was_registered_meanwhile_is_a_conflict(member: Member) -> None:
    """The officer is told to refuse; nothing was changed."""
    change = member.ask(company_number="00000009")
    make_provider(company_number="00000009")
    with pytest.raises(Conflict, match="registered already"):
        accept_change(decision=member.of(change, 0), note=NOTE, actor=member.officers[0], now=NOW)


def test_only_the_framework_s_commissioners_decide(member: Member) -> None:
    """Another council finds nothing; an approver of the same reads and does not decide."""
    decision = member.of(member.ask(), 0)
    with pytest.raises(NotFound):
        accept_change(decision=decision, note=NOTE, actor=member.officers[1], now=NOW)
    approver = actor_of(make_person(Role.APPROVER, authority=member.admissions[0].framework.authority))
    with pytest.raises(NotAllowed):
        accept_change(decision=decision, note=NOTE, actor=approver, now=NOW)


def with_application(provider: Provider) -> None:
    submitted_application(live_framework(), provider=provider)


def with_bid(provider: Provider) -> None:
    submitted_bid(published_itt(), provider)


@pytest.mark.parametrize("bind", [with_application, with_bid])
def test_where_it_belongs_to_no_framework_the_platform_decides(bind: Any) -> None:
    """Who has only sent an application or a bid is known to a buyer: no buyer is asked before an opening."""
    provider = make_provider("Demo Bright Steps")
    bind(provider)
    administrator = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    wanted = IdentityDetails("Demo Bright Futures", provider.company_number or "", "", "")
    change = ask_identity_change(provider=provider, details=wanted, reason=REASON, actor=administrator, now=NOW)
    [decision] = change.decisions
    assert decision.framework_id is None
    officer = actor_of(make_person(Role.COMMISSIONER))
    assert list(decisions_waiting_for(officer)) == []
    platform: Actor = actor_of(make_person(Role.PLATFORM_ADMINISTRATOR))
    assert [found.id for found in decisions_waiting_for(platform)] == [decision.id]
    accept_change(decision=decision, note=NOTE, actor=platform, now=NOW)
    assert provider.name == "Demo Bright Futures"


def test_an_organisation_that_nobody_knows_corrects_itself() -> None:
    """It has nothing to ask, and loses only what was proved of the old name."""
    provider = make_provider("Demo Bright Steps")
    administrator = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))
    wanted = IdentityDetails("Demo Bright Futures", provider.company_number or "", "", "")
    with pytest.raises(WrongState):
        ask_identity_change(provider=provider, details=wanted, reason=REASON, actor=administrator, now=NOW)
    change_provider(
        provider=provider, details=details_of(provider, name="Demo Bright Futures"), actor=administrator, now=NOW
    )
    assert provider.verification is None


def test_every_stage_that_binds_says_so() -> None:
    """A membership, a sent application and a sent bid; a stage that is forgotten would let its parties rename."""
    assert set(commitments.declared()) == {"membership", "application", "bid"}
