"""A number that somebody else has registered: claimed by a stranger, asked of its holder, decided by officers.

Whoever claims learns nothing of who has the number. Moving it takes two people; that it stays is one person's decision.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import require_second_person
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.parsing.text import require_reason, require_text, squeeze
from portal.core.permissions import SYSTEM, Actor, Verb, policy
from portal.core.references import new_code
from portal.core.seals import KeyFolder
from portal.core.taking import lock, take
from portal.core.words import london_date
from portal.identity.correcting import become
from portal.organisations.claim_models import NumberClaim
from portal.organisations.details import Identity
from portal.organisations.kept_numbers import hash_of_claim_code
from portal.organisations.models import Provider
from portal.organisations.states import CLAIM, ClaimStatus
from portal.regulation.identifiers import Identifier, Scheme, any_charity_number, company_number
from portal.regulation.local_time import local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import CalendarName, Unit, last_day_from_day_after

DAYS_TO_ANSWER = 10
"""Working days that the holder has: our policy, as no law fixes a period."""
LONGEST = 2000
FREE = 20
"""Claims from one address before each further one waits; corrections count."""
UNDECIDED = (ClaimStatus.OPEN, ClaimStatus.HOLDER_ASKED, ClaimStatus.MOVE_PROPOSED)


def claim_number(
    *, company: str, charity: str, contact: str, words: str, origin: Origin, keys: KeyFolder, now: datetime
) -> str:
    """Say that a registered number is one's own, without an account; returns the claim's code, which is shown once.

    Consequences: those who check organisations are told. The holder is not, until an officer asks it. Records
    NUMBER_CLAIMED. Raises `InvalidInput` with the field ("company_number", "charity_number": malformed or
    not registered here; "words"), `TooManyTries` after twenty from one address.
    """
    with guess(at=f"claim:{origin.network}", origin=origin, keys=keys, now=now, free=FREE, field="words"):
        pass
    claimed, field = _read(company, charity)
    said = require_reason(words, "Say how we can see that the number is yours", field="words", most=LONGEST)
    who = require_text(contact, "Say who you are and how we reach you.", field="contact", most=LONGEST)
    holder = _holder(claimed)
    if holder is None:
        raise InvalidInput("No organisation here has this number. You can register with it.", field=field)
    code = new_code(groups=4)
    claim = NumberClaim(
        code_hash=hash_of_claim_code(code),
        scheme=claimed.scheme,
        number=claimed.value,
        holder=holder,
        holder_id=holder.id,
        claimed_at=now,
    )
    claim.contact, claim.words = who, said
    db.session.add(claim)
    record(EventKind.NUMBER_CLAIMED, claim, actor=SYSTEM)
    return code


def claim_with_code(*, code: str, origin: Origin, keys: KeyFolder, now: datetime) -> NumberClaim:
    """The claim whose code that is; `InvalidInput` (field "code") for a wrong one, `TooManyTries` as for guesses."""
    with guess(at=f"claim code:{origin.network}", origin=origin, keys=keys, now=now, field="code") as attempt:
        found = db.session.scalars(
            select(NumberClaim).where(NumberClaim.code_hash == hash_of_claim_code(code))
        ).one_or_none()
        if found is None:
            raise InvalidInput("There is no claim with this code. Look at each letter and figure again.", field="code")
        attempt.succeed()
    return found


def ask_holder(*, claim: NumberClaim, actor: Actor, now: datetime) -> None:
    """Ask the organisation that has the number; it has 10 working days to answer. Records HOLDER_ASKED.

    Its people read that the number is claimed, and not by whom.
    """
    take(claim, Verb.ASK, actor=actor)
    claim.status = CLAIM.move(claim.status, ClaimStatus.HOLDER_ASKED)
    days = calendar(CalendarName.ENGLAND_AND_WALES)
    claim.answer_due_on = last_day_from_day_after(local_date(now), DAYS_TO_ANSWER, Unit.WORKING_DAY, days)
    record(EventKind.HOLDER_ASKED, claim, actor=actor, provider=claim.holder_id, due_on=claim.answer_due_on)


def answer_claim(*, claim: NumberClaim, answer: str, actor: Actor, now: datetime) -> None:
    """Answer as the organisation that has the number; the last answer before the decision counts.

    Records CLAIM_ANSWERED. Raises `InvalidInput` (field "answer") without words, `WrongState` once it is decided.
    """
    take(claim, Verb.ANSWER, actor=actor)
    claim.answer = require_reason(answer, "Say why the number is yours: officers read it", field="answer", most=LONGEST)
    claim.answered_at = now
    record(EventKind.CLAIM_ANSWERED, claim, actor=actor, provider=claim.holder_id)


def dismiss_claim(*, claim: NumberClaim, reason: str, actor: Actor, now: datetime) -> None:
    """Decide that the number stays where it is, with the reason that both sides read. Records CLAIM_DISMISSED.

    Raises `InvalidInput` (field "reason") for a reason of fewer than 20 characters.
    """
    take(claim, Verb.DISMISS, actor=actor)
    claim.reason = require_reason(reason, "Say why: both sides read it", field="reason", most=LONGEST)
    claim.decided_by_id, claim.decided_at = actor.user_id, now
    claim.status = CLAIM.move(claim.status, ClaimStatus.DISMISSED)
    record(EventKind.CLAIM_DISMISSED, claim, actor=actor, provider=claim.holder_id)


def propose_move(*, claim: NumberClaim, reason: str, actor: Actor, now: datetime) -> None:
    """Propose to take the number from its holder and keep it for whoever claims; a second person decides.

    Records MOVE_PROPOSED. Raises `WrongState` before the holder has answered or its time is over, `InvalidInput`
    (field "reason").
    """
    take(claim, Verb.PROPOSE_MOVE, actor=actor)
    assert claim.answer_due_on is not None
    if claim.answered_at is None and local_date(now) <= claim.answer_due_on:
        raise WrongState(f"The holder has until the end of {london_date(claim.answer_due_on)} to answer.")
    claim.reason = require_reason(reason, "Say why: both sides read it", field="reason", most=LONGEST)
    claim.proposed_by_id, claim.proposed_at = actor.user_id, now
    claim.status = CLAIM.move(claim.status, ClaimStatus.MOVE_PROPOSED)
    record(EventKind.MOVE_PROPOSED, claim, actor=actor, provider=claim.holder_id)


def move_number(*, claim: NumberClaim, actor: Actor, now: datetime) -> None:
    """Take the number from its holder as the second person, and keep it for whoever has the claim's code.

    Consequences: the holder does not count as verified any more, and its applications, memberships and bids say so to
    officers; what it was called and registered as stays in the past. It may enter its own number. Records
    NUMBER_MOVED. Raises `NotAllowed` for who proposed.
    """
    lock(Provider, claim.holder_id)
    take(claim, Verb.DECIDE, actor=actor)
    require_second_person(actor, claim.first_half)
    holder = claim.holder
    held = Identity.of(holder).columns()
    if claim.scheme is Scheme.COMPANY:
        held["company_number"] = None
    else:
        held["charity_scheme"] = held["charity_number"] = None
    holder.number_lost_at = now
    become(provider=holder, identity=Identity(**held), actor=actor, now=now)  # type: ignore[arg-type]
    claim.decided_by_id, claim.decided_at = actor.user_id, now
    claim.status = CLAIM.move(claim.status, ClaimStatus.UPHELD)
    record(EventKind.NUMBER_MOVED, claim, actor=actor, provider=holder.id)


def refuse_move(*, claim: NumberClaim, actor: Actor) -> None:
    """Send the proposal back as the second person: the claim waits for a decision again. Records MOVE_REFUSED."""
    take(claim, Verb.DECIDE, actor=actor)
    require_second_person(actor, claim.first_half)
    claim.proposed_by_id = claim.proposed_at = None
    claim.status = CLAIM.move(claim.status, ClaimStatus.HOLDER_ASKED)
    record(EventKind.MOVE_REFUSED, claim, actor=actor, provider=claim.holder_id)


def claims_undecided() -> Sequence[NumberClaim]:
    """The claims that wait, the oldest first."""
    waiting = select(NumberClaim).where(NumberClaim.status.in_(UNDECIDED)).options(joinedload(NumberClaim.holder))
    return db.session.scalars(waiting.order_by(NumberClaim.claimed_at, NumberClaim.id)).all()


def claim_with_id(claim_id: uuid.UUID, verb: Verb, actor: Actor) -> NumberClaim:
    """The claim, or `NotFound` for whoever has no part in it."""
    found = db.session.get(NumberClaim, claim_id)
    if found is None:
        raise NotFound("There is no such claim.")
    policy.require(actor, verb, found)
    return found


def can_move_from(claim: NumberClaim, today: date) -> bool:
    """Whether the holder has answered, or had its time."""
    return claim.answered_at is not None or (claim.answer_due_on is not None and today > claim.answer_due_on)


def _read(company: str, charity: str) -> tuple[Identifier, str]:
    """The number that is claimed, and the field that it was typed into."""
    if squeeze(company):
        return company_number(company, field="company_number"), "company_number"
    if squeeze(charity):
        return any_charity_number(charity, field="charity_number"), "charity_number"
    raise InvalidInput("Enter the company number or the charity number that is yours.", field="company_number")


def _holder(claimed: Identifier) -> Provider | None:
    if claimed.scheme is Scheme.COMPANY:
        return db.session.scalars(select(Provider).where(Provider.company_number == claimed.value)).one_or_none()
    return db.session.scalars(
        select(Provider).where(
            Provider.charity_scheme == claimed.scheme.value, Provider.charity_number == claimed.value
        )
    ).one_or_none()
