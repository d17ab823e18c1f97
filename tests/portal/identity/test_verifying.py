"""Proving that a number is an organisation's own: by the register, by post; refused, withdrawn, void."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.identity.verifying import (
    CODE_LASTS,
    MOST_WRONG_CODES,
    check_register,
    name_domain,
    post_code,
    refuse_check,
    type_code,
    use_address,
    withdraw_verification,
)
from portal.organisations.models import Provider
from portal.organisations.states import VerificationMethod
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_provider

NOW = clock.now()
TODAY = clock.today()
SEEN = "Companies House: name and office are the same."
ADDRESS = "1 Registered Way\nDemotown DE1 1AA"
REASON = "The register has another name for this number."


@pytest.fixture
def provider(db_session: object) -> Provider:
    """An organisation whose number nobody has proved."""
    return make_provider(verified=False)


@pytest.fixture
def administrator(provider: Provider) -> Actor:
    """Its administrator."""
    return actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider))


@pytest.fixture
def officer(db_session: object) -> Actor:
    """Somebody who checks organisations."""
    return actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR))


@pytest.fixture
def keys(app: Flask) -> KeyFolder:
    """The installation's keys."""
    found: KeyFolder = app.extensions["keys"]
    return found


def kinds() -> list[str]:
    return [event.kind for event in events_of("system")]


def test_the_officer_s_comparison_keeps_method_person_time_and_what_was_seen(
    provider: Provider, officer: Actor
) -> None:
    """The ledger has the method, and never what was seen."""
    check_register(provider=provider, seen=f"  {SEEN} ", seen_on=TODAY, actor=officer, now=NOW)
    held = provider.verification
    assert held is not None
    assert (held.method, held.seen, held.seen_on) == (VerificationMethod.REGISTER, SEEN, TODAY)
    assert (held.proved_by_id, held.proved_at, provider.policy_state) == (officer.user_id, NOW, "verified")
    [event] = events_of("system")
    assert (event.kind, event.data) == (EventKind.PROVIDER_VERIFIED, {"method": "register"})


@pytest.mark.parametrize(
    ("seen", "days", "field"),
    [("  ", 0, "seen"), ("x" * 1001, 0, "seen"), (SEEN, 1, "seen_on"), (SEEN, None, "seen_on")],
)
def test_a_comparison_without_what_was_seen_and_when_is_refused(
    provider: Provider, officer: Actor, seen: str, days: int | None, field: str
) -> None:
    """Beside the field; a day to come is none on which anybody has looked."""
    day = None if days is None else TODAY + timedelta(days=days)
    with pytest.raises(InvalidInput) as refusal:
        check_register(provider=provider, seen=seen, seen_on=day, actor=officer, now=NOW)
    assert (refusal.value.field, provider.verification) == (field, None)


def test_the_posted_code_proves_the_number(
    provider: Provider, officer: Actor, administrator: Actor, keys: KeyFolder
) -> None:
    """Typed in small letters with a space; who typed it and the address stay, the code itself is nowhere."""
    posted = post_code(provider=provider, address=ADDRESS, actor=officer, keys=keys, now=NOW)
    typed = posted.code.lower().replace("-", " ")
    assert type_code(provider=provider, code=typed, actor=administrator, keys=keys, now=NOW) is None
    held = provider.verification
    assert held is not None
    assert (held.method, held.seen) == (VerificationMethod.POST, ADDRESS)
    assert (held.begun_by_id, held.proved_by_id) == (officer.user_id, administrator.user_id)
    assert kinds() == [EventKind.VERIFICATION_CODE_POSTED, EventKind.PROVIDER_VERIFIED]
    assert posted.code.encode() not in bytes(held.code_hash or b"")


def test_a_code_is_guessed_at_five_times_at_most(
    provider: Provider, officer: Actor, administrator: Actor, keys: KeyFolder
) -> None:
    """After the fifth wrong one the right one proves nothing any more."""
    posted = post_code(provider=provider, address=ADDRESS, actor=officer, keys=keys, now=NOW)
    for _ in range(MOST_WRONG_CODES):
        assert type_code(provider=provider, code="0000-0000-0000", actor=administrator, keys=keys, now=NOW)
    with pytest.raises(WrongState, match="No letter is on its way"):
        type_code(provider=provider, code=posted.code, actor=administrator, keys=keys, now=NOW)
    assert provider.verification is None


def test_a_code_that_is_too_old_or_replaced_proves_nothing(
    provider: Provider, officer: Actor, administrator: Actor, keys: KeyFolder
) -> None:
    """The last letter counts, for 28 days."""
    first = post_code(provider=provider, address=ADDRESS, actor=officer, keys=keys, now=NOW)
    second = post_code(provider=provider, address=ADDRESS, actor=officer, keys=keys, now=NOW)
    assert type_code(provider=provider, code=first.code, actor=administrator, keys=keys, now=NOW)
    late = NOW + CODE_LASTS
    assert "could be used until" in str(
        type_code(provider=provider, code=second.code, actor=administrator, keys=keys, now=late)
    )
    assert provider.verification is None


def test_refusing_says_why_and_leaves_it_unverified(provider: Provider, officer: Actor) -> None:
    """The reason is kept with who looked; a refusal without words is refused."""
    with pytest.raises(InvalidInput) as refusal:
        refuse_check(provider=provider, reason="no", actor=officer, now=NOW)
    assert refusal.value.field == "reason"
    refused = refuse_check(provider=provider, reason=REASON, actor=officer, now=NOW)
    assert (refused.reason, refused.ended_by_id, provider.policy_state) == (REASON, officer.user_id, "not_yet_verified")
    assert kinds() == [EventKind.VERIFICATION_REFUSED]


