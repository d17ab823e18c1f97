"""Judging bids on the pages of officers, and what a bidder reads of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.core.permissions import Role
from portal.judging.queries import standing_of
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.judging import CHECKED, FOUNDED, INSURED, RECORDS, WHY, bids_of, checked_itt, judge, taken_out
from tests.filling import errors_of, fields_of, fill, press, text_of

pytestmark = pytest.mark.usefixtures("db_session")
Statements = Callable[[], AbstractContextManager[list[str]]]


def page(itt: InvitationToTender, part: str = "") -> str:
    return f"/commissioning/itts/{itt.reference}/compliance{part}"


def officer(client: CheckedClient, itt: InvitationToTender, *roles: Role) -> CheckedClient:
    sign_in(client, make_person(*(roles or [Role.COMMISSIONER]), authority=itt.authority))
    return client


def test_an_officer_passes_by_rule_then_fails_one_and_an_approver_takes_the_bid_out(
    client: CheckedClient, new_client: Callable[[], CheckedClient]
) -> None:
    """The desk leads there; each page says what was done and what waits; the bidder reads why on its own page."""
    itt = checked_itt(1)
    [bid] = bids_of(itt)
    assert "Judge what officers check" in officer(client, itt).get(f"/commissioning/itts/{itt.reference}").text
    passing = press(client, page(itt), page(itt, "/pass-by-rule"))
    assert "2 answers passed by the published rules." in client.get(passing.location).text
    assert "2 of 3" in text_of(client.get(page(itt)))
    judging = page(itt, f"/{bid.id}/judge/{RECORDS}")
    assert "Under lock and key" in client.get(judging).text
    assert fill(client, judging, {"verdict": "fails", "reason": WHY}).status_code == 302
    assert "Waits for an approver" in client.get(page(itt)).text

    second = officer(new_client(), itt, Role.APPROVER)
    assert "Decide whether a bid stays in" in second.get(f"/commissioning/itts/{itt.reference}").text
    proposed = standing_of(itt, bid.id).requirements[2].proposed
    assert proposed is not None
    deciding = page(itt, f"/judgements/{proposed.id}")
    assert WHY in second.get(deciding).text
    assert fill(second, deciding, {"verdict": "decide", "note": CHECKED}).status_code == 302
    assert "This bid is out of scoring and ranking" in second.get(page(itt, f"/{bid.id}")).text

    own = new_client()
    sign_in(own, make_person(Role.SUBMITTER, provider=bid.provider))
    assert "Your bid is out of scoring and ranking" in own.get(f"/provider/bids/{bid.reference}").text
    told = own.get(f"/provider/bids/{bid.reference}/judgements").text
    assert WHY in told
    assert CHECKED not in told


def test_what_is_missing_is_said_beside_the_field(client: CheckedClient) -> None:
    """No verdict, a reason too short: both are said, and what was typed is still there."""
    itt = checked_itt(1)
    address = page(itt, f"/{bids_of(itt)[0].id}/judge/{INSURED}")
    form = fields_of(officer(client, itt).get(address))
    missing = client.post(address, data=form)
    assert missing.status_code == 422
    assert errors_of(missing) == ["Choose whether the bid stays in.", "Say why, in a sentence or two."]
    short = client.post(address, data=form | {"verdict": "fails", "reason": "No."})
    assert short.status_code == 422
    assert fields_of(short)["reason"] == "No."


@pytest.mark.parametrize(
    ("role", "status"), [(Role.APPROVER, 403), (Role.AUDITOR, 403), (Role.OPENER, 403), (Role.CONTRACT_MANAGER, 403)]
)
def test_commissioners_alone_judge(client: CheckedClient, role: Role, status: int) -> None:
    """Nobody else gets the form, or a button on the list."""
    itt = checked_itt(1)
    officer(client, itt, role)
    assert client.get(page(itt, f"/{bids_of(itt)[0].id}/judge/{RECORDS}")).status_code == status
    assert "Pass every answer" not in client.get(page(itt)).text


def test_there_is_no_page_to_judge_what_is_not_judged(client: CheckedClient) -> None:
    """A question for information, another's bid, a judgement of another procurement: not found."""
    itt, other = checked_itt(1), checked_itt(1)
    [bid], [stranger] = bids_of(itt), bids_of(other)
    officer(client, itt)
    for part in (f"/{bid.id}/judge/{FOUNDED}", f"/{stranger.id}/judge/{RECORDS}", f"/judgements/{judge(stranger).id}"):
        assert client.get(page(itt, part)).status_code == 404
    own = make_person(Role.SUBMITTER, provider=stranger.provider)
    sign_in(client, own)
    assert client.get(f"/provider/bids/{bid.reference}/judgements").status_code == 404


def test_a_second_person_is_told_by_the_page(client: CheckedClient) -> None:
    """Whoever may not decide reads what is proposed and that somebody else decides."""
    itt = checked_itt(1)
    judgement = judge(bids_of(itt)[0])
    officer(client, itt)
    told = client.get(page(itt, f"/judgements/{judgement.id}")).text
    assert "A second person decides" in told
    assert "Record my decision" not in told


def test_the_pages_take_as_many_statements_for_three_bids_as_for_one(
    client: CheckedClient, count_statements: Statements
) -> None:
    """Providers, lots and judgements come together, on the list and on the desk."""
    counts = []
    for bids in (1, 3):
        itt = checked_itt(bids)
        taken_out(bids_of(itt)[0])
        officer(client, itt)
        for address in (page(itt), f"/commissioning/itts/{itt.reference}"):
            with count_statements() as statements:
                assert client.get(address).status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
