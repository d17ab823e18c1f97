"""Proving that a number is an organisation's own, refusing that, and taking it back.

However it is proved, what is left is one `Verification` in force: the method, who, when, and what was seen.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, WrongState
from portal.core.parsing.text import require_reason, require_text, squeeze
from portal.core.permissions import Actor, Verb
from portal.core.references import new_code, normalise_code
from portal.core.seals import KeyFolder
from portal.core.taking import lock, take
from portal.core.words import counted, london_date
from portal.identity.queries import asked_of
from portal.organisations.models import Provider, Verification
from portal.organisations.states import VERIFICATION, VerificationMethod, VerificationStatus
from portal.regulation.local_time import local_date

LONGEST_NOTE = 1000
CODE_LASTS = timedelta(days=28)
"""A letter takes days, and lies on a desk for some more."""
MOST_WRONG_CODES = 5
_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
ANYBODYS = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk",
        "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "aol.com", "btinternet.com", "sky.com", "talktalk.net",
        "virginmedia.com", "protonmail.com", "proton.me", "gmx.com", "gmx.co.uk", "mail.com", "msn.com",
    }
)  # fmt: skip
"""Domains of mail for everybody: what an officer might be shown all the same."""
WHAT = "Say what you looked at, for example “Companies House: name, status and registered office are the same”."


@dataclass(frozen=True)
class PostedCode:
    """What the letter says. The code cannot be read back later."""

    code: str
    verification: Verification


def check_register(*, provider: Provider, seen: str, seen_on: date | None, actor: Actor, now: datetime) -> Verification:
    """Record that an officer compared the organisation with the register on `seen_on`, and what they saw.

    Consequences: it counts as verified from now on; a code that is on its way is void; its people are told. Records
    PROVIDER_VERIFIED with the method. Raises `InvalidInput` (fields "seen", "seen_on") without what was seen or for a
    day to come, `WrongState` when it is verified already.
    """
    take(provider, Verb.VERIFY, actor=actor)
    said = require_text(seen, WHAT, field="seen", most=LONGEST_NOTE)
    if seen_on is None or seen_on > local_date(now):
        raise InvalidInput("Give the day on which you looked, today or before.", field="seen_on")
    _void_asked(provider, actor, now)
    made = _add(
        provider, VerificationMethod.REGISTER, VerificationStatus.VERIFIED, actor, now, seen=said, seen_on=seen_on
    )
    _prove(made, actor, now)
    return made


def refuse_check(*, provider: Provider, reason: str, actor: Actor, now: datetime) -> Verification:
    """Record that what an organisation says about itself is not what the register says; it stays unverified.

    Its people are told the reason, and correct their details or ask. Records VERIFICATION_REFUSED. Raises
    `InvalidInput` (field "reason") for a reason of fewer than 20 characters, `WrongState` when it is verified.
    """
    take(provider, Verb.VERIFY, actor=actor)
    said = require_reason(reason, "Say what does not fit: the organisation reads it", field="reason", most=LONGEST_NOTE)
    _void_asked(provider, actor, now)
    looked = {"seen_on": local_date(now), "reason": said, "ended_at": now, "ended_by_id": actor.user_id}
    refused = _add(provider, VerificationMethod.REGISTER, VerificationStatus.REFUSED, actor, now, **looked)
    record(EventKind.VERIFICATION_REFUSED, provider, actor=actor, verification=refused.id)
    return refused


def post_code(*, provider: Provider, address: str, actor: Actor, keys: KeyFolder, now: datetime) -> PostedCode:
    """Make a code for a letter to the organisation's address in the register; a code from before is void.

    `address` is what the register says, not what the organisation typed: whoever opens its post proves that it is
    there. The code works once, for 28 days and five tries. Records VERIFICATION_CODE_POSTED without the address.
    Raises `InvalidInput` (field "address") without one, `WrongState` when it is verified already.
    """
    take(provider, Verb.VERIFY, actor=actor)
    to = require_text(address, "Type the address as it stands in the register.", field="address", most=LONGEST_NOTE)
    _void_asked(provider, actor, now)
    code = new_code()
    made = _add(
        provider,
        VerificationMethod.POST,
        VerificationStatus.ASKED,
        actor,
        now,
        seen=to,
        seen_on=local_date(now),
        code_hash=_hash_of(code, keys),
        expires_at=now + CODE_LASTS,
    )
    record(EventKind.VERIFICATION_CODE_POSTED, provider, actor=actor, verification=made.id)
    return PostedCode(code, made)


def type_code(*, provider: Provider, code: str, actor: Actor, keys: KeyFolder, now: datetime) -> str | None:
    """Take the code from the letter: the organisation is verified, or what is wrong with the code is returned.

    A wrong one is counted, which a raised refusal would undo; after five the code is void, and an officer is asked
    for another letter. Records PROVIDER_VERIFIED with the method. Raises `WrongState` when no code is on its way.
    """
    take(provider, Verb.PROVE, actor=actor)
    posted = asked_of(provider.id)
    if posted is None or not posted.method.is_post:
        raise WrongState("No letter is on its way. Ask an officer for one.")
    assert posted.expires_at is not None
    assert posted.code_hash is not None
    if posted.expires_at <= now:
        _void(posted, actor, now)
        return f"This code could be used until {london_date(posted.expires_at)}. Ask an officer for another letter."
    if not hmac.compare_digest(_hash_of(code, keys), posted.code_hash):
        return _count_wrong_code(posted, actor, now)
    posted.status = VERIFICATION.move(posted.status, VerificationStatus.VERIFIED)
    _prove(posted, actor, now)
    return None


def name_domain(*, provider: Provider, domain: str, seen: str, actor: Actor, now: datetime) -> Verification:
    """Confirm that a mail domain is the organisation's own, and where that was seen; what was asked before is void.

    It proves nothing yet: an administrator of the organisation with a confirmed address there does (`use_address`).
    Records DOMAIN_NAMED without the domain. Raises `InvalidInput` with the field ("domain": malformed, or one at which
    anybody has an address; "seen"), `WrongState` when it is verified already.
    """
    take(provider, Verb.VERIFY, actor=actor)
    plain = squeeze(domain).lower().removeprefix("@")
    if not _DOMAIN.fullmatch(plain):
        raise InvalidInput("Type the part after the @, such as brightsteps.org.uk.", field="domain")
    if plain in ANYBODYS:
        raise InvalidInput(f"Anybody can have an address at {plain}, so it proves nothing.", field="domain")
    said = require_text(seen, "Say where you saw that the domain is theirs.", field="seen", most=LONGEST_NOTE)
    _void_asked(provider, actor, now)
    facts = {"domain": plain, "seen": said, "seen_on": local_date(now)}
    named = _add(provider, VerificationMethod.DOMAIN, VerificationStatus.ASKED, actor, now, **facts)
    record(EventKind.DOMAIN_NAMED, provider, actor=actor, verification=named.id)
    return named


def use_address(*, provider: Provider, actor: Actor, now: datetime) -> None:
    """Prove the number with one's own e-mail address at the domain that an officer confirmed.

    The address counts once its person has confirmed it by the link that was mailed there. Records PROVIDER_VERIFIED
    with the method. Raises `WrongState` when no domain is named, or the person's address is not there or not confirmed.
    """
    take(provider, Verb.PROVE, actor=actor)
    named = asked_of(provider.id)
    if named is None or not named.method.is_domain:
        raise WrongState("No officer has named a domain of yours.")
    person = lock(User, actor.user_id)
    if (person.email or "").rpartition("@")[2] != named.domain:
        raise WrongState(f"Your e-mail address is not at {named.domain}. A colleague whose address is there can do it.")
    if person.email_confirmed_at is None:
        raise WrongState("Confirm your e-mail address first: press the button behind the link that we mailed to you.")
    named.status = VERIFICATION.move(named.status, VerificationStatus.VERIFIED)
    _prove(named, actor, now)


def withdraw_verification(*, provider: Provider, reason: str, actor: Actor, now: datetime) -> None:
    """Take a verification back for a reason that the organisation is told; it can be proved again.

    Records VERIFICATION_WITHDRAWN. Raises `InvalidInput` (field "reason") for a reason of fewer than 20 characters,
    `WrongState` when it is not verified.
    """
    take(provider, Verb.WITHDRAW_VERIFICATION, actor=actor)
    said = require_reason(reason, "Say why: the organisation reads it", field="reason", most=LONGEST_NOTE)
    end_verification(provider, reason=said, actor=actor, now=now)


def end_verification(provider: Provider, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let what was proved count no more, nor a code on its way: the name or number that they were for is gone."""
    _void_asked(provider, actor, now)
    held = provider.verification
    if held is None:
        return
    held.status = VERIFICATION.move(held.status, VerificationStatus.WITHDRAWN)
    held.reason, held.ended_at, held.ended_by_id = reason, now, actor.user_id
    _read_again(provider)
    record(EventKind.VERIFICATION_WITHDRAWN, provider, actor=actor, verification=held.id)


