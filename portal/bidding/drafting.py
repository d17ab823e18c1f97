"""Drafting a bid: start it, and save answers and price. The whole draft is one sealed blob."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.closing import Entered, lock_bid, require_open, require_standing
from portal.bidding.completeness import gaps_of
from portal.bidding.contents import Content, read_sealed_draft, seal_draft
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import Conflict, DeadlinePassed, InvalidInput, WrongState
from portal.core.parsing.text import length, tidy
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.seals import KeyFolder
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import IttStatus

LONGEST_ANSWER = 100_000
"""Characters; far above any word limit, so that a pasted book is refused and a long draft is not."""
HIGHEST_PRICE = Decimal("999999999999.99")


class DraftChanged(Conflict):
    """Somebody else changed the same answers since the page was opened; `keys` says which ("" is the price)."""

    def __init__(self, message: str, keys: tuple[str, ...]) -> None:
        super().__init__(message)
        self.keys = keys


def start_bid(*, itt: InvitationToTender, lot: Lot, actor: Actor) -> Bid:
    """Start the provider's bid for a lot, or return the one that it has already (one per provider and lot).

    Consequences: an empty draft that only the provider's people know of; records BID_STARTED in the bid's own
    chain. Raises `NotFound` for people without a provider, `WrongState` for an invitation that is not
    published, `DeadlinePassed` from the closing instant on by the database's clock, `NotEntitled` for a call-off
    from a lot that the provider is not a member of at that instant.
    """
    proposed = Bid(
        id=uuid.uuid4(),
        reference=new_reference("BID"),
        itt_id=itt.id,
        lot_id=lot.id,
        provider_id=actor.provider_id,
        status=BidStatus.DRAFT,
    )
    policy.require(actor, Verb.START, proposed)
    _require_open_itt(itt, actor.provider_id)
    columns = {name: getattr(proposed, name) for name in ("id", "reference", "itt_id", "lot_id", "provider_id")}
    made = db.session.execute(
        insert(Bid)
        .values(**columns, status=BidStatus.DRAFT)
        .on_conflict_do_nothing(constraint="uq_bid_lot_id_provider_id")
        .returning(Bid.id)
    ).scalar_one_or_none()
    bid = db.session.scalars(select(Bid).where(Bid.lot_id == lot.id, Bid.provider_id == actor.provider_id)).one()
    if made is not None:
        record(EventKind.BID_STARTED, bid, actor=actor, itt=itt.id, lot=lot.number)
    return bid


def _require_open_itt(itt: InvitationToTender, provider_id: uuid.UUID | None) -> None:
    """Take the ITT's row lock, then read the clock; raises `WrongState`, `DeadlinePassed` and `NotEntitled`."""
    state = db.session.execute(
        select(InvitationToTender.status, InvitationToTender.closes_at)
        .where(InvitationToTender.id == itt.id)
        .with_for_update(read=True)
    ).one()
    if state.status in (IttStatus.DRAFT, IttStatus.CANCELLED):
        raise WrongState("This invitation to tender is not open for bids.")
    late = "The closing time has passed, so no new bid can be started."
    if state.status is not IttStatus.PUBLISHED:
        raise DeadlinePassed(late)
    at = clock.database_time()
    if at >= state.closes_at:
        raise DeadlinePassed(late)
    require_standing(itt.id, provider_id, at)


def read_draft(*, bid: Bid, actor: Actor, keys: KeyFolder) -> Content:
    """Read the working draft for one of its provider's people; raises `NotFound` for everybody else."""
    policy.require(actor, Verb.READ, bid)
    return read_sealed_draft(bid, bid.draft_sealed, bid.draft_revision, keys)


