"""An earlier invitation begins a new draft."""

from __future__ import annotations

import pytest

from portal.core import clock
from portal.core.errors import InvalidInput, NotFound
from portal.organisations.models import ContractingAuthority
from portal.tendering.copying import CARRIED, copy_itt, copyable_itts
from portal.tendering.method import method_of
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.tendering import make_commissioner, published_in_lots, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def copy(source: InvitationToTender, authority: ContractingAuthority | None = None) -> InvitationToTender:
    """A copy by a commissioner of the same authority, or of another."""
    buyer = authority or source.authority
    actor = make_commissioner(buyer)
    return copy_itt(source=source, authority=buyer, title="The same again", actor=actor, now=clock.now())


def test_a_copy_says_what_the_earlier_one_said() -> None:
    """Its method is the published one; what belongs to one procurement alone is empty."""
    source = published_itt()
    made = copy(source)
    assert method_of(made) == method_of(source)
    assert [getattr(made, name) for name in CARRIED] == [getattr(source, name) for name in CARRIED]
    assert (made.status, made.closes_at, made.central_reference, made.documents) == (IttStatus.DRAFT, None, None, [])


def test_lots_and_what_is_asked_for_them_are_copied() -> None:
    """Questions for one lot alone are asked for its copy."""
    source = published_in_lots(2, bid=1, asked={"How do you know the area?": 2})
    made = copy(source)
    assert [(lot.number, lot.title, lot.worth) for lot in made.lots] == [
        (lot.number, lot.title, lot.worth) for lot in source.lots
    ]
    [asked] = [question for question in made.questions if question.lot_ids]
    assert (asked.prompt, asked.lot_ids) == ("How do you know the area?", [made.lots[1].id])


def test_only_an_open_invitation_of_ones_own_is_copied() -> None:
    """A call-off takes its criteria from its framework, and another authority's does not exist."""
    lot = live_framework().lots[0]
    admit(lot)
    called_off, own = published_call_off(lot), published_itt(authority=lot.framework.authority)
    assert copyable_itts(lot.framework.authority_id) == [own]
    with pytest.raises(InvalidInput):
        copy(called_off)
    with pytest.raises(NotFound):
        copy(own, make_authority_of_its_own())


def make_authority_of_its_own() -> ContractingAuthority:
    """Another authority."""
    return published_itt().authority
