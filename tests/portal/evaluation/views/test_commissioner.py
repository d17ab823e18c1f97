"""Panels, records and the result as the authority sees them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.accounts.people import grant, person_with_email
from portal.core import clock
from portal.core.permissions import Role
from portal.evaluation.results import calculate_result
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.evaluation import (
    AGREED_REASON,
    KEYS,
    LOCAL,
    YOUNG,
    Evaluation,
    agree_all,
    close,
    moderated_evaluation,
    moderating_itt,
    result_of,
    scoring_itt,
)
from tests.factories.tendering import panel_named, published_itt
from tests.filling import fill, text_of
from tests.mailing import link_to
from tests.portal.evaluation.views.posting import post
from tests.services import Mailbox

Statements = Callable[[], AbstractContextManager[list[str]]]


def enter(client: CheckedClient, evaluation: Evaluation, role: Role = Role.COMMISSIONER) -> str:
    """Sign in somebody of the authority, and return the address of the ITT's desk."""
    sign_in(client, make_person(role, authority=evaluation.itt.authority))
    return f"/commissioning/itts/{evaluation.itt.reference}"


def test_the_commissioner_appoints_and_removes(client: CheckedClient) -> None:
    """A new chair is mailed, and again on request; a young person joins by alias; a removed member is not listed."""
    itt = published_itt()
    base = enter(client, Evaluation(itt, None, {}))  # type: ignore[arg-type]
    local, young = panel_named(itt, LOCAL).id, panel_named(itt, YOUNG).id
    empty = post(client, f"{base}/panels/{local}/appoint", data={"role": "chair"})
    assert empty.status_code == 422
    assert "Enter a name." in empty.get_data(as_text=True)
    data = {"role": "chair", "name": "Demo Chair", "email": "chair@panel.example"}
    assert post(client, f"{base}/panels/{local}/appoint", data=data).location == f"{base}/panels"
    page = client.get(f"{base}/panels").get_data(as_text=True)
    assert "We wrote to chair@panel.example." in page
    again = re.search(rf'action="({base}/panels/{local}/members/[^"]+/invitation)"', page)
    assert again is not None
    for said in ("We wrote to chair@panel.example again.",) * 2:
        assert post(client, again.group(1)).location == f"{base}/panels"
        assert said in client.get(f"{base}/panels").get_data(as_text=True)
    joined = post(client, f"{base}/panels/{young}/appoint", data={"role": "young_member", "name": "Blue Fox"})
    assert joined.location == f"{base}/panels"
    page = client.get(f"{base}/panels").get_data(as_text=True)
    assert "Blue Fox" in page
    remove = re.search(rf'href="({base}/panels/{young}/members/[^"]+/remove)"', page)
    assert remove is not None
    assert client.get(remove.group(1)).status_code == 200
    assert post(client, remove.group(1)).location == f"{base}/panels"
    table = client.get(f"{base}/panels").get_data(as_text=True).split('id="panel-2"')[1].split('id="panel-3"')[0]
    assert "Blue Fox" not in table


