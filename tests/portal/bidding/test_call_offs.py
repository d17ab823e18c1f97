"""Bids in call-offs: only members start and submit, and membership is checked again when bidding has closed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.bidding.drafting import save_price
from portal.bidding.models import Bid, DisregardedBid, OpenedBid
from portal.bidding.openers import OpeningRefused
from portal.bidding.opening import open_bids
from portal.bidding.setting_aside import explain_undecided, undecided_bidders
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import FrameworkLot
from portal.frameworks.states import AdmissionStatus, FrameworkStatus
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.organisations.models import Provider
from portal.regulation.kinds import FrameworkKind
from portal.tendering.entitlement import Reason
from portal.tendering.explaining import NotEntitled
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.bidding import (
    close_now,
    complete_draft,
    draft_bid,
    open_itt,
    opener_of,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.calling_off import applied, published_call_off, refuse, send_version
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt

Count = Callable[[], AbstractContextManager[list[str]]]
GONE = "Its provider was not a member of the lot when bidding closed (the framework’s published terms)."
AWAY = (
    "Its provider’s membership of the lot was paused or suspended when bidding closed (the framework’s published "
    "terms)."
)
WHY = "Each of the applications rests on a merger whose papers are still with the regulator abroad."
HOUR = timedelta(hours=1)


def lot_of(kind: FrameworkKind) -> FrameworkLot:
    """A lot with one member that does not bid."""
    lot = live_framework(kind=kind).lots[0]
    admit(lot)
    return lot


def remove(admission: Admission) -> None:
    """End the membership now."""
    admission.status, admission.ended_at = AdmissionStatus.REMOVED, clock.database_time()
    admission.reasons_sent_at = admission.ended_at
    db.session.flush()


def fates() -> tuple[list[object], dict[object, str]]:
    """The bids that were opened, and those that were set aside with the reason."""
    opened = sorted(db.session.scalars(select(OpenedBid.bid_id)))
    return opened, {row.bid_id: row.reason for row in db.session.scalars(select(DisregardedBid))}


@pytest.mark.parametrize("kind", FrameworkKind)
def test_only_members_start_a_bid(db_session: object, kind: FrameworkKind) -> None:
    """Whoever is none is refused with the reason, and nothing is made."""
    lot = lot_of(kind)
    itt = published_call_off(lot)
    with pytest.raises(NotEntitled, match="you are not one") as refused:
        draft_bid(itt, actor=submitter_of())
    assert refused.value.standing.reason is Reason.NOT_A_MEMBER
    assert db.session.scalars(select(Bid)).all() == []
    assert draft_bid(itt, actor=submitter_of(admit(lot).provider)).version == 0


def test_applicants_bid_in_a_market_and_not_in_a_dps(db_session: object) -> None:
    """PA2023 s.34(4); PCR2015 reg 34(21)."""
    market, dps = lot_of(FrameworkKind.DYNAMIC_MARKET), lot_of(FrameworkKind.DPS)
    assert submitted_bid(published_call_off(market), applied(market).provider).version == 1
    itt = published_call_off(dps)
    with pytest.raises(NotEntitled, match="waits for a decision"):
        draft_bid(itt, actor=submitter_of(applied(dps).provider))


def test_a_membership_that_ended_cannot_submit(db_session: object) -> None:
    """The draft stays, and can be written on; what was submitted before stays submitted."""
    lot = lot_of(FrameworkKind.DPS)
    itt = published_call_off(lot)
    admission = admit(lot)
    actor = submitter_of(admission.provider)
    bid = complete_draft(itt, actor=actor)
    remove(admission)
    with pytest.raises(NotEntitled, match="was ended") as refused:
        submit(bid, actor)
    assert (refused.value.standing.reason, bid.version) == (Reason.REMOVED, 0)


def test_who_may_answer_costs_one_statement(db_session: object, app: Flask, count_statements: Count) -> None:
    """Starting and submitting ask once who may answer, whether everybody may or members alone, whatever the size."""
    lot = lot_of(FrameworkKind.DYNAMIC_MARKET)
    asked = {}
    for name, itt in (("open", published_itt()), ("call-off", published_call_off(lot))):
        actor = submitter_of(admit(lot).provider)
        with count_statements() as started:
            draft_bid(itt, actor=actor)
        complete = complete_draft(itt, actor=actor)
        with count_statements() as submitted:
            submit(complete, actor)
        asked[name] = [sum("admission" in statement for statement in each) for each in (started, submitted)]
    assert asked == {"open": [1, 1], "call-off": [1, 1]}


def test_membership_is_checked_again_at_closing(db_session: object) -> None:
    """Who left, paused or was suspended before the closing time is set aside unopened; who left after it is opened."""
    framework = live_framework(kind=FrameworkKind.FRAMEWORK, suspension_terms="After a warning.")
    lot = framework.lots[0]
    itt = published_call_off_with(lot)
    members = {name: admit(lot) for name in ("stays", "left", "paused", "suspended", "left later", "paused later")}
    bids = {name: submitted_bid(itt, member.provider) for name, member in members.items()}
    now = clock.database_time()
    remove(members["left"])
    members["paused"].paused_at, members["paused"].paused_until = now, now + HOUR
    members["suspended"].suspended_at, members["suspended"].suspension_reason = now, "Under the terms."
    close_now(itt)
    remove(members["left later"])
    members["paused later"].paused_at = clock.database_time()
    members["paused later"].paused_until = now + HOUR
    db.session.flush()
    open_itt(itt)
    opened, aside = fates()
    assert opened == sorted(bids[name].id for name in ("stays", "left later", "paused later"))
    assert aside == {
        bids[
            "left"
        ].id: "Its provider was not a member of the lot when bidding closed (the framework’s published terms).",
        bids["paused"].id: AWAY,
        bids["suspended"].id: AWAY,
    }
    data = events_of(itt.id)[-1].data
    assert (data["opened"], data["set_aside"], len(data["bids"])) == (3, 3, 3)
    assert sorted(row["bid"] for row in data["set_aside_bids"]) == sorted(str(bid) for bid in aside)
    assert all(str(member.provider_id) not in str(data) for member in members.values())


def published_call_off_with(lot: FrameworkLot) -> InvitationToTender:
    """A call-off from a lot whose first member does not bid."""
    admit(lot)
    return published_call_off(lot)


def test_a_framework_that_had_ended_opens_nothing(db_session: object) -> None:
    """Nobody was a member any more when bidding closed; one that ends after it changes nothing."""
    for before, count in ((True, 0), (False, 1)):
        lot = lot_of(FrameworkKind.DPS)
        itt = published_call_off(lot)
        submitted_bid(itt, admit(lot).provider)
        if not before:
            close_now(itt)
        lot.framework.status, lot.framework.ceased_at = FrameworkStatus.CEASED, clock.database_time()
        db.session.flush()
        if before:
            close_now(itt)
        opening = open_itt(itt)
        assert len(opening.bids) == count


def agree(app: Flask, itt: InvitationToTender, actor: Actor) -> None:
    open_bids(itt=itt, actor=actor, keys=app.extensions["keys"], factor_at=clock.now())


class Market:
    """A market's call-off in which a member and an applicant have bid, closed an instant ago."""

    def __init__(self) -> None:
        self.lot = lot_of(FrameworkKind.DYNAMIC_MARKET)
        self.itt = published_call_off(self.lot)
        self.member = submitted_bid(self.itt, admit(self.lot).provider)
        self.application = applied(self.lot)
        self.applicant = submitted_bid(self.itt, self.application.provider)
        applied(self.lot)  # somebody who applies and does not bid
        close_now(self.itt)
        self.opener = opener_of(self.itt.authority)

    def refuses(self, app: Flask) -> str:
        """The refusal to open, or nothing."""
        try:
            agree(app, self.itt, self.opener)
        except OpeningRefused as refused:
            return f"{refused.reason}: {refused.message}"
        return ""

    def decide(self) -> None:
        """Admit the applicant now."""
        self.application.status = ApplicationStatus.ADMITTED
        admit(self.lot, at=clock.database_time(), application=self.application)


