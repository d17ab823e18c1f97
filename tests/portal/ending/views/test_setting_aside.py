"""Setting an award aside on its pages, and what its bidders read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.awarding.models import AssessmentSummary
from portal.awarding.queries import summaries_of
from portal.awarding.states import DecisionStatus
from portal.core.permissions import Role
from portal.ending.aside_queries import settings_aside_of
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import Award, decided_award, standing_award
from tests.factories.setting_aside import AGAIN, CHECKED, WHY, agree, propose_to_reopen, propose_to_withdraw
from tests.factories.tendering import draft_itt
from tests.filling import errors_of, fields_of, fill

pytestmark = pytest.mark.usefixtures("db_session")


def page(itt: InvitationToTender, part: str = "") -> str:
    return f"/commissioning/itts/{itt.reference}/setting-aside{part}"


def officer(client: CheckedClient, itt: InvitationToTender, *roles: Role) -> CheckedClient:
    sign_in(client, make_person(*(roles or [Role.COMMISSIONER]), authority=itt.authority))
    return client


def won(award: Award) -> AssessmentSummary:
    return next(one for one in summaries_of(award.decision.id) if one.bid_id == award.decision.places[0].bid_id)


def test_one_person_proposes_and_another_decides(
    client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """From the hub to the proposal, to the approver's page, and back to the award, which says what fell."""
    award = standing_award()
    itt = award.itt
    assert "Set the award aside" in officer(client, itt).get(f"/commissioning/itts/{itt.reference}").text
    assert fill(client, page(itt), {"what": str(award.decision.places[0].id), "reason": WHY}).status_code == 302
    assert "Until then the award stands" in client.get(page(itt)).text

    second = officer(new_client(), itt, Role.APPROVER)
    assert "Decide whether the award falls" in second.get(f"/commissioning/itts/{itt.reference}").text
    proposal = page(itt, f"/{settings_aside_of(itt.id)[0].id}")
    assert proposal in second.get(page(itt)).text
    assert WHY in second.get(proposal).text
    assert fill(second, proposal, {"verdict": "agree", "note": CHECKED}).status_code == 302
    assert (award.decision.status, itt.status) == (DecisionStatus.SET_ASIDE, IttStatus.MODERATED)
    shown = client.get(f"/commissioning/itts/{itt.reference}/award").text
    assert "Earlier awards that were refused or set aside" in shown
    assert "withdrew from the award" in shown


def test_nothing_typed_is_lost(client: CheckedClient) -> None:
    """A short reason is refused beside its field, and what was chosen stays."""
    award = standing_award()
    officer(client, award.itt)
    answer = fill(client, page(award.itt), {"what": "local", "reason": "Too short"})
    assert len(errors_of(answer)) == 1
    assert "Too short" in answer.text


def test_the_winner_asks_on_its_summary(client: CheckedClient) -> None:
    """Its submitter finds the way there, and reads afterwards that it waits."""
    award = standing_award(over=False)
    summary = won(award)
    sign_in(client, make_person(Role.SUBMITTER, provider=summary.provider))
    address = f"/provider/bids/{summary.bid.reference}/award/withdraw"
    assert address in client.get(f"/provider/summaries/{summary.reference}").text
    assert fill(client, address, {"reason": WHY}).status_code == 302
    assert "You cannot ask for this now" in client.get(address).text


def test_nobody_else_asks_for_the_winner(client: CheckedClient) -> None:
    """Another bidder has nothing to withdraw from, and its summary leads nowhere."""
    award = standing_award(over=False)
    other = next(one for one in summaries_of(award.decision.id) if one.bid_id != award.decision.places[0].bid_id)
    sign_in(client, make_person(Role.SUBMITTER, provider=other.provider))
    assert "/award/withdraw" not in client.get(f"/provider/summaries/{other.reference}").text
    assert client.get(f"/provider/bids/{other.bid.reference}/award/withdraw").status_code == 404


def test_the_old_summary_says_that_it_fell(client: CheckedClient) -> None:
    """Why scores are agreed again bidders read; why a winner withdraws they do not."""
    withdrawn, again = decided_award(), decided_award()
    agree(propose_to_withdraw(withdrawn.decision))
    agree(propose_to_reopen(again.itt))
    for award, said in ((withdrawn, "You withdrew from it."), (again, AGAIN)):
        summary = won(award)
        sign_in(client, make_person(Role.SUBMITTER, provider=summary.provider))
        shown = client.get(f"/provider/summaries/{summary.reference}").text
        assert "This award was set aside on" in shown
        assert said in shown
        assert WHY not in shown


def test_the_record_shows_what_was_before(client: CheckedClient) -> None:
    """The meeting record and the result as they were stand on the page, for the auditor too."""
    award = decided_award()
    agree(propose_to_reopen(award.itt))
    shown = officer(client, award.itt, Role.AUDITOR).get(page(award.itt)).text
    assert "the meeting before" in shown
    assert ", as it was" in shown
    assert award.decision.places[0].bid.reference in shown


def test_statements(client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]) -> None:
    """As many for three proposals as for one."""
    counts = []
    for times in (1, 3):
        award = decided_award(n_bids=4)
        for _ in range(times):
            agree(propose_to_withdraw(award.decision))
            award = decided_award(award.itt)
        officer(client, award.itt)
        client.get(page(award.itt))
        with count_statements() as statements:
            client.get(page(award.itt))
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_of_a_draft_nothing_is_set_aside(client: CheckedClient) -> None:
    """Its own people are told that it is too early, the others of the authority that it is not theirs."""
    itt = draft_itt()
    page = f"/commissioning/itts/{itt.reference}/setting-aside"
    for role, status in ((Role.COMMISSIONER, 409), (Role.APPROVER, 403)):
        sign_in(client, make_person(role, authority=itt.authority))
        shown = client.get(page)
        assert shown.status_code == 200
        assert '<form method="post" action="' + page not in shown.text
        token = fields_of(client.get("/account"), action="/sign-out")["csrf_token"]
        assert client.post(page, data={"csrf_token": token}).status_code == status
