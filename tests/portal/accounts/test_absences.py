"""A deputy holds the absent person's roles for a time, by the word of as many people as those roles take."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.accounts.absence_models import Absence, AbsenceStatus
from portal.accounts.absences import (
    absence_with_id,
    absences_open_to,
    confirm_deputy,
    end_absence,
    name_deputy,
    refuse_deputy,
)
from portal.accounts.changing_roles import change_roles, end_access
from portal.accounts.models import User
from portal.accounts.sessions import find_signed_in, start_session
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.local_time import end_of_day, local_date
from tests.factories.absences import DAY, make_absence
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_authority, make_provider

NOW = clock.now()
TODAY = local_date(NOW)
WEEK = timedelta(days=7)
REASON = "They have the other half of it already."

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """An authority without any administrator but those that a test makes."""
    return make_authority(administrators=0)


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A provider."""
    return make_provider()


def of(place: Any, *roles: Role) -> User:
    """Somebody with the roles in the place."""
    return make_person(*roles, **{"provider" if isinstance(place, Provider) else "authority": place})


def named(place: Any, person: User, deputy: User, actor: Actor | None = None, **days: date) -> Absence:
    """A deputy, named by the person themselves for a week from today."""
    term = {"first_day": TODAY, "last_day": TODAY + WEEK} | days
    return name_deputy(place=place, person=person, deputy=deputy, actor=actor or actor_of(person), now=NOW, **term)


def test_in_a_provider_the_deputy_holds_both_s_roles_until_the_last_day_is_over(provider: Provider) -> None:
    """At once, beside their own, and no longer; the record says who stands in for whom and until when."""
    person, deputy = of(provider, Role.SUBMITTER), of(provider, Role.CONTRIBUTOR)
    absence = named(provider, person, deputy)
    assert (absence.status, absence.last_day) == (AbsenceStatus.AGREED, TODAY + WEEK)
    acting = actor_of(deputy)
    assert acting.towards_provider(provider.id) == {Role.SUBMITTER, Role.CONTRIBUTOR}
    assert (acting.stands_in_for, actor_of(person).provider_roles) == ({person.id}, {Role.SUBMITTER})
    [event] = events_of("system")
    assert (event.kind, event.object_id) == (EventKind.ABSENCE_AGREED, absence.id)
    assert event.data["person"] == str(person.id)
    assert event.data["deputy"] == str(deputy.id)
    token = start_session(user_id=deputy.id, now=NOW)
    db.session.flush()
    over = end_of_day(TODAY + WEEK)
    for instant, roles in ((over - timedelta(seconds=1), 2), (over, 1)):
        db.session.execute(update_session(instant))
        signed_in = find_signed_in(token, instant)
        assert signed_in is not None
        assert len(signed_in.actor.roles) == roles


def update_session(instant: Any) -> Any:
    """Keep every session in use until an instant."""
    from portal.accounts.models import UserSession

    return update(UserSession).values(last_seen_at=instant, expires_at=instant + timedelta(hours=1))


