"""A lost phone or key: two people make sure who asks, and neither is the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.devices import is_known, remember
from portal.accounts.factor_models import LostFactor, LostStatus, RecoveryCode
from portal.accounts.lost_factors import (
    ask_to_begin_anew,
    checkers_of,
    confirm_person,
    lost_factors_for,
    own_request,
    refuse_person,
    remove_by_command,
    withdraw_request,
)
from portal.accounts.models import User
from portal.accounts.recovery import make_recovery_codes
from portal.accounts.second_factor import has_factor
from portal.accounts.sessions import find_signed_in, start_session
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.extensions import db
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority, make_provider

NOW = clock.now()


@pytest.fixture
def person(app: Flask, db_session: object) -> User:
    """A small charity's only person."""
    return make_person(Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER)


def asked(person: User) -> LostFactor:
    """The person's request."""
    found = ask_to_begin_anew(actor=actor_of(person), now=NOW)
    db.session.flush()
    return found


def confirmed(found: LostFactor, by: User, *, days: float = 0) -> LostFactor:
    """The request after somebody's word."""
    return confirm_person(lost_id=found.id, actor=actor_of(by), now=NOW + timedelta(days=days))


def test_two_people_s_word_removes_everything(person: User) -> None:
    """App, codes, sessions and known browsers are gone after the second word, and not after the first."""
    first, second = make_person(Role.PLATFORM_ADMINISTRATOR), make_person(Role.PLATFORM_ADMINISTRATOR)
    make_recovery_codes(actor=actor_of(person), now=NOW)
    token, device = start_session(user_id=person.id, now=NOW), remember(device=None, user_id=person.id, now=NOW)
    found = asked(person)
    assert confirmed(found, first).status is LostStatus.CHECKED
    assert has_factor(person)
    assert confirmed(found, second).status is LostStatus.REMOVED
    db.session.flush()
    assert not has_factor(person)
    assert db.session.scalar(select(func.count(RecoveryCode.id))) == 0
    assert find_signed_in(token, NOW) is None
    assert not is_known(device, person.id)
    kinds = [event.kind for event in events_of("system")][-3:]
    assert kinds == [EventKind.LOST_FACTOR_ASKED, EventKind.LOST_FACTOR_CHECKED, EventKind.LOST_FACTOR_REMOVED]


def test_neither_is_the_person_nor_the_same_twice(person: User) -> None:
    """The person's own word counts for nothing, and nobody gives theirs twice; the database knows it as well."""
    administrator = make_person(Role.PLATFORM_ADMINISTRATOR)
    found = asked(person)
    with pytest.raises(NotAllowed):
        confirmed(found, person)
    confirmed(found, administrator)
    with pytest.raises(NotAllowed):
        confirmed(found, administrator)
    with pytest.raises(NotAllowed):
        confirmed(found, person)
    db.session.flush()
    for wrong in ("confirmed_by_id = checked_by_id", "confirmed_by_id = user_id"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE lost_factor SET {wrong}"))


def test_who_can_be_one_of_the_two(person: User) -> None:
    """Administrators of the same organisation; where they are not two, the platform's and any authority's as well."""
    alone = make_authority(administrators=0)
    of_authority = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=alone)
    of_platform = make_person(Role.PLATFORM_ADMINISTRATOR)
    make_person(Role.COMMISSIONER, authority=alone), make_person(Role.PROVIDER_ADMINISTRATOR)
    assert set(checkers_of(person)) == {of_authority.id, of_platform.id}
    provider = make_provider()
    member = make_person(Role.SUBMITTER, provider=provider)
    two = [make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider) for _ in range(2)]
    assert set(checkers_of(member)) == {each.id for each in two}
    found = asked(member)
    for wrong in (make_person(Role.COMMISSIONER, authority=alone), make_person(Role.SUBMITTER, provider=provider)):
        with pytest.raises(NotAllowed):
            confirmed(found, wrong)
    with pytest.raises(NotFound):
        confirmed(found, make_person(Role.PROVIDER_ADMINISTRATOR))
    assert [row.id for row in lost_factors_for(actor=actor_of(two[0]), now=NOW)] == [found.id]
    assert lost_factors_for(actor=actor_of(person), now=NOW) == []


def test_another_authority_s_administrator_does_not_know_an_officer(app: Flask, db_session: object) -> None:
    """People of an authority are known to its own administrators and to the platform's."""
    authority = make_authority(administrators=0)
    officer, own = (make_person(role, authority=authority) for role in (Role.OPENER, Role.AUTHORITY_ADMINISTRATOR))
    stranger, platform = make_person(Role.AUTHORITY_ADMINISTRATOR), make_person(Role.PLATFORM_ADMINISTRATOR)
    assert set(checkers_of(officer)) == {own.id, platform.id}
    with pytest.raises(NotFound):
        confirmed(asked(officer), stranger)


def test_asking_again_is_one_request(person: User) -> None:
    """Its number stays, until it lapses after seven days; then nobody can give their word any more."""
    found = asked(person)
    assert asked(person).id == found.id
    with pytest.raises(WrongState, match="seven days"):
        confirmed(found, make_person(Role.PLATFORM_ADMINISTRATOR), days=7)
    assert own_request(person.id, NOW + timedelta(days=7)) is None
    later = ask_to_begin_anew(actor=actor_of(person), now=NOW + timedelta(days=8))
    assert (later.id != found.id, found.status) == (True, LostStatus.WITHDRAWN)


def test_whoever_finds_the_phone_ends_the_request(person: User) -> None:
    """So does a refusal; neither changes the factor, and the request waits no more."""
    administrator = make_person(Role.PLATFORM_ADMINISTRATOR)
    found = asked(person)
    withdraw_request(user_id=person.id, now=NOW)
    with pytest.raises(WrongState):
        confirmed(found, administrator)
    again = asked(person)
    refuse_person(lost_id=again.id, actor=actor_of(administrator), now=NOW)
    with pytest.raises(WrongState):
        confirmed(again, administrator)
    assert has_factor(person)


def test_without_a_factor_there_is_nothing_to_ask(app: Flask, db_session: object) -> None:
    """Whoever has none sets one up."""
    with pytest.raises(WrongState, match="no second factor yet"):
        asked(make_person(Role.CONTRIBUTOR))


def test_the_last_administrator_is_helped_from_the_command_line(app: Flask, db_session: object) -> None:
    """Only while no two others could do it in the portal."""
    last = make_person(Role.PLATFORM_ADMINISTRATOR)
    assert remove_by_command(email=str(last.email), now=NOW) is last
    assert not has_factor(last)
    event = events_of("system")[-1]
    assert (event.kind, event.actor_id) == (EventKind.LOST_FACTOR_REMOVED, None)
    others = [make_person(Role.PLATFORM_ADMINISTRATOR) for _ in range(2)]
    with pytest.raises(InvalidInput, match="Two people"):
        remove_by_command(email=str(make_person(Role.PLATFORM_ADMINISTRATOR).email), now=NOW)
    with pytest.raises(InvalidInput, match="Nobody"):
        remove_by_command(email="nobody@people.example", now=NOW)
    assert all(has_factor(other) for other in others)
