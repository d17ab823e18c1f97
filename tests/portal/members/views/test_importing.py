"""The pages of importing members."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework
from portal.members.importing import tally_of
from portal.members.importing_columns import MEMBERS_FILE
from portal.members.models import ImportBatch
from portal.organisations.models import Provider
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.frameworks import draft_framework, live_framework
from tests.factories.importing import member_row, members_file, setting_row
from tests.factories.organisations import make_provider
from tests.filling import errors_of, fields_of, fill, press, text_of

DAY = clock.today().isoformat()


@pytest.fixture
def framework(db_session: object) -> Framework:
    """A live market of two lots with two bandings."""
    return live_framework(lots=2, bands=2, title="Demo market")


@pytest.fixture
def browser(client: CheckedClient, framework: Framework) -> CheckedClient:
    """A commissioner of the lead authority, signed in."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=framework.authority))
    return client


def address(framework: Framework, path: str = "") -> str:
    """A page of the framework's import."""
    return f"/commissioning/frameworks/{framework.reference}/import{path}"


def send(browser: CheckedClient, framework: Framework, content: bytes) -> TestResponse:
    """Send a file."""
    form: dict[str, Any] = fields_of(browser.get(address(framework)))
    form["file"] = (io.BytesIO(content), "members <b>.csv")
    return browser.post(address(framework), data=form, content_type="multipart/form-data")


def sent(browser: CheckedClient, framework: Framework, *rows: dict[str, str]) -> str:
    """Send rows, and give the page that shows them."""
    response = send(browser, framework, members_file(*rows))
    assert response.status_code == 302, errors_of(response)
    return response.headers["Location"]


def count(model: type) -> int:
    """How many rows of the model there are."""
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def test_from_the_template_to_members(browser: CheckedClient, framework: Framework) -> None:
    """The template can be filled in and sent; a faulty row is corrected in place; then both are imported."""
    template = browser.get(address(framework, "/template.csv")).get_data(as_text=True)
    assert template.splitlines()[0].removeprefix("\ufeff").split(",") == list(MEMBERS_FILE.names)
    page = sent(
        browser,
        framework,
        setting_row(admitted_on=DAY),
        setting_row(admitted_on=DAY, band="Band 2", setting="Demo Barn", capacity="£143,00"),
    )
    assert "Row 3 Demo Care Ltd Demo Barn 1, Band 2, Residential Places: Leave out the £. Enter a whole" in text_of(
        browser.get(page)
    )
    assert (count(Provider), count(Admission)) == (0, 0)
    row = f"{page}/rows/3"
    assert errors_of(browser.get(row)) == ["Leave out the £. Enter a whole number in figures, such as 6."]
    still = fill(browser, row, {"capacity": "x"})
    assert (still.status_code, fields_of(still)["capacity"]) == (422, "x")
    assert fill(browser, row, {"capacity": "5"}).headers["Location"] == page
    done = press(browser, page, f"{page}/ready")
    assert done.status_code == 302
    said = "2 rows imported. New: 1 provider, 2 settings, 2 offers, 1 membership."
    assert said in browser.get(page).get_data(as_text=True)
    assert (count(Provider), count(Admission)) == (1, 1)
    assert "Imported." in text_of(browser.get(row))
    assert "members <b>.csv" in text_of(browser.get(address(framework)))


def test_a_like_name_is_asked_about(browser: CheckedClient, framework: Framework) -> None:
    """The row's page offers the like organisations with their reasons, and takes the answer."""
    provider = make_provider("YMCA", company_number="01000001")
    page = sent(browser, framework, member_row(provider="ҮМСА", company_number="01000002", admitted_on=DAY))
    row = f"{page}/rows/2"
    shown = text_of(browser.get(row))
    assert "The same as YMCA, registered here “ҮМСА” is written with Cyrillic letters that look like others" in shown
    nothing = press(browser, row, f"{row}/organisation")
    assert (nothing.status_code, errors_of(nothing)) == (422, ["Choose one of the answers."])
    same = press(browser, row, f"{row}/organisation", {"answer": f"same:{provider.id}"})
    assert same.headers["Location"] == row
    assert errors_of(browser.get(row))[0].startswith("This is “YMCA”, which is registered here, with the number")
    fill_in = browser.get(row)
    form = fields_of(fill_in, action=row) | {"provider": "YMCA", "company_number": "01000001"}
    assert browser.post(row, data=form).headers["Location"] == page
    press(browser, page, f"{page}/ready")
    assert (count(Provider), count(Admission)) == (1, 1)


def test_cells_are_text(browser: CheckedClient, framework: Framework) -> None:
    """Markup in cells is shown as it was typed and never becomes part of the page."""
    page = sent(
        browser,
        framework,
        member_row(provider="<img src=x onerror=alert(1)>", lot='"><script>alert(2)</script>', admitted_on="<b>"),
    )
    for path in (page, f"{page}/rows/2", address(framework)):
        html = browser.get(path).get_data(as_text=True)
        assert "<img src=x" not in html
        assert "<script>alert" not in html
        assert "<b>" not in html
    assert "<img src=x onerror=alert(1)>" in text_of(browser.get(page))


