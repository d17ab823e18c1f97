"""A bid as a spreadsheet over HTTP: taken away, filled in, compared with the draft, put into it, and refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
import xlsxwriter
from flask import current_app

from portal.accounts.models import User
from portal.bidding.contents import Content
from portal.bidding.drafting import read_draft, save_answers
from portal.bidding.models import Bid
from portal.bidding.workbook_reading import read_filled
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role
from portal.core.workbooks import read_workbook
from portal.extensions import db
from portal.tendering.asking import add_question
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, draft_bid, submitter_of
from tests.factories.files import fill_workbook
from tests.factories.tendering import make_commissioner, publish, published_itt, ready_itt
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, filled

ROWS = "Group session\tsession\t40\nSetting up\tlump sum\t1\tonce"
EVERY_KIND: Mapping[QuestionKind, dict[str, str]] = {
    QuestionKind.YES_NO: {},
    QuestionKind.CHOICE: {"options": "Weekly\nDaily, or more"},
    QuestionKind.CHOICES: {"options": "North\nSouth\nEast"},
    QuestionKind.NUMBER: {},
    QuestionKind.DATE: {"earliest": "2027-01-01"},
    QuestionKind.DECLARATION: {"statement": "We have not agreed our price with anybody."},
}


@pytest.fixture
def submitter(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(client: CheckedClient, submitter: Actor) -> Bid:
    """An empty draft of the person who is signed in; its invitation asks for one price."""
    return _begun(client, submitter, published_itt())


def _begun(client: CheckedClient, submitter: Actor, itt: InvitationToTender) -> Bid:
    made = draft_bid(itt, actor=submitter)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    return made


def _itt_of_every_kind() -> InvitationToTender:
    return _itt_asking(EVERY_KIND | {QuestionKind.PRICE_SCHEDULE: {"years": "2", "vat": "20", "rows": ROWS}})


def _itt_asking(asked: Mapping[QuestionKind, Mapping[str, str]]) -> InvitationToTender:
    commissioner = make_commissioner()
    itt = ready_itt(actor=commissioner)
    for kind, settings in asked.items():
        add_question(
            itt=itt,
            prompt=f"Of kind {kind.value}",
            guidance="",
            kind=kind,
            settings=settings,
            criterion=None,
            required=True,
            actor=commissioner,
        )
    publish(itt, commissioner)
    return itt


def _sheets(client: CheckedClient, bid: Bid) -> dict[str, list[dict[int, str]]]:
    return read_workbook(client.get(f"/provider/bids/{bid.reference}/spreadsheet/bid.xlsx").get_data())


def _upload(client: CheckedClient, bid: Bid, content: bytes, name: str = "bid.xlsx") -> Any:
    action, sent = filled(client, f"/provider/bids/{bid.reference}/spreadsheet")
    data = sent | {"file": (io.BytesIO(content), name)}
    return client.post(action, data=data, content_type="multipart/form-data")


def _sent(answer: Any) -> dict[str, Any]:
    """What the page with the differences would send."""
    form = read(answer.text).find("form", action=lambda to: bool(to) and to.endswith("/spreadsheet/take"))
    assert form is not None
    sent: dict[str, Any] = {}
    for control in form.find_all(["input", "textarea"]):
        if control.get("type") in {"radio", "checkbox"} and not control.has_attr("checked"):
            continue
        sent.setdefault(str(control["name"]), []).append(control.get("value", control.get_text().removeprefix("\n")))
    return sent


def _take(client: CheckedClient, bid: Bid, sent: Mapping[str, Any]) -> Any:
    return client.post(f"/provider/bids/{bid.reference}/spreadsheet/take", data=sent)


def _draft(bid: Bid, submitter: Actor) -> Content:
    db.session.refresh(bid)
    return read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"])


def _keys(sheets: Mapping[str, list[dict[int, str]]]) -> list[str]:
    return [row[0] for row in sheets["Questions"][4:]]


def test_nothing_is_saved_before_it_was_seen(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """The differences stand beside the draft; the draft changes with the press below them, and only then."""
    first, second, *_rest = keys = _keys(sheets := _sheets(client, bid))
    save_answers(bid=bid, actor=submitter, keys=current_app.extensions["keys"], answers={first: "What we said first."})
    db.session.commit()
    page = _upload(client, bid, fill_workbook(sheets, {first: "What we say now.", second: "New.", keys[-1]: 118000.5}))
    assert page.status_code == 200
    words = read(page.text).get_text(" ")
    assert "changes 3 answers" in words
    assert "What we said first." in words
    assert _draft(bid, submitter).answers == {first: "What we said first."}
    assert _take(client, bid, _sent(page)).location == f"/provider/bids/{bid.reference}"
    assert _draft(bid, submitter).answers == {first: "What we say now.", second: "New."}
    assert _draft(bid, submitter).price == "118000.50"


def test_what_was_taken_away_changes_nothing(client: CheckedClient, submitter: Actor) -> None:
    """Every kind of answer comes back as the draft has it; an emptied cell changes nothing either."""
    bid = _begun(client, submitter, _itt_of_every_kind())
    sheets = _sheets(client, bid)
    by_kind = {row[1].split("\n")[0]: row[0] for row in sheets["Questions"][4:]}
    key = {kind: by_kind[f"Of kind {kind.value}"] for kind in EVERY_KIND}
    answers = {
        key[QuestionKind.YES_NO]: "yes",
        key[QuestionKind.CHOICE]: "DAILY, or more",
        key[QuestionKind.CHOICES]: "south\nNorth",
        key[QuestionKind.NUMBER]: 1200,
        key[QuestionKind.DATE]: 46419,
        key[QuestionKind.DECLARATION]: "YES",
    }
    page = _upload(client, bid, fill_workbook(sheets, answers, [(100, 110.5), (50,)]))
    assert errors_of(page) == {}
    assert _take(client, bid, _sent(page)).status_code == 302
    kept = _draft(bid, submitter)
    assert {kept.answers[key[kind]] for kind in EVERY_KIND} == {
        "yes",
        "Daily, or more",
        "North\nSouth",
        "1200",
        "2027-02-01",
    }
    assert kept.price == "10164.00"
    untouched = client.get(f"/provider/bids/{bid.reference}/spreadsheet/bid.xlsx").get_data()
    assert _upload(client, bid, untouched).location == f"/provider/bids/{bid.reference}"
    emptied = fill_workbook({title: [dict(row) for row in rows] for title, rows in sheets.items()})
    assert _upload(client, bid, emptied).location == f"/provider/bids/{bid.reference}"
    assert _draft(bid, submitter) == kept


def test_faults_stand_beside_their_questions(client: CheckedClient, submitter: Actor) -> None:
    """A formula, a choice that there is not, too many words and an unreadable rate: each told, nothing lost."""
    bid = _begun(client, submitter, _itt_of_every_kind())
    sheets = _sheets(client, bid)
    by_kind = {row[1].split("\n")[0]: row[0] for row in sheets["Questions"][4:]}
    text, choice = _keys(sheets)[0], by_kind["Of kind choice"]
    answers = {text: "word " * 3000, choice: "Now and then", _keys(sheets)[1]: "=1+1"}
    page = _upload(client, bid, fill_workbook(sheets, answers, [("1,5", 5)]))
    errors = errors_of(page)
    assert "words too many" in errors[f"#answers-{text}"]
    assert errors[f"#answers-{choice}"] == "Choose an answer to “Of kind choice”."
    assert errors[f"#answers-{_keys(sheets)[1]}"] == "The cell in your file has a formula. Type what it comes to."
    words = " ".join(read(page.text).get_text(" ").split())
    assert "Now and then" in words
    assert "Row 1, Group session, year 1, “1,5”" in words


def test_rates_that_change_are_shown_old_and_new(client: CheckedClient, submitter: Actor) -> None:
    """Twenty of them by their rows; of more how many there are."""
    rows = "\n".join(f"Session {number}, hours, 10" for number in range(11))
    bid = _begun(
        client, submitter, _itt_asking({QuestionKind.PRICE_SCHEDULE: {"years": "2", "vat": "0", "rows": rows}})
    )
    page = _upload(client, bid, fill_workbook(_sheets(client, bid), rates=[(12.5, 13)] * 11))
    words = " ".join(read(page.text).get_text(" ").split())
    assert "22 rates change." in words
    assert "Row 10, Session 9, year 2 None £13" in words
    assert "Row 11, Session 10" not in words
    assert "And 2 more rates." in words


def test_a_colleagues_answer_is_not_overwritten_unseen(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """What was saved between comparing and pressing stays; both texts are shown, and the rest is taken."""
    first, second, *_rest = _keys(sheets := _sheets(client, bid))
    page = _upload(client, bid, fill_workbook(sheets, {first: "Mine.", second: "Also mine."}))
    keys = current_app.extensions["keys"]
    colleague = actor_of(make_person(Role.SUBMITTER, provider=bid.provider))
    save_answers(bid=bid, actor=colleague, keys=keys, answers={first: "Theirs."})
    db.session.commit()
    answer = _take(client, bid, _sent(page))
    assert answer.status_code == 409
    assert "Mine." in answer.text
    assert "Theirs." in answer.text
    assert _draft(bid, submitter).answers == {first: "Theirs.", second: "Also mine."}


def _others(client: CheckedClient, submitter: Actor) -> bytes:
    other = draft_bid(published_itt(), actor=submitter)
    db.session.commit()
    return client.get(f"/provider/bids/{other.reference}/spreadsheet/bid.xlsx").get_data()


def _rezipped(content: bytes, part: str, text: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return made.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
REFUSED = {
    "of another invitation": "This file belongs to the invitation",
    "of before a change": "The questions were changed after this file was downloaded.",
    "no workbook at all": "is not the file that you downloaded here",
    "not made here": "This is not the file of this invitation.",
    "with entities": "The file is damaged",
    "far too many cells": "The file holds more than the one that was downloaded here.",
    "a bomb": "unpacks to far more than its own size",
    "with macros": "has macros inside",
}


@pytest.mark.parametrize("fault", REFUSED)
def test_other_files_are_refused_in_words(client: CheckedClient, bid: Bid, submitter: Actor, fault: str) -> None:
    """Whatever the file is, the page says why it cannot be used, and the draft stays as it was."""
    own = client.get(f"/provider/bids/{bid.reference}/spreadsheet/bid.xlsx").get_data()
    strange = io.BytesIO()
    xlsxwriter.Workbook(strange, {"in_memory": True}).close()
    rows = b"<worksheet><sheetData>" + b"<row/>" * 1_100_000 + b"</sheetData></worksheet>"
    sheets = read_workbook(own)
    old = {
        **sheets,
        "About this file": [r | {1: "0" * 16} if r[0] == "Edition" else r for r in sheets["About this file"]],
    }
    content = {
        "of another invitation": lambda: _others(client, submitter),
        "of before a change": lambda: fill_workbook(old),
        "no workbook at all": lambda: b"Question,Answer\n",
        "not made here": strange.getvalue,
        "with entities": lambda: _rezipped(own, "xl/sharedStrings.xml", ENTITIES),
        "far too many cells": lambda: _rezipped(own, "xl/worksheets/sheet1.xml", rows),
        "a bomb": lambda: _rezipped(own, "xl/worksheets/sheet1.xml", bytes(100_000_000)),
        "with macros": lambda: _rezipped(own, "[Content_Types].xml", b"<Types>macroEnabled</Types>"),
    }[fault]()
    answer = _upload(client, bid, content, "bid.csv" if fault == "no workbook at all" else "bid.xlsx")
    assert answer.status_code == 422
    assert REFUSED[fault] in errors_of(answer)["#file"]
    assert _draft(bid, submitter).answers == {}


def test_a_file_of_100_mb_is_refused_by_its_size(bid: Bid) -> None:
    """Nothing of it is unpacked."""
    with pytest.raises(InvalidInput, match="larger than 50 MB") as refused:
        read_filled(bid=bid, questions=[], upload=("bid.xlsx", lambda: b"PK\x03\x04" + bytes(100_000_000)))
    assert refused.value.field == "file"


def test_after_the_closing_time_nothing_is_taken(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """The page says that it came too late and gives back what the file said."""
    first, *_rest = _keys(sheets := _sheets(client, bid))
    page = _upload(client, bid, fill_workbook(sheets, {first: "Too late."}))
    close_now(bid.itt)
    db.session.commit()
    answer = _take(client, bid, _sent(page))
    assert "Too late." in answer.text
    assert "closing time" in read(answer.text).get_text(" ")
    assert _draft(bid, submitter).answers == {}
