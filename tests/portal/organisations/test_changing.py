"""Changing and checking a provider."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import SYSTEM, Actor, Role
from portal.extensions import db
from portal.organisations.changing import (
    change_provider,
    choose_alerts,
    register_provider,
    verify_provider,
)
from portal.organisations.details import ProviderDetails
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_provider

NOW = clock.now()


@pytest.fixture
def provider(db_session: object) -> Provider:
    """A verified provider that hears of one code."""
    seed_reference_data(db.session.connection())
    made = make_provider("Demo Care Ltd", company_number="09506232", alerts=("85311300",))
    made.verified_at, made.verified_by_id, made.verification_note = NOW, make_person(Role.AUDITOR).id, "Seen."
    return made


@pytest.fixture
def administrator(provider: Provider) -> Actor:
    """Its administrator."""
    return actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))


@pytest.fixture
def officer(db_session: object) -> Actor:
    """Somebody who checks providers."""
    return actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR))


def details_of(provider: Provider, **changed: object) -> ProviderDetails:
    """What is stored, with some of it changed."""
    same = ProviderDetails(
        name=provider.name,
        company_number=provider.company_number or "",
        charity_number=provider.charity_number or "",
        address=provider.address,
        postcode=provider.postcode,
        is_sme=provider.is_sme,
        is_vcse=provider.is_vcse,
    )
    return replace(same, **changed)  # type: ignore[arg-type]


def test_a_change_is_recorded_by_the_names_of_its_fields(provider: Provider, administrator: Actor) -> None:
    """The ledger says which facts changed, never what they are; the check stays."""
    changed = details_of(provider, address="3 Demo Street", is_vcse=True)
    change_provider(provider=provider, details=changed, actor=administrator)
    assert (provider.address, provider.is_vcse, provider.policy_state) == ("3 Demo Street", True, "verified")
    (event,) = events_of("system")
    assert (event.kind, event.data) == (EventKind.PROVIDER_CHANGED, {"changed": ["address", "is_vcse"]})


def test_a_name_that_stays_is_not_asked_about_again(provider: Provider, administrator: Actor) -> None:
    """Whoever said once that they are another organisation changes their address without saying it again."""
    make_provider("Demo Care CIC")
    change_provider(provider=provider, details=details_of(provider, address="3 Demo Street"), actor=administrator)
    assert provider.address == "3 Demo Street"


@pytest.mark.parametrize(
    ("changed", "field", "written"),
    [
        ({"name": "St Maryâ€™s Care"}, "organisation_name", "St Mary’s Care"),
        ({"address": "CafÃ© Street 1"}, "address", "Café Street 1"),
    ],
)
def test_what_a_program_misread_is_refused(
    provider: Provider, administrator: Actor, changed: dict[str, str], field: str, written: str
) -> None:
    """Beside its field, with what probably stood there."""
    with pytest.raises(InvalidInput, match=f"Is it “{written}”") as refusal:
        change_provider(provider=provider, details=details_of(provider, **changed), actor=administrator)
    assert refusal.value.field == field


def test_nothing_changed_is_nothing_recorded(provider: Provider, administrator: Actor) -> None:
    """Saving the page as it was leaves no trace."""
    change_provider(provider=provider, details=details_of(provider), actor=administrator)
    assert events_of("system") == []


@pytest.mark.parametrize("changed", [{"company_number": "00000007"}, {"charity_number": "1090095"}])
def test_another_number_has_to_be_checked_again(
    provider: Provider, administrator: Actor, changed: dict[str, str]
) -> None:
    """A check belongs to the number that was checked."""
    change_provider(provider=provider, details=details_of(provider, **changed), actor=administrator)
    assert (provider.verified_at, provider.verified_by_id, provider.verification_note) == (None, None, None)


def test_a_changed_name_keeps_its_key_up_to_date(provider: Provider, administrator: Actor) -> None:
    """Somebody who registers the new name later is asked about it."""
    change_provider(provider=provider, details=details_of(provider, name="Demo North"), actor=administrator)
    twin = details_of(provider, name="DEMO NORTH", company_number="00000007")
    with pytest.raises(InvalidInput) as refusal:
        register_provider(details=twin, alerts=[], actor=SYSTEM)
    assert refusal.value.field == "name_confirmed"


@pytest.mark.parametrize(
    ("role", "change", "choose"),
    [
        (Role.PROVIDER_ADMINISTRATOR, True, True),
        (Role.SUBMITTER, False, True),
        (Role.CONTRIBUTOR, False, False),
    ],
)
def test_who_may_change_what(provider: Provider, role: Role, change: bool, choose: bool) -> None:
    """Details are the administrator's, alerts also a submitter's."""
    actor = actor_of(make_person(role, provider=provider))
    acts = (
        (change, lambda: change_provider(provider=provider, details=details_of(provider), actor=actor)),
        (choose, lambda: choose_alerts(provider=provider, codes=[], actor=actor)),
    )
    for allowed, act in acts:
        if allowed:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()


def test_another_provider_s_people_find_nothing(provider: Provider) -> None:
    """An administrator of another provider gets "not found", not "not allowed"."""
    stranger = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR))
    with pytest.raises(NotFound):
        change_provider(provider=provider, details=details_of(provider), actor=stranger)
    with pytest.raises(NotFound):
        choose_alerts(provider=provider, codes=[], actor=stranger)
    with pytest.raises(NotFound):
        verify_provider(provider=provider, note="Seen.", actor=stranger, now=NOW)


def test_alerts_are_what_was_chosen_last(provider: Provider, administrator: Actor) -> None:
    """The choice replaces the one before, each code once and in order."""
    choose_alerts(provider=provider, codes=["85312000", "80000000", "85312000"], actor=administrator)
    assert [alert.cpv_code for alert in provider.alerts] == ["80000000", "85312000"]
    assert [event.data for event in events_of("system")] == [{"alerts": ["80000000", "85312000"]}]
    choose_alerts(provider=provider, codes=[], actor=administrator)
    db.session.flush()
    db.session.refresh(provider)
    assert provider.alerts == []


@pytest.mark.parametrize("code", ["8531130", "853113000", "abcdefgh", "45000000"])
def test_a_code_outside_the_table_is_refused(provider: Provider, administrator: Actor, code: str) -> None:
    """Malformed and unknown codes are refused beside the choice, and the choice stays as it was."""
    with pytest.raises(InvalidInput) as refusal:
        choose_alerts(provider=provider, codes=[code], actor=administrator)
    assert refusal.value.field == "codes"
    assert [alert.cpv_code for alert in provider.alerts] == ["85311300"]


def test_an_officer_verifies_with_a_note(officer: Actor) -> None:
    """Who checked, when and what is kept; the ledger holds the fact without the note."""
    provider = make_provider()
    verify_provider(provider=provider, note="  Name matches Companies House. ", actor=officer, now=NOW)
    db.session.flush()
    stored = (provider.verified_at, provider.verified_by_id, provider.verification_note)
    assert stored == (NOW, officer.user_id, "Name matches Companies House.")
    (event,) = events_of("system")
    assert (event.kind, event.object_id, event.data) == (EventKind.PROVIDER_VERIFIED, provider.id, {})


def test_verifying_needs_a_note_and_happens_once(officer: Actor, provider: Provider) -> None:
    """An empty note is refused beside the field; a verified provider is not verified again."""
    with pytest.raises(InvalidInput) as refusal:
        verify_provider(provider=make_provider(), note="  ", actor=officer, now=NOW)
    assert refusal.value.field == "note"
    with pytest.raises(WrongState):
        verify_provider(provider=provider, note="Seen.", actor=officer, now=NOW)


@pytest.mark.parametrize("role", [Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER])
def test_nobody_verifies_their_own_organisation(db_session: object, role: Role) -> None:
    """A provider's own people may not, whatever their role."""
    provider = make_provider()
    with pytest.raises(NotAllowed):
        verify_provider(provider=provider, note="Seen.", actor=actor_of(make_person(role, provider=provider)), now=NOW)


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.OPENER, Role.AUDITOR])
def test_other_officers_find_no_provider_to_verify(db_session: object, role: Role) -> None:
    """Checking providers is the administrator's work alone."""
    with pytest.raises(NotFound):
        verify_provider(provider=make_provider(), note="Seen.", actor=actor_of(make_person(role)), now=NOW)


def test_two_registrations_at_once_give_one_organisation(fresh_app: Flask) -> None:
    """Of two people who register the same number in the same moment one is told that it is taken."""
    details = ProviderDetails("Demo Care", "09506232", "", "1 Demo Street", "DE1 1AA", False, False, True)
    start = Barrier(6)

    def one(_: int) -> str:
        with fresh_app.app_context():
            start.wait(30)
            try:
                register_provider(details=details, alerts=[], actor=SYSTEM)
                db.session.commit()
            except InvalidInput as refusal:
                db.session.rollback()
                return str(refusal.field)
            return "registered"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(one, range(6)))
    assert outcomes == ["company_number"] * 5 + ["registered"]
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count(Provider.id))) == 1
