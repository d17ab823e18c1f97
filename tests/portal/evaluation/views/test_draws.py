"""Drawing a lot on its page, and checking it in public."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from portal.core.permissions import AUTHORITY_ROLES, Role, Verb, policy
from portal.evaluation.drawing import hash_of_value
from portal.notifications.letters_of_endings import DRAWING
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.awarding import proposed_award
from tests.factories.drawing import VALUES, drawn, tied_itt
from tests.filling import errors_of, fill

pytestmark = pytest.mark.usefixtures("db_session")


def page(itt: InvitationToTender) -> str:
    return f"/commissioning/itts/{itt.reference}/draw"


def test_from_the_tie_to_the_award(client: CheckedClient, new_client: Callable[[], CheckedClient]) -> None:
    """The desk leads to the draw; each person is shown what is theirs to do; then the award can be proposed."""
    itt = tied_itt()
    people = [client, new_client()]
    for one, role in zip(people, (Role.COMMISSIONER, Role.APPROVER), strict=True):
        sign_in(one, make_person(role, authority=itt.authority))
        assert "Draw a lot" in one.get(f"/commissioning/itts/{itt.reference}").text
    assert "Draw a lot" in client.get(f"/commissioning/itts/{itt.reference}/award").text
    wrong = fill(client, page(itt), {"commitment": "my secret value"})
    assert wrong.status_code == 422
    assert errors_of(wrong) == ["Give the SHA-256 of your value: 64 digits and letters from a to f."]
    for one, value in zip(people, VALUES, strict=True):
        assert fill(one, page(itt), {"commitment": hash_of_value(value)}).status_code == 302
    assert "Reveal your value" in client.get(page(itt)).text
    for one, value in zip(people, VALUES, strict=True):
        assert fill(one, page(itt), {"value": value}).status_code == 302
    shown = client.get(page(itt)).text
    assert "The lot is drawn" in shown
    assert VALUES[0] in shown


@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES))
def test_whoever_may_draw_is_led_to_the_page_and_nobody_else(client: CheckedClient, role: Role) -> None:
    """The desk, the letters and the page agree with the policy: of those who see the result."""
    itt = tied_itt()
    person = make_person(role, authority=itt.authority)
    sign_in(client, person)
    may = policy.allows(actor_of(person), Verb.DRAW_LOT, itt)
    assert ("Draw a lot" in client.get(f"/commissioning/itts/{itt.reference}").text) is may
    assert ('name="commitment"' in client.get(page(itt)).text) is may
    assert (role in DRAWING) is may


def test_others_follow_it(client: CheckedClient) -> None:
    """An auditor reads how far it is, and is offered nothing."""
    itt = tied_itt()
    drawn(itt)
    sign_in(client, make_person(Role.AUDITOR, authority=itt.authority))
    shown = client.get(page(itt)).text
    assert "The lot is drawn" in shown
    assert "Commit to my value" not in shown


def test_everybody_can_check_it_once_the_award_is_decided(client: CheckedClient) -> None:
    """Before there is nothing there; afterwards values, seed and order, and nobody's name."""
    itt = tied_itt()
    draw = drawn(itt)
    assert client.get(f"/opportunities/{itt.reference}/draw").status_code == 404
    proposed_award(itt)
    itt.status = IttStatus.AWARDED
    shown = client.get(f"/opportunities/{itt.reference}/draw")
    assert shown.status_code == 200
    read = BeautifulSoup(shown.text, "html.parser").get_text()
    for said in (*VALUES, draw.seed, draw.opening_hash, *(draw.drawn or [])):
        assert str(said) in read
    assert "Demo Person" not in shown.text


def test_without_a_tie_the_page_says_so(client: CheckedClient) -> None:
    """Nothing to draw, and nothing to press."""
    itt = tied_itt(draws_lots=False)
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    shown = client.get(page(itt)).text
    assert "The published method draws no lot" in shown
    award = client.get(f"/commissioning/itts/{itt.reference}/award").text
    assert "Which of the tied bids" in award
