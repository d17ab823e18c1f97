"""Who hears of an organisation's identity, and what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.identity.suspending import decide_suspension, lift_organisation, propose_lifting, propose_suspension
from portal.identity.verifying import check_register, post_code, refuse_check, withdraw_verification
from portal.notifications.models import Message
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority, make_provider

REASON = "The register has another name for this number."

pytestmark = pytest.mark.usefixtures("db_session", "worker_environment", "mailbox")


def told() -> dict[str, set[object]]:
    """Carry out every reaction, and say by each letter's template who got it."""
    from worker.outbox import drain

    db.session.commit()
    drain.run()
    found: dict[str, set[object]] = {}
    for message in db.session.scalars(select(Message)):
        found.setdefault(message.kind, set()).add(message.user_id)
    return found


def test_an_organisation_s_people_hear_what_became_of_its_number(app: Flask) -> None:
    """Everybody of it, each time, with the reason; nobody of another one."""
    provider = make_provider(verified=False)
    people = {make_person(role, provider=provider).id for role in (Role.PROVIDER_ADMINISTRATOR, Role.CONTRIBUTOR)}
    make_person(Role.PROVIDER_ADMINISTRATOR)
    officer, now = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR)), clock.now()
    refuse_check(provider=provider, reason=REASON, actor=officer, now=now)
    post_code(provider=provider, address="1 Way", actor=officer, keys=app.extensions["keys"], now=now)
    check_register(provider=provider, seen="All the same.", seen_on=clock.today(), actor=officer, now=now)
    withdraw_verification(provider=provider, reason=REASON, actor=officer, now=now)
    names = ("verification_refused", "code_posted", "verified", "verification_withdrawn")
    assert told() == {f"organisations/{name}": people for name in names}
    refused = select(Message.stored_body).where(Message.kind == "organisations/verification_refused")
    assert all(REASON in body for body in db.session.scalars(refused))


def test_a_suspension_is_told_to_who_decides_and_then_to_the_organisation() -> None:
    """The proposer is not told of their own proposal; the organisation hears nothing before it is decided."""
    authority, provider = make_authority(administrators=0), make_provider()
    own = {make_person(Role.CONTRIBUTOR, provider=provider).id}
    first, second = (make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority) for _ in range(2))
    now = clock.now()
    found = propose_suspension(
        provider=provider,
        reason=REASON,
        first_day=None,
        last_day=None,
        review_date=clock.today() + timedelta(days=9),
        actor=actor_of(first),
        now=now,
    )
    assert told() == {"organisations/suspension_proposed": {second.id}}
    decide_suspension(suspension=found, actor=actor_of(second), note="Read the register myself.", now=now)
    propose_lifting(suspension=found, reason="It was put right since.", actor=actor_of(second), now=now)
    lift_organisation(suspension=found, actor=actor_of(first), now=now)
    heard = told()
    assert (heard["organisations/suspended"], heard["organisations/lifted"]) == (own, own)
    assert heard["organisations/lifting_proposed"] == {first.id}
