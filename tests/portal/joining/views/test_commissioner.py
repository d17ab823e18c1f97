"""The officers' pages of applications."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.queries import membership_of
from portal.joining.deciding import propose_refusal
from portal.joining.models import Application
from portal.joining.states import ApplicationStatus
from portal.regulation.kinds import FrameworkKind
from tests.client import CheckedClient
from tests.factories.accounts import current_code, make_person, sign_in
from tests.factories.frameworks import live_framework
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, press, text_of
from tests.portal.joining.submitted import (
    FINDINGS,
    REASON,
    answers,
    commissioner_of,
    submit_again,
    submitted_application,
    submitter_of,
)

pytestmark = pytest.mark.usefixtures("db_session")


def queue(framework: Framework) -> str:
    return f"/commissioning/frameworks/{framework.reference}/applications"


def page(application: Application, name: str = "") -> str:
    return f"{queue(application.framework)}/{application.reference}{name}"


def officer(framework: Framework, *roles: Role) -> User:
    return make_person(*(roles or (Role.COMMISSIONER,)), authority=framework.authority)


def refusal_waits(framework: Framework, provider: str = "Demo Provider") -> Application:
    """An application whose refusal was proposed by a commissioner."""
    application = submitted_application(framework, provider=make_provider(provider))
    propose_refusal(
        application=application,
        version=1,
        findings=FINDINGS,
        actor=commissioner_of(framework.authority),
        now=clock.now(),
    )
    return application


def test_the_queue_has_the_most_urgent_first(client: CheckedClient) -> None:
    """Each application with its clock in words; the oldest overdue one is named at the top."""
    framework = live_framework(kind=FrameworkKind.DPS)
    now = clock.now()
    submitted_application(framework, provider=make_provider("New Provider"), received_at=now)
    late = submitted_application(
        framework, provider=make_provider("Late Provider"), received_at=now - timedelta(days=30)
    )
    sign_in(client, officer(framework))
    answer = client.get(queue(framework))
    text = text_of(answer)
    assert "1 application is overdue" in text
    assert f"The oldest is that of Late Provider , due by the end of {late.due_on:%-d %B %Y}" in text
    assert "The law gives 10 working days (Public Contracts Regulations 2015, regulation 34(16))." in text
    assert text.index("Overdue by") < text.index("10 working days left")
    assert "Nothing is decided yet" in text_of(client.get(queue(framework) + "?show=decided"))


def test_the_queue_asks_the_same_of_three_as_of_one(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The number of statements does not grow with the rows."""
    framework = live_framework(kind=FrameworkKind.DPS)
    sign_in(client, officer(framework))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            submitted_application(framework, received_at=clock.now() - timedelta(days=30))
        client.get(queue(framework))
        with count_statements() as statements:
            assert client.get(queue(framework)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_admit(client: CheckedClient) -> None:
    """One press admits, and the decided list then has it."""
    framework = live_framework()
    application = submitted_application(framework, provider=make_provider("Demo Homes"))
    sign_in(client, officer(framework))
    text = text_of(client.get(page(application)))
    assert "There is no limit to how many providers are admitted (PA2023 s.36(6))." in text
    answer = press(client, page(application), page(application, "/admit"))
    assert (answer.status_code, answer.location) == (302, queue(framework))
    assert membership_of(application.lot_id, application.provider_id) is not None
    assert "Demo Homes" in text_of(client.get(queue(framework) + "?show=decided"))
    shown = text_of(client.get(page(application)))
    assert "dynamic market modification notice (UK15)" in shown
    assert "Admitted to the lot A commissioner" in shown


def test_a_page_that_is_out_of_date_says_what_happened(client: CheckedClient) -> None:
    """Pressed after the provider sent a newer version, nothing is decided and the new version is shown."""
    application = submitted_application(live_framework())
    sign_in(client, officer(application.framework))
    held = fields_of(client.get(page(application)), action=page(application, "/admit"))
    submitter = submitter_of(application.provider)
    assert submitter.user_id is not None
    submit_again(application, submitter.user_id, at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    answer = client.post(page(application, "/admit"), data=held)
    assert answer.status_code == 409
    assert errors_of(answer) == [
        "The provider submitted version 2 at noon on Friday 20 November 2026 GMT, after you opened version 1. Read "
        "the new version before you decide."
    ]
    assert "version 2" in answer.text
    again = press(client, page(application), page(application, "/admit"))
    assert again.status_code == 302


def test_refuse_in_two_steps(client: CheckedClient, new_client: Callable[[], CheckedClient]) -> None:
    """Findings beside each question, then the second person with the same words before them."""
    framework = live_framework()
    application = submitted_application(framework)
    sign_in(client, officer(framework))
    asked = client.get(page(application, "/refuse"))
    assert 'name="failed_insurance"' in asked.text
    assert 'name="failed_convicted"' not in asked.text, "an answer that meets its rule cannot be failed"
    empty = fill(client, page(application, "/refuse"))
    assert empty.status_code == 422
    assert "Nobody is refused who meets every published criterion." in errors_of(empty)[0]
    short = fill(client, page(application, "/refuse"), {"failed_insurance": "y", "reason_insurance": "No good."})
    assert errors_of(short) == ["Give the reason in a sentence or two. Use words, and at least 20 characters."]
    assert "No good." in short.text
    sent = fill(client, page(application, "/refuse"), {"failed_insurance": "y", "reason_insurance": REASON})
    assert (sent.status_code, sent.location) == (302, page(application))
    assert "Not decided yet: the refusal" in text_of(client.get(page(application)))

    second = new_client()
    sign_in(second, officer(framework, Role.APPROVER))
    assert REASON in text_of(second.get(page(application, "/refusal")))
    assert fill(second, page(application, "/refusal"), {"verdict": "refuse"}).status_code == 302
    db.session.refresh(application)
    assert application.status is ApplicationStatus.REFUSED


def test_send_a_refusal_back(client: CheckedClient) -> None:
    """Sent back without a reason, the page says what is missing; with one, the application is open again."""
    framework = live_framework()
    application = refusal_waits(framework)
    sign_in(client, officer(framework, Role.APPROVER))
    refused = fill(client, page(application, "/refusal"), {"verdict": "back"})
    assert errors_of(refused) == ["Give the reason in a sentence or two. Use words, and at least 20 characters."]
    assert fill(client, page(application, "/refusal"), {"verdict": "back", "note": REASON}).status_code == 302
    text = text_of(client.get(page(application)))
    assert "The proposed refusal was sent back An approver" in text
    assert REASON in text


def test_a_fresh_second_factor_is_needed_to_refuse(client: CheckedClient) -> None:
    """With a second factor shown ten minutes ago the page asks for a code and refuses without it."""
    framework = live_framework()
    application = refusal_waits(framework)
    sign_in(client, officer(framework, Role.APPROVER), fresh_factor=False)
    assert fill(client, page(application, "/refusal"), {"verdict": "refuse"}).status_code == 422
    db.session.refresh(application)
    assert application.status is ApplicationStatus.REFUSAL_PROPOSED
    with_code = fill(client, page(application, "/refusal"), {"verdict": "refuse", "factor_code": current_code()})
    assert with_code.status_code == 302


def test_whoever_proposed_gets_no_form(client: CheckedClient) -> None:
    """Somebody with both roles who proposed is told that somebody else decides."""
    framework = live_framework()
    application = submitted_application(framework)
    sign_in(client, officer(framework, Role.COMMISSIONER, Role.APPROVER))
    fill(client, page(application, "/refuse"), {"failed_insurance": "y", "reason_insurance": REASON})
    shown = client.get(page(application, "/refusal"))
    assert "You proposed this refusal" in shown.text
    assert 'name="verdict"' not in shown.text


def test_a_refusal_on_a_ground_for_exclusion_is_told_to_the_minister(client: CheckedClient) -> None:
    """The page shows by when the Minister is told (PA2023 s.59), under the 2023 Act only."""
    told = []
    for kind in (FrameworkKind.DYNAMIC_MARKET, FrameworkKind.DPS):
        framework = live_framework(kind=kind)
        application = submitted_application(framework, given=answers(convicted="yes"))
        sign_in(client, officer(framework, Role.COMMISSIONER))
        fill(client, page(application, "/refuse"), {"failed_convicted": "y", "reason_convicted": REASON})
        sign_in(client, officer(framework, Role.APPROVER))
        fill(client, page(application, "/refusal"), {"verdict": "refuse"})
        told.append("Tell the Minister by the end of" in text_of(client.get(page(application))))
    assert told == [True, False]


def test_ask_and_take_back(client: CheckedClient) -> None:
    """A question waits for the provider; taken back, the decision is possible again."""
    framework = live_framework()
    application = submitted_application(framework)
    sign_in(client, officer(framework))
    assert errors_of(fill(client, page(application, "/ask"), {"question": "Why?"})) == [
        "Ask in a sentence or two. Use words, and at least 20 characters."
    ]
    assert fill(client, page(application, "/ask"), {"question": REASON}).status_code == 302
    waiting = client.get(page(application))
    assert "The provider was asked" in waiting.text
    assert page(application, "/admit") not in waiting.text
    assert press(client, page(application), page(application, "/take-back")).status_code == 302
    assert page(application, "/admit") in client.get(page(application)).text


def test_take_longer(client: CheckedClient) -> None:
    """Extended once with a reason; the page then offers it no more."""
    framework = live_framework(kind=FrameworkKind.DPS)
    application = submitted_application(framework)
    sign_in(client, officer(framework))
    assert "regulation 34(17)" in client.get(page(application, "/extend")).text
    assert fill(client, page(application, "/extend"), {"reason": REASON}).status_code == 302
    text = text_of(client.get(page(application)))
    assert "(extended once)" in text
    assert "Take longer" not in text
    assert fill(client, page(application, "/extend"), {"reason": REASON}).status_code == 409


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMISSIONER, 200),
        (Role.APPROVER, 200),
        (Role.AUDITOR, 200),
        (Role.CONTRACT_MANAGER, 200),
        (Role.OPENER, 403),
        (Role.AUTHORITY_ADMINISTRATOR, 403),
        (Role.SUBMITTER, 403),
    ],
)
def test_who_reads_applications(client: CheckedClient, role: Role, status: int) -> None:
    """The pages are for those who decide or audit."""
    framework = live_framework()
    application = submitted_application(framework)
    sign_in(client, officer(framework, role))
    for address in (queue(framework), page(application)):
        assert client.get(address).status_code == status


def test_another_authority_finds_nothing(client: CheckedClient) -> None:
    """For people of another authority neither the queue nor the application exists."""
    framework = live_framework()
    application = submitted_application(framework)
    sign_in(client, make_person(Role.COMMISSIONER))
    for address in (queue(framework), page(application), page(application, "/refuse")):
        assert client.get(address).status_code == 404


def test_a_draft_is_nobody_elses(client: CheckedClient) -> None:
    """An application that was never submitted is neither in the queue nor behind its address."""
    framework = live_framework()
    application = submitted_application(framework, provider=make_provider("Marker Ltd"))
    draft = Application(
        reference="APP-DRAFT999",
        framework_id=framework.id,
        lot_id=framework.lots[0].id,
        provider_id=make_provider("Draft Marker Ltd").id,
    )
    db.session.add(draft)
    sign_in(client, officer(framework))
    text = text_of(client.get(queue(framework)))
    assert application.provider.name in text
    assert "Draft Marker" not in text
    assert client.get(f"{queue(framework)}/APP-DRAFT999").status_code == 404
