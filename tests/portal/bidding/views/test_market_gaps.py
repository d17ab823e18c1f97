"""The report of where a framework's market is thin, over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest

from portal.core.permissions import Role
from portal.frameworks.models import FrameworkLot
from portal.organisations.models import Provider
from portal.tendering.declining import decline
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import published_itt

Count = Callable[[], AbstractContextManager[list[str]]]
FULL = "We are full at the moment"


def _called_off(lot: FrameworkLot, *, is_opened: bool) -> None:
    """A call-off to six members: one bids, four decline, one is silent."""
    bidder, *others, _silent = [admit(lot).provider for _ in range(6)]
    itt = published_call_off(lot)
    submitted_bid(itt, bidder)
    _decline(itt, others)
    if is_opened:
        close_now(itt)
        open_itt(itt)


def _decline(itt: InvitationToTender, providers: Sequence[Provider]) -> None:
    """Three for one reason, the fourth for none."""
    for provider, reason in zip(providers, (FULL, FULL, FULL, ""), strict=True):
        decline(itt=itt, reason=reason, actor=submitter_of(provider))


def _rows(client: CheckedClient, lot: FrameworkLot) -> list[list[str]]:
    return _table(client, f"/commissioning/frameworks/{lot.framework.reference}/market-gaps/market-gaps.csv")


def _table(client: CheckedClient, address: str) -> list[list[str]]:
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
    assert row[4:] == ["12", "1", "4", "7", f"{FULL} (3) and reasons that fewer than 3 gave (1)"]
    page = client.get(f"/commissioning/frameworks/{lot.framework.reference}/market-gaps")
    assert "1 procurement opened; 0 had no bid. Providers declined 4 times." in page.text


def test_an_open_invitation_counts_who_declined_it(client: CheckedClient, db_session: object) -> None:
    """Whoever said no and bid all the same is a bidder; nobody was invited, so nobody is silent."""
    itt, others = published_itt(), [make_provider() for _ in range(4)]
    _decline(itt, others)
    submitted_bid(itt, others[0])
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    assert _table(client, "/commissioning/market-gaps.csv") == []
    close_now(itt)
    open_itt(itt)
    [row] = _table(client, "/commissioning/market-gaps.csv")
    assert row[4:] == ["", "1", "3", "", "reasons that fewer than 3 gave (3)"]
    assert "Open to everybody" in client.get("/commissioning/market-gaps").text


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