def _add(
    provider: Provider,
    method: VerificationMethod,
    status: VerificationStatus,
    actor: Actor,
    now: datetime,
    **facts: object,
) -> Verification:
    made = Verification(
        provider_id=provider.id, method=method, status=status, begun_by_id=actor.user_id, begun_at=now, **facts
    )
    if status.is_verified:
        made.proved_at = now
    db.session.add(made)
    db.session.flush()
    return made


def _prove(verification: Verification, actor: Actor, now: datetime) -> None:
    verification.proved_at, verification.proved_by_id = now, actor.user_id
    provider = db.session.get_one(Provider, verification.provider_id)
    _read_again(provider)
    record(EventKind.PROVIDER_VERIFIED, provider, actor=actor, method=verification.method.value)


def _count_wrong_code(posted: Verification, actor: Actor, now: datetime) -> str:
    posted.wrong_codes += 1
    left = MOST_WRONG_CODES - posted.wrong_codes
    if left:
        return f"That is not the code in the letter. You have {counted(left, 'more try', 'more tries')}."
    _void(posted, actor, now)
    return "That was not the code in the letter, for the fifth time. Ask an officer for another letter."


def _void_asked(provider: Provider, actor: Actor, now: datetime) -> None:
    if (asked := asked_of(provider.id)) is not None:
        _void(asked, actor, now)


def _void(posted: Verification, actor: Actor, now: datetime) -> None:
    posted.status = VERIFICATION.move(posted.status, VerificationStatus.VOID)
    posted.ended_at, posted.ended_by_id = now, actor.user_id
    # Written before another takes its place: only one can be on its way.
    db.session.flush()


def _read_again(provider: Provider) -> None:
    db.session.flush()
    db.session.expire(provider, ["verification", "verifications"])


def _hash_of(code: str, keys: KeyFolder) -> bytes:
    return keys.keyed_hash(f"posted:{normalise_code(code)}")
