"""The provider's pages of its memberships."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.states import AdmissionStatus
from portal.joining.deciding import admit_provider, propose_refusal, send_back_refusal
from portal.members.renewing import ask_renewal
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fill, press, text_of
from tests.portal.joining.submitted import FINDINGS, REASON, approver_of, commissioner_of, submitted_application

pytestmark = pytest.mark.usefixtures("db_session")

LIST = "/provider/memberships"


def page(admission: Admission, name: str = "") -> str:
    return f"{LIST}/{admission.id}{name}"


def in_days(days: int) -> dict[str, str]:
    """The three boxes of a day so many days from now."""
    day = clock.today() + timedelta(days=days)
    return {"last_day-day": str(day.day), "last_day-month": str(day.month), "last_day-year": str(day.year)}


def sign_in_for(client: CheckedClient, admission: Admission, role: Role = Role.SUBMITTER) -> None:
    sign_in(client, make_person(role, provider=admission.provider))


def test_each_membership_says_what_it_means(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """In a sentence, in a fixed number of statements; nobody else's are there."""
    provider = make_provider()
    admit(live_framework().lots[0], make_provider("Marker Homes"))
    sign_in(client, make_person(Role.CONTRIBUTOR, provider=provider))
    assert "You have not joined anything yet" in text_of(client.get(LIST))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            admit(live_framework().lots[0], provider)
        client.get(LIST)
        with count_statements() as statements:
            text = text_of(client.get(LIST))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert text.count("You are invited to every call-off of this lot.") == 3
    assert "Marker" not in text


def test_pause_and_resume(client: CheckedClient) -> None:
    """Paused until a day, ended early with one press."""
    admission = admit(live_framework().lots[0])
    sign_in_for(client, admission)
    assert errors_of(fill(client, page(admission, "/pause"))) == ["Enter the last day of the pause."]
    past = fill(client, page(admission, "/pause"), in_days(-1))
    assert errors_of(past) == ["The last day of the pause must be today or later."]
    assert fill(client, page(admission, "/pause"), in_days(10)).status_code == 302
    assert "You are not invited and cannot bid until midnight" in text_of(client.get(page(admission)))
    assert press(client, page(admission), page(admission, "/resume")).status_code == 302
    assert admission.is_active(clock.now())


def test_renew(client: CheckedClient) -> None:
    """The answers of the application are shown, and one tick confirms them."""
    framework = live_framework()
    application = submitted_application(framework)
    officer = commissioner_of(framework.authority)
    admission = admit_provider(application=application, version=1, actor=officer, now=clock.now())
    ask_renewal(admission=admission, actor=officer, now=clock.now())
    sign_in_for(client, admission)
    assert "Has your organisation been convicted of fraud" in text_of(client.get(page(admission, "/renew")))
    assert "Confirm by the end of" in text_of(client.get(LIST))
    without = fill(client, page(admission, "/renew"))
    assert errors_of(without) == [
        "Tick the box if everything is still true. If something has changed, tell the authority what it is."
    ]
    assert fill(client, page(admission, "/renew"), {"confirmed": "y"}).status_code == 302
    db.session.refresh(admission)
    assert admission.renewal_due_on is None


def test_renew_after_an_import(client: CheckedClient) -> None:
    """A member that came with an earlier arrangement has no application to look at, and can confirm all the same."""
    admission = admit(live_framework().lots[0])
    ask_renewal(admission=admission, actor=commissioner_of(admission.framework.authority), now=clock.now())
    sign_in_for(client, admission)
    assert "came with an earlier arrangement" in text_of(client.get(page(admission, "/renew")))
    assert fill(client, page(admission, "/renew"), {"confirmed": "y"}).status_code == 302


def test_leave(client: CheckedClient) -> None:
    """Left, the membership stays on the list with what that means."""
    admission = admit(live_framework().lots[0])
    sign_in_for(client, admission)
    assert fill(client, page(admission, "/leave")).status_code == 302
    db.session.refresh(admission)
    assert admission.status is AdmissionStatus.LEFT
    assert "You can apply again." in text_of(client.get(LIST))


def test_what_officers_did_between_themselves_is_not_shown(client: CheckedClient) -> None:
    """A refusal that was proposed and sent back is no decision: the provider's history does not have it."""
    framework = live_framework()
    application = submitted_application(framework)
    officer = commissioner_of(framework.authority)
    propose_refusal(application=application, version=1, findings=FINDINGS, actor=officer, now=clock.now())
    send_back_refusal(application=application, reason=REASON, actor=approver_of(framework.authority), now=clock.now())
    admission = admit_provider(application=application, version=1, actor=officer, now=clock.now())
    sign_in_for(client, admission)
    text = text_of(client.get(page(admission)))
    assert "Admitted to the lot" in text
    assert "refusal" not in text


def test_a_contributor_reads_and_does_nothing(client: CheckedClient) -> None:
    """Somebody without the right sees the membership without buttons, and is refused."""
    admission = admit(live_framework().lots[0])
    sign_in_for(client, admission, Role.CONTRIBUTOR)
    assert "What you can do" not in text_of(client.get(page(admission)))
    assert client.get(page(admission, "/leave")).status_code == 403


def test_another_providers_membership_does_not_exist(client: CheckedClient) -> None:
    """For people of another provider there is nothing."""
    admission = admit(live_framework().lots[0])
    sign_in(client, make_person(Role.SUBMITTER))
    for name in ("", "/pause", "/renew", "/leave"):
        assert client.get(page(admission, name)).status_code == 404