def test_what_was_proved_is_withdrawn_with_a_reason_and_proved_again(provider: Provider, officer: Actor) -> None:
    """Both stay in the list of what was tried."""
    check_register(provider=provider, seen=SEEN, seen_on=TODAY, actor=officer, now=NOW)
    withdraw_verification(provider=provider, reason=REASON, actor=officer, now=NOW)
    assert provider.policy_state == "not_yet_verified"
    check_register(provider=provider, seen=SEEN, seen_on=TODAY, actor=officer, now=NOW)
    assert provider.policy_state == "verified"
    assert sorted(one.status.value for one in provider.verifications) == ["verified", "withdrawn"]
    assert kinds()[1] == EventKind.VERIFICATION_WITHDRAWN


def test_each_act_belongs_to_its_state(provider: Provider, officer: Actor, keys: KeyFolder) -> None:
    """Nothing unproved is withdrawn; what is proved is neither proved again, refused nor sent a code."""
    with pytest.raises(WrongState):
        withdraw_verification(provider=provider, reason=REASON, actor=officer, now=NOW)
    check_register(provider=provider, seen=SEEN, seen_on=TODAY, actor=officer, now=NOW)
    for act in (
        lambda: check_register(provider=provider, seen=SEEN, seen_on=TODAY, actor=officer, now=NOW),
        lambda: refuse_check(provider=provider, reason=REASON, actor=officer, now=NOW),
        lambda: post_code(provider=provider, address=ADDRESS, actor=officer, keys=keys, now=NOW),
    ):
        with pytest.raises(WrongState):
            act()


def at_domain(provider: Provider, address: str, *, confirmed: bool = True) -> Actor:
    person = make_person(Role.PROVIDER_ADMINISTRATOR, provider=provider, email=address)
    person.email_confirmed_at = NOW if confirmed else None
    return actor_of(person)


def test_a_confirmed_address_at_the_named_domain_proves_the_number(provider: Provider, officer: Actor) -> None:
    """The domain and where it was seen stay, with who confirmed it and who used their address."""
    name_domain(provider=provider, domain=" @Bright-Steps.org.uk ", seen=SEEN, actor=officer, now=NOW)
    own = at_domain(provider, "somebody@bright-steps.org.uk")
    use_address(provider=provider, actor=own, now=NOW)
    held = provider.verification
    assert held is not None
    assert (held.method, held.domain, held.seen) == (VerificationMethod.DOMAIN, "bright-steps.org.uk", SEEN)
    assert (held.begun_by_id, held.proved_by_id) == (officer.user_id, own.user_id)


@pytest.mark.parametrize(
    ("address", "confirmed"),
    [
        ("somebody@elsewhere.example", True),
        ("somebody@sub.bright-steps.org.uk", True),
        ("somebody@notbright-steps.org.uk", True),
        ("somebody@bright-steps.org.uk", False),
    ],
)
def test_another_or_an_unconfirmed_address_proves_nothing(
    provider: Provider, officer: Actor, address: str, confirmed: bool
) -> None:
    """Neither one that only ends alike nor one that nobody has confirmed."""
    name_domain(provider=provider, domain="bright-steps.org.uk", seen=SEEN, actor=officer, now=NOW)
    with pytest.raises(WrongState):
        use_address(provider=provider, actor=at_domain(provider, address, confirmed=confirmed), now=NOW)
    assert provider.verification is None


@pytest.mark.parametrize("domain", ["", "bright steps", "localhost", "gmail.com", "a@b.example", "-x.example", "x..uk"])
def test_a_domain_that_proves_nothing_is_refused(provider: Provider, officer: Actor, domain: str) -> None:
    """Malformed ones, and those at which anybody has an address."""
    with pytest.raises(InvalidInput) as refusal:
        name_domain(provider=provider, domain=domain, seen=SEEN, actor=officer, now=NOW)
    assert refusal.value.field == "domain"


def test_without_a_named_domain_no_address_proves_anything(provider: Provider, administrator: Actor) -> None:
    """Whatever the address."""
    with pytest.raises(WrongState):
        use_address(provider=provider, actor=administrator, now=NOW)


@pytest.mark.parametrize("role", [Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER])
def test_nobody_checks_their_own_organisation(db_session: object, role: Role) -> None:
    """A provider's own people may not, whatever their role."""
    provider = make_provider(verified=False)
    actor = actor_of(make_person(role, provider=provider))
    with pytest.raises(NotAllowed):
        check_register(provider=provider, seen=SEEN, seen_on=TODAY, actor=actor, now=NOW)


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.OPENER, Role.AUDITOR])
def test_other_officers_find_nothing_to_check(provider: Provider, role: Role) -> None:
    """Checking organisations is the administrators' work alone."""
    with pytest.raises(NotFound):
        check_register(provider=provider, seen=SEEN, seen_on=TODAY, actor=actor_of(make_person(role)), now=NOW)


def test_an_officer_does_not_type_the_code_in(provider: Provider, officer: Actor, keys: KeyFolder) -> None:
    """Who prints the letter cannot prove anything with it."""
    posted = post_code(provider=provider, address=ADDRESS, actor=officer, keys=keys, now=NOW)
    with pytest.raises(NotAllowed):
        type_code(provider=provider, code=posted.code, actor=officer, keys=keys, now=NOW)
