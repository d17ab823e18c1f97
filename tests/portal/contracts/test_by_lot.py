"""Contracts lot by lot: one is signed while another waits for its award, or has ended."""

from __future__ import annotations

import pytest

from portal.contracts.queries import places_to_sign
from portal.core import clock
from portal.core.permissions import Role
from portal.ending.proposing import propose_no_award
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.awarding import Award, announce, approver_of, awarded, let_standstill_pass, scored_in_lots
from tests.factories.contracts import conclude
from tests.factories.ending import WHY, decide
from tests.factories.tendering import make_commissioner

SCORES = {1: 4, 2: 5, 3: 3, 4: 3}


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    """Two lots with the same two bidders, scored."""
    return scored_in_lots(lambda number, _key: SCORES[number])


def signable(itt: InvitationToTender, number: int) -> Award:
    """The announced award of one lot, its standstill over."""
    officer = make_commissioner(itt.authority)
    award = Award(itt, officer, approver_of(itt.authority), awarded(itt, number, officer))
    announce(award)
    let_standstill_pass(award)
    return award


def end(itt: InvitationToTender, number: int) -> None:
    """End one lot without an award."""
    actor, lot = make_commissioner(itt.authority), itt.lots[number - 1]
    decide(propose_no_award(itt=itt, lot=lot, actor=actor, reason=WHY, now=clock.now()))


def test_one_is_signed_while_the_other_waits(itt: InvitationToTender) -> None:
    """The procurement goes on with the other lot, and is under contract with its last one."""
    first = conclude(signable(itt, 2))
    assert itt.status is IttStatus.MODERATED
    second = conclude(signable(itt, 1))
    assert (first.lot.number, second.lot.number, itt.status) == (2, 1, IttStatus.CONTRACTED)


def test_the_last_lot_that_ends_leaves_it_under_contract(itt: InvitationToTender) -> None:
    """With one lot signed and the other ended nothing is left to sign."""
    conclude(signable(itt, 2))
    end(itt, 1)
    assert itt.status is IttStatus.CONTRACTED


def test_a_lot_that_ended_stands_in_nobodys_way(itt: InvitationToTender, client: CheckedClient) -> None:
    """The page offers the lot that is awarded, though an ended one has the lower number."""
    end(itt, 1)
    award = signable(itt, 2)
    assert [found.decision.lot.number for found in places_to_sign(itt.id)] == [2]
    sign_in(client, make_person(Role.CONTRACT_MANAGER, authority=itt.authority))
    page = client.get(f"/commissioning/itts/{itt.reference}/contract").text
    assert award.decision.awarded_to in page
    assert "Conclude the contract" in page
    conclude(award)
    assert itt.status is IttStatus.CONTRACTED


def test_each_lot_has_its_page_of_the_award(itt: InvitationToTender, client: CheckedClient) -> None:
    """Every lot is proposed by itself, in any order; the others say where they stand."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    awarded(itt, 1, make_commissioner(itt.authority))
    address = f"/commissioning/itts/{itt.reference}/award"
    assert "Waits for its award" in client.get(f"{address}?lot=1").text
    assert "Go to the contract" in client.get(f"{address}?lot=1").text
    assert "Propose the award" in client.get(f"{address}?lot=2").text
