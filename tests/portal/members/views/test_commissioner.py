"""The officers' pages of members."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.frameworks.states import AdmissionStatus
from portal.joining.deciding import admit_provider
from portal.members.removing import note_reasons_sent, propose_removal
from portal.regulation.kinds import FrameworkKind
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fill, press, text_of
from tests.portal.joining.submitted import REASON, commissioner_of, submitted_application

pytestmark = pytest.mark.usefixtures("db_session")


def page(admission: Admission, name: str = "") -> str:
    return f"/commissioning/frameworks/{admission.framework.reference}/members/{admission.id}{name}"


def officer(framework: Framework, *roles: Role) -> User:
    return make_person(*(roles or (Role.COMMISSIONER,)), authority=framework.authority)


def removal_waits(framework: Framework, *, sent_ago: timedelta | None = None) -> Admission:
    """A member whose removal was proposed, with the reasons sent so long ago."""
    admission = admit(framework.lots[0])
    propose_removal(
        admission=admission,
        ground="excludable",
        reasons=REASON,
        actor=commissioner_of(framework.authority),
        now=clock.now() - (sent_ago or timedelta()),
    )
    if sent_ago is not None:
        note_reasons_sent(admission_id=admission.id, at=clock.now() - sent_ago)
    return admission


def test_the_list_asks_the_same_of_three_as_of_one(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The number of statements does not grow with the rows; names stand in order of lot and name."""
    framework = live_framework(lots=2)
    sign_in(client, officer(framework))
    address = f"/commissioning/frameworks/{framework.reference}/members"
    counts = []
    for number, names in ((2, ["Beech Homes"]), (1, ["Cedar Homes", "Ash Homes"])):
        for name in names:
            admit(framework.lots[number - 1], make_provider(name))
        client.get(address)
        with count_statements() as statements:
            text = text_of(client.get(address))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert text.index("Ash Homes") < text.index("Cedar Homes") < text.index("Beech Homes")
    assert "Nobody has left or been removed" in text_of(client.get(address + "?show=ended"))


def test_the_timeline_tells_the_whole_history(client: CheckedClient) -> None:
    """From the admission on, with roles and no names."""
    framework = live_framework()
    application = submitted_application(framework)
    admission = admit_provider(
        application=application, version=1, actor=commissioner_of(framework.authority), now=clock.now()
    )
    person = officer(framework)
    sign_in(client, person)
    assert press(client, page(admission), page(admission, "/renewal")).status_code == 302
    text = text_of(client.get(page(admission)))
    assert "Asked to renew the declarations A commissioner Until the end of" in text
    assert text.index("Asked to renew the declarations") < text.index("Admitted to the lot")
    assert person.display_name not in text


def test_a_member_from_a_list_is_not_said_to_have_applied(client: CheckedClient) -> None:
    """Without an application there are no declarations yet and no history; its settings are one link away."""
    admission = admit(live_framework().lots[0])
    sign_in(client, officer(admission.framework))
    text = text_of(client.get(page(admission)))
    assert "None here yet: this member came from a list" in text
    assert "Nothing has happened to this membership since it came from a list." in text
    assert "As given with the application" not in text
    shown = client.get(page(admission)).text
    assert f"/commissioning/directory?words={admission.provider.name.replace(' ', '+')}" in shown


def test_suspension_needs_published_terms(client: CheckedClient) -> None:
    """Without terms the page says why nobody is suspended; with them it takes a reason."""
    without = admit(live_framework(kind=FrameworkKind.DPS).lots[0])
    sign_in(client, officer(without.framework))
    assert "Nobody can be suspended from this dynamic purchasing system" in text_of(client.get(page(without)))
    assert "Not possible here" in client.get(page(without, "/suspend")).text
    framework = live_framework(kind=FrameworkKind.FRAMEWORK, suspension_terms="Clause 9: for a safeguarding inquiry.")
    admission = admit(framework.lots[0])
    sign_in(client, officer(framework))
    assert "Clause 9" in client.get(page(admission, "/suspend")).text
    short = fill(client, page(admission, "/suspend"), {"reason": "Bad."})
    assert short.status_code == 422
    assert fill(client, page(admission, "/suspend"), {"reason": REASON}).status_code == 302
    text = text_of(client.get(page(admission)))
    assert "Suspended" in text
    assert REASON in text
    assert press(client, page(admission), page(admission, "/lift")).status_code == 302
    assert not admission.is_suspended(clock.now())


