"""Calling off: what a draft takes over, and whom the law lets call off."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.drafts import NotReady
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import Participant
from portal.regulation.kinds import FrameworkKind, IttKind, Regime
from portal.tendering.calling_off import approve_direct_award, propose_direct_award
from portal.tendering.checking import Task, problems_of
from portal.tendering.drafting import describe_service, set_value_and_term
from portal.tendering.inheriting import CallOffRefused
from portal.tendering.states import IttStatus
from portal.tendering.tree import CriterionKind, kind_of
from tests.factories.accounts import actor_of, make_person
from tests.factories.calling_off import (
    REASON,
    approver_of,
    draft_call_off,
    kind_for,
    publish,
    published_call_off,
    ready_call_off,
)
from tests.factories.frameworks import admit, draft_framework, live_framework, participant
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import declare_all, make_commissioner

DIRECT = "Where only one member has a home in the area and its price is the framework’s."


@pytest.mark.parametrize("kind", FrameworkKind)
def test_a_call_off_takes_over_what_its_lot_has_published(db_session: object, kind: FrameworkKind) -> None:
    """Law, light touch, codes and criteria; weights lie inside their ranges and total 100; the price is the price."""
    lot = live_framework(kind=kind).lots[0]
    itt = draft_call_off(lot)
    assert (itt.kind, itt.regime, itt.light_touch, itt.cpv_codes) == (
        kind_for(lot),
        lot.framework.regime,
        True,
        ["85311300"],
    )
    quality, price = lot.framework.criteria
    assert [(node.title, node.weight, kind_of(node), node.framework_criterion_id) for node in itt.criteria] == [
        ("Quality", Decimal(60), CriterionKind.SCORED, quality.id),
        ("Price", Decimal(40), CriterionKind.PRICE, price.id),
    ]
    assert [(share.panel.name, share.share) for share in itt.criteria[0].shares] == [("Local panel", Decimal(100))]
    [event] = events_of(itt.id)
    assert (event.kind, event.data["start"], event.data["framework_lot"]) == (
        "itt_drafted",
        itt.kind.value,
        str(lot.id),
    )


def test_the_law_is_the_parents(db_session: object) -> None:
    """A DPS of 2017 is called off from under the 2015 Regulations, whatever today's date."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    assert draft_call_off(lot).regime is Regime.PCR2015


@pytest.mark.parametrize(
    ("kind", "details", "section"),
    [
        (FrameworkKind.DPS, {}, "PCR2015 reg 34(21)"),
        (FrameworkKind.DYNAMIC_MARKET, {}, "PR24 reg 25(2)"),
        (FrameworkKind.FRAMEWORK, {"light_touch": False}, "PA2023 s.45(5)"),
        (FrameworkKind.FRAMEWORK, {"regime": Regime.PCR2015}, "PCR2015 reg 33(5)"),
    ],
)
def test_an_uncommitted_authority_cannot_call_off(
    db_session: object, kind: FrameworkKind, details: dict[str, object], section: str
) -> None:
    """Neither without a commitment nor after it was withdrawn; with one, any authority can."""
    framework = live_framework(kind=kind, **details)
    stranger = make_authority()
    with pytest.raises(CallOffRefused, match="no recorded commitment") as refused:
        draft_call_off(framework.lots[0], authority=stranger)
    assert section in refused.value.message
    participant(framework, stranger)
    assert draft_call_off(framework.lots[0], authority=stranger).authority_id == stranger.id
    commitment = db.session.get_one(Participant, (framework.id, stranger.id))
    commitment.withdrawn_on = clock.today()
    db.session.flush()
    with pytest.raises(CallOffRefused, match="no recorded commitment"):
        draft_call_off(framework.lots[0], authority=stranger)


