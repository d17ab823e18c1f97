"""The page on which an administrator of the platform brings the debarment list in."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.judging.debarment import latest_list
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.debarment import HEADING, brought_in
from tests.filling import errors_of, fill, link_in, text_of

pytestmark = pytest.mark.usefixtures("db_session")
PAGE = "/account/debarment-list"


def typed(day: Any, *rows: str, **more: str) -> dict[str, Any]:
    """What is chosen: a day, and a file with these rows where there are any."""
    parts = {"read_on-day": str(day.day), "read_on-month": str(day.month), "read_on-year": str(day.year)}
    file = {"file": (io.BytesIO((HEADING + "\n".join(rows)).encode()), "list.csv")} if rows else {}
    return parts | file | more


def test_a_list_is_brought_in_and_shown_with_its_day_and_its_entries(client: CheckedClient) -> None:
    """Before there is one the page says so; afterwards the newest stands first, with who brought it in."""
    person = make_person(Role.PLATFORM_ADMINISTRATOR)
    sign_in(client, person)
    assert "No list was brought in" in text_of(client.get(PAGE))
    rows = ("Demo Builders Ltd,09506232,Cartel,mandatory,2029-03-31,", "Demo Cleaning,,Bribery,discretionary,,")
    day = clock.today() - timedelta(days=8)
    sent = fill(client, PAGE, typed(day, *rows), content_type="multipart/form-data")
    assert sent.location == PAGE
    shown = text_of(client.get(PAGE))
    assert "The newest one was read more than 7 days ago" in shown
    assert person.display_name in shown
    nobody = fill(client, PAGE, typed(clock.today(), nobody="y"), content_type="multipart/form-data")
    assert nobody.location == PAGE
    newest = latest_list()
    assert newest is not None
    assert newest.entries == []
    kind = Event.kind == EventKind.DEBARMENT_LIST_BROUGHT_IN
    noted = db.session.scalars(select(Event).where(kind).order_by(Event.seq)).all()
    assert [(event.actor_id, event.data["entries"]) for event in noted] == [(person.id, 2), (person.id, 0)]


def test_every_wrong_row_is_named_and_nothing_is_brought_in(client: CheckedClient) -> None:
    """Each in the list of problems; the day that was typed stays."""
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    rows = (",,Cartel,mandatory,,", "Demo Builders Ltd,,Cartel,perhaps,,")
    refused = fill(client, PAGE, typed(clock.today(), *rows), content_type="multipart/form-data")
    assert refused.status_code == 422
    assert errors_of(refused)[:2] == [
        "Row 2: Name is empty. As the list has it.",
        "Row 3: The kind is “perhaps”. Write mandatory or discretionary.",
    ]
    assert latest_list() is None
    assert f'value="{clock.today().year}"' in refused.text


def test_neither_a_file_nor_nobody_and_an_earlier_day_are_refused(client: CheckedClient) -> None:
    """Each beside what it is about."""
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    brought_in()
    for chosen, said in (
        (typed(clock.today() + timedelta(days=1), nobody="y"), "day that has not come"),
        (typed(clock.today(), nobody="y"), "is here already"),
        (typed(clock.today()), "Choose the file, or say"),
    ):
        assert said in errors_of(fill(client, PAGE, chosen, content_type="multipart/form-data"))[0]


def test_the_platforms_administrators_alone_have_the_page(client: CheckedClient) -> None:
    """Officers read the list where they check bidders."""
    sign_in(client, make_person(Role.COMMISSIONER))
    assert client.get(PAGE).status_code == 403
    sign_in(client, make_person(Role.PLATFORM_ADMINISTRATOR))
    assert HEADING.strip() in client.get(f"{PAGE}/template.csv").text
    assert link_in(client.get("/account"), "The debarment list") == PAGE
