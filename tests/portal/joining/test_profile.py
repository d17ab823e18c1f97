"""Tell us once: what was said is offered, confirmed by a person, and never sent by itself."""

from __future__ import annotations

import pytest

from portal.audit.models import Event
from portal.core import clock
from portal.core.drafts import Incomplete
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.frameworks.questionnaire import AnswerKind, Question, Section, SelectionQuestionnaire
from portal.joining.answering import answers_of
from portal.joining.evidence import replace_evidence
from portal.joining.models import Evidence
from portal.joining.profile import asked_kinds, change_profile, profile_of, profile_questions
from portal.organisations.models import Provider
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import live_framework
from tests.factories.joining import (
    CERTIFICATE,
    applicant_of,
    complete_application,
    draft_application,
    make_evidence,
    save,
    store,
    submit,
)


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


def said(actor: Actor) -> dict[str, str]:
    return {row.key: row.value for row in profile_of(actor.provider_id)}


def provider_of(actor: Actor) -> Provider:
    return db.session.get_one(Provider, actor.provider_id)


def test_what_is_saved_in_one_application_is_offered_in_the_next(actor: Actor) -> None:
    """Before the first is even sent: three lots that are applied to at once are answered once."""
    framework = live_framework(lots=2)
    first = draft_application(framework, actor=actor)
    second = draft_application(framework, actor=actor, lot=2)
    save(first, actor, {"contact": "Demo Person"})
    assert said(actor) == {"contact_name": "Demo Person"}
    offered = answers_of(second).suggestions
    assert {key: answer.value for key, answer in offered.items()} == {"contact": "Demo Person"}
    assert (offered["contact"].confirmed, offered["contact"].reused) == (False, True)
    assert (second.answers, second.revision) == ({}, 0)


def test_nothing_reused_is_sent_before_a_person_confirms_it(actor: Actor) -> None:
    """Confirmed, it is frozen as reused; changed, it is the provider's new answer."""
    submit(complete_application(actor=actor), actor)
    evidence = db.session.query(Evidence).one()
    second = draft_application(actor=actor)
    save(second, actor, {"convicted": "no"})
    with pytest.raises(Incomplete) as refused:
        submit(second, actor)
    assert [gap.key for gap in refused.value.gaps] == ["contact", "insurance"]
    save(second, actor, {"contact": "Our answer to contact."})
    assert answers_of(second).suggestions.keys() == {"contact", "insurance"}, "saving a page unticked confirms nothing"
    save(second, actor, {"contact": "Our answer to contact.", "insurance": str(evidence.id)}, "contact", "insurance")
    assert answers_of(second).suggestions == {}
    answers = submit(second, actor).version.answers
    assert {key: answer["reused"] for key, answer in answers.items()} == {
        "contact": True,
        "convicted": False,
        "insurance": True,
    }


def test_a_changed_suggestion_is_an_answer_of_its_own(actor: Actor) -> None:
    """It needs no tick, and the profile learns it."""
    complete_application(actor=actor)
    second = draft_application(actor=actor)
    save(second, actor, {"contact": "Somebody new"})
    assert "contact" not in answers_of(second).suggestions
    assert second.answers["contact"]["reused"] is False
    assert said(actor) == {"contact_name": "Somebody new"}


def test_a_suggestion_that_was_emptied_does_not_come_back(actor: Actor) -> None:
    """Somebody decided against it here; elsewhere it is still offered."""
    complete_application(actor=actor)
    second, third = draft_application(actor=actor), draft_application(actor=actor)
    save(second, actor, {"contact": ""})
    assert "contact" not in answers_of(second).suggestions
    assert "contact" in answers_of(third).suggestions


def test_a_suggestion_follows_the_profile_until_it_is_confirmed(actor: Actor) -> None:
    """What was confirmed stays as it was confirmed."""
    complete_application(actor=actor)
    open_one, confirmed = draft_application(actor=actor), draft_application(actor=actor)
    save(confirmed, actor, {"contact": "Our answer to contact."}, "contact")
    change_profile(provider=provider_of(actor), answers={"contact_name": "New"}, actor=actor, now=clock.now())
    assert answers_of(open_one).value("contact") == "New"
    assert answers_of(confirmed).value("contact") == "Our answer to contact."


def test_an_answer_that_cannot_be_chosen_here_is_not_offered(actor: Actor) -> None:
    """Another questionnaire may have other choices."""
    complete_application(actor=actor)
    other = SelectionQuestionnaire(
        (
            Section(
                "s",
                "S",
                questions=(Question("who", "Who?", AnswerKind.CHOICE, choices=("A", "B"), profile="contact_name"),),
            ),
        )
    )
    assert answers_of(draft_application(live_framework(questionnaire=other), actor=actor)).suggestions == {}


def test_a_replaced_document_is_offered_in_place_of_the_old_one(actor: Actor) -> None:
    """An application that is not sent asks for the new one's confirmation."""
    application = complete_application(actor=actor)
    newer = replace_evidence(
        evidence=db.session.query(Evidence).one(),
        actor=actor,
        upload=("newer.txt", lambda: CERTIFICATE),
        expires_on=clock.today(),
        files=store(),
        now=clock.now(),
    )
    offered = answers_of(application).suggestions
    assert offered["insurance"].evidence == newer


def test_another_providers_answers_are_never_offered(actor: Actor) -> None:
    """Neither what it said nor its documents."""
    complete_application(actor=actor)
    assert answers_of(draft_application()).suggestions == {}


def test_the_profile_can_be_changed_and_forgotten(actor: Actor) -> None:
    """A blank forgets; the ledger knows the keys and no words."""
    complete_application(actor=actor)
    change_profile(
        provider=provider_of(actor),
        answers={"contact_name": " ", "trading_name": "Demo"},
        actor=actor,
        now=clock.now(),
    )
    assert said(actor) == {"trading_name": "Demo"}
    entry = db.session.query(Event).order_by(Event.seq.desc()).filter_by(kind="provider_changed").first()
    assert entry is not None
    assert entry.data == {"changed": ["profile"], "keys": ["contact_name", "trading_name"]}
    with pytest.raises(InvalidInput) as refused:
        change_profile(
            provider=provider_of(actor), answers={"trading_name": "x" * 20_001}, actor=actor, now=clock.now()
        )
    assert refused.value.field == "trading_name"


def test_only_the_providers_people_change_it(actor: Actor) -> None:
    """Another provider's people find nothing; an officer who checks providers may look, not write."""
    provider = provider_of(actor)
    with pytest.raises(NotFound):
        change_profile(provider=provider, answers={"a": "b"}, actor=applicant_of(), now=clock.now())
    officer = actor_of(make_person(Role.AUTHORITY_ADMINISTRATOR))
    with pytest.raises(NotAllowed):
        change_profile(provider=provider, answers={"a": "b"}, actor=officer, now=clock.now())


def test_profile_questions_are_those_of_live_questionnaires(actor: Actor) -> None:
    """By profile key; kinds of evidence for the list to choose from."""
    make_evidence(actor)
    live_framework()
    questions = profile_questions()
    assert {key: questions[key].key for key in questions} == {
        "contact_name": "contact",
        "public_liability": "insurance",
    }
    assert asked_kinds() == ["public_liability"]