def test_nothing_is_called_off_outside_the_validity(db_session: object) -> None:
    """Neither from a draft, nor after the end, nor before the beginning."""
    for framework in (
        draft_framework(),
        live_framework(valid_for=-timedelta(seconds=1)),
        live_framework(live_ago=-timedelta(days=1)),
    ):
        with pytest.raises(CallOffRefused, match="not valid now"):
            draft_call_off(framework.lots[0])


@pytest.mark.parametrize("kind", [FrameworkKind.DPS, FrameworkKind.DYNAMIC_MARKET])
def test_nothing_is_awarded_directly_from_a_dps_or_a_market(db_session: object, kind: FrameworkKind) -> None:
    """Every member is invited, each time."""
    lot = live_framework(kind=kind).lots[0]
    with pytest.raises(CallOffRefused, match="Nothing is awarded directly") as refused:
        draft_call_off(lot, kind=IttKind.DIRECT_AWARD)
    assert refused.value.field == "kind"


def test_a_direct_award_needs_published_conditions(db_session: object) -> None:
    """Without them there is none (PCR2015 reg 33(8)(a); PA2023 s.45(4))."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK).lots[0]
    with pytest.raises(CallOffRefused, match=r"no conditions for a direct award.*s\.45\(4\)"):
        draft_call_off(lot, kind=IttKind.DIRECT_AWARD)


@pytest.mark.parametrize("kind", [IttKind.OPEN, IttKind.DPS_CALL_OFF, IttKind.MARKET_CALL_OFF])
def test_only_the_kinds_of_its_law(db_session: object, kind: IttKind) -> None:
    """A framework knows mini-competitions and direct awards."""
    with pytest.raises(CallOffRefused, match="not how work is called off"):
        draft_call_off(live_framework(kind=FrameworkKind.FRAMEWORK).lots[0], kind=kind)


def test_only_its_own_commissioners_start_a_draft_for_an_authority(db_session: object) -> None:
    """Approvers are refused, other authorities' people do not know of it, and a title is needed."""
    lot = live_framework().lots[0]
    authority = lot.framework.authority
    with pytest.raises(NotAllowed):
        draft_call_off(lot, actor=approver_of(authority))
    with pytest.raises(NotFound):
        draft_call_off(lot, actor=make_commissioner())
    with pytest.raises(InvalidInput) as refused:
        draft_call_off(lot, title="  ")
    assert refused.value.field == "title"


def test_light_touch_stays_the_frameworks(db_session: object) -> None:
    """A framework that is not light touch has no light-touch call-offs, whatever the codes say."""
    lot = live_framework(kind=FrameworkKind.DYNAMIC_MARKET, light_touch=False).lots[0]
    itt = draft_call_off(lot)
    actor = make_commissioner(itt.authority)
    describe_service(itt=itt, title="A home", description="For two.", cpv_codes=["85311300"], actor=actor)
    assert itt.light_touch is False


@pytest.mark.parametrize("kind", FrameworkKind)
def test_a_ready_call_off_can_be_published(db_session: object, kind: FrameworkKind) -> None:
    """Nothing is missing; a call-off from a DPS or a framework has no notice of its own."""
    lot = live_framework(kind=kind).lots[0]
    admit(lot)
    itt = ready_call_off(lot)
    assert problems_of(itt, clock.now()) == []
    publish(itt)
    assert (itt.status, itt.light_touch) == (IttStatus.PUBLISHED, True)


def test_an_ended_framework_publishes_nothing(db_session: object) -> None:
    """The framework's end between the draft and its publication is seen under its lock."""
    framework = live_framework(kind=FrameworkKind.DPS, valid_for=timedelta(days=30))
    admit(framework.lots[0])
    itt = ready_call_off(framework.lots[0])
    participant_row = db.session.get_one(Participant, (framework.id, framework.authority_id))
    participant_row.withdrawn_on = clock.today()
    db.session.flush()
    with pytest.raises(CallOffRefused, match="no recorded commitment"):
        publish(itt)


