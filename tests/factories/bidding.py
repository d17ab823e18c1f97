"""Bids for tests, drafted, submitted and opened through the real activities."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask import current_app
from sqlalchemy import select, text

from portal.bidding.documents import attach_files
from portal.bidding.drafting import read_draft, save_answers, save_price, start_bid
from portal.bidding.form_of_tender import edition_for
from portal.bidding.models import Bid, BidOpening
from portal.bidding.opening import open_bids
from portal.bidding.remarks import as_told, remarks_of
from portal.bidding.sealing import Submitted, submit_bid
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from portal.tendering.models import InvitationToTender, Lot, Question
from portal.tendering.timetable import USUAL_VALIDITY
from tests.factories.accounts import actor_of, make_person
from tests.factories.made_once import made_once
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt

SHARE_CODE = "6789BCDF"
POLICY_TEXT = b"We keep children safe.\n"

EDITION = edition_for(USUAL_VALIDITY)
"""What a page carries that shows what is declared with a bid for an invitation of the usual validity."""


def submitter_of(provider: Provider | None = None) -> Actor:
    """A submitter of the provider (or of a new one), as activities see people."""
    return actor_of(make_person(Role.SUBMITTER, provider=provider or make_provider()))


def opener_of(authority: ContractingAuthority | None) -> Actor:
    """An opener of the authority, as activities see people."""
    return actor_of(make_person(Role.OPENER, authority=authority))


def questions_of(itt: InvitationToTender) -> Sequence[Question]:
    """The questions of an invitation in their order."""
    return db.session.scalars(select(Question).where(Question.itt_id == itt.id).order_by(Question.position)).all()


def draft_bid(itt: InvitationToTender, *, actor: Actor | None = None, lot: Lot | None = None) -> Bid:
    """An empty draft for the first lot (or `lot`), by default of a new provider."""
    return start_bid(itt=itt, lot=lot or itt.lots[0], actor=actor or submitter_of())


def fill_draft(
    bid: Bid,
    actor: Actor,
    *,
    answer: str = "We would listen first.",
    price: str | None = "118000",
    name: str = "policy.txt",
    content: bytes = POLICY_TEXT,
    said: Mapping[str, str] | None = None,
) -> None:
    """Answer every question, attach a file wherever one is asked for, and give the price; `said` by key wins."""
    keys, files = current_app.extensions["keys"], current_app.extensions["files"]
    questions = [question for question in questions_of(bid.itt) if question.is_asked_for(bid.lot_id)]
    answers = {question.key: f"{answer} ({question.key})" for question in questions if question.asked.kind.in_words}
    answers |= {question.key: SHARE_CODE for question in questions if question.kind.is_supplier_information}
    answers |= {question.key: "yes" for question in questions if question.asked.kind.judged_by_rule}
    save_answers(bid=bid, actor=actor, keys=keys, answers=answers | dict(said or {}))
    for question in questions:
        if question.asked.kind.takes_files:
            attach_files(
                bid=bid,
                actor=actor,
                keys=keys,
                files=files,
                question=question.key,
                uploads=[(name, lambda: content)],
            )
    if price is not None:
        save_price(bid=bid, actor=actor, keys=keys, price=Decimal(price))
    db.session.refresh(bid)


def complete_draft(
    itt: InvitationToTender, *, actor: Actor | None = None, lot: Lot | None = None, **content: object
) -> Bid:
    """A draft that lacks nothing but submission; `content` as for `fill_draft`."""
    actor = actor or submitter_of()
    bid = draft_bid(itt, actor=actor, lot=lot)
    fill_draft(bid, actor, **content)  # type: ignore[arg-type]
    return bid


def submit(bid: Bid, actor: Actor) -> Submitted:
    """Submit the draft as it is, told which of its answers fail."""
    keys = current_app.extensions["keys"]
    asked = [question.asked for question in questions_of(bid.itt) if question.is_asked_for(bid.lot_id)]
    done = submit_bid(
        bid=bid,
        actor=actor,
        keys=keys,
        idempotency_key=uuid.uuid4(),
        expected_revision=bid.draft_revision,
        declared=EDITION,
        told=as_told(remarks_of(asked, read_draft(bid=bid, actor=actor, keys=keys), None)),
    )
    db.session.refresh(bid)
    return done


def submitted_bid(
    itt: InvitationToTender,
    provider: Provider | None = None,
    *,
    actor: Actor | None = None,
    **content: object,
) -> Bid:
    """A submitted bid of the provider (or of a new one); `content` as for `fill_draft`."""
    actor = actor or submitter_of(provider)
    bid = complete_draft(itt, actor=actor, **content)
    submit(bid, actor)
    return bid


def close_now(itt: InvitationToTender) -> None:
    """Let the closing time be this instant of the database's clock."""
    db.session.flush()
    db.session.execute(text("UPDATE itt SET closes_at = clock_timestamp() WHERE id = :id"), {"id": itt.id})
    db.session.refresh(itt, ["closes_at"])


def open_itt(itt: InvitationToTender, openers: tuple[Actor, Actor] | None = None) -> BidOpening:
    """Let two openers of the invitation's authority (new ones, unless given) open the bids of a closed invitation."""
    first, second = openers or (opener_of(itt.authority), opener_of(itt.authority))
    keys = current_app.extensions["keys"]
    open_bids(itt=itt, actor=first, keys=keys, factor_at=clock.now())
    return open_bids(itt=itt, actor=second, keys=keys, factor_at=clock.now()).opening


@made_once
def opened_itt(
    n_bids: int = 3,
    *,
    authority: ContractingAuthority | None = None,
    prices: Sequence[str] = (),
    title: str | None = None,
) -> InvitationToTender:
    """A published invitation that closed and was opened with `n_bids` bids of as many providers.

    `prices` in pounds, one for each bid, else £100,000, £101,000 and so on.
    """
    itt = published_itt(authority=authority, title=title)
    for number in range(n_bids):
        price = prices[number] if number < len(prices) else str(100_000 + 1_000 * number)
        submitted_bid(itt, answer=f"Bid {number + 1} would listen first.", price=price)
    close_now(itt)
    open_itt(itt)
    db.session.refresh(itt)
    return itt
