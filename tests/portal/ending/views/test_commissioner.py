"""Ending a procurement on its page, and what every page of an ended one says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.accounts.models import User
from portal.bidding.models import Bid
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, complete_draft, open_itt, opened_itt, submitted_bid, submitter_of
from tests.factories.ending import CHECKED, STAGES, WHY, cancelled, not_awarded, propose_to_cancel
from tests.factories.evaluation import LOCAL, scoring_itt
from tests.factories.tendering import draft_itt, published_in_lots, published_itt
from tests.filling import errors_of, fields_of, fill, press

pytestmark = pytest.mark.usefixtures("db_session")


def page(itt: InvitationToTender, part: str = "") -> str:
    return f"/commissioning/itts/{itt.reference}{part}"


def officer(client: CheckedClient, itt: InvitationToTender, *roles: Role) -> CheckedClient:
    sign_in(client, make_person(*(roles or [Role.COMMISSIONER]), authority=itt.authority))
    return client


def test_one_person_proposes_and_another_cancels(
    client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """The commissioner's page leads there; the approver decides on a page of its own; then everybody reads why."""
    itt = published_itt()
    hub = officer(client, itt).get(page(itt)).text
    assert "Cancel, or end without an award" in hub
    assert fill(client, page(itt, "/ending"), {"what": "cancel", "reason": WHY}).status_code == 302
    assert "Until then everything goes on." in client.get(page(itt, "/ending")).text

    second = officer(new_client(), itt, Role.APPROVER)
    assert "Decide whether it ends" in second.get(page(itt)).text
    address = page(itt, f"/ending/{itt.endings[0].id}")
    assert "Decide this" in second.get(page(itt, "/ending")).text
    assert WHY in second.get(address).text
    assert fill(second, address, {"verdict": "end", "note": CHECKED}).status_code == 302
    assert itt.status is IttStatus.CANCELLED
    shown = second.get(page(itt, "/ending")).text
    assert CHECKED in shown
    assert "Propose to end it" not in shown


