"""The opening of a call-off's bids on its page: what is undecided, and what was set aside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.states import AdmissionStatus
from portal.regulation.kinds import FrameworkKind
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.calling_off import applied, published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.portal.tendering.views.browsing import errors_of, post

Count = Callable[[], AbstractContextManager[list[str]]]
WHY = "Each of the applications rests on a merger whose papers are still with the regulator abroad."


def leave(admission: Admission) -> None:
    """End the membership now."""
    admission.status, admission.ended_at = AdmissionStatus.LEFT, clock.database_time()
    db.session.flush()


@pytest.mark.parametrize("rows", [1, 3])
def test_what_was_set_aside_is_shown(
    client: CheckedClient, db_session: Any, count_statements: Count, rows: int
) -> None:
    """Provider and reason, in a constant number of statements; the provider reads it on its own page."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    admit(lot)
    itt = published_call_off(lot)
    members = [admit(lot) for _ in range(rows)]
    bids = [submitted_bid(itt, member.provider) for member in members]
    for member in members:
        leave(member)
    close_now(itt)
    open_itt(itt)
    sign_in(client, make_person(Role.OPENER, authority=itt.authority))
    address = f"/commissioning/itts/{itt.reference}/opening"
    client.get(address)
    db_session.commit()
    with count_statements() as statements:
        page = client.get(address).text
    assert len(statements) <= 9
    assert "Set aside unopened" in page
    assert all(member.provider.name in page for member in members)
    assert "PCR2015 reg 34(21)" in page
    sign_in(client, make_person(Role.SUBMITTER, provider=members[0].provider))
    own = client.get(f"/provider/bids/{bids[0].reference}").text
    assert "Your bid was not opened" in own
    assert "not a member of the lot when bidding closed (PCR2015 reg 34(21))" in own


def test_undecided_applications_are_explained(client: CheckedClient) -> None:
    """The page says how many, not who; a commissioner records why, and then the bids can be opened."""
    lot = live_framework().lots[0]
    itt = published_call_off(lot)
    applicant = applied(lot).provider
    submitted_bid(itt, applicant)
    address = f"/commissioning/itts/{itt.reference}/opening"
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    assert "undecided" not in client.get(address).text
    assert "nothing to explain" in client.get(f"{address}/undecided").text
    close_now(itt)
    page = client.get(address).text
    assert "1 application of a bidder is undecided." in page
    assert applicant.name not in page
    short = post(client, f"{address}/undecided", reason="Busy.")
    assert (short.status_code, list(errors_of(short))) == (422, ["#reason"])
    assert post(client, f"{address}/undecided", reason=WHY).status_code == 302
    assert itt.undecided_reason == WHY
    assert "undecided." not in client.get(address).text


def test_an_opener_is_told_what_blocks(client: CheckedClient) -> None:
    """Agreeing is refused with the number and the section, and no link to what only commissioners may do."""
    lot = live_framework().lots[0]
    itt = published_call_off(lot)
    submitted_bid(itt, applied(lot).provider)
    close_now(itt)
    address = f"/commissioning/itts/{itt.reference}/opening"
    sign_in(client, make_person(Role.OPENER, authority=itt.authority))
    assert "opening/undecided" not in client.get(address).text
    answer = post(client, address)
    assert answer.status_code == 409
    [message] = errors_of(answer).values()
    assert message.startswith("1 application of a bidder is undecided.")


def test_a_draft_that_is_not_entitled_says_why(client: CheckedClient) -> None:
    """Submitting is refused on the page of the bid, beside nothing: the reason stands at the top."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    admit(lot)
    itt = published_call_off(lot)
    member = admit(lot)
    actor = submitter_of(member.provider)
    bid = submitted_bid(itt, actor=actor)
    sign_in(client, make_person(Role.SUBMITTER, provider=member.provider))
    assert post(client, f"/provider/bids/{bid.reference}/price", price="120000").status_code == 302
    leave(member)
    answer = post(client, f"/provider/bids/{bid.reference}/check")
    assert answer.status_code == 403
    assert "You left lot 1 (Lot title 1)" in answer.text