@pytest.mark.parametrize("kind", [FrameworkKind.DPS, FrameworkKind.FRAMEWORK])
def test_nobody_to_invite(db_session: object, kind: FrameworkKind) -> None:
    """A DPS call-off and a mini-competition wait for the first member."""
    itt = ready_call_off(live_framework(kind=kind).lots[0], approved=False)
    declare_all(itt)
    assert [
        (problem.task, "Nobody is an active member" in problem.message) for problem in problems_of(itt, clock.now())
    ] == [(Task.INVITED, True), (Task.APPROVAL, False)]
    with pytest.raises(NotReady, match="nobody to invite"):
        publish(itt)


def test_a_direct_award_is_justified_and_approved_by_a_second_person(db_session: object) -> None:
    """Forty characters, an active member, and an approver who neither started the draft nor wrote the reason."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms=DIRECT).lots[0]
    member = admit(lot).provider
    authority = lot.framework.authority
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=authority))
    itt = draft_call_off(lot, kind=IttKind.DIRECT_AWARD, actor=both)
    now = clock.now()
    with pytest.raises(WrongState, match="Nobody has said"):
        approve_direct_award(itt=itt, actor=approver_of(authority), now=now)
    for provider, reason, field in (
        (make_provider(), REASON, "provider"),
        (None, REASON, "provider"),
        (member, "x" * 39, "reason"),
    ):
        with pytest.raises(InvalidInput) as refused:
            propose_direct_award(itt=itt, provider=provider, reason=reason, actor=both, now=now)
        assert refused.value.field == field
    writer = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=authority))
    propose_direct_award(itt=itt, provider=member, reason=REASON, actor=writer, now=now)
    for same in (both, writer):
        with pytest.raises(NotAllowed, match="two people"):
            approve_direct_award(itt=itt, actor=same, now=now)
    approver = approver_of(authority)
    approve_direct_award(itt=itt, actor=approver, now=now)
    assert (itt.direct_award_approved_by_id, itt.direct_award_approved_at) == (approver.user_id, now)
    event = events_of(itt.id)[-1]
    assert (event.kind, event.actor_id, event.data["provider"]) == (
        "direct_award_approved",
        approver.user_id,
        str(member.id),
    )


def test_a_change_takes_the_approval_back(db_session: object) -> None:
    """What was approved is what is published: any change to the draft needs a new approval."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms=DIRECT).lots[0]
    itt = ready_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=admit(lot).provider)
    assert problems_of(itt, clock.now()) == []
    actor = make_commissioner(itt.authority)
    set_value_and_term(itt=itt, estimated_value=Decimal(5_000_000), term_months=24, break_months=[], actor=actor)
    assert itt.direct_award_approved_at is None
    with pytest.raises(NotReady, match="approver"):
        publish(itt)


def test_a_direct_award_to_somebody_who_has_left(db_session: object) -> None:
    """The provider is an active member when it is published, or nothing is."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms=DIRECT).lots[0]
    admission = admit(lot)
    itt = ready_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=admission.provider)
    admission.paused_at, admission.paused_until = clock.now(), clock.now() + timedelta(days=1)
    db.session.flush()
    with pytest.raises(CallOffRefused, match="not an active member of the lot any more"):
        publish(itt)


def test_mini_competitions_are_no_direct_awards(db_session: object) -> None:
    """Nobody is named in one."""
    itt = published_call_off(_with_member(FrameworkKind.FRAMEWORK))
    assert itt.direct_award_provider_id is None
    draft = draft_call_off(_with_member(FrameworkKind.FRAMEWORK))
    with pytest.raises(WrongState, match="not a direct award"):
        propose_direct_award(
            itt=draft,
            provider=make_provider(),
            reason=REASON,
            actor=make_commissioner(draft.authority),
            now=clock.now(),
        )


def _with_member(kind: FrameworkKind):
    lot = live_framework(kind=kind).lots[0]
    admit(lot)
    return lot