@pytest.fixture
def market(db_session: object) -> Market:
    return Market()


def test_an_undecided_bidder_blocks_the_opening(app: Flask, market: Market) -> None:
    """The number alone is told: neither who it is nor that somebody else applied (PA2023 s.34(4))."""
    message = market.refuses(app)
    assert message.startswith("undecided_applications: 1 application of a bidder is undecided. Decide it first")
    assert "s.34(4)-(5)" in message
    assert market.application.provider.name not in message
    assert market.itt.status is IttStatus.PUBLISHED
    assert undecided_bidders(market.itt, clock.now()) == 1


def test_whoever_is_admitted_before_the_opening_is_opened(app: Flask, market: Market) -> None:
    """It was considered: its bid counts like a member's."""
    market.decide()
    assert market.refuses(app) == ""
    agree(app, market.itt, opener_of(market.itt.authority))
    assert fates() == (sorted([market.member.id, market.applicant.id]), {})


def test_whoever_is_refused_is_set_aside(app: Flask, market: Market) -> None:
    """Also when it sends the application again after the closing time: it was considered once."""
    refuse(market.application)
    assert market.refuses(app) == ""
    send_version(market.application, at=clock.now(), number=2)
    market.application.status = ApplicationStatus.SUBMITTED
    db.session.flush()
    assert undecided_bidders(market.itt, clock.now()) == 0
    agree(app, market.itt, opener_of(market.itt.authority))
    opened, aside = fates()
    assert opened == [market.member.id]
    assert list(aside) == [market.applicant.id]
    assert "PA2023 s.34(3)" in aside[market.applicant.id]


