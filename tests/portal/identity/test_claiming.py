"""A number that somebody else has registered: claimed, asked about, decided, moved, taken up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import SYSTEM, Actor, Role
from portal.extensions import db
from portal.identity.claiming import (
    FREE,
    answer_claim,
    ask_holder,
    claim_number,
    claim_with_code,
    claims_undecided,
    dismiss_claim,
    move_number,
    propose_move,
    refuse_move,
)
from portal.organisations.changing import register_provider
from portal.organisations.claim_models import NumberClaim
from portal.organisations.details import ProviderDetails
from portal.organisations.kept_numbers import claims_asked_of
from portal.organisations.models import Provider
from portal.regulation.seeding import seed_reference_data
from tests.factories.accounts import actor_of, make_person
from tests.factories.organisations import make_provider

NOW = clock.now()
NUMBER = "09506232"
WORDS = "Our name and office stand beside the number at Companies House."
ANSWER = "We have been that company since we were founded."
REASON = "Companies House names the claimant beside the number."
CONTACT = "Demo Rightful Trust\nDemo Person\nperson@rightful.example"

pytestmark = pytest.mark.usefixtures("db_session")


class Case:
    """A squatter, two officers, and a claim."""

    def __init__(self, app: Flask) -> None:
        seed_reference_data(db.session.connection())
        self.keys = app.extensions["keys"]
        self.squatter: Provider = make_provider("Demo Squatter", company_number=NUMBER)
        self.own = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=self.squatter))
        self.first, self.second = (actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR)) for _ in range(2))
        self.code = self.say()
        [self.claim] = claims_undecided()

    def say(self, *, address: str = "192.0.2.1", **changed: Any) -> str:
        said = {"company": NUMBER, "charity": "", "contact": CONTACT, "words": WORDS} | changed
        return claim_number(**said, origin=Origin(address), keys=self.keys, now=NOW)

    def look(self, code: str) -> NumberClaim:
        return claim_with_code(code=code, origin=Origin("192.0.2.9"), keys=self.keys, now=NOW)

    def asked(self) -> None:
        ask_holder(claim=self.claim, actor=self.first, now=NOW)

    def moved(self) -> None:
        self.asked()
        answer_claim(claim=self.claim, answer=ANSWER, actor=self.own, now=NOW)
        propose_move(claim=self.claim, reason=REASON, actor=self.first, now=NOW)
        move_number(claim=self.claim, actor=self.second, now=NOW)


@pytest.fixture
def case(app: Flask) -> Case:
    """Claimed, and nobody has looked yet."""
    return Case(app)


def rightful(code: str = "") -> ProviderDetails:
    return ProviderDetails("Rightful", NUMBER, "", "1 Demo Street", "DE1 1AA", False, True, True, "", code)


def test_the_holder_is_not_told_before_an_officer_asks(case: Case) -> None:
    """Nor can it answer: a stranger's claim alone costs it nothing."""
    assert list(claims_asked_of(case.squatter.id)) == []
    with pytest.raises(WrongState):
        answer_claim(claim=case.claim, answer=ANSWER, actor=case.own, now=NOW)
    case.asked()
    assert list(claims_asked_of(case.squatter.id)) == [case.claim]


