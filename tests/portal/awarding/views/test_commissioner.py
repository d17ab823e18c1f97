"""The award's page, for the people of the authority."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.models import User
from portal.awarding.queries import decision_in_force
from portal.awarding.states import DecisionStatus
from portal.core.permissions import Role
from portal.evaluation.results import diagnose_result
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, current_code, make_person, sign_in
from tests.factories.awarding import NOTE, REASON, announce, decided_award, proposed_award
from tests.factories.evaluation import moderated_evaluation, result_of
from tests.factories.tendering import settle_interests
from tests.filling import errors_of, fields_of, fill


def page(itt: InvitationToTender) -> str:
    return f"/commissioning/itts/{itt.reference}/award"


def somebody(itt: InvitationToTender, *roles: Role) -> User:
    """Somebody who has declared that they have no interest, where they are of the buyer."""
    person = make_person(*roles, authority=itt.authority)
    if actor_of(person).authority_roles:
        settle_interests(itt, actor_of(person))
    return person


def test_the_page_waits_for_what_decided_the_result(client: CheckedClient) -> None:
    """Between the two tasks there is a ranking and no form, and both pages say what is still being worked out."""
    itt = moderated_evaluation(2, diagnosed=False).itt
    sign_in(client, somebody(itt, Role.COMMISSIONER))
    asked = client.get(page(itt)).text
    assert "What decided the result is still being worked out" in asked
    assert "Send to an approver" not in asked
    firm = f"/commissioning/itts/{itt.reference}/firmness"
    assert "How firm it is, is still being worked out" in client.get(firm).text
    diagnose_result(result_id=result_of(itt).id)
    assert "Send to an approver" in client.get(page(itt)).text
    assert "still being worked out" not in client.get(firm).text


def test_propose_then_decide(
    itt: InvitationToTender, client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """One person proposes, another decides; the page then lists every bidder's summary."""
    sign_in(client, somebody(itt, Role.COMMISSIONER))
    asked = client.get(page(itt)).text
    assert "Send to an approver" in asked
    assert "Offer a standstill of 8 working days" in asked
    answer = fill(client, page(itt), {"reason": REASON, "offers_standstill": "y"})
    assert (answer.status_code, answer.location) == (302, page(itt))
    assert "A second person decides" in client.get(page(itt)).text

    second = new_client()
    sign_in(second, somebody(itt, Role.APPROVER))
    assert REASON in second.get(page(itt)).text
    assert fill(second, page(itt), {"verdict": "approve", "note": NOTE}).status_code == 302
    shown = second.get(page(itt)).text
    assert shown.count("SUM-") == 6, "three references, each in its address and its text"
    assert "Waiting for an approver" not in shown


def test_a_refusal_comes_back(
    itt: InvitationToTender, client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """After a refusal the commissioner sees why, and the form again."""
    proposed_award(itt)
    sign_in(client, somebody(itt, Role.APPROVER))
    assert fill(client, page(itt), {"verdict": "refuse", "note": NOTE}).status_code == 302
    again = new_client()
    sign_in(again, somebody(itt, Role.COMMISSIONER))
    shown = again.get(page(itt)).text
    assert NOTE in shown
    assert "Send to an approver" in shown


def test_what_cannot_be_sent_now_says_why(
    itt: InvitationToTender, client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """Whose turn it is not is told so (409); only who neither proposes nor decides, that it is not theirs."""

    def posted(who: CheckedClient, *roles: Role) -> int:
        sign_in(who, somebody(itt, *roles))
        token = fields_of(who.get(page(itt)), action="/sign-out")
        return who.post(page(itt), data={"verdict": "approve", "note": NOTE, "reason": REASON} | token).status_code

    proposed_award(itt)
    assert posted(client, Role.COMMISSIONER) == 409
    assert fill(client_of(new_client(), itt, Role.APPROVER), page(itt), {"verdict": "approve", "note": NOTE})
    assert [posted(new_client(), role) for role in (Role.APPROVER, Role.COMMISSIONER, Role.AUDITOR)] == [409, 409, 403]


def client_of(client: CheckedClient, itt: InvitationToTender, role: Role) -> CheckedClient:
    sign_in(client, somebody(itt, role))
    return client


def test_nothing_typed_is_lost(itt: InvitationToTender, client: CheckedClient) -> None:
    """A reason that is too short comes back with the message beside it."""
    sign_in(client, somebody(itt, Role.COMMISSIONER))
    answer = fill(client, page(itt), {"reason": "The best one."})
    assert answer.status_code == 422
    assert "The best one." in answer.text
    assert errors_of(answer) == ["Give the reason in a sentence or two. Use words, and at least 20 characters."]
    assert decision_in_force(itt.lots[0].id) is None


def test_a_fresh_second_factor_is_needed(itt: InvitationToTender, client: CheckedClient) -> None:
    """With a second factor shown ten minutes ago the page asks for a code and refuses without it."""
    sign_in(client, somebody(itt, Role.COMMISSIONER), fresh_factor=False)
    assert 'name="factor_code"' in client.get(page(itt)).text
    refused = fill(client, page(itt), {"reason": REASON})
    assert refused.status_code == 422
    assert decision_in_force(itt.lots[0].id) is None
    assert fill(client, page(itt), {"reason": REASON, "factor_code": current_code()}).status_code == 302


def test_whoever_proposed_gets_no_form(itt: InvitationToTender, client: CheckedClient) -> None:
    """Somebody with both roles who proposed is offered no decision, and posting one changes nothing."""
    both = somebody(itt, Role.COMMISSIONER, Role.APPROVER)
    sign_in(client, both)
    fill(client, page(itt), {"reason": REASON})
    assert 'name="verdict"' not in client.get(page(itt)).text
    token = fields_of(client.get(page(itt)), action="/sign-out")
    client.post(page(itt), data={"verdict": "approve", "note": NOTE} | token)
    decision = decision_in_force(itt.lots[0].id)
    assert decision is not None
    assert decision.status is DecisionStatus.PROPOSED


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
def test_who_reads_it(itt: InvitationToTender, client: CheckedClient, role: Role, status: int) -> None:
    """The page is for those who decide, conclude or audit."""
    sign_in(client, somebody(itt, role))
    assert client.get(page(itt)).status_code == status


def test_another_authority_finds_nothing(itt: InvitationToTender, client: CheckedClient) -> None:
    """For people of another authority the page does not exist."""
    sign_in(client, make_person(Role.COMMISSIONER))
    assert client.get(page(itt)).status_code == 404


def test_the_standstill_is_shown(itt: InvitationToTender, client: CheckedClient) -> None:
    """Once the award notice is published the page says until when nothing can be signed."""
    award = decided_award(itt)
    announce(award)
    sign_in(client, somebody(itt, Role.AUDITOR))
    assert "Standstill until the end of" in client.get(page(itt)).text
