"""Reading applications for the provider's own people, and where each part stands."""

from __future__ import annotations

import pytest

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.joining.answering import answers_of, failing_answers
from portal.joining.completeness import gaps_of
from portal.joining.models import Application
from portal.joining.own_applications import (
    ApplicationProgress,
    PartStatus,
    application_progress,
    applications_of,
    lot_choices,
    own_application,
    part_status,
    version_numbered,
)
from portal.joining.states import ApplicationStatus
from portal.joining.withdrawing import withdraw_application
from tests.factories.accounts import actor_of, make_person
from tests.factories.frameworks import admit, live_framework
from tests.factories.joining import applicant_of, complete_application, draft_application, save, sent_application


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


def statuses(application: Application, *reasons: str) -> dict[str, PartStatus]:
    answered = answers_of(application)
    gaps, failing = gaps_of(application, answered, today=clock.today()), failing_answers(answered)
    return {section.key: part_status(section, answered, gaps, failing, reasons) for section in answered.sections}


def test_a_section_says_how_far_it_is(actor: Actor) -> None:
    """Not started, in progress, would be refused, completed, to confirm, to be put right."""
    application = draft_application(live_framework(lots=2), actor=actor, lot=2)
    assert set(statuses(application).values()) == {PartStatus.NOT_STARTED}
    save(application, actor, {"registered": "no", "contact": "Demo Person", "convicted": "yes"})
    assert statuses(application) == {
        "about": PartStatus.COMPLETED,
        "exclusion": PartStatus.IN_PROGRESS,
        "conditions": PartStatus.IN_PROGRESS,
    }
    save(application, actor, {"put_right": "We paid it back."})
    assert statuses(application)["exclusion"] is PartStatus.COMPLETED, "what was put right is for a person to read"
    filled = complete_application(live_framework(lots=2), actor=actor, lot=2, registered="no")
    assert statuses(filled)["conditions"] is PartStatus.WOULD_BE_REFUSED
    assert statuses(filled, "insurance")["conditions"] is PartStatus.PUT_RIGHT
    assert statuses(draft_application(actor=actor))["about"] is PartStatus.TO_CONFIRM


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        (ApplicationStatus.SUBMITTED, ApplicationProgress.SENT),
        (ApplicationStatus.REFUSAL_PROPOSED, ApplicationProgress.SENT),
        (ApplicationStatus.CLARIFICATION, ApplicationProgress.QUESTION),
        (ApplicationStatus.REFUSED, ApplicationProgress.REFUSED),
        (ApplicationStatus.ADMITTED, ApplicationProgress.ADMITTED),
        (ApplicationStatus.WITHDRAWN, ApplicationProgress.WITHDRAWN),
    ],
)
def test_what_counts_is_said_in_one_word(
    actor: Actor, status: ApplicationStatus, standing: ApplicationProgress
) -> None:
    """A proposed refusal looks like one that waits."""
    application = sent_application(actor=actor)
    application.status = status
    assert application_progress(application) is standing


def test_a_draft_and_a_change_do_not_count(actor: Actor) -> None:
    """Both have still to be sent."""
    assert application_progress(draft_application(actor=actor)) is ApplicationProgress.NOT_SENT
    application = sent_application(actor=actor)
    save(application, actor, {"contact": "Changed"})
    assert application_progress(application) is ApplicationProgress.CHANGES_NOT_SENT


def test_only_its_own_people_find_an_application(actor: Actor) -> None:
    """Officers have pages of their own; references are read in either case."""
    application = sent_application(actor=actor)
    assert own_application(application.reference.lower(), actor) is application
    officer = actor_of(make_person(Role.COMMISSIONER, authority=application.framework.authority))
    for other in (applicant_of(), officer):
        with pytest.raises(NotFound):
            own_application(application.reference, other)
    with pytest.raises(NotFound):
        version_numbered(application, 2)


def test_the_list_has_the_open_ones_first_and_no_others(actor: Actor) -> None:
    """Of the open ones the newest; another provider's never."""
    framework = live_framework(lots=3)
    made = [draft_application(framework, actor=actor, lot=lot) for lot in (1, 2, 3)]
    draft_application(framework)
    withdraw_application(application=made[2], actor=actor)
    assert list(applications_of(actor.provider_id)) == [made[1], made[0], made[2]]


def test_a_lot_says_whether_it_can_be_chosen(actor: Actor) -> None:
    """Not a member's, not one with an open application."""
    framework = live_framework(lots=3)
    application = draft_application(framework, actor=actor)
    admit(framework.lots[1], application.provider)
    admit(framework.lots[2])
    db.session.expire_all()
    choices = lot_choices(framework, actor.provider_id)
    assert [(choice.application, choice.is_member, choice.can_be_chosen) for choice in choices] == [
        (application, False, False),
        (None, True, False),
        (None, False, True),
    ]
