"""A provider's desk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from portal.core.permissions import PROVIDER_ROLES, Role
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import decided_award
from tests.factories.bidding import draft_bid, submitted_bid, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")


def test_what_will_not_count_is_said_first(client: CheckedClient) -> None:
    """A draft that can still be submitted stands at the top; a submitted bid does not."""
    provider = make_provider()
    draft_bid(published_itt(title="Half written"), actor=submitter_of(provider))
    submitted_bid(published_itt(title="All sent"), provider)
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    shown = text_of(client.get("/provider"))
    first, _, bids = shown.partition("Your bids")
    assert "Finish and submit your bid" in first
    assert "Half written" in first
    assert "All sent" not in first
    assert "Not submitted" in bids
    assert "Submitted" in bids


def test_the_latest_of_many_bids(client: CheckedClient) -> None:
    """The desk has the six that close last; one press leads to all of them."""
    provider = make_provider()
    for day in range(1, 8):
        itt = published_itt(title=f"Closing in {day} weeks", closes_in=timedelta(weeks=day))
        draft_bid(itt, actor=submitter_of(provider))
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    _, _, bids = client.get("/provider").text.partition('id="bids"')
    assert "Closing in 7 weeks" in bids
    assert "Closing in 1 weeks" not in bids
    assert 'href="/provider/bids"' in bids
    assert "Closing in 1 weeks" in client.get("/provider/bids").text


def test_decisions_and_rivals(client: CheckedClient) -> None:
    """A bidder sees its own outcome and summary, and no other bidder."""
    award = decided_award()
    winner = award.decision.places[0].bid
    sign_in(client, make_person(Role.CONTRIBUTOR, provider=winner.provider))
    shown = client.get("/provider")
    assert text_of(shown).count("Awarded to you") == 2
    assert "Not awarded" not in shown.text
    assert shown.text.count("/provider/summaries/") == 1


def test_opportunities_that_were_asked_for(client: CheckedClient) -> None:
    """Open invitations with one of the provider's codes are offered until a bid is begun."""
    provider = make_provider(alerts=("85311300",))
    itt = published_itt(title="Just what we do")
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    assert f"/opportunities/{itt.reference}" in client.get("/provider").text
    draft_bid(itt, actor=submitter_of(provider))
    assert f"/opportunities/{itt.reference}" not in client.get("/provider").text


@pytest.mark.parametrize("role", sorted(PROVIDER_ROLES))
def test_every_role_has_a_desk(client: CheckedClient, role: Role) -> None:
    """Each role of a provider reaches the desk, and an empty one says what to do."""
    sign_in(client, make_person(role))
    assert "No bids yet" in client.get("/provider").text


def test_statements_are_constant(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The desk takes as many statements for three bids as for one (G10)."""
    provider = make_provider(alerts=("85311300",))
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            submitted_bid(published_itt(), provider)
            published_itt()
        with count_statements() as statements:
            client.get("/provider")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12
