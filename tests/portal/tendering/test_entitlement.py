"""Who may answer a call-off: the rule, the reason, and the page that puts it right."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core import clock
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.frameworks.states import FrameworkStatus
from portal.joining.states import ApplicationStatus
from portal.organisations.models import Provider
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.tendering.entitlement import Reason, entitlement_of, may_bid, open_call_offs_for
from portal.tendering.explaining import told, why
from portal.tendering.inviting import invite_newly_admitted
from portal.tendering.models import InvitationToTender
from tests.factories.bidding import close_now
from tests.factories.calling_off import applied, draft_call_off, published_call_off, refuse
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.portal.tendering.test_inviting import STATES, put_into

Count = Callable[[], AbstractContextManager[list[str]]]
APPLICATIONS = ("none", *ApplicationStatus)


def call_off(kind: FrameworkKind = FrameworkKind.DPS, **details: Any) -> InvitationToTender:
    """A published call-off with one member that has nothing to do with the test."""
    lot = live_framework(kind=kind, **details).lots[0]
    admit(lot)
    return published_call_off(lot)


def lot_of(itt: InvitationToTender) -> FrameworkLot:
    assert itt.framework_lot is not None
    return itt.framework_lot


def reason_of(itt: InvitationToTender, provider: Provider) -> Reason:
    """The reason; the rule as a condition must say the same about bidding."""
    now = clock.now()
    standing = entitlement_of(itt, provider.id, now)
    assert may_bid(itt.id, provider.id, now) is standing.may_bid
    return standing.reason


def test_an_open_invitation_is_open_to_all(db_session: object, count_statements: Count) -> None:
    """Nothing is asked but whether the organisation is suspended: one statement."""
    itt = published_itt()
    provider = make_provider()
    assert itt.framework_lot is None
    with count_statements() as statements:
        assert entitlement_of(itt, provider.id, clock.now()).reason is Reason.OPEN_TO_ALL
    assert len(statements) == 1
    assert may_bid(itt.id, provider.id, clock.now())


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("active", Reason.MEMBER),
        ("paused", Reason.PAUSED),
        ("pause over", Reason.MEMBER),
        ("suspended", Reason.SUSPENDED),
        ("suspension over", Reason.MEMBER),
        ("removal proposed", Reason.MEMBER),
        ("removed", Reason.REMOVED),
        ("left", Reason.LEFT),
    ],
)
def test_members_and_former_members(db_session: object, state: str, reason: Reason) -> None:
    """An active member may bid; whoever is away or gone is told which."""
    itt = call_off()
    admission = admit(lot_of(itt))
    put_into(admission, state)
    assert reason_of(itt, admission.provider) is reason


@pytest.mark.parametrize(
    ("status", "in_a_dps", "in_a_market"),
    [
        (ApplicationStatus.DRAFT, Reason.NOT_SENT, Reason.NOT_SENT),
        (ApplicationStatus.SUBMITTED, Reason.WAITING, Reason.APPLICANT),
        (ApplicationStatus.CLARIFICATION, Reason.WAITING, Reason.APPLICANT),
        (ApplicationStatus.REFUSAL_PROPOSED, Reason.WAITING, Reason.APPLICANT),
        (ApplicationStatus.REFUSED, Reason.REFUSED, Reason.REFUSED),
        (ApplicationStatus.WITHDRAWN, Reason.NOT_A_MEMBER, Reason.NOT_A_MEMBER),
    ],
)
def test_applicants_may_bid_in_a_market_and_not_in_a_dps(
    db_session: object, status: ApplicationStatus, in_a_dps: Reason, in_a_market: Reason
) -> None:
    """PA2023 s.34(4) has applicants considered; PCR2015 reg 34(21) invites those who are admitted."""
    for kind, reason in ((FrameworkKind.DPS, in_a_dps), (FrameworkKind.DYNAMIC_MARKET, in_a_market)):
        itt = call_off(kind)
        assert reason_of(itt, applied(lot_of(itt), status=status).provider) is reason


@settings(max_examples=25)
@given(
    kind=st.sampled_from(FrameworkKind),
    membership=st.sampled_from(("none", *STATES)),
    application=st.sampled_from(APPLICATIONS),
)
def test_the_rule_and_the_reason_agree(
    db_session: object, kind: FrameworkKind, membership: str, application: str
) -> None:
    """For every mixture of membership and application the condition and the explanation say the same."""
    itt = call_off(kind)
    provider = make_provider()
    if membership != "none":
        put_into(admit(lot_of(itt), provider), membership)
    if application != "none":
        applied(lot_of(itt), provider, status=ApplicationStatus(application))
    may = reason_of(itt, provider) in {Reason.MEMBER, Reason.APPLICANT}
    assert may is (
        membership in {"active", "pause over", "suspension over", "removal proposed"}
        or (kind is FrameworkKind.DYNAMIC_MARKET and application in {"submitted", "clarification", "refusal_proposed"})
    )


def test_a_refusal_names_every_failed_criterion(db_session: object) -> None:
    """The newest decision's reasons, and the application in which they are put right."""
    itt = call_off()
    application = applied(lot_of(itt))
    refuse(application)
    standing = entitlement_of(itt, application.provider_id, clock.now())
    assert standing.details == ("Insurance: It lapsed in May.",)
    assert standing.application is application


