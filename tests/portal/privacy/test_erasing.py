"""Erasing people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import HeldRole, User, UserSession
from portal.accounts.people import person_with_email
from portal.accounts.sessions import find_signed_in, start_session
from portal.audit.models import Event
from portal.audit.verifying import verify_ledger
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.personal import ERASED
from portal.evaluation.models import Score
from portal.evaluation.results import calculate_result
from portal.extensions import db
from portal.notifications.models import Message
from portal.organisations.models import ContractingAuthority
from portal.privacy.asking import ask_erasure, ask_erasure_of_young_person, withdraw_erasure
from portal.privacy.erasing import carry_out_erasure, refuse_erasure
from portal.privacy.letters import erasure_asked, erasure_refused
from portal.privacy.models import ErasureRequest
from portal.privacy.queries import last_request_of
from portal.privacy.states import ErasureStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.evaluation import YOUNG, moderated_evaluation, result_of, scoring_itt
from tests.factories.organisations import make_authority, make_provider
from tests.portal.accounts.test_sealed_people import ADDRESS, NAME, stored

NOW = clock.now()

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def authority() -> ContractingAuthority:
    """An authority with two administrators."""
    return make_authority()


@pytest.fixture
def person(authority: ContractingAuthority) -> User:
    """One of its officers."""
    return make_person(Role.COMMISSIONER, authority=authority, display_name=NAME, email=ADDRESS)


def administrator_of(authority: ContractingAuthority) -> Actor:
    """One of the authority's administrators."""
    held = select(HeldRole.user_id).where(
        HeldRole.authority_id == authority.id, HeldRole.role == Role.AUTHORITY_ADMINISTRATOR
    )
    return actor_of(db.session.get_one(User, db.session.scalars(held.limit(1)).one()))


def erased(person: User, by: Actor) -> ErasureRequest:
    """Ask as the person, and carry it out as somebody else."""
    asked = ask_erasure(actor=actor_of(person))
    return carry_out_erasure(request_id=asked.id, actor=by, now=NOW)


def test_erasing_ends_every_access_and_forgets_who_it_was(authority: ContractingAuthority, person: User) -> None:
    """Name and address are nowhere, roles and sessions have ended, the ledger verifies and names by identifier."""
    token = start_session(user_id=person.id, now=NOW)
    assert erased(person, administrator_of(authority)).status is ErasureStatus.CARRIED_OUT
    db.session.expire_all()
    assert (person.display_name, person.email, person.is_active) == (ERASED, None, False)
    assert (person_with_email(ADDRESS), find_signed_in(token, NOW)) == (None, None)
    assert db.session.scalar(select(func.count()).select_from(UserSession).where(UserSession.user_id == person.id)) == 0
    assert actor_of(person).roles == frozenset()
    assert [word for word in (NAME, ADDRESS) if word in stored()] == []
    assert verify_ledger().findings == ()
    kinds = db.session.scalars(select(Event.kind).where(Event.object_id == person.id)).all()
    assert "person_erased" in kinds


def test_somebody_else_decides(authority: ContractingAuthority, person: User) -> None:
    """Neither who asks, nor a colleague without the role, nor somebody of elsewhere carries it out."""
    asked = ask_erasure(actor=actor_of(person))
    elsewhere = administrator_of(make_authority())
    for who, refused in (
        (actor_of(person), NotAllowed),
        (actor_of(make_person(Role.OPENER, authority=authority)), NotAllowed),
        (elsewhere, NotFound),
    ):
        with pytest.raises(refused):
            carry_out_erasure(request_id=asked.id, actor=who, now=NOW)
    assert person.display_name == NAME


def test_an_administrator_cannot_decide_about_themself() -> None:
    """Who may decide for others has their own request decided by another."""
    authority = make_authority()
    first = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    asked = ask_erasure(actor=actor_of(first))
    with pytest.raises(NotAllowed):
        carry_out_erasure(request_id=asked.id, actor=actor_of(first), now=NOW)
    carry_out_erasure(request_id=asked.id, actor=administrator_of(authority), now=NOW)
    assert first.display_name == ERASED


@pytest.mark.parametrize("place", ["authority", "provider", "platform"])
def test_the_last_administrator_hands_over_first(place: str) -> None:
    """Nobody leaves colleagues, an authority or the platform without an administrator, at asking and at deciding."""
    if place == "authority":
        authority = make_authority(administrators=0)
        last = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    elif place == "provider":
        provider = make_provider()
        last = make_person(Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER, provider=provider)
        make_person(Role.SUBMITTER, provider=provider)
    else:
        last = make_person(Role.PLATFORM_ADMINISTRATOR)
    with pytest.raises(InvalidInput, match="only administrator of"):
        ask_erasure(actor=actor_of(last))