def test_what_a_claimant_says_stands_under_a_key_of_its_own(case: Case) -> None:
    """Neither the rows nor the ledger hold it in plain; with the key gone it is gone."""
    stored = bytes(case.claim.contact_sealed or b"") + bytes(case.claim.words_sealed or b"")
    assert b"rightful" not in stored
    assert (case.claim.contact, case.claim.words) == (CONTACT, WORDS)
    assert [event.data for event in events_of("system")] == [{}]
    case.claim.person_key = None
    assert (case.claim.contact, case.claim.words) == ("", "")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"company": "", "charity": ""}, "company_number"),
        ({"company": "nonsense"}, "company_number"),
        ({"company": "00000009"}, "company_number"),
        ({"company": "", "charity": "1090095"}, "charity_number"),
        ({"words": "Ours."}, "words"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_beside_its_field(case: Case, changed: dict[str, str], field: str) -> None:
    """No number, a malformed one, one that nobody has registered here, and no words."""
    with pytest.raises(InvalidInput) as refusal:
        case.say(**changed)
    assert refusal.value.field == field


def test_claims_are_slowed(case: Case) -> None:
    """From one address; another one is not kept out."""
    for _ in range(FREE - 1):
        case.say()
    with pytest.raises(TooManyTries):
        case.say()
    case.say(address="198.51.100.7")


def test_moving_takes_the_answer_or_its_time_and_two_people(case: Case) -> None:
    """Neither before the holder could answer nor by one person."""
    case.asked()
    with pytest.raises(WrongState, match="to answer"):
        propose_move(claim=case.claim, reason=REASON, actor=case.first, now=NOW)
    propose_move(claim=case.claim, reason=REASON, actor=case.first, now=NOW + timedelta(days=40))
    with pytest.raises(NotAllowed):
        move_number(claim=case.claim, actor=case.first, now=NOW)
    assert case.squatter.company_number == NUMBER
    refuse_move(claim=case.claim, actor=case.second)
    propose_move(claim=case.claim, reason=REASON, actor=case.second, now=NOW + timedelta(days=40))
    move_number(claim=case.claim, actor=case.first, now=NOW)
    assert case.claim.status.is_upheld


def test_the_squatter_loses_number_and_verification_and_keeps_its_past(case: Case) -> None:
    """What it did under the number keeps it; why it is not verified any more is on its page."""
    before = clock.now()
    case.moved()
    squatter = case.squatter
    assert (squatter.company_number, squatter.policy_state) == (None, "not_yet_verified")
    assert squatter.number_lost_at == NOW
    assert squatter.at(before - timedelta(days=1)).company_number == NUMBER
    assert squatter.org_id == f"provider-{squatter.id}"
    kinds = [event.kind for event in events_of("system")]
    assert kinds[-1] == EventKind.NUMBER_MOVED


def test_a_moved_number_is_kept_for_whoever_has_the_code(case: Case) -> None:
    """Neither anybody else nor the squatter registers it again; the code takes it up once."""
    case.moved()
    for code in ("", "0000-0000-0000-0000"):
        with pytest.raises(InvalidInput) as refusal:
            register_provider(details=rightful(code), alerts=[], actor=SYSTEM)
        assert refusal.value.field == "claim_code"
    made = register_provider(details=rightful(case.code.lower()), alerts=[], actor=SYSTEM)
    assert (made.company_number, case.claim.taken_up_by_id) == (NUMBER, made.id)
    assert case.look(case.code).taken_up_at is not None


def test_a_dismissed_claim_changes_nothing(case: Case) -> None:
    """The claimant reads the reason with the code; the number can be claimed again."""
    dismiss_claim(claim=case.claim, reason=REASON, actor=case.first, now=NOW)
    found = case.look(case.code)
    assert (found.status.is_dismissed, found.reason) == (True, REASON)
    assert case.squatter.policy_state == "verified"
    case.say()


def test_a_wrong_code_shows_nothing(case: Case) -> None:
    """Refused beside the field; guessing is slowed."""
    with pytest.raises(InvalidInput) as refusal:
        case.look("0000-0000-0000-0000")
    assert refusal.value.field == "code"
    for _ in range(4):
        with pytest.raises(InvalidInput):
            case.look("0000-0000-0000-0001")
    with pytest.raises(TooManyTries):
        case.look(case.code)


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.AUDITOR, Role.SUBMITTER])
def test_others_have_no_part_in_a_claim(case: Case, role: Role) -> None:
    """Neither other officers nor other organisations find it."""
    stranger: Actor = actor_of(make_person(role))
    with pytest.raises(NotFound):
        ask_holder(claim=case.claim, actor=stranger, now=NOW)