def test_the_sentence_names_lot_and_section(db_session: object) -> None:
    """Whoever is no member reads which lot of what, the section, and how to join."""
    itt = call_off()
    lot = lot_of(itt)
    standing = entitlement_of(itt, make_provider().id, clock.now())
    assert why(standing) == (
        f"Only members of lot 1 (Lot title 1) of the dynamic purchasing system {lot.framework.title} can bid "
        "(PCR2015 reg 34(21)-(22)), and you are not one."
    )
    assert (standing.lot, standing.application) == (lot, None)
    assert told(itt, None, clock.now()) is None
    assert told(published_itt(), make_provider().id, clock.now()) is None


def test_a_direct_award_is_its_one_providers(db_session: object) -> None:
    """Another active member reads that it went to another."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms="Where one is left.").lots[0]
    chosen, other = admit(lot).provider, admit(lot).provider
    itt = published_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=chosen)
    assert (reason_of(itt, chosen), reason_of(itt, other)) == (Reason.MEMBER, Reason.AWARDED_TO_ANOTHER)


def test_an_ended_framework_has_no_bidders(db_session: object) -> None:
    """From the instant at which it ceased; before it its members could."""
    itt = call_off()
    framework = lot_of(itt).framework
    provider = admit(lot_of(itt)).provider
    now = clock.now()
    framework.status, framework.ceased_at = FrameworkStatus.CEASED, now
    db.session.flush()
    for instant, expected in ((now - timedelta(microseconds=1), True), (now, False)):
        assert entitlement_of(itt, provider.id, instant).may_bid is expected
        assert may_bid(itt.id, provider.id, instant) is expected
    assert entitlement_of(itt, provider.id, now).reason is Reason.ENDED


def test_open_call_offs_are_a_query(db_session: object, count_statements: Count) -> None:
    """Those from before the admission too, invited or not; no drafts, closed ones, other lots; one statement."""
    framework = live_framework(lots=2, kind=FrameworkKind.DYNAMIC_MARKET)
    lot, other = framework.lots
    later, sooner = published_call_off(lot), published_call_off(lot, closes_in=timedelta(days=11))
    closed = published_call_off(lot)
    close_now(closed)
    draft_call_off(lot)
    published_call_off(other)
    published_itt()
    provider = make_provider()
    assert open_call_offs_for(provider.id, clock.now()) == []
    admission = admit(lot, provider)
    with count_statements() as statements:
        found = open_call_offs_for(provider.id, clock.now())
    assert len(statements) == 1
    assert [tuple(row) for row in found] == [(sooner, None, None), (later, None, None)]
    invite_newly_admitted(admission_id=admission.id, now=clock.now())
    invited = [invited_at for _itt, invited_at, _declined in open_call_offs_for(provider.id, clock.now())]
    assert [at is not None for at in invited] == [True, True]
    put_into(admission, "paused")
    assert open_call_offs_for(provider.id, clock.now()) == []


def test_an_applicants_call_offs(db_session: object) -> None:
    """A market's are open to an applicant who waits, a purchasing system's are not."""
    for kind, count in ((FrameworkKind.DYNAMIC_MARKET, 1), (FrameworkKind.DPS, 0)):
        itt = call_off(kind)
        assert len(open_call_offs_for(applied(lot_of(itt)).provider_id, clock.now())) == count
