"""Before publication a second person looks at everything."""

from __future__ import annotations

import pytest
from flask import current_app

from portal.core import clock
from portal.core.drafts import NotReady
from portal.core.errors import Conflict, InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Role
from portal.regulation.kinds import FrameworkKind, IttKind, PublicationBasis
from portal.tendering.approvals import approval_in_force, last_sent_back
from portal.tendering.approving import approve_publication, ask_to_publish, may_approve_publication, send_back
from portal.tendering.checking import Task, problems_of
from portal.tendering.drafting import set_publication_basis, set_value_and_term
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.models import InvitationToTender
from portal.tendering.publishing import publish_itt
from portal.tendering.states import IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.calling_off import draft_call_off
from tests.factories.frameworks import live_framework
from tests.factories.tendering import declare_all, draft_itt, make_commissioner, ready_itt

pytestmark = pytest.mark.usefixtures("db_session")
NOTE = "Everything in it was read and compared."


def changed_draft(actor: Actor) -> InvitationToTender:
    """A draft that lacks nothing but its second person: a change took the approval back."""
    itt = ready_itt(actor=actor)
    assert itt.term_months is not None
    set_value_and_term(
        itt=itt,
        estimated_value=itt.estimated_value,
        term_months=itt.term_months,
        break_months=itt.break_months,
        actor=actor,
    )
    return itt


def approver_of(itt: InvitationToTender, *, declares: bool = True) -> Actor:
    """An approver of the buyer, who has declared."""
    person = actor_of(make_person(Role.APPROVER, authority=itt.authority))
    if declares:
        declare_own_interest(itt=itt, has_interest=False, detail="", actor=person, now=clock.now())
    return person


def ask(itt: InvitationToTender, actor: Actor) -> None:
    """Ask for it now."""
    ask_to_publish(itt=itt, actor=actor, now=clock.now())


def approve(itt: InvitationToTender, actor: Actor) -> None:
    """Approve it now."""
    approve_publication(itt=itt, actor=actor, note=NOTE, now=clock.now())


def publish(itt: InvitationToTender, actor: Actor) -> None:
    """Publish it now."""
    publish_itt(itt=itt, actor=actor, now=clock.now(), keys=current_app.extensions["keys"], demonstration=False)


def test_nothing_is_published_by_one_person() -> None:
    """A change takes the approval back; asked for and approved again, it is published."""
    officer = make_commissioner()
    itt = changed_draft(officer)
    with pytest.raises(NotReady, match="second person"):
        publish(itt, officer)
    ask(itt, officer)
    with pytest.raises(NotReady, match="waits for an approver"):
        publish(itt, officer)
    approve(itt, approver_of(itt))
    publish(itt, officer)
    assert itt.status is IttStatus.PUBLISHED


def test_the_number_of_the_notice_takes_no_approval_back() -> None:
    """The notice is sent once the draft is approved, so its number comes after that."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    set_publication_basis(
        itt=itt,
        basis=PublicationBasis.CENTRAL_REFERENCE,
        central_reference="054321-2026",
        reason="",
        actor=officer,
        now=clock.now(),
    )
    found = approval_in_force(itt.id)
    assert found is not None
    assert found.status.is_approved


def test_who_began_or_asked_does_not_approve() -> None:
    """Whatever roles they hold; and an approver who has not declared is asked to."""
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER))
    itt = changed_draft(both)
    asker = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority))
    declare_own_interest(itt=itt, has_interest=False, detail="", actor=asker, now=clock.now())
    ask(itt, asker)
    for actor in (both, asker):
        assert not may_approve_publication(itt, approval_in_force(itt.id), actor)
        with pytest.raises(NotAllowed):
            approve(itt, actor)
    second = approver_of(itt, declares=False)
    with pytest.raises(InvalidInput, match="Declare your own interests"):
        approve(itt, second)
    declare_own_interest(itt=itt, has_interest=False, detail="", actor=second, now=clock.now())
    assert may_approve_publication(itt, approval_in_force(itt.id), second)
    approve(itt, second)


def test_what_is_sent_back_is_asked_for_again() -> None:
    """The note is kept for whoever asked; nothing waits any more, and asking twice is refused."""
    officer = make_commissioner()
    itt = changed_draft(officer)
    ask(itt, officer)
    with pytest.raises(Conflict):
        ask(itt, officer)
    second = approver_of(itt)
    send_back(itt=itt, actor=second, note=NOTE, now=clock.now())
    sent = last_sent_back(itt.id)
    assert sent is not None
    assert sent.decision_note == NOTE
    with pytest.raises(WrongState):
        approve(itt, second)
    ask(itt, officer)
    assert last_sent_back(itt.id) is None


def test_an_unready_draft_is_not_asked_for() -> None:
    """Everything that is missing is said, but for the approval and the number of the notice."""
    officer = make_commissioner()
    itt = draft_itt(actor=officer)
    with pytest.raises(NotReady) as refused:
        ask(itt, officer)
    tasks = {problem.task for problem in refused.value.problems}
    assert tasks == {problem.task for problem in problems_of(itt, clock.now())} - {Task.APPROVAL, Task.PUBLICATION}


def test_an_interest_that_becomes_known_keeps_it_back() -> None:
    """What was approved is not published over an interest that nobody has answered."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    declare_own_interest(itt=itt, has_interest=True, detail=NOTE, actor=officer, now=clock.now())
    with pytest.raises(NotReady, match="declared an interest"):
        publish(itt, officer)


def test_a_direct_award_has_its_own_second_person() -> None:
    """Its reason is approved, so that nobody asks twice."""
    lot = live_framework(kind=FrameworkKind.FRAMEWORK, direct_award_terms="It is the only one.").lots[0]
    officer = make_commissioner(lot.framework.authority)
    itt = draft_call_off(lot, kind=IttKind.DIRECT_AWARD, actor=officer)
    declare_all(itt)
    with pytest.raises(WrongState):
        ask(itt, officer)
