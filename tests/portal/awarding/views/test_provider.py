"""Assessment summaries as pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.awarding.models import AssessmentSummary
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tender_scoring.prices import FORMULAS
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import Award, announce, decided_award
from tests.filling import text_of


@pytest.fixture
def award(itt: InvitationToTender) -> Award:
    """The decided award of three bids."""
    return decided_award(itt)


def summaries(award: Award) -> Sequence[AssessmentSummary]:
    """Every summary, the winner's first."""
    found = db.session.scalars(select(AssessmentSummary).where(AssessmentSummary.decision_id == award.decision.id))
    return sorted(found, key=lambda summary: summary.document["own"]["rank"])


def page(summary: AssessmentSummary) -> str:
    return f"/provider/summaries/{summary.reference}"


def test_a_loser_reads_its_own(award: Award, client: CheckedClient) -> None:
    """The page shows own and winning scores with their reasons, and nothing of the other loser."""
    winner, second, third = summaries(award)
    announce(award)
    sign_in(client, make_person(Role.CONTRIBUTOR, provider=second.provider))
    shown = client.get(page(second)).text
    assert "You have not been awarded this contract" in shown
    assert f"Agreed for {second.bid.reference} by young-people" in shown
    assert f"Agreed for {winner.bid.reference} by parents" in shown
    assert "Until the end of" in shown
    assert third.bid.reference not in shown
    assert third.provider.name not in shown


def test_the_winner_reads_its_own(award: Award, client: CheckedClient) -> None:
    """The winner's page compares with nobody."""
    winner, second, _ = summaries(award)
    sign_in(client, make_person(Role.SUBMITTER, provider=winner.provider))
    shown = client.get(page(winner)).text
    assert "You have been awarded this contract" in shown
    assert "The winning bid" not in shown
    assert second.provider.name not in shown


def test_marks_and_the_price_are_explained(award: Award, client: CheckedClient) -> None:
    """How a score becomes marks, why they have decimals, and what the price formula says."""
    own = summaries(award)[0]
    sign_in(client, make_person(Role.SUBMITTER, provider=own.provider))
    text = text_of(client.get(page(own)))
    assert "4 on a scale to 5 earns four fifths" in text
    assert FORMULAS["benchmark"].sentence in text


def test_nobody_else_finds_it(award: Award, new_client: Callable[[], CheckedClient]) -> None:
    """A rival gets 404, a visitor is sent to sign in, a panel member of the authority's ITT gets 404."""
    _, second, third = summaries(award)
    visitor = new_client()
    assert visitor.get(page(second)).status_code == 302
    for person in (
        make_person(Role.SUBMITTER, provider=third.provider),
        make_person(Role.CHAIR, panel=award.itt.panels[0], factor=True),
        make_person(Role.COMMISSIONER),
    ):
        client = new_client()
        sign_in(client, person)
        assert client.get(page(second)).status_code == 404


def test_the_authority_reads_it(award: Award, client: CheckedClient) -> None:
    """An auditor of the authority may read what was sent."""
    sign_in(client, make_person(Role.AUDITOR, authority=award.itt.authority))
    assert client.get(page(summaries(award)[1])).status_code == 200


def test_statements(
    award: Award, client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """The page takes at most 12 statements."""
    summary = summaries(award)[1]
    sign_in(client, make_person(Role.SUBMITTER, provider=summary.provider))
    with count_statements() as statements:
        client.get(page(summary))
    assert len(statements) <= 12, statements
