"""Drafting a bid: start it, and save answers and price. The whole draft is one sealed blob."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record, record_save
from portal.bidding.closing import Cancelled, Entered, lock_bid, require_lots_left, require_open
from portal.bidding.completeness import gaps_of
from portal.bidding.contents import Content, Placed, read_sealed_draft, seal_draft
from portal.bidding.models import Bid
from portal.bidding.states import BidStatus, DraftAct
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed, InvalidInput, WrongState
from portal.core.parsing.text import length
from portal.core.permissions import Actor, Verb, policy
from portal.core.references import new_reference
from portal.core.seals import KeyFolder
from portal.editing.comparing import is_conflict, is_edited
from portal.editing.earlier import UNCHOSEN, Change, keep_earlier
from portal.tendering.explaining import require_standing
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.question_kinds.kind import HIGHEST_PRICE
from portal.tendering.question_kinds.schedule import read_rates, schedule_in
from portal.tendering.states import IttStatus

LONGEST_ANSWER = 100_000
"""Characters; far above any word limit, so that a pasted book is refused and a long draft is not."""


@dataclass(frozen=True)
class Saved:
    """The draft's revision after saving, and the questions whose answer was changed here and elsewhere."""

    revision: int
    conflicts: tuple[str, ...] = ()


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
    limit = _require_open_itt(itt, actor.provider_id)
    columns = {name: getattr(proposed, name) for name in ("id", "reference", "itt_id", "lot_id", "provider_id")}
    made = db.session.execute(
        insert(Bid)
        .values(**columns, status=BidStatus.DRAFT)
        .on_conflict_do_nothing(constraint="uq_bid_lot_id_provider_id")
        .returning(Bid.id)
    ).scalar_one_or_none()
    bid = db.session.scalars(select(Bid).where(Bid.lot_id == lot.id, Bid.provider_id == actor.provider_id)).one()
    if made is not None:
        require_lots_left(bid, limit)
        record(EventKind.BID_STARTED, bid, actor=actor, itt=itt.id, lot=lot.number)
    return bid


def _require_open_itt(itt: InvitationToTender, provider_id: uuid.UUID | None) -> int | None:
    """Take the ITT's row lock, then read the clock; returns for how many lots one may bid.

    Raises `WrongState`, `DeadlinePassed` and `NotEntitled`.
    """
    state = db.session.execute(
        select(InvitationToTender.status, InvitationToTender.closes_at, InvitationToTender.max_lots_bid)
        .where(InvitationToTender.id == itt.id)
        .with_for_update(read=True)
    ).one()
    if state.status is IttStatus.CANCELLED:
        raise Cancelled("This procurement was cancelled, so no bid can be started.")
    if state.status in (IttStatus.DRAFT, IttStatus.DISCARDED):
        raise WrongState("This invitation to tender is not open for bids.")
    late = "The closing time has passed, so no new bid can be started."
    if state.status is not IttStatus.PUBLISHED:
        raise DeadlinePassed(late)
    at = clock.database_time()
    if at >= state.closes_at:
        raise DeadlinePassed(late)
    require_standing(itt.id, provider_id, at)
    limit: int | None = state.max_lots_bid
    return limit


def read_draft(*, bid: Bid, actor: Actor, keys: KeyFolder) -> Content:
    """Read the working draft for one of its provider's people; raises `NotFound` for everybody else."""
    policy.require(actor, Verb.READ, bid)
    return read_sealed_draft(bid, bid.draft_sealed, bid.draft_revision, keys)


def save_answers(
    *,
    bid: Bid,
    actor: Actor,
    keys: KeyFolder,
    answers: Mapping[str, str],
    loaded: Mapping[str, str] = MappingProxyType({}),
) -> Saved:
    """Save answers ({question key: text}) into the draft.

    `loaded` has the digests of what the page had loaded: an answer that came back as it was is no edit, and one that
    somebody else changed as well stays as they left it and is named in the outcome, while the rest is saved.

    Consequences: the draft is sealed anew, earlier answers are kept for their people, and a submitted bid then has
    changes that are not submitted; records BID_DRAFT_SAVED. Saving what is there already changes nothing. Word limits
    and blanks do not matter here: only submitting refuses them. Raises `TooLate` from the closing instant on,
    `InvalidInput` for an answer of more than 100,000 characters or to no question.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    put = Put()

    def change(content: Content) -> None:
        put_answers(content, entered, answers, loaded, put)

    revision = change_draft(bid, entered, actor, keys, change, DraftAct.ANSWERS)
    keep_answers(entered, put, actor, keys)
    return Saved(revision, tuple(put.conflicts))


def save_rates(*, bid: Bid, actor: Actor, keys: KeyFolder, pasted: str) -> Saved:
    """Put rates pasted from a spreadsheet into the draft's price schedule, over those that it has.

    Consequences and errors as for `save_answers`; `InvalidInput` (field "pasted") that names the rows which cannot be
    read, and then nothing is saved.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    schedule = schedule_in(entered.questions)
    if schedule is None:
        raise InvalidInput("This invitation to tender has no price schedule.", field="pasted")
    rates, put = read_rates(schedule, pasted, field="pasted"), Put()
    if not rates:
        raise InvalidInput("Paste at least one row that begins with its number.", field="pasted")

    def change(content: Content) -> None:
        put_answers(content, entered, rates, {}, put)

    return Saved(change_draft(bid, entered, actor, keys, change, DraftAct.RATES))