def test_only_whoever_oversees_a_panel_sees_how_far_each_member_is(
    client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """An opener reads who sits there; what each has declared, saved and submitted is for those who oversee it."""
    evaluation = scoring_itt(1)
    columns = ("Interests", "Scores saved", "Submitted")
    seen = {}
    for role, who in ((Role.COMMISSIONER, client), (Role.OPENER, new_client())):
        shown = who.get(f"{enter(who, evaluation, role)}/panels").text
        seen[role] = [column in shown for column in ("Name", *columns)]
    assert seen == {Role.COMMISSIONER: [True] * 4, Role.OPENER: [True, False, False, False]}


@pytest.mark.parametrize(("role", "reads"), [(Role.AUDITOR, True), (Role.APPROVER, False), (Role.OPENER, False)])
def test_only_whoever_may_read_a_record_is_led_to_it(client: CheckedClient, role: Role, reads: bool) -> None:
    """The page of the panels links to no record that answers 403."""
    evaluation = moderated_evaluation(1)
    assert ("The record of the" in client.get(f"{enter(client, evaluation, role)}/panels").text) is reads


@pytest.mark.usefixtures("worker_environment")
def test_the_invitation_of_a_removed_member_leads_nowhere(
    client: CheckedClient, new_client: Callable[[], CheckedClient], mailbox: Mailbox
) -> None:
    """The link stops with the seat; who has another role to join for keeps it, and a new seat brings a new one."""
    itt = published_itt()
    base = enter(client, Evaluation(itt, None, {}))  # type: ignore[arg-type]
    panel = f"{base}/panels/{panel_named(itt, LOCAL).id}"
    chair = {"role": "chair", "name": "Demo Chair", "email": "chair@panel.example"}

    def appointed_and_removed() -> str:
        post(client, f"{panel}/appoint", data=chair)
        link = link_to(mailbox, "chair@panel.example")
        remove = re.search(rf'href="({panel}/members/[^"]+/remove)"', client.get(f"{base}/panels").text)
        assert remove is not None
        assert post(client, remove.group(1)).location == f"{base}/panels"
        return link

    gone = new_client().get(appointed_and_removed())
    assert gone.status_code == 410
    assert "does not work any more" in text_of(gone)
    person = person_with_email("chair@panel.example")
    assert person is not None
    grant(person, Role.COMMISSIONER, authority_id=itt.authority_id)
    invited = appointed_and_removed()
    assert fill(new_client(), invited, {"password": "three random words"}).location == "/sign-in"


def test_individual_scores_are_closed_to_the_authority_until_the_panel_closes(client: CheckedClient) -> None:
    """While it moderates the record is refused; afterwards the auditor reads every score and reason (P-07)."""
    evaluation = moderating_itt(1)
    bid, panel_id = evaluation.bids()[0], evaluation.moderator(LOCAL).panel.id
    base = enter(client, evaluation, Role.AUDITOR)
    paths = [f"{base}/panels/{panel_id}/record", f"{base}/panels/{panel_id}/record/{bid.bid_id}/outcomes"]
    assert {client.get(path).status_code for path in paths} == {409}
    agree_all(evaluation, LOCAL)
    close(evaluation, LOCAL)
    record, cell = (client.get(path).get_data(as_text=True) for path in paths)
    assert "Agreed 5" in record
    assert all(f"{seat.member.alias} gave 5" in cell for seat in evaluation.seats[LOCAL])
    assert AGREED_REASON in cell


def test_no_price_is_shown_before_the_result(client: CheckedClient) -> None:
    """Neither the panels nor the result page nor the record know it until every panel has closed."""
    evaluation = moderating_itt(1, prices=("187654",))
    base = enter(client, evaluation)
    for key in KEYS:
        agree_all(evaluation, key)
        close(evaluation, key)
        pages = client.get(f"{base}/panels").get_data(as_text=True) + client.get(f"{base}/result").get_data(
            as_text=True
        )
        assert "187,654" not in pages
    calculate_result(itt_id=evaluation.itt.id, now=clock.now())
    assert "187,654" in client.get(f"{base}/result").get_data(as_text=True)


def test_the_result_shows_everything_that_led_to_it(client: CheckedClient) -> None:
    """Ranking, who was ruled out and why, every figure of a bid; how firm it is, on a page of its own."""
    evaluation = moderated_evaluation(3, give=lambda n, key: 2 if (n, key) == (3, "safeguarding") else 6 - n)
    base = enter(client, evaluation, Role.APPROVER)
    page = client.get(f"{base}/result").get_data(as_text=True)
    winner, second, out = evaluation.bids()
    assert f"{winner.bid.provider.name} is first with 100 marks" in page
    assert "Local panel: 2 for “Keeping children and young people safe”; the published minimum is 3." in page
    assert out.bid.provider.name in page
    assert "How each member scored" not in page
    firm = client.get(f"{base}/firmness").get_data(as_text=True)
    assert f"{winner.label} is 16 marks ahead of {second.label}." in firm
    assert "How each member scored" in firm
    assert evaluation.seats[LOCAL][0].member.alias in firm
    result = result_of(evaluation.itt)
    workings = client.get(f"{base}/result/{result.id}/{winner.bid.reference}").get_data(as_text=True)
    assert f"{evaluation.seats[LOCAL][0].member.alias} gave" in workings
    assert second.bid.reference not in workings
    assert client.get(f"{base}/result/{result.id}/BID-NOTHING1").status_code == 404


def test_the_result_is_the_authoritys_own(client: CheckedClient) -> None:
    """Another authority finds nothing; an opener and a panel's chair may not."""
    evaluation = moderated_evaluation(1)
    path = f"/commissioning/itts/{evaluation.itt.reference}/result"
    for person, status in (
        (make_person(Role.COMMISSIONER), 404),
        (make_person(Role.OPENER, authority=evaluation.itt.authority), 403),
        (evaluation.moderator(LOCAL).user, 403),
        (make_person(Role.SUBMITTER), 403),
    ):
        sign_in(client, person)
        assert client.get(path).status_code == status


def test_the_commissioner_reminds_a_panel_once_a_day(client: CheckedClient) -> None:
    """The button says so of one panel; pressed again, the page says when it was."""
    evaluation = scoring_itt(1)
    base, panel = enter(client, evaluation), evaluation.seats[LOCAL][0].panel
    assert f"Remind the {panel.name} of the scores that are missing" in text_of(client.get(f"{base}/panels"))
    for said in (f"We write to whoever on the {panel.name} has scores to give.", f"The {panel.name} was reminded on"):
        assert post(client, f"{base}/panels/{panel.id}/reminder").location == f"{base}/panels"
        assert said in client.get(f"{base}/panels").text
    assert text_of(client.get(f"{base}/panels")).count("Reminded ") == 1


def test_pages_cost_the_same_with_one_bid_and_with_three(client: CheckedClient, count_statements: Statements) -> None:
    """The result takes eight statements (G4) and three for what stands beside it; neither page grows with the bids."""
    counts: dict[str, list[int]] = {"/result": [], "/panels": []}
    for bids in (1, 3):
        evaluation = moderated_evaluation(bids, young_people=bids + 1)
        base = enter(client, evaluation)
        for page, found in counts.items():
            with count_statements() as statements:
                assert client.get(base + page).status_code == 200
            found.append(len(statements))
    assert counts["/result"][0] == counts["/result"][1]
    assert counts["/result"][1] <= 11
    assert counts["/panels"][0] == counts["/panels"][1]


def test_panels_wait_for_their_procurement(client: CheckedClient) -> None:
    """Before the opening the page shows who is appointed; while they score, how far they are and no score."""
    evaluation = scoring_itt(1)
    base = enter(client, evaluation)
    page = client.get(f"{base}/panels").get_data(as_text=True)
    assert all(seat.member.alias in page for seat in evaluation.everybody())
    assert "The panels are still at work" in client.get(f"{base}/result").get_data(as_text=True)