def test_a_row_is_left_out_and_a_file_thrown_away(browser: CheckedClient, framework: Framework) -> None:
    """Both are one press; nothing has been imported."""
    page = sent(browser, framework, member_row(lot="9", admitted_on=DAY), member_row(admitted_on=DAY))
    row = f"{page}/rows/2"
    assert press(browser, row, f"{row}/leave-out").headers["Location"] == page
    assert browser.get(row).status_code == 404
    assert press(browser, page, f"{page}/discard").headers["Location"] == address(framework)
    assert browser.get(page).status_code == 404
    assert count(ImportBatch) == 0


def test_nothing_ready(browser: CheckedClient, framework: Framework) -> None:
    """Importing without a ready row explains itself."""
    page = sent(browser, framework, member_row(admitted_on=DAY))
    form = fields_of(browser.get(page), action=f"{page}/ready")
    assert browser.post(f"{page}/ready", data=form).status_code == 302
    again = browser.post(f"{page}/ready", data=form)
    assert (again.status_code, errors_of(again)) == (409, ["No row is ready to import. Correct a row first."])


def test_no_file_and_a_wrong_one(browser: CheckedClient, framework: Framework) -> None:
    """Both are explained beside the field."""
    assert errors_of(fill(browser, address(framework))) == ["Choose a file."]
    wrong = send(browser, framework, "provider,lot\nDémo,1".encode("cp1252"))
    assert wrong.status_code == 422
    assert errors_of(wrong)[0].startswith("Line 2 is not UTF-8: the file was probably saved as Windows-1252")


def test_who_may_not(client: CheckedClient, framework: Framework) -> None:
    """Other authorities' commissioners find nothing, other roles and providers are refused, drafts take none."""
    for role, status in ((Role.APPROVER, 403), (Role.PROVIDER_ADMINISTRATOR, 403)):
        sign_in(client, make_person(role))
        assert client.get(address(framework)).status_code == status
    sign_in(client, make_person(Role.COMMISSIONER))
    assert client.get(address(framework)).status_code == 404
    assert client.get(address(framework, "/template.csv")).status_code == 404
    sign_in(client, make_person(Role.COMMISSIONER, authority=framework.authority))
    draft = draft_framework(authority=framework.authority)
    assert client.get(address(draft)).status_code == 409


def test_a_file_belongs_to_its_framework(browser: CheckedClient, framework: Framework) -> None:
    """A file is not found under another framework of the same authority."""
    page = sent(browser, framework, member_row(admitted_on=DAY))
    other = live_framework(authority=framework.authority)
    assert browser.get(page.replace(framework.reference, other.reference)).status_code == 404


def test_pages_of_rows(browser: CheckedClient, framework: Framework) -> None:
    """Fifty rows a page, and the next page goes on after them."""
    rows = [member_row(provider=f"Demo {number:02}", company_number="x", admitted_on=DAY) for number in range(60)]
    page = sent(browser, framework, *rows)
    first = browser.get(page).get_data(as_text=True)
    assert (first.count("Demo 49"), first.count("Demo 50")) == (1, 0)
    second = browser.get(f"{page}?show=rejected&after=51").get_data(as_text=True)
    assert (second.count("Demo 49"), second.count("Demo 50")) == (0, 1)
    for query in ("show=nothing", "after=999999999", "show=ready", "show=imported"):
        assert browser.get(f"{page}?{query}").status_code == 200
    assert browser.get(f"{page}/rows/99999999999999999999").status_code == 404


@pytest.mark.parametrize("path", ["", "batch", "row"])
def test_statements_are_constant(
    browser: CheckedClient,
    framework: Framework,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
    path: str,
) -> None:
    """The pages cost as many statements with three files of three rows as with one of one."""
    counted = []
    for rows in (1, 3):
        page = ""
        for _ in range(rows):
            page = sent(browser, framework, *(member_row(lot="9", admitted_on=DAY) for _ in range(rows)))
        where = {"": address(framework), "batch": page, "row": f"{page}/rows/2"}[path]
        with count_statements() as statements:
            assert browser.get(where).status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 12


HEADING = ",".join(MEMBERS_FILE.names)
CELL = st.one_of(
    st.text(max_size=12), st.sampled_from(["1", "Demo Care", "09506232", "Band 1", "2018-04-01", DAY, "=1+1"])
)


@pytest.mark.long
@settings(max_examples=25)
@given(st.lists(st.lists(CELL, min_size=12, max_size=14), min_size=1, max_size=4), st.booleans())
def test_whatever_is_sent(browser: CheckedClient, framework: Framework, rows: list[list[str]], raw: bool) -> None:
    """Every file is answered with its page or an explanation; its rows open, and can be imported or not."""
    lines = [",".join(row) if raw else ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    response = send(browser, framework, "\n".join([HEADING, *lines]).encode("utf-8", "replace"))
    assert response.status_code in {302, 422}
    if response.status_code == 302:
        page = response.headers["Location"]
        batch = db.session.scalars(select(ImportBatch).order_by(ImportBatch.created_at.desc())).first()
        assert batch is not None
        for row in batch.rows:
            assert browser.get(f"{page}/rows/{row.number}").status_code == 200
        if tally_of(batch).ready:
            assert press(browser, page, f"{page}/ready").status_code in {302, 409}
        assert browser.get(page).status_code == 200