def save_price(*, bid: Bid, actor: Actor, keys: KeyFolder, price: Decimal | None) -> int:
    """Save the price (pounds over the whole term, None to clear it) into the draft and return its revision.

    Consequences and errors as for `save_answers`; `InvalidInput` (field "price") when it is not above zero,
    has fractions of a penny or is a thousand billion pounds or more.
    """
    policy.require(actor, Verb.DRAFT, bid)
    entered = lock_bid(bid)
    require_open(entered)
    held = as_price(entered, price, field="price")

    def change(content: Content) -> None:
        content.price = held

    return change_draft(bid, entered, actor, keys, change, DraftAct.PRICE)


def as_price(entered: Entered, price: Decimal | None, *, field: str) -> str | None:
    """A price in pounds as a draft holds it; raises `InvalidInput` as `save_price` says."""
    if schedule_in(entered.questions) is not None:
        raise InvalidInput("The price is worked out from the price schedule. Give your rates there.", field=field)
    if price is not None and not Decimal(0) < price <= HIGHEST_PRICE:
        raise InvalidInput("The price must be more than £0, in pounds and pence.", field=field)
    if price is not None and price != price.quantize(Decimal("0.01")):
        raise InvalidInput("The price must be in whole pence, such as 118000.50.", field=field)
    return None if price is None else f"{price:.2f}"


@dataclass
class Put:
    """What became of answers that were put into a draft."""

    changes: dict[str, Change] = field(default_factory=dict)
    """What whole answers said before; of the rates of a schedule nothing is kept."""
    conflicts: list[str] = field(default_factory=list)
    edited: bool = False


def put_answers(
    content: Content, entered: Entered, answers: Mapping[str, str], loaded: Mapping[str, str], put: Put
) -> None:
    """Put the answers that were edited into the content, and note in `put` what became of them; `InvalidInput`."""
    asked = {part.key: part for question in entered.questions for part in question.parts}
    whole = {question.key for question in entered.questions}
    for key, typed in answers.items():
        if key not in asked:
            raise InvalidInput("That question is not part of this invitation to tender.")
        mine, stored, was = asked[key].stored(typed), content.answers.get(key, ""), loaded.get(key)
        if length(mine) > LONGEST_ANSWER:
            raise InvalidInput("Your answer is too long to be saved.", field=f"answers-{key}")
        if is_conflict(was, mine, stored):
            put.conflicts.append(key)
            changed = {f"{UNCHOSEN}answers-{key}": Change(mine, "")}
        elif is_edited(was, mine, stored):
            content.answers[key], put.edited = mine, True
            changed = {f"answers-{key}": Change(stored, mine)}
        else:
            continue
        put.changes |= changed if key in whole else {}
    for question in entered.questions:
        if question.kind.sets_price:
            content.price = question.kind.price(question, content.answers)


def keep_answers(entered: Entered, put: Put, actor: Actor, keys: KeyFolder) -> None:
    """Keep what the answers said before they were changed, for the bid's own people."""
    keep_earlier(draft=earlier_of(entered), changes=put.changes, actor_id=actor.user_id, keys=keys, now=entered.at)


def earlier_of(bid: Placed) -> str:
    """What the earlier texts of a bid are kept under."""
    return f"bid {bid.id}"


def change_draft(
    bid: Bid,
    entered: Entered,
    actor: Actor,
    keys: KeyFolder,
    change: Callable[[Content], None],
    act: DraftAct,
) -> int:
    """Apply a change to the draft under the lock, seal it and note the save (`record_save`); return its revision."""
    content = read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys)
    before = asdict(content)
    revision = entered.draft_revision + 1
    change(content)
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
    record_save(EventKind.BID_DRAFT_SAVED, bid, actor=actor, revision=revision, act=act)
    return revision


def last_saved(entered: Entered) -> tuple[str, datetime] | None:
    """Who saved the draft last, by name, and when: for the bid's own people only."""
    saver = db.session.get(User, entered.draft_saved_by_id) if entered.draft_saved_by_id else None
    return (saver.display_name, entered.draft_saved_at) if saver and entered.draft_saved_at else None