def test_removal_waits_for_reasons_answer_and_second_person(client: CheckedClient) -> None:
    """Proposed, the reasons on their way; sent, the provider has time; then an approver decides."""
    framework = live_framework()
    admission = admit(framework.lots[0])
    sign_in(client, officer(framework))
    asked = text_of(client.get(page(admission, "/removal")))
    assert "PA2023 s.37(2)" in asked
    sent = fill(client, page(admission, "/removal"), {"ground": "conditions", "reasons": REASON})
    assert sent.status_code == 302
    shown = text_of(client.get(page(admission)))
    assert "Not decided yet: the removal" in shown
    assert "The reasons are on their way" in shown
    sign_in(client, officer(framework, Role.APPROVER))
    early = fill(client, page(admission, "/removal/decision"), {"verdict": "remove"})
    assert errors_of(early) == [
        "The reasons have not reached the provider yet, and nobody is removed before (PA2023 s.37)."
    ]
    note_reasons_sent(admission_id=admission.id, at=clock.now())
    assert fill(client, page(admission, "/removal/decision"), {"verdict": "remove"}).status_code == 409
    db.session.refresh(admission)
    assert admission.status is AdmissionStatus.REMOVAL_PROPOSED


def test_remove_and_tell_the_minister(client: CheckedClient) -> None:
    """After the time to answer an approver removes; the page shows the duties that follow."""
    framework = live_framework()
    admission = removal_waits(framework, sent_ago=timedelta(days=20))
    sign_in(client, officer(framework, Role.APPROVER))
    assert fill(client, page(admission, "/removal/decision"), {"verdict": "remove"}).status_code == 302
    text = text_of(client.get(page(admission)))
    assert "Tell the Minister by the end of" in text
    assert "UK15" in text
    ended = text_of(client.get(f"/commissioning/frameworks/{framework.reference}/members?show=ended"))
    assert admission.provider.name in ended


def test_a_removal_can_be_dropped(client: CheckedClient) -> None:
    """Dropped, the member stays."""
    framework = live_framework()
    admission = removal_waits(framework)
    sign_in(client, officer(framework, Role.APPROVER))
    assert fill(client, page(admission, "/removal/decision"), {"verdict": "drop"}).status_code == 302
    assert "The proposed removal was dropped An approver" in text_of(client.get(page(admission)))


def test_reasons_that_went_by_other_means(client: CheckedClient) -> None:
    """For a provider that nobody signs in for an officer notes the day, which must be given."""
    framework = live_framework()
    admission = removal_waits(framework)
    sign_in(client, officer(framework))
    assert errors_of(fill(client, page(admission, "/removal/sent"))) == ["Enter the day on which you sent the reasons."]
    today = clock.today()
    day = {"sent_on-day": str(today.day), "sent_on-month": str(today.month), "sent_on-year": str(today.year)}
    assert fill(client, page(admission, "/removal/sent"), day).status_code == 302
    assert "The reasons were sent" in text_of(client.get(page(admission)))


def test_removing_needs_a_fresh_second_factor(client: CheckedClient) -> None:
    """With a second factor shown ten minutes ago nothing is decided without a code."""
    framework = live_framework()
    admission = removal_waits(framework, sent_ago=timedelta(days=20))
    sign_in(client, officer(framework, Role.APPROVER), fresh_factor=False)
    assert fill(client, page(admission, "/removal/decision"), {"verdict": "remove"}).status_code == 422
    db.session.refresh(admission)
    assert admission.status is AdmissionStatus.REMOVAL_PROPOSED


def test_a_member_of_another_framework_is_not_here(client: CheckedClient) -> None:
    """An address that joins one framework with another's member is nothing, as is all for other authorities."""
    framework = live_framework()
    other = admit(live_framework(authority=framework.authority).lots[0])
    sign_in(client, officer(framework))
    wrong = f"/commissioning/frameworks/{framework.reference}/members/{other.id}"
    assert client.get(wrong).status_code == 404
    sign_in(client, make_person(Role.COMMISSIONER))
    assert client.get(page(other)).status_code == 404