def save_answers(*, bid: Bid, actor: Actor, keys: KeyFolder, answers: Mapping[str, str], expected_revision: int) -> int:
    """Save answers ({question key: text}) into the draft and return its revision.

    Consequences: the draft is sealed anew, and a submitted bid then has changes that are not submitted;
    records BID_DRAFT_SAVED. Saving what is there already changes nothing. Word limits and blanks do not
    matter here: only submitting refuses them. Raises `TooLate` from the closing instant on, `DraftChanged`
    when somebody else changed one of the same answers after `expected_revision` (nothing is merged or lost),
    `InvalidInput` for an answer of more than 100,000 characters or to no question.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)

    def change(content: Content, revision: int) -> None:
        put_answers(content, entered, answers, expected_revision, revision)

    return change_draft(bid, entered, actor, keys, change, act="answers")


def save_price(*, bid: Bid, actor: Actor, keys: KeyFolder, price: Decimal | None, expected_revision: int) -> int:
    """Save the price (pounds over the whole term, None to clear it) into the draft and return its revision.

    Consequences and errors as for `save_answers`; `InvalidInput` (field "price") when it is not above zero,
    has fractions of a penny or is a thousand billion pounds or more.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    if price is not None and not Decimal(0) < price <= HIGHEST_PRICE:
        raise InvalidInput("The price must be more than £0, in pounds and pence.", field="price")
    if price is not None and price != price.quantize(Decimal("0.01")):
        raise InvalidInput("The price must be in whole pence, such as 118000.50.", field="price")

    def change(content: Content, revision: int) -> None:
        text = None if price is None else f"{price:.2f}"
        if text != content.price:
            if content.changed_in.get("", 0) > expected_revision:
                raise DraftChanged(_who_was_first(entered, "the price"), ("",))
            content.price = text
            content.changed_in[""] = revision

    return change_draft(bid, entered, actor, keys, change, act="price")


def put_answers(
    content: Content, entered: Entered, answers: Mapping[str, str], expected_revision: int, revision: int
) -> None:
    """Put the answers that differ into the content; raises `InvalidInput` and `DraftChanged`."""
    prompts = {question["key"]: question["prompt"] for question in entered.questions}
    conflicts = []
    for key, typed in answers.items():
        text = tidy(typed)
        if key not in prompts:
            raise InvalidInput("That question is not part of this invitation to tender.")
        if length(text) > LONGEST_ANSWER:
            raise InvalidInput("Your answer is too long to be saved.", field=f"answers-{key}")
        if text == content.answers.get(key, ""):
            continue
        if content.changed_in.get(key, 0) > expected_revision:
            conflicts.append(key)
        content.answers[key] = text
        content.changed_in[key] = revision
    if conflicts:
        raise DraftChanged(_who_was_first(entered, _named(prompts[key] for key in conflicts)), tuple(conflicts))


def change_draft(
    bid: Bid,
    entered: Entered,
    actor: Actor,
    keys: KeyFolder,
    change: Callable[[Content, int], None],
    **data: Any,
) -> int:
    """Apply a change to the draft under the lock, seal it and record BID_DRAFT_SAVED; return its revision."""
    content = read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys)
    before = asdict(content)
    revision = entered.draft_revision + 1
    change(content, revision)
    if asdict(content) == before:
        return entered.draft_revision
    db.session.execute(
        update(Bid)
        .where(Bid.id == bid.id)
        .values(
            draft_sealed=seal_draft(entered, content, revision, keys),
            draft_revision=revision,
            draft_gaps=len(gaps_of(entered.questions, content)),
            draft_saved_at=entered.at,
            draft_saved_by_id=actor.user_id,
        )
    )
    record(EventKind.BID_DRAFT_SAVED, bid, actor=actor, revision=revision, **data)
    return revision


def last_saved(entered: Entered) -> tuple[str, datetime] | None:
    """Who saved the draft last, by name, and when: for the bid's own people only."""
    saver = db.session.get(User, entered.draft_saved_by_id) if entered.draft_saved_by_id else None
    return (saver.display_name, entered.draft_saved_at) if saver and entered.draft_saved_at else None


def _who_was_first(entered: Entered, what: str) -> str:
    act = last_saved(entered)
    who = f"{act[0]} saved this bid at {act[1].astimezone(clock.LONDON):%H:%M:%S}" if act else "This bid was saved"
    return f"{who}, after you had opened this page, and changed {what}. Nothing of either of you was lost."


def _named(prompts: Iterable[str]) -> str:
    return " and ".join(f"“{prompt}”" for prompt in prompts)
