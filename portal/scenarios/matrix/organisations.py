"""Places, claims to a number and suspensions in every state."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from portal.accounts.throttling import Origin
from portal.core import clock
from portal.core.columns import db
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.identity.claiming import answer_claim, ask_holder, claim_number, dismiss_claim, move_number, propose_move
from portal.identity.suspending import (
    decide_suspension,
    lift_organisation,
    propose_lifting,
    propose_suspension,
    refuse_suspension,
)
from portal.identity.verifying import post_code
from portal.organisations.claim_models import NumberClaim
from portal.organisations.models import Provider, Suspension
from portal.organisations.queries import provider_with_id
from portal.organisations.settings import SettingDetails, add_setting, close_setting
from portal.scenarios import people
from portal.scenarios.matrix_people import (
    ALDER_ADMINISTRATOR,
    ALDER_PEOPLE,
    BIRCH_PEOPLE,
    NORTH_PEOPLE,
    OWNERS,
    PLATFORM,
)
from portal.scenarios.people import Part

REASON = "A demonstration: the register of the regulator does not name this organisation any more."
ORIGIN = Origin("192.0.2.7")
ALDER, BIRCH = ALDER_ADMINISTRATOR, BIRCH_PEOPLE.people[Role.PROVIDER_ADMINISTRATOR]
ELM, FIR, GORSE = OWNERS
FIRST = NORTH_PEOPLE.colleagues[0]
SECOND = NORTH_PEOPLE.people[Role.AUTHORITY_ADMINISTRATOR]


def load(*, keys: KeyFolder) -> None:
    """Make them, each by the acts that lead to its state."""
    _settings()
    post_code(provider=_of(BIRCH), address="1 Demo Street", actor=people.actor_of(FIRST), keys=keys, now=clock.now())
    db.session.commit()
    _claims(keys)
    for first, second in ((FIRST, SECOND), (people.PLATFORM, PLATFORM)):
        _suspensions(people.actor_of(first), people.actor_of(second))


def _of(owner: Part) -> Provider:
    return provider_with_id(people.actor_of(owner).provider_id)


def _settings() -> None:
    actor = people.actor_of(ALDER_PEOPLE.people[Role.SUBMITTER])
    for name in ("Demo Alder House", "Demo Alder Annexe"):
        place = add_setting(
            provider=provider_with_id(actor.provider_id),
            details=SettingDetails(name, area="Demo Harbourside", capacity="6"),
            vacancies="2",
            actor=actor,
            now=clock.now(),
        )
    close_setting(setting=place, actor=actor, now=clock.now())
    db.session.commit()


def _claims(keys: KeyFolder) -> None:
    """To Alder's number: not yet looked at, its holder asked, a move proposed, dismissed. One to Gorse's is upheld."""
    _claim(ALDER, keys)
    for step in range(2):
        claim = _claim(ALDER, keys)
        _ask(claim, ALDER)
        if step:
            propose_move(claim=claim, reason=REASON, actor=people.actor_of(FIRST), now=clock.now())
            db.session.commit()
    dismissed = _claim(ALDER, keys)
    dismiss_claim(claim=dismissed, reason=REASON, actor=people.actor_of(FIRST), now=clock.now())
    upheld = _claim(GORSE, keys)
    _ask(upheld, GORSE)
    propose_move(claim=upheld, reason=REASON, actor=people.actor_of(FIRST), now=clock.now())
    move_number(claim=upheld, actor=people.actor_of(SECOND), now=clock.now())
    db.session.commit()


def _claim(owner: Part, keys: KeyFolder) -> NumberClaim:
    claim_number(
        company=_of(owner).company_number or "",
        charity="",
        contact="Demo Rightful Trust",
        words=REASON,
        origin=ORIGIN,
        keys=keys,
        now=clock.now(),
    )
    db.session.commit()
    return db.session.scalars(select(NumberClaim).order_by(NumberClaim.claimed_at.desc()).limit(1)).one()


def _ask(claim: NumberClaim, holder: Part) -> None:
    """Its holder is asked, and answers."""
    ask_holder(claim=claim, actor=people.actor_of(FIRST), now=clock.now())
    answer_claim(claim=claim, answer=REASON, actor=people.actor_of(holder), now=clock.now())
    db.session.commit()


def _suspensions(first: Actor, second: Actor) -> None:
    """Of Fir: refused, ended and proposed. Of Elm: lifted, and one in force. Of Gorse: one that is to be lifted."""
    now = clock.now()
    refused = _proposed(FIR, first, now)
    refuse_suspension(suspension=refused, actor=second, note=REASON, now=now)
    db.session.commit()
    then = now - timedelta(days=30)
    ended = _proposed(FIR, first, then, last_day=then.date() + timedelta(days=5))
    decide_suspension(suspension=ended, actor=second, note=REASON, now=then)
    db.session.commit()
    _proposed(FIR, first, now)
    lifted = _proposed(ELM, first, now)
    decide_suspension(suspension=lifted, actor=second, note=REASON, now=now)
    propose_lifting(suspension=lifted, reason=REASON, actor=first, now=now)
    lift_organisation(suspension=lifted, actor=second, now=now)
    db.session.commit()
    for owner in (ELM, GORSE):
        running = _proposed(owner, first, now)
        decide_suspension(suspension=running, actor=second, note=REASON, now=now)
        if owner is GORSE:
            propose_lifting(suspension=running, reason=REASON, actor=first, now=now)
        db.session.commit()


def _proposed(owner: Part, actor: Actor, now: datetime, *, last_day: date | None = None) -> Suspension:
    made = propose_suspension(
        provider=_of(owner),
        reason=REASON,
        first_day=None,
        last_day=last_day,
        review_date=now.date() + timedelta(days=90),
        actor=actor,
        now=now,
    )
    db.session.commit()
    return made