def test_an_application_after_the_closing_time_does_not_block(db_session: object, app: Flask) -> None:
    """A member that left before the closing time and applies anew after it holds up nobody."""
    market = Market()
    market.decide()
    remove(db.session.scalars(select(Admission).where(Admission.application_id == market.application.id)).one())
    late: Application = applied(market.lot, market.application.provider, at=clock.now() + HOUR)
    assert late.received_at is not None
    assert market.refuses(app) == ""


def test_exceptional_complexity_is_recorded(app: Flask, market: Market) -> None:
    """By a commissioner with 40 characters, after closing, while something is undecided; the rest opens (s.34(5))."""
    itt = market.itt
    commissioner = make_commissioner(itt.authority)
    with pytest.raises(NotFound):
        explain_undecided(itt=itt, actor=make_commissioner(), reason=WHY)
    with pytest.raises(NotAllowed):
        explain_undecided(itt=itt, actor=market.opener, reason=WHY)
    with pytest.raises(InvalidInput) as refused:
        explain_undecided(itt=itt, actor=commissioner, reason="x" * 39)
    assert refused.value.field == "reason"
    explain_undecided(itt=itt, actor=commissioner, reason=WHY)
    event = events_of(itt.id)[-1]
    assert (event.kind, event.data) == ("undecided_applications_explained", {"count": 1})
    assert itt.undecided_reason == WHY
    assert market.refuses(app) == ""
    agree(app, itt, opener_of(itt.authority))
    opened, aside = fates()
    assert opened == [market.member.id]
    assert "PA2023 s.34(5)" in aside[market.applicant.id]
    with pytest.raises(WrongState):
        explain_undecided(itt=itt, actor=commissioner, reason=WHY)


def test_there_must_be_something_to_explain(db_session: object) -> None:
    """Neither while bidding is open, nor where every bidder is a member, nor in a DPS."""
    for kind in (FrameworkKind.DYNAMIC_MARKET, FrameworkKind.DPS):
        lot = lot_of(kind)
        itt = published_call_off(lot)
        submitted_bid(itt, admit(lot).provider)
        commissioner = make_commissioner(itt.authority)
        with pytest.raises(WrongState, match="still open"):
            explain_undecided(itt=itt, actor=commissioner, reason=WHY)
        close_now(itt)
        with pytest.raises(WrongState, match="nothing to explain"):
            explain_undecided(itt=itt, actor=commissioner, reason=WHY)


def test_the_set_aside_stay_sealed(db_session: object) -> None:
    """Their drafts and versions are as they were, and nothing of them is in the opening."""
    lot = lot_of(FrameworkKind.DPS)
    itt = published_call_off(lot)
    provider: Provider = make_provider()
    admission = admit(lot, provider)
    bid = submitted_bid(itt, provider, answer="A secret answer.")
    before = bid.draft_sealed
    remove(admission)
    close_now(itt)
    open_itt(itt)
    db.session.refresh(bid)
    assert bid.draft_sealed == before
    assert db.session.get(OpenedBid, bid.id) is None
    with pytest.raises(WrongState):
        save_price(bid=bid, actor=submitter_of(provider), keys=None, price=None)  # type: ignore[arg-type]
