"""The public list of opportunities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.core import clock
from portal.core.errors import NotFound
from portal.organisations.models import ContractingAuthority
from portal.tendering.drafting import describe_service, discard_draft
from portal.tendering.models import InvitationToTender
from portal.tendering.opportunities import COUNTED_TO, Filters, list_opportunities
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt, make_commissioner, publish, published_itt, ready_itt


def closed_itt(title: str, *, days_ago: int = 30) -> InvitationToTender:
    """One whose bidding closed an hour ago."""
    return published_itt(title=title, closes_in=-timedelta(hours=1), published_ago=timedelta(days=days_ago))


def titles(**filters: Any) -> list[str]:
    """What the first page shows."""
    return [itt.title for itt in list_opportunities(Filters(**filters), now=clock.now()).rows]


def test_open_ones_come_first_by_closing_time(db_session: object) -> None:
    """Then the others, the newest first; drafts and discarded drafts never."""
    closed_itt("Closed long ago", days_ago=60)
    closed_itt("Closed lately", days_ago=30)
    published_itt(title="Closes late", closes_in=timedelta(days=20))
    published_itt(title="Closes soon", closes_in=timedelta(days=2))
    actor = make_commissioner()
    ready_itt(actor=actor, title="A draft that nobody may see")
    discard_draft(itt=draft_itt(actor=actor, title="A discarded draft"), actor=actor)
    assert titles() == ["Closes soon", "Closes late", "Closed lately", "Closed long ago"]
    assert titles(open_only=True) == ["Closes soon", "Closes late"]
    assert titles(closing_days=7) == ["Closes soon"]


def test_pages_are_continued_by_key(db_session: object) -> None:
    """Walking through in pages of two gives every row once, across the border of open and closed."""
    for number in range(3):
        published_itt(title=f"Open {number}", closes_in=timedelta(days=number + 1))
    for number in range(3):
        closed_itt(f"Closed {number}", days_ago=30 + number)
    seen, after, now = [], "", clock.now()
    for _ in range(4):
        page = list_opportunities(Filters(), now=now, after=after, size=2)
        seen.append([itt.title for itt in page.rows])
        if page.next_key is None:
            break
        after = page.next_key
    assert seen == [["Open 0", "Open 1"], ["Open 2", "Closed 0"], ["Closed 1", "Closed 2"]]
    assert page.open_count == 3


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "o~2026-11-22T00:00:00+00:00",
        "z~2026-11-22T00:00:00+00:00~6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "o~2026-11-22T00:00:00~6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "o~soon~6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "o~2026-11-22T00:00:00+00:00~1",
    ],
)
def test_a_made_up_key_is_refused(db_session: object, after: str) -> None:
    """Anything but a key that a page gave."""
    with pytest.raises(NotFound):
        list_opportunities(Filters(), now=clock.now(), after=after)


def described_itt(title: str, description: str, codes: list[str]) -> InvitationToTender:
    """A published one of which words and codes are known."""
    actor = make_commissioner(make_authority("Demo District of Harwich"))
    itt = ready_itt(actor=actor, title=title)
    describe_service(itt=itt, title=title, description=description, cpv_codes=codes, actor=actor)
    publish(itt, actor)
    return itt


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("counselling", True),
        ("counsel families", True),
        ("harwich", True),
        ('"families in town"', True),
        ("counselling -families", False),
        ("bicycles", False),
        ("'); DROP TABLE itt; --", False),
        ("%", False),
    ],
)
def test_words_are_looked_for_in_title_description_and_buyer(db_session: object, words: str, found: bool) -> None:
    """In every form of the word, all of them, quoted ones together; odd characters do no harm."""
    described_itt("Counselling service", "Support for families in town", ["85312320"])
    published_itt(title="Something else")
    assert titles(words=words) == (["Counselling service"] if found else [])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ysgol llŷn", True),
        ("YSGOL LLYN", True),
        ("“st mary's”", True),
        ("st mary’s", True),
        ("ysgol -llyn", False),
        ("ysgol -llŷn", False),
        ('"llŷn ysgol"', False),
        ('"ysgol llyn" -"nursery school"', True),
        ("drop in", True),
        ("drop-in", True),
    ],
)
def test_accents_and_apostrophes_are_passed_over(db_session: object, words: str, found: bool) -> None:
    """In what was written and in what is looked for; quoted and excluded words keep their meaning."""
    described_itt("Drop-in at Ysgol Llŷn", "With St Mary’s", ["85312320"])
    assert bool(titles(words=words)) is found


def test_a_reference_finds_its_invitation(db_session: object) -> None:
    """In capitals or not."""
    itt = published_itt(title="This one")
    published_itt(title="Another")
    assert titles(words=itt.reference.lower()) == ["This one"]


@pytest.mark.parametrize(
    ("cpv", "found"),
    [("85312320", True), ("85312300", True), ("85300000", True), ("80000000", False), ("85312310", False)],
)
def test_a_code_finds_what_is_under_it(db_session: object, cpv: str, found: bool) -> None:
    """A code with trailing zeros stands for its whole division."""
    described_itt("Counselling service", "Support", ["85312320"])
    assert titles(cpv=cpv) == (["Counselling service"] if found else [])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_three_statements(db_session: Any, count_statements: Any, rows: int) -> None:
    """However many rows there are, with what the page reads of each (G9)."""
    for number in range(rows):
        published_itt(title=f"Open {number}")
        closed_itt(f"Closed {number}")
    db_session.commit()
    db_session.expunge_all()
    with count_statements() as statements:
        page = list_opportunities(Filters(), now=clock.now())
        assert [itt.authority.name for itt in page.rows if itt.title and itt.description and itt.cpv_codes]
    assert (len(statements), len(page.rows)) == (3, rows * 2)


def test_open_ones_are_counted_to_a_limit(db_session: Any) -> None:
    """Beyond a hundred the page says so instead of counting on."""
    itt = published_itt()
    columns = [column.name for column in InvitationToTender.__table__.columns]
    listed = ", ".join(f'"{name}"' for name in columns)
    taken = ", ".join(
        {"id": "gen_random_uuid()", "reference": "'ITT-' || n"}.get(name, f'"{name}"') for name in columns
    )
    db_session.execute(
        text(
            f"INSERT INTO itt ({listed}) SELECT {taken} FROM itt, generate_series(1, {COUNTED_TO + 50}) AS n "
            "WHERE id = :id"
        ),
        {"id": itt.id},
    )
    page = list_opportunities(Filters(), now=clock.now())
    assert (page.open_count, len(page.rows)) == (COUNTED_TO + 1, 20)


def test_buyers_are_named(db_session: object) -> None:
    """The authority's name comes with the row, not its address."""
    published_itt(authority=make_authority("Demo Borough"))
    row = list_opportunities(Filters(), now=clock.now()).rows[0]
    assert isinstance(row.authority, ContractingAuthority)
    assert row.authority.name == "Demo Borough"
