"""The report of where a framework's market is thin, over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.core import clock
from portal.core.permissions import Role
from portal.frameworks.models import FrameworkLot
from portal.tendering.inviting import decline_invitation
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_authority

Count = Callable[[], AbstractContextManager[list[str]]]
FULL = "We are full at the moment"


def _called_off(lot: FrameworkLot, *, is_opened: bool) -> None:
    """A call-off to four members: one bids, two decline, one is silent."""
    bidder, first, second, _silent = [admit(lot).provider for _ in range(4)]
    itt = published_call_off(lot)
    submitted_bid(itt, bidder)
    for provider, reason in ((first, FULL), (second, "")):
        decline_invitation(itt=itt, actor=submitter_of(provider), reason=reason, now=clock.now())
    if is_opened:
        close_now(itt)
        open_itt(itt)


def _rows(client: CheckedClient, lot: FrameworkLot) -> list[list[str]]:
    address = f"/commissioning/frameworks/{lot.framework.reference}/market-gaps/market-gaps.csv"
    text = client.get(address).get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


def test_an_opened_call_off_is_counted_and_no_other(client: CheckedClient, db_session: object) -> None:
    """Invited, bid, declined with the reasons, silent; a call-off that is not opened says nothing at all."""
    lot = live_framework().lots[0]
    _called_off(lot, is_opened=False)
    sign_in(client, make_person(Role.COMMISSIONER, authority=lot.framework.authority))
    assert _rows(client, lot) == []
    _called_off(lot, is_opened=True)
    [row] = _rows(client, lot)
    assert row[4:] == ["8", "1", "2", "5", f"no reason given (1) and {FULL} (1)"]
    page = client.get(f"/commissioning/frameworks/{lot.framework.reference}/market-gaps")
    assert "1 call-off opened; 0 had no bid. Of 8 invitations, 2 were declined." in page.text


def test_another_authority_reads_nothing(client: CheckedClient, db_session: object) -> None:
    """The framework is not found."""
    lot = live_framework().lots[0]
    sign_in(client, make_person(Role.COMMISSIONER, authority=make_authority()))
    assert client.get(f"/commissioning/frameworks/{lot.framework.reference}/market-gaps").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_are_constant(client: CheckedClient, db_session: object, count_statements: Count, rows: int) -> None:
    """However many call-offs there are."""
    lot = live_framework().lots[0]
    for _ in range(rows):
        _called_off(lot, is_opened=True)
    sign_in(client, make_person(Role.COMMISSIONER, authority=lot.framework.authority))
    address = f"/commissioning/frameworks/{lot.framework.reference}/market-gaps"
    client.get(address)
    db_session.commit()  # type: ignore[attr-defined]
    with count_statements() as statements:
        client.get(address)
    assert len(statements) <= 9
