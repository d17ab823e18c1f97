"""Correcting what an organisation says about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import SYSTEM, Actor, Role
from portal.extensions import db
from portal.identity.correcting import change_provider
from portal.organisations.changing import register_provider
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
    return make_provider("Demo Care Ltd", company_number="09506232", alerts=("85311300",))


@pytest.fixture
def administrator(provider: Provider) -> Actor:
    """Its administrator."""
    return actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))


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
    change_provider(provider=provider, details=changed, actor=administrator, now=NOW)
    assert (provider.address, provider.is_vcse, provider.policy_state) == ("3 Demo Street", True, "verified")
    (event,) = events_of("system")
    assert (event.kind, event.data) == (EventKind.PROVIDER_CHANGED, {"changed": ["address", "is_vcse"]})


def test_a_name_that_stays_is_not_asked_about_again(provider: Provider, administrator: Actor) -> None:
    """Whoever said once that they are another organisation changes their address without saying it again."""
    make_provider("Demo Care CIC")
    change_provider(
        provider=provider, details=details_of(provider, address="3 Demo Street"), actor=administrator, now=NOW
    )
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
        change_provider(provider=provider, details=details_of(provider, **changed), actor=administrator, now=NOW)
    assert refusal.value.field == field


def test_nothing_changed_is_nothing_recorded(provider: Provider, administrator: Actor) -> None:
    """Saving the page as it was leaves no trace."""
    change_provider(provider=provider, details=details_of(provider), actor=administrator, now=NOW)
    assert events_of("system") == []


@pytest.mark.parametrize(
    "changed", [{"company_number": "00000007"}, {"charity_number": "1090095"}, {"name": "Demo North"}]
)
def test_another_name_or_number_has_to_be_proved_again(
    provider: Provider, administrator: Actor, changed: dict[str, str]
) -> None:
    """What was proved was proved of another name or number; it stays in the list of what was tried, with the reason."""
    change_provider(provider=provider, details=details_of(provider, **changed), actor=administrator, now=NOW)
    assert (provider.verification, provider.policy_state) == (None, "not_yet_verified")
    [before] = provider.verifications
    assert (before.status.is_withdrawn, before.ended_by_id) == (True, administrator.user_id)
    assert "changed its name or number" in before.reason


def test_a_changed_name_keeps_its_key_up_to_date(provider: Provider, administrator: Actor) -> None:
    """Somebody who registers the new name later is asked about it."""
    change_provider(provider=provider, details=details_of(provider, name="Demo North"), actor=administrator, now=NOW)
    twin = details_of(provider, name="DEMO NORTH", company_number="00000007")
    with pytest.raises(InvalidInput) as refusal:
        register_provider(details=twin, alerts=[], actor=SYSTEM)
    assert refusal.value.field == "name_confirmed"


@pytest.mark.parametrize("role", [Role.SUBMITTER, Role.CONTRIBUTOR])
def test_only_the_administrator_changes_details(provider: Provider, role: Role) -> None:
    """Submitters and contributors read them."""
    actor = actor_of(make_person(role, provider=provider))
    with pytest.raises(NotAllowed):
        change_provider(provider=provider, details=details_of(provider), actor=actor, now=NOW)


def test_another_provider_s_people_find_nothing(provider: Provider) -> None:
    """An administrator of another provider gets "not found", not "not allowed"."""
    stranger = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR))
    with pytest.raises(NotFound):
        change_provider(provider=provider, details=details_of(provider), actor=stranger, now=NOW)
