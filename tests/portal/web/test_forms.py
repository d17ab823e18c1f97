"""The base of every form: refusals beside the field, nothing typed is lost, nothing half done is kept."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_wtf.file import FileField, MultipleFileField
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import FieldList, FormField, HiddenField, IntegerField, PasswordField, StringField
from wtforms.validators import DataRequired

from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.web.forms import BaseForm, shown_number
from tests.factories.organisations import make_authority


class Sample(BaseForm):
    """Two fields, one needed."""

    title = StringField("Title", [DataRequired("Enter a title.")])
    count = IntegerField("Count")


class Upload(Sample):
    """A file, or several, with something beside them."""

    file = FileField("File")
    files = MultipleFileField("Files")


class Nested(BaseForm):
    """A form in forms."""

    rows = FieldList(FormField(Sample), min_entries=1)
    note = StringField("Note", filters=[str.strip])


class Numbered(BaseForm):
    """A form that knows what its page showed."""

    revision = HiddenField()


class Secret(BaseForm):
    """A form with a password."""

    password = PasswordField("Password")


@pytest.fixture
def request_context(app: Flask, db_session: object) -> Iterator[None]:
    """A posted request without a token check."""
    with app.test_request_context("/", method="POST"):
        yield


def sample(**typed: str) -> Sample:
    """The form as it was posted."""
    return Sample(formdata=MultiDict({"title": "A title"} | typed), meta={"csrf": False})


def fail_with(error: Exception) -> None:
    """Change something, then refuse."""
    make_authority("Half done")
    db.session.flush()
    raise error


def upload(title: str = "A title") -> Upload:
    """The form as it was posted with three files."""
    chosen = [FileStorage(io.BytesIO(b"x"), filename=name) for name in ("folder/a.txt", "b.txt", "c.txt")]
    posted = MultiDict([("title", title), ("file", chosen[0]), ("files", chosen[1]), ("files", chosen[2])])
    return Upload(formdata=posted, meta={"csrf": False})


def test_the_files_of_a_refused_form_are_asked_for_again(request_context: None) -> None:
    """A browser does not choose them again by itself, and nothing of a refused form is kept."""
    asked = [
        "a.txt was not kept, because something else was refused. Choose it again.",
        "b.txt and c.txt were not kept, because something else was refused. Choose them again.",
    ]
    unread = upload(title="")
    assert not unread.validate_on_submit()
    assert [*unread.file.errors, *unread.files.errors] == asked
    refused = upload()
    assert refused.validate_on_submit()
    assert not refused.carry_out(lambda: fail_with(InvalidInput("Not this one.", field="file")))
    assert [*refused.file.errors, *refused.files.errors] == ["Not this one.", asked[1]]


def test_what_the_activity_returns_is_kept(request_context: None) -> None:
    """A form that was carried out has the outcome, and answers 200."""
    form = sample()
    assert form.carry_out(lambda: 7)
    assert (form.outcome, form.status_code, form.refusal) == (7, 200, None)


def test_a_refusal_with_a_field_stands_beside_it(request_context: None) -> None:
    """The message is the field's, the status the error's, and nothing typed is lost."""
    form = sample()
    assert not form.carry_out(lambda: fail_with(InvalidInput("Too long.", field="title")))
    assert (form.title.errors, form.form_errors) == (["Too long."], [])
    assert (form.status_code, form.title.data) == (422, "A title")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("No.", field="unknown"), 422),
        (WrongState("No."), 409),
        (Conflict("No."), 409),
    ],
)
def test_a_refusal_without_a_field_stands_at_the_top(request_context: None, error: Exception, status: int) -> None:
    """Nothing to point to: the message belongs to the whole form."""
    form = sample()
    assert not form.carry_out(lambda: fail_with(error))
    assert (form.form_errors, form.status_code) == (["No."], status)


def test_a_refused_activity_leaves_nothing_behind(request_context: None) -> None:
    """What it had changed before it refused is rolled back."""
    sample().carry_out(lambda: fail_with(WrongState("No.")))
    assert db.session.scalar(select(func.count(ContractingAuthority.id))) == 0


@pytest.mark.parametrize("error", [NotFound("No."), NotAllowed("No.")])
def test_what_no_form_can_mend_goes_on_to_its_page(request_context: None, error: Exception) -> None:
    """A missing object and a missing right are pages of their own."""
    with pytest.raises(type(error)):
        sample().carry_out(lambda: fail_with(error))


def test_an_invalid_form_answers_422(request_context: None) -> None:
    """The status says that nothing was done."""
    form = sample(title="", count="many")
    assert not form.validate()
    assert form.status_code == 422
    assert form.title.errors == ["Enter a title."]


def test_text_is_read_as_it_looks(request_context: None) -> None:
    """Also in nested forms: what cannot be seen is empty, soft breaks are breaks, a field's own filters still run."""
    posted = {"rows-0-title": "A\x00 title\ud800", "rows-0-count": "3", "note": " \u2800one\u2028two\u200b "}
    form = Nested(formdata=MultiDict(posted), meta={"csrf": False})
    assert (form.rows[0].title.data, form.rows[0]["count"].data, form.note.data) == ("A title", 3, "one\ntwo")
    assert not sample(title="\u200b\u3164").validate()


def test_a_password_stays_as_it_was_typed(request_context: None) -> None:
    """Spaces and unseen characters may be part of it; what no column can hold is dropped."""
    form = Secret(formdata=MultiDict({"password": " a\x00\u200b b "}), meta={"csrf": False})
    assert form.password.data == " a\u200b b "


def test_a_field_that_was_not_sent_keeps_its_text(request_context: None) -> None:
    """A number that the form was made with is text there, as if it had been typed."""
    form = Sample(formdata=MultiDict({"count": "3"}), data={"title": 6}, meta={"csrf": False})
    assert form.title.data == "6"


@pytest.mark.parametrize(("sent", "number"), [("12", 12), ("", -1), ("٣", -1), ("9" * 5000, -1), ("-1", -1), ("x", -1)])
def test_a_hidden_number_that_came_back_as_something_else_matches_none(
    request_context: None, sent: str, number: int
) -> None:
    """However long it is, and whatever it is written with."""
    form = Numbered(formdata=MultiDict({"revision": sent}), meta={"csrf": False})
    assert shown_number(form.revision, otherwise=-1) == number


def test_a_file_is_read_only_where_one_is_asked_for(app: Flask, db_session: object) -> None:
    """Sent for a field of text it is no answer, and nothing reads it; beside it the file field has its own."""
    sent = {name: (io.BytesIO(b"text"), f"{name}.txt") for name in ("title", "count", "file")}
    with app.test_request_context("/", method="POST", data=sent):
        form = Upload(meta={"csrf": False})
        assert not form.validate()
        assert (form.title.data, form.count.data, form.file.data.filename) == (None, None, "file.txt")
        assert form.title.errors == ["Enter a title."]


def test_a_form_is_no_json(app: Flask, db_session: object) -> None:
    """Values that are no text never reach a field."""
    with app.test_request_context("/", method="POST", json={"title": {"a": ["list"]}, "count": 3}):
        form = Sample(meta={"csrf": False})
        assert (form.validate(), form.title.data) == (False, None)
