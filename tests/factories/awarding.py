"""Awards for tests: proposed, decided, announced and waited for through the real activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select, text

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award, propose_award
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.standstill import announce_award
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.notices.models import Notice
from portal.notices.publisher import publisher
from portal.notices.publishing import publish_release
from portal.organisations.models import ContractingAuthority
from portal.regulation.local_time import local_date
from portal.scenarios.looking import look_where_it_decides
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.evaluation import Give, best_first, moderated_evaluation
from tests.factories.made_once import made_once
from tests.factories.notices import place
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_in_lots, settle_interests

REASON = "The first bid has the highest total under the published method."
NOTE = "I compared the figures with the published weights and found them right."


@dataclass
class Award:
    """An ITT whose award is under way, with the people who act on it."""

    itt: InvitationToTender
    commissioner: Actor
    approver: Actor
    decision: AwardDecision


@made_once
def ready_for_award(
    n_bids: int = 2, *, give: Give = best_first, authority: ContractingAuthority | None = None, **options: object
) -> InvitationToTender:
    """A MODERATED ITT with its result and the smallest panels there can be; the first bid wins."""
    small = {"professionals": 2, "young_people": 2, "parents": 2} | options
    return moderated_evaluation(n_bids, give=give, authority=authority, **small).itt


def approver_of(authority: ContractingAuthority) -> Actor:
    """An approver of the authority, as activities see people."""
    return actor_of(make_person(Role.APPROVER, authority=authority))


def propose(itt: InvitationToTender, actor: Actor, *, offers_standstill: bool = True) -> AwardDecision:
    """Propose the award of the first lot, once neither interests nor scores that decide alone keep it back."""
    settle_interests(itt, actor)
    look_where_it_decides(itt, itt.lots[0], actor)
    return propose_award(
        itt=itt, lot=itt.lots[0], actor=actor, reason=REASON, offers_standstill=offers_standstill, now=clock.now()
    )


@made_once
def proposed_award(
    itt: InvitationToTender | None = None, *, n_bids: int = 2, offers_standstill: bool = True, give: Give = best_first
) -> Award:
    """An award that waits for its approver."""
    itt = itt or ready_for_award(n_bids, give=give)
    commissioner = make_commissioner(itt.authority)
    decision = propose(itt, commissioner, offers_standstill=offers_standstill)
    approver = approver_of(itt.authority)
    settle_interests(itt, approver)
    return Award(itt, commissioner, approver, decision)


@made_once
def decided_award(
    itt: InvitationToTender | None = None, *, n_bids: int = 2, offers_standstill: bool = True, give: Give = best_first
) -> Award:
    """A decided award; every bidder's summary is issued, the award notice is still to come."""
    award = proposed_award(itt, n_bids=n_bids, offers_standstill=offers_standstill, give=give)
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    db.session.refresh(award.itt)
    return award


def announce(award: Award, *, now: datetime | None = None) -> Notice:
    """Publish the tender and award notices, and start the standstill where there is one."""
    at = now or clock.now()
    publish_of(award.itt, EventKind.ITT_PUBLISHED, now=at)
    by = publisher(current_app.config["SETTINGS"])
    notice = publish_of(award.itt, EventKind.SUMMARIES_ISSUED, now=at) or place(award.itt, publisher=by, now=at)
    announce_award(decision_id=award.decision.id, on=local_date(at))
    return notice


def publish_of(itt: InvitationToTender, kind: EventKind, *, now: datetime | None = None) -> Notice | None:
    """Publish (or prepare) the notice of the ITT's last event of a kind."""
    event_id = db.session.execute(
        select(Event.id).where(Event.chain == str(itt.id), Event.kind == kind.value).order_by(Event.seq.desc()).limit(1)
    ).scalar_one()
    by = publisher(current_app.config["SETTINGS"])
    return publish_release(event_id=event_id, publisher=by, now=now or clock.now())


def let_standstill_pass(award: Award) -> None:
    """Move the award notice and its standstill 30 days into the past, so that it is over."""
    db.session.flush()
    db.session.execute(
        text(
            "UPDATE standstill SET starts_date = starts_date - 30, last_date = last_date - 30, "
            "ends_until = ends_until - interval '30 days' WHERE decision_id = :id"
        ),
        {"id": award.decision.id},
    )
    db.session.expire_all()


@made_once
def standing_award(*, offers_standstill: bool = True, over: bool = True, n_bids: int = 2) -> Award:
    """A decided and announced award, whose standstill, where there is one, is over (or, not `over`, runs)."""
    award = decided_award(n_bids=n_bids, offers_standstill=offers_standstill)
    announce(award)
    if offers_standstill and over:
        let_standstill_pass(award)
    return award


def standstill_row(award: Award) -> Standstill:
    """The award's standstill."""
    return db.session.scalars(select(Standstill).where(Standstill.decision_id == award.decision.id)).one()


BIDDERS: Mapping[str, Sequence[int]] = {"Alder": (1, 2), "Birch": (1, 2)}
"""Who bids for which of two lots."""


@made_once
def ready_with_places(
    places: int = 2, *, n_bids: int = 4, give: Give = best_first, step: int = 1_000
) -> InvitationToTender:
    """A MODERATED ITT of one lot that goes to so many bidders; the first bid is the best, the second the next.

    `step`: by how many pounds each bid is dearer than the one before.
    """
    itt = published_in_lots(1, places=places)
    for number in range(n_bids):
        submitted_bid(itt, price=f"{100_000 + step * number}")
    close_now(itt)
    open_itt(itt)
    return moderated_evaluation(itt=itt, give=give, professionals=2, young_people=2, parents=2).itt


def scored_in_lots(
    give: Give,
    *,
    bidders: Mapping[str, Sequence[int]] = BIDDERS,
    awarded: int | None = None,
    otherwise: bool = False,
) -> InvitationToTender:
    """A MODERATED ITT of two lots; `awarded`: how many one bidder may win, `otherwise`: the second judged otherwise."""
    itt = published_in_lots(2, awarded=awarded, otherwise=otherwise)
    for name, numbers in bidders.items():
        actor = submitter_of(make_provider(name))
        for number in numbers:
            submitted_bid(itt, actor=actor, lot=itt.lots[number - 1])
    close_now(itt)
    open_itt(itt)
    return moderated_evaluation(itt=itt, give=give, professionals=2, young_people=2, parents=2).itt


def awarded(itt: InvitationToTender, number: int, actor: Actor) -> AwardDecision:
    """The award of one lot, proposed and decided."""
    approver = approver_of(itt.authority)
    settle_interests(itt, actor, approver)
    look_where_it_decides(itt, itt.lots[number - 1], actor)
    decision = propose_award(
        itt=itt, lot=itt.lots[number - 1], actor=actor, reason=REASON, offers_standstill=True, now=clock.now()
    )
    decide_award(decision=decision, actor=approver, note=NOTE, now=clock.now())
    return decision