def test_in_an_authority_a_deputy_takes_two_people_who_are_none_of_the_two(authority: ContractingAuthority) -> None:
    """Until an administrator who did not name them has confirmed it the deputy has nothing."""
    person, deputy = of(authority, Role.OPENER), of(authority, Role.AUDITOR, Role.AUTHORITY_ADMINISTRATOR)
    first, second = of(authority, Role.AUTHORITY_ADMINISTRATOR), of(authority, Role.AUTHORITY_ADMINISTRATOR)
    absence = named(authority, person, deputy, actor_of(first))
    assert (absence.status, actor_of(deputy).stands_in_for) == (AbsenceStatus.PROPOSED, frozenset())
    for not_second in (first, deputy):
        with pytest.raises(NotAllowed, match="two people"):
            confirm_deputy(absence=absence, actor=actor_of(not_second), now=NOW)
    for nobody in (person, make_person(Role.PLATFORM_ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            confirm_deputy(absence=absence, actor=actor_of(nobody), now=NOW)
    confirm_deputy(absence=absence, actor=actor_of(second), now=NOW)
    assert Role.OPENER in actor_of(deputy).towards_authority(authority.id)
    with pytest.raises(WrongState):
        confirm_deputy(absence=absence, actor=actor_of(second), now=NOW)


def test_the_platform_confirms_where_the_authority_has_nobody_else(authority: ContractingAuthority) -> None:
    """An only administrator who goes away has their deputy confirmed by the platform's."""
    person, deputy = of(authority, Role.AUTHORITY_ADMINISTRATOR), of(authority, Role.OPENER)
    platform = actor_of(make_person(Role.PLATFORM_ADMINISTRATOR))
    absence = named(authority, person, deputy)
    assert absences_open_to(platform) == [absence]
    confirm_deputy(absence=absence, actor=platform, now=NOW)
    assert actor_of(deputy).authority_roles == {Role.AUTHORITY_ADMINISTRATOR, Role.OPENER}


def test_a_refusal_needs_a_reason_and_gives_nothing(authority: ContractingAuthority) -> None:
    """The days are free again for somebody else."""
    person, deputy = of(authority, Role.OPENER), of(authority, Role.AUDITOR)
    absence, second = named(authority, person, deputy), actor_of(of(authority, Role.AUTHORITY_ADMINISTRATOR))
    with pytest.raises(InvalidInput) as refused:
        refuse_deputy(absence=absence, reason="No.", actor=second, now=NOW)
    assert refused.value.field == "note"
    refuse_deputy(absence=absence, reason=REASON, actor=second, now=NOW)
    assert (absence.decision_note, actor_of(deputy).stands_in_for) == (REASON, frozenset())
    named(authority, person, of(authority, Role.AUDITOR))


def test_a_deputy_of_a_deputy_gets_nothing(provider: Provider) -> None:
    """Lent roles are not lent on, and whoever is away keeps their own."""
    first, second, third = of(provider, Role.SUBMITTER), of(provider, Role.CONTRIBUTOR), of(provider, Role.CONTRIBUTOR)
    for person, deputy in ((first, second), (second, third)):
        make_absence(person, deputy, provider)
    assert actor_of(second).stands_in_for == {first.id}
    assert (actor_of(third).roles, actor_of(third).stands_in_for) == ({Role.CONTRIBUTOR}, {second.id})


def test_roles_are_lent_as_they_are_and_only_where_the_deputy_works(provider: Provider) -> None:
    """A role taken from the absent person is gone for the deputy too; a seat on a panel or elsewhere is not lent."""
    elsewhere = make_authority()
    person = make_person(Role.SUBMITTER, Role.AUDITOR, provider=provider, authority=elsewhere)
    deputy = of(provider, Role.CONTRIBUTOR)
    make_absence(person, deputy, provider)
    assert actor_of(deputy).roles == {Role.CONTRIBUTOR, Role.SUBMITTER}
    administrator = actor_of(of(provider, Role.PROVIDER_ADMINISTRATOR))
    change_roles(place=provider, person=person, roles={Role.CONTRIBUTOR}, actor=administrator, now=NOW)
    assert actor_of(deputy).roles == {Role.CONTRIBUTOR}
    make_absence(make_person(Role.OPENER, authority=elsewhere), deputy, elsewhere)
    assert actor_of(deputy).roles == {Role.CONTRIBUTOR}


@pytest.mark.parametrize(
    ("first", "last", "field", "says"),
    [
        (-1, 7, "first_day", "cannot be over already"),
        (3, 2, "last_day", "before the first"),
        (0, 400, "last_day", "a year at most"),
    ],
)
def test_days_that_make_no_absence_are_refused(
    provider: Provider, first: int, last: int, field: str, says: str
) -> None:
    """Beside the day that is wrong."""
    days = {"first_day": TODAY + timedelta(days=first), "last_day": TODAY + timedelta(days=last)}
    with pytest.raises(InvalidInput, match=says) as refused:
        named(provider, of(provider, Role.SUBMITTER), of(provider, Role.CONTRIBUTOR), **days)
    assert refused.value.field == field


def test_one_deputy_at_a_time_who_is_a_colleague_and_names_nobody_as_themselves(provider: Provider) -> None:
    """Neither oneself nor whoever names; nobody who has not joined, of elsewhere, or while another stands in."""
    person, deputy = of(provider, Role.SUBMITTER), of(provider, Role.CONTRIBUTOR)
    administrator = of(provider, Role.PROVIDER_ADMINISTRATOR)
    invited = make_person(Role.CONTRIBUTOR, provider=provider, password_hash=None)
    for nobody, actor in ((person, person), (administrator, administrator), (invited, person)):
        with pytest.raises(InvalidInput) as refused:
            named(provider, person, nobody, actor_of(actor))
        assert refused.value.field == "deputy"
    with pytest.raises(NotFound):
        named(provider, person, make_person(Role.SUBMITTER))
    with pytest.raises(NotAllowed):
        named(provider, person, administrator, actor_of(deputy))
    named(provider, person, deputy, actor_of(administrator))
    with pytest.raises(InvalidInput, match="stands in then already"):
        named(provider, person, administrator, first_day=TODAY + WEEK, last_day=TODAY + 2 * WEEK)
    named(provider, person, administrator, first_day=TODAY + WEEK + DAY, last_day=TODAY + 2 * WEEK)


@pytest.mark.parametrize("by", ["person", "deputy", "administrator"])
def test_it_can_be_ended_early_and_stays_readable(provider: Provider, by: str) -> None:
    """By either of the two or an administrator, and by nobody else; one that has not begun is taken back."""
    people = {"person": of(provider, Role.SUBMITTER), "deputy": of(provider, Role.CONTRIBUTOR)}
    people["administrator"] = of(provider, Role.PROVIDER_ADMINISTRATOR)
    absence = make_absence(people["person"], people["deputy"], provider)
    later = make_absence(people["person"], people["deputy"], provider, begins_at=NOW + 2 * DAY, ends_at=NOW + 3 * DAY)
    with pytest.raises(NotAllowed):
        end_absence(absence=absence, actor=actor_of(of(provider, Role.SUBMITTER)), now=NOW)
    actor = actor_of(people[by])
    end_absence(absence=absence, actor=actor, now=NOW)
    end_absence(absence=later, actor=actor, now=NOW)
    assert actor_of(people["deputy"]).stands_in_for == frozenset()
    assert (absence.status, absence.ends_at, later.status) == (AbsenceStatus.AGREED, NOW, AbsenceStatus.WITHDRAWN)
    assert set(absences_open_to(actor)) == {absence, later}
    assert events_of("system")[-1].kind == EventKind.ABSENCE_ENDED
    with pytest.raises(NotAllowed):
        end_absence(absence=absence, actor=actor, now=NOW)


@pytest.mark.parametrize("leaver", ["person", "deputy"])
def test_it_ends_with_the_access_of_either(provider: Provider, leaver: str) -> None:
    """Whoever comes back later does not find old powers."""
    people = {"person": of(provider, Role.SUBMITTER), "deputy": of(provider, Role.CONTRIBUTOR)}
    absence = make_absence(people["person"], people["deputy"], provider)
    administrator = actor_of(of(provider, Role.PROVIDER_ADMINISTRATOR))
    end_access(place=provider, person=people[leaver], actor=administrator, now=NOW)
    db.session.refresh(absence)
    assert (absence.ends_at, absence.ended_by_id) == (NOW, administrator.user_id)
    assert actor_of(people["deputy"]).stands_in_for == frozenset()


def test_other_organisations_see_nothing_of_it(provider: Provider, authority: ContractingAuthority) -> None:
    """Neither other providers nor officers, nor the platform's administrator."""
    absence = make_absence(of(provider, Role.SUBMITTER), of(provider, Role.CONTRIBUTOR), provider)
    for stranger in (
        of(make_provider(), Role.PROVIDER_ADMINISTRATOR),
        of(authority, Role.AUTHORITY_ADMINISTRATOR),
        make_person(Role.PLATFORM_ADMINISTRATOR),
    ):
        with pytest.raises(NotFound):
            absence_with_id(absence.id, actor_of(stranger))
        assert absences_open_to(actor_of(stranger)) == []


def test_a_deputy_s_acts_say_for_whom_they_stand_in(provider: Provider) -> None:
    """In the ledger beside who acted; of what the deputy does about themselves it says nothing."""
    person, deputy = of(provider, Role.PROVIDER_ADMINISTRATOR), of(provider, Role.CONTRIBUTOR)
    make_absence(person, deputy, provider)
    colleague = of(provider, Role.CONTRIBUTOR)
    change_roles(place=provider, person=colleague, roles={Role.SUBMITTER}, actor=actor_of(deputy), now=NOW)
    event = events_of("system")[-1]
    assert (event.actor_id, event.data["standing_in_for"]) == (deputy.id, [str(person.id)])
    change_roles(place=provider, person=colleague, roles={Role.CONTRIBUTOR}, actor=actor_of(person), now=NOW)
    assert "standing_in_for" not in events_of("system")[-1].data


def test_a_deputy_gives_the_absent_person_no_role_and_ends_no_access_of_theirs(provider: Provider) -> None:
    """Both count as one, so neither gives the other what nobody gives themselves."""
    person, deputy = of(provider, Role.PROVIDER_ADMINISTRATOR), of(provider, Role.CONTRIBUTOR)
    of(provider, Role.PROVIDER_ADMINISTRATOR)
    make_absence(person, deputy, provider)
    more = {Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER}
    with pytest.raises(InvalidInput, match="Nobody gives themselves"):
        change_roles(place=provider, person=person, roles=more, actor=actor_of(deputy), now=NOW)
    with pytest.raises(InvalidInput, match="your own access"):
        end_access(place=provider, person=person, actor=actor_of(deputy), now=NOW)
    with pytest.raises(InvalidInput, match="stands in then already"):
        named(provider, person, of(provider, Role.SUBMITTER), actor_of(deputy))
    assert db.session.scalars(select(Absence)).one().deputy_id == deputy.id