def test_a_provider_of_one_person_goes_with_them() -> None:
    """Somebody who is an organisation alone can be erased; the platform's administrator decides."""
    alone = make_person(Role.PROVIDER_ADMINISTRATOR, Role.SUBMITTER)
    erased(alone, actor_of(make_person(Role.PLATFORM_ADMINISTRATOR)))
    assert alone.display_name == ERASED


def test_a_request_is_made_once_and_can_be_taken_back(authority: ContractingAuthority, person: User) -> None:
    """A second is refused while one waits; one that was withdrawn cannot be carried out, and can be made again."""
    asked = ask_erasure(actor=actor_of(person))
    with pytest.raises(InvalidInput, match="asked for already"):
        ask_erasure(actor=actor_of(person))
    with pytest.raises(NotFound):
        withdraw_erasure(request=asked, actor=administrator_of(authority))
    withdraw_erasure(request=asked, actor=actor_of(person))
    with pytest.raises(WrongState):
        carry_out_erasure(request_id=asked.id, actor=administrator_of(authority), now=NOW)
    assert ask_erasure(actor=actor_of(person)).id != asked.id


def test_a_refusal_has_a_reason_that_the_person_reads(authority: ContractingAuthority, person: User) -> None:
    """Deciders are told of the request by name and day, the person of the reason and of whom to complain to."""
    asked = ask_erasure(actor=actor_of(person))
    events = select(Event).where(Event.object_id == asked.id).order_by(Event.seq)
    erasure_asked(db.session.scalars(events).one())
    told = db.session.scalars(select(Message)).all()
    assert {message.subject for message in told} == {f"Somebody asks to be erased: {NAME}"}
    assert sorted(message.user_id for message in told) != []
    assert person.id not in {message.user_id for message in told}
    with pytest.raises(InvalidInput):
        refuse_erasure(request_id=asked.id, reason=" ", actor=administrator_of(authority), now=NOW)
    reason = "We could not reach you to make sure that it is you."
    refuse_erasure(request_id=asked.id, reason=reason, actor=administrator_of(authority), now=NOW)
    assert [word for word in (reason,) if word in stored()] == []
    erasure_refused(db.session.scalars(events).all()[-1])
    [letter] = db.session.scalars(select(Message).where(Message.user_id == person.id))
    assert reason in letter.body
    assert "Information Commissioner" in letter.body
    found = last_request_of(person.id)
    assert found is not None
    assert (found.decision_note, person.display_name) == (reason, NAME)


def test_an_answer_is_due_within_a_month(person: User) -> None:
    """28 days are a month in whichever month it is asked (UK GDPR art 12(3))."""
    asked = ask_erasure(actor=actor_of(person))
    assert asked.due_date - asked.proposed_at.date() in (timedelta(days=27), timedelta(days=28), timedelta(days=29))


def test_a_young_person_is_erased_and_their_scores_count_on() -> None:
    """The facilitator asks, the authority decides once the panel has closed; the result stays to the last digit."""
    evaluation = moderated_evaluation(2)
    facilitator = evaluation.moderator(YOUNG)
    seat = evaluation.scorers(YOUNG)[0]
    alias, before = seat.member.alias, result_of(evaluation.itt).outcome
    scores = db.session.scalar(select(func.count()).select_from(Score))
    asked = ask_erasure_of_young_person(work=seat.work, member_id=seat.member.id, actor=facilitator.actor)
    with pytest.raises(NotFound):
        carry_out_erasure(request_id=asked.id, actor=facilitator.actor, now=NOW)
    carry_out_erasure(request_id=asked.id, actor=administrator_of(evaluation.itt.authority), now=NOW)
    db.session.expire_all()
    assert (seat.member.alias, db.session.scalar(select(func.count()).select_from(Score))) == ("Young person 1", scores)
    calculate_result(itt_id=evaluation.itt.id, now=NOW)
    assert result_of(evaluation.itt).outcome == before
    assert alias not in stored()


def test_nobody_is_erased_from_a_panel_at_work() -> None:
    """While a panel scores, whoever sits on it is taken off it first."""
    evaluation = scoring_itt(1)
    seat, other = evaluation.scorers(YOUNG)[:2]
    asked = ask_erasure_of_young_person(
        work=seat.work, member_id=seat.member.id, actor=evaluation.moderator(YOUNG).actor
    )
    with pytest.raises(WrongState, match="panel"):
        carry_out_erasure(request_id=asked.id, actor=administrator_of(evaluation.itt.authority), now=NOW)
    with pytest.raises(NotAllowed):
        ask_erasure_of_young_person(work=seat.work, member_id=other.member.id, actor=seat.actor)
