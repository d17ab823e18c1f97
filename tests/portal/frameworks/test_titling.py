"""Titles that could be taken for another framework's."""

from __future__ import annotations

import pytest

from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import Framework
from portal.frameworks.states import FrameworkStatus
from portal.frameworks.titling import put_title
from portal.organisations.models import ContractingAuthority
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import draft_framework, live_framework
from tests.factories.organisations import make_authority
from tests.filling import errors_of, fill

TITLE = "Homes and fostering in Demoshire"


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """An authority."""
    return make_authority()


@pytest.fixture
def held(db_session: object) -> Framework:
    """A live market of another authority."""
    return live_framework(title=TITLE)


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        "HOMES AND FOSTERING – IN DÉMOSHIRE",
        "Homes and fostering in Dernoshire",
        "Homes and fostering in Demoshire 2027",
        "Fostering and homes in Demoshire",
        "Homes and fosteringg in Demoshire",
    ],
)
def test_a_title_like_that_of_a_live_one_is_asked_about(
    held: Framework, authority: ContractingAuthority, title: str
) -> None:
    """To the eye, but for a year, in another order or by one slip; said to be another one, it is kept."""
    draft = draft_framework(authority=authority, title="Another")
    with pytest.raises(InvalidInput, match=held.reference) as asked:
        put_title(draft, title, confirmed=False)
    assert (asked.value.field, draft.title) == ("title_confirmed", "Another")
    put_title(draft, title, confirmed=True)
    assert draft.title == title


@pytest.mark.parametrize("title", ["Homes and fostering", "Homes and fostering in Demoshire and Demotown", "Homes"])
def test_a_part_of_a_title_is_no_likeness(held: Framework, authority: ContractingAuthority, title: str) -> None:
    """What is bought is often the same words with something more."""
    draft = draft_framework(authority=authority, title="Another")
    put_title(draft, title, confirmed=False)
    assert draft.title == title


def test_drafts_are_asked_about_within_their_authority(authority: ContractingAuthority) -> None:
    """Nobody learns of another authority's draft; what has ended is in nobody's way, and a title is like its own."""
    draft_framework(title=TITLE)
    over = live_framework(authority=authority, title=TITLE)
    over.status, over.ceased_at = FrameworkStatus.CEASED, clock.now()
    db.session.flush()
    draft = draft_framework(authority=authority, title="Another")
    put_title(draft, TITLE, confirmed=False)
    put_title(draft, TITLE, confirmed=False)
    with pytest.raises(InvalidInput, match=draft.reference):
        put_title(draft_framework(authority=authority, title="A third"), TITLE, confirmed=False)


def test_the_page_asks_and_takes_the_answer(
    held: Framework, authority: ContractingAuthority, client: CheckedClient
) -> None:
    """The question stands beside a box; ticked, the draft is started."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority))
    typed = {"kind": "dynamic_market", "title": TITLE}
    asked = fill(client, "/commissioning/frameworks/new", typed)
    assert asked.status_code == 422
    assert held.reference in errors_of(asked)[0]
    assert "title_confirmed" in asked.text
    started = fill(client, "/commissioning/frameworks/new", typed | {"title_confirmed": "y"})
    assert started.status_code == 302
