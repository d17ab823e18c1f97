"""The register of an authority's procurements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role
from portal.core.workbooks import read_workbook
from portal.dashboards import register
from portal.dashboards.register import PLACES, Filters, Late, Order, Place, counts_by_place, lateness, procurements
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now
from tests.factories.ending import cancelled
from tests.factories.evaluation import scoring_itt
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt, published_itt

pytestmark = pytest.mark.usefixtures("db_session")
Counter = Callable[[], AbstractContextManager[list[str]]]


def found(authority: ContractingAuthority, **filters: object) -> list[str]:
    """The titles on the first page."""
    page = procurements(authority.id, Filters(**filters), now=clock.now())  # type: ignore[arg-type]
    return [row.itt.title for row in page.rows]


def test_words_are_looked_for_in_title_and_reference() -> None:
    """All words, in either, in any case; a sign of a pattern is a sign."""
    authority = make_authority()
    first = draft_itt(authority=authority, title="Short breaks for 100% of families")
    draft_itt(authority=authority, title="Early help")
    draft_itt(title="Short breaks elsewhere")
    assert found(authority, words="families SHORT") == [first.title]
    assert found(authority, words=first.reference.lower()) == [first.title]
    assert found(authority, words="100% of") == [first.title]
    assert found(authority, words="%") == [first.title]


def test_every_place_is_found_and_counted() -> None:
    """Each procurement is in one place, whatever its status, and the numbers are those of the lists."""
    authority = make_authority()
    draft_itt(authority=authority)
    for act in (lambda _: None, close_now, cancelled):
        act(published_itt(authority=authority))
    counts = counts_by_place(authority.id, clock.now())
    assert counts == {Place.DRAFT: 1, Place.OPEN: 1, Place.OPENING: 1, Place.ENDED: 1}
    for place in PLACES:
        assert len(found(authority, place=place)) == counts.get(place, 0)
    opened = scoring_itt().itt
    assert counts_by_place(opened.authority_id, clock.now()) == {Place.SCORING: 1}


@pytest.mark.parametrize(
    ("column", "late", "status"),
    [
        ("award_date", Late.DECISION, IttStatus.OPENED),
        ("contract_start_date", Late.START, IttStatus.OPENED),
        ("award_date", None, IttStatus.AWARDED),
        ("contract_start_date", Late.START, IttStatus.AWARDED),
        ("contract_start_date", None, IttStatus.CONTRACTED),
        ("award_date", None, IttStatus.DRAFT),
    ],
)
def test_late_is_what_its_own_timetable_says(column: str, late: Late | None, status: IttStatus) -> None:
    """The day itself is not late, the next one is, and what is done never is."""
    itt = scoring_itt().itt
    today = local_date(clock.now())
    itt.award_date = itt.contract_start_date = None
    itt.status = status
    for days, expected in ((0, None), (1, late)):
        setattr(itt, column, today - timedelta(days=days))
        db.session.flush()
        query = select(lateness(clock.now())).where(InvitationToTender.id == itt.id)
        assert db.session.scalar(query) == expected


def test_somebodys_own() -> None:
    """Only those that one of the people looks after."""
    authority = make_authority()
    mine, _ = (draft_itt(authority=authority, title=title) for title in ("Mine", "Another's"))
    assert found(authority, owners=frozenset({mine.owner_id})) == ["Mine"]


@pytest.mark.parametrize(
    ("order", "expected"), [(Order.NEWEST, "43210"), (Order.CLOSING, "34021"), (Order.VALUE, "42031")]
)
def test_each_order_goes_on_from_page_to_page(order: Order, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost or shown twice, also between equals and where there is no figure or date yet."""
    monkeypatch.setattr(register, "PAGE_SIZE", 2)
    authority, now = make_authority(), clock.now()
    for number, value in enumerate((5, None, 40, 3, 41)):
        itt = draft_itt(authority=authority, title=f"Number {number}")
        itt.estimated_value = None if value is None else Decimal(value)
        itt.closes_at = None if number == 1 else now + timedelta(days=number - 2)
    db.session.flush()
    read, key = "", ""
    for _ in range(3):
        page = procurements(authority.id, Filters(order=order), now=now, after=key or "")
        read, key = read + "".join(row.itt.title[-1] for row in page.rows), page.next_key
        assert page.count == 5
    assert (read, key) == (expected, None)


def test_a_page_that_nobody_was_given() -> None:
    """An address that was made up leads nowhere."""
    with pytest.raises(NotFound):
        procurements(make_authority().id, Filters(), now=clock.now(), after="nonsense")


def test_the_page_finds_and_downloads(client: CheckedClient) -> None:
    """What the address asks for is shown and is in the file; what it cannot ask for is left out."""
    authority = make_authority()
    me = make_person(Role.COMMISSIONER, authority=authority)
    sign_in(client, me)
    mine, other = draft_itt(authority=authority, title="Mine to find"), published_itt(authority=authority)
    mine.owner_id = me.id
    db.session.flush()
    shown = client.get("/commissioning/procurements?owner=mine&words=find&place=draft&order=value")
    assert mine.reference in shown.text
    assert other.reference not in shown.text
    file = client.get("/commissioning/procurements.csv?owner=mine").text
    assert mine.reference in file
    assert other.reference not in file
    workbook = read_workbook(client.get("/commissioning/procurements.xlsx?owner=mine").data)
    assert [row[0] for row in workbook["Procurements"]] == ["reference", mine.reference]
    everything = client.get("/commissioning/procurements?owner=x&place=y&order=z").text
    assert mine.reference in everything
    assert other.reference in everything


def test_the_page_takes_the_same_statements_for_many(client: CheckedClient, count_statements: Counter) -> None:
    """However many procurements and owners there are (G10)."""
    authority = make_authority()
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority))
    counts = []
    for more in (1, 3):
        for _ in range(more):
            draft_itt(authority=authority)
        with count_statements() as statements:
            client.get("/commissioning/procurements")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