def test_the_page_takes_as_many_statements_for_three_lots_as_for_one(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """What stands in the way is asked of all lots together."""
    counts = []
    for lots in (1, 3):
        itt = published_in_lots(lots)
        close_now(itt)
        open_itt(itt)
        officer(client, itt)
        client.get(page(itt, "/ending"))
        with count_statements() as statements:
            shown = client.get(page(itt, "/ending"))
        assert shown.text.count('name="what"') == lots + 1
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_draft_is_not_ended(client: CheckedClient, new_client: Callable[[], CheckedClient]) -> None:
    """Its people are told that it cannot be done yet, or is not theirs to do, not that there is no such draft."""
    itt = draft_itt()
    asked = officer(client, itt).get(page(itt, "/ending"))
    assert (asked.status_code, "A draft is discarded" in asked.text) == (409, True)
    sent = {}
    for role in (Role.COMMISSIONER, Role.AUDITOR):
        who = officer(new_client(), itt, role)
        token = fields_of(who.get("/commissioning"), action="/sign-out")
        sent[role] = who.post(page(itt, "/ending"), data={"what": "cancel", "reason": WHY} | token).status_code
    assert sent == {Role.COMMISSIONER: 409, Role.AUDITOR: 403}


def test_refusing_says_that_it_goes_on(client: CheckedClient) -> None:
    """The proposal stays on the page as refused."""
    itt = published_itt()
    ending = propose_to_cancel(itt)
    officer(client, itt, Role.APPROVER)
    assert fill(client, page(itt, f"/ending/{ending.id}"), {"verdict": "refuse", "note": CHECKED}).status_code == 302
    assert "Refused: it went on" in client.get(page(itt, "/ending")).text
    assert itt.status is IttStatus.PUBLISHED


def test_a_proposal_is_taken_back_with_one_press(
    client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """By a commissioner alone; the second person reads that it is gone, and it can be proposed anew."""
    itt = published_itt()
    ending = propose_to_cancel(itt)
    decide = page(itt, f"/ending/{ending.id}")
    approver = officer(new_client(), itt, Role.APPROVER)
    held = fields_of(approver.get(decide)) | {"verdict": "end", "note": CHECKED}
    assert approver.post(f"{decide}/withdraw", data=held).status_code == 403
    officer(client, itt)
    assert press(client, page(itt, "/ending"), f"{decide}/withdraw").status_code == 302
    assert "Taken back: it went on" in approver.get(page(itt, "/ending")).text
    assert approver.post(decide, data=held).status_code == 409
    cancelled(itt)
    assert [one.status.value for one in itt.endings] == ["withdrawn", "decided"]


def test_what_is_missing_is_said_beside_the_field(client: CheckedClient) -> None:
    """A reason too short, nothing chosen: both are said, and what was typed is still there."""
    itt = opened_itt(0)
    officer(client, itt)
    form = fields_of(client.get(page(itt, "/ending")))
    answer = client.post(page(itt, "/ending"), data=form | {"reason": "Because."})
    assert answer.status_code == 422
    assert errors_of(answer) == ["Choose what ends."]
    short = client.post(page(itt, "/ending"), data=form | {"what": "1", "reason": "Because."})
    assert short.status_code == 422
    assert "Say why, in words that bidders and the public can read" in str(errors_of(short))
    assert fields_of(short)["reason"] == "Because."
    assert client.post(page(itt, "/ending"), data=form | {"what": "7", "reason": WHY}).status_code == 422


def test_pressing_twice_proposes_and_decides_once(client: CheckedClient) -> None:
    """The second press finds it done, and says so."""
    itt = published_itt()
    officer(client, itt)
    form = fields_of(client.get(page(itt, "/ending"))) | {"what": "cancel", "reason": WHY}
    both = [client.post(page(itt, "/ending"), data=form) for _ in range(2)]
    assert both[0].status_code == 302
    assert len(itt.endings) == 1
    officer(client, itt, Role.APPROVER)
    address = page(itt, f"/ending/{itt.endings[0].id}")
    form = fields_of(client.get(address)) | {"verdict": "end", "note": CHECKED}
    twice = [client.post(address, data=form) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [302, 409]
    assert len(itt.outcomes) == 1


@pytest.mark.parametrize(
    ("roles", "status"), [([Role.AUDITOR], 200), ([Role.OPENER], 200), ([Role.CONTRACT_MANAGER], 200)]
)
def test_others_read_and_are_offered_nothing(roles: list[Role], status: int, client: CheckedClient) -> None:
    """The page without a form."""
    itt = published_itt()
    answer = officer(client, itt, *roles).get(page(itt, "/ending"))
    assert answer.status_code == status
    assert "Send to an approver" not in answer.text


@pytest.mark.parametrize("stage", STAGES)
def test_every_officers_page_of_a_cancelled_procurement_says_so(stage: str, client: CheckedClient) -> None:
    """Hub, desk, opening, panels, result and award: the reason or its state, and nothing that could still be done."""
    itt = STAGES[stage]()
    cancelled(itt)
    officer(client, itt, Role.COMMISSIONER, Role.APPROVER, Role.OPENER, Role.CONTRACT_MANAGER, Role.AUDITOR)
    for part in ("", "/opening", "/panels", "/result", "/award", "/ending"):
        answer = client.get(page(itt, part))
        assert (answer.status_code, WHY in answer.text) == (200, True), part
        assert "govuk-button--warning" not in answer.text, part
        assert "Send to an approver" not in answer.text, part
    # Young people who have scored still hear what was done with their words.
    waiting = [item for item in client.get("/commissioning").text.split("<li") if itt.title in item]
    assert [item for item in waiting if "Tell young people what you did" not in item] == []
    assert "Ended without a contract" in client.get(f"/commissioning/procurements?words={itt.reference}").text


def test_the_public_page_says_what_happened_when_and_why(client: CheckedClient) -> None:
    """It stays at its address, with the reason, as page and as data; nobody can start a bid; the list says so."""
    itt = published_itt()
    ending = cancelled(itt)
    shown = client.get(f"/opportunities/{itt.reference}").text
    assert WHY in shown
    assert "Cancelled on" in shown
    assert "Start your bid" not in shown
    data = client.get(f"/opportunities/{itt.reference}.json").get_json()
    assert data["state"] == "cancelled"
    assert [(one["what"], one["reason"]) for one in data["endings"]] == [("cancellation", ending.reason)]
    assert "Cancelled" in client.get("/opportunities").text


def test_one_without_an_award_says_so(client: CheckedClient) -> None:
    """The public page, and the hub, where ending it was the next thing to do."""
    itt = opened_itt(0)
    officer(client, itt)
    assert "End it without an award" in client.get(page(itt)).text
    not_awarded(itt)
    assert "Ended without an award" in client.get(f"/opportunities/{itt.reference}").text
    assert WHY in client.get(page(itt)).text


def test_a_bidder_reads_what_became_of_its_bid(client: CheckedClient) -> None:
    """Sent or not, every page of the bid says so, and nothing can be changed; lists and the desk show it."""
    itt, actor = published_itt(), submitter_of()
    bid = submitted_bid(itt, actor=actor)
    draft = complete_draft(published_itt(), actor=actor)
    for one in (itt, draft.itt):
        cancelled(one)
    sign_in(client, db.session.get_one(User, actor.user_id))
    for own, words in ((bid, "stays sealed"), (draft, "Your draft was not sent.")):
        base = f"/provider/bids/{own.reference}"
        for address in (base, f"{base}/check"):
            shown = client.get(address).text
            assert WHY in shown
            assert words in shown
            assert "Check and submit" not in shown
    for address in ("/provider", "/provider/bids"):
        assert client.get(address).text.count("Cancelled") >= 2


def test_who_sends_after_it_keeps_what_was_typed(client: CheckedClient) -> None:
    """The page says that it was cancelled, gives back what was typed, and the draft is as it was."""
    itt, actor = published_itt(), submitter_of()
    bid = complete_draft(itt, actor=actor)
    sign_in(client, db.session.get_one(User, actor.user_id))
    address = f"/provider/bids/{bid.reference}/price"
    form = fields_of(client.get(address))
    cancelled(itt)
    answer = client.post(address, data=form | {"price": "99,000"})
    assert answer.status_code == 409
    assert "This procurement was cancelled" in answer.text
    assert "99,000" in answer.text
    assert db.session.get_one(Bid, bid.id).draft_revision == bid.draft_revision


def test_panels_read_that_they_are_over(client: CheckedClient) -> None:
    """The panel's page and the list say so and why; scores cannot be saved; a young person's page is kind about it."""
    evaluation = scoring_itt(1)
    seat, bid = evaluation.scorers(LOCAL)[0], evaluation.bids()[0]
    sign_in(client, seat.user)
    form = fields_of(client.get(f"/panel/{seat.panel.id}/bids/{bid.bid_id}"))
    cancelled(evaluation.itt)
    shown = client.get(f"/panel/{seat.panel.id}").text
    assert WHY in shown
    assert "The panel is over" in shown
    assert client.post(f"/panel/{seat.panel.id}/bids/{bid.bid_id}", data=form).status_code == 409
    assert "Over" in client.get("/panel").text
    young = next(one for one in evaluation.everybody() if one.member.role.is_young_member)
    sign_in(client, young.user)
    assert "It is not because of you." in client.get("/panel/sitting").text


def test_closing_time_does_not_matter_to_a_cancelled_one(client: CheckedClient) -> None:
    """After the closing time that it had, the page still says that it was cancelled."""
    itt = published_itt()
    cancelled(itt)
    close_now(itt)
    assert "Cancelled on" in client.get(f"/opportunities/{itt.reference}").text
