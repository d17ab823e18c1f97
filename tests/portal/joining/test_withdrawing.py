"""Withdrawing an application."""

from __future__ import annotations

import pytest

from portal.audit.queries import events_of
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.joining.states import ApplicationStatus
from portal.joining.withdrawing import withdraw_application
from tests.factories.joining import applicant_of, draft_application, sent_application


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


@pytest.mark.parametrize(
    "status",
    [
        ApplicationStatus.SUBMITTED,
        ApplicationStatus.CLARIFICATION,
        ApplicationStatus.REFUSAL_PROPOSED,
        ApplicationStatus.REFUSED,
    ],
)
def test_it_is_withdrawn_whatever_the_officers_are_about_to_do(actor: Actor, status: ApplicationStatus) -> None:
    """Also while a second person decides; the version stays on record."""
    application = sent_application(actor=actor)
    application.status = status
    db.session.flush()
    withdraw_application(application=application, actor=actor)
    assert (application.status, len(application.versions)) == (ApplicationStatus.WITHDRAWN, 1)
    entry = events_of(application.framework_id)[-1]
    assert (entry.kind, entry.data) == ("application_withdrawn", {"lot": 1, "version": 1})


def test_a_draft_is_withdrawn_as_well(actor: Actor) -> None:
    """So that nobody has to finish what they do not want."""
    application = draft_application(actor=actor)
    withdraw_application(application=application, actor=actor)
    assert application.status is ApplicationStatus.WITHDRAWN


@pytest.mark.parametrize("status", [ApplicationStatus.ADMITTED, ApplicationStatus.WITHDRAWN])
def test_what_is_over_is_not_withdrawn(actor: Actor, status: ApplicationStatus) -> None:
    """A member leaves the lot instead."""
    application = sent_application(actor=actor)
    application.status = status
    db.session.flush()
    with pytest.raises(WrongState):
        withdraw_application(application=application, actor=actor)


def test_only_those_who_may_send_may_withdraw(actor: Actor) -> None:
    """A contributor is refused with 403, a stranger with 404."""
    application = sent_application(actor=actor)
    with pytest.raises(NotAllowed):
        withdraw_application(application=application, actor=applicant_of(application.provider, Role.CONTRIBUTOR))
    with pytest.raises(NotFound):
        withdraw_application(application=application, actor=applicant_of())
