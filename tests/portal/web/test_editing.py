"""Two people at once: fields that were not touched, fields of both, and the same field, on every kind of form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role
from portal.editing.comparing import write_loaded
from portal.editing.models import EarlierText
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.web.fields import ChoiceField, DayField, PoundsField
from portal.web.forms import BaseForm
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import ready_itt
from tests.filling import errors_of, fields_of, fill, text_of


class Everything(BaseForm):
    """A field of every kind."""

    title = StringField("Title")
    text = TextAreaField("Text")
    ticked = BooleanField("Ticked")
    many = SelectMultipleField("Many", choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    choice = ChoiceField("Choice", choices=[("x", "The X"), ("y", "The Y")])
    day = DayField("Day")
    price = PoundsField("Price")


STORED: dict[str, Any] = {
    "title": "Old title",
    "text": "Old text",
    "ticked": True,
    "many": ["a"],
    "choice": "x",
    "day": date(2026, 12, 4),
    "price": Decimal("100.00"),
}
CHANGED: dict[str, Any] = {
    "title": "Their title",
    "text": "Their text",
    "ticked": False,
    "many": ["a", "b"],
    "choice": "y",
    "day": date(2026, 12, 5),
    "price": Decimal("200.00"),
}
SENT = {
    "title": "Old title",
    "text": "Old text",
    "ticked": "y",
    "many": "a",
    "choice": "x",
    "day-day": "4",
    "day-month": "12",
    "day-year": "2026",
    "price": "£100",
}
"""What a browser sends back of a page that showed `STORED` and was not touched."""


@pytest.fixture
def posted(app: Flask, db_session: object) -> Iterator[None]:
    """A posted request without a token check."""
    with app.test_request_context("/", method="POST"):
        yield


def form(stored: dict[str, Any], typed: dict[str, str]) -> Everything:
    """The form of a page that had loaded `STORED`, when `stored` is stored by now."""
    loaded = Everything(formdata=None, data=STORED, meta={"csrf": False}).loaded_now()
    return Everything(formdata=MultiDict(typed | {"loaded": loaded}), data=stored, meta={"csrf": False})


def save(made: Everything) -> tuple[bool, dict[str, Any]]:
    """Carry the form out: whether all went, and what was stored."""
    kept: dict[str, Any] = {}
    went = made.validate_on_submit() and made.carry_out(lambda: kept.update({name: made[name].data for name in STORED}))
    return went, kept


def test_what_was_not_touched_takes_what_is_stored_now(posted: None) -> None:
    """A field of any kind that comes back as it was loaded is no edit, whatever somebody else made of it."""
    assert save(form(CHANGED, SENT)) == (True, CHANGED)


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ({"title": "Mine"}, "title", "Mine"),
        ({"text": "Mine"}, "text", "Mine"),
        ({"many": ""}, "many", [""]),
        ({"choice": "y"}, "choice", "y"),
        ({"day-day": "9"}, "day", date(2026, 12, 9)),
        ({"price": "300"}, "price", Decimal(300)),
    ],
)
def test_two_different_fields_are_both_saved(posted: None, typed: dict[str, str], name: str, value: object) -> None:
    """What one person changed and what another changed stand beside each other."""
    theirs = CHANGED | {name: STORED[name]}
    made = form(theirs, SENT | typed)
    made.many.validate_choice = False
    assert save(made) == (True, theirs | {name: value})


def test_a_box_that_was_unticked_is_an_edit(posted: None) -> None:
    """Nothing is sent for it, and that says something."""
    unticked = {name: value for name, value in SENT.items() if name != "ticked"}
    assert save(form(STORED, unticked)) == (True, STORED | {"ticked": False})


def test_the_same_as_is_stored_is_no_conflict(posted: None) -> None:
    """Two people who wrote the same agree."""
    assert save(form(STORED | {"text": "Same"}, SENT | {"text": "Same"}))[0]


@pytest.mark.parametrize(
    ("typed", "name", "said"),
    [
        ({"title": "Mine"}, "title", "It is now: Their title."),
        ({"choice": "z"}, "choice", "It is now: The Y."),
        ({"day-day": "9"}, "day", "It is now: 5 December 2026."),
        ({"price": "300"}, "price", "It is now: 200."),
    ],
)
def test_a_conflict_saves_every_other_field(posted: None, typed: dict[str, str], name: str, said: str) -> None:
    """Theirs stays, mine is on the page with theirs beside it, and what only I changed is saved."""
    made = form(STORED | {name: CHANGED[name]}, SENT | {"text": "Only mine"} | typed)
    went, kept = save(made)
    assert (went, kept) == (False, STORED | {name: CHANGED[name], "text": "Only mine"})
    assert said in made[name].errors[0]
    assert made.status_code == 409
    again = MultiDict(SENT | {"text": "Only mine"} | typed | {"loaded": made.loaded_now()})
    stored = STORED | {name: CHANGED[name], "text": "Only mine"}
    second = Everything(formdata=again, data=stored, meta={"csrf": False})
    second.choice.validate_choice = False
    assert second.conflicts == {}
    assert name in second.edited


def conflicting(**more: str) -> Everything:
    """The same text, changed here and elsewhere."""
    return form(STORED | {"text": "Their text"}, SENT | {"text": "My text"} | more)


def test_a_text_in_conflict_shows_both_and_asks(posted: None) -> None:
    """Nothing is overwritten, and pressing again without a choice overwrites nothing either."""
    made = conflicting()
    went, kept = save(made)
    assert (went, kept) == (False, {})
    found = made.text.conflict
    assert (found.mine, found.theirs, found.box) == ("My text", "Their text", "My text\n\nTheir text")
    again = SENT | {"text": found.box, "mine-text": found.mine, "loaded": made.loaded_now()}
    second = Everything(formdata=MultiDict(again), data=STORED | {"text": "Their text"}, meta={"csrf": False})
    went, kept = save(second)
    assert (went, kept) == (False, {})
    assert second.text.conflict.mine == "My text"


@pytest.mark.parametrize(
    ("choice", "kept"), [("mine", "My text"), ("theirs", "Their text"), ("both", "Put together by hand")]
)
def test_a_choice_is_saved(posted: None, choice: str, kept: str) -> None:
    """Mine, theirs, or what was put together."""
    loaded = write_loaded({"text": "Their text"})
    typed = {"text": "Put together by hand", "mine-text": "My text", "keep-text": choice, "loaded": loaded}
    made = Everything(formdata=MultiDict(SENT | typed), data=STORED | {"text": "Their text"}, meta={"csrf": False})
    assert save(made) == (True, STORED | {"text": kept})


def test_a_choice_overwrites_only_what_was_seen(posted: None) -> None:
    """Another change since the two texts were shown is a conflict of its own."""
    loaded = write_loaded({"text": "Their text"})
    typed = {"text": "x", "mine-text": "My text", "keep-text": "mine", "loaded": loaded}
    made = Everything(formdata=MultiDict(SENT | typed), data=STORED | {"text": "Newer"}, meta={"csrf": False})
    assert save(made) == (False, {})
    assert (made.text.conflict.mine, made.text.conflict.theirs) == ("My text", "Newer")


def test_a_refused_form_keeps_what_was_typed_and_both_texts(posted: None) -> None:
    """Where something else is refused, nothing is saved, and the conflict is shown all the same."""
    made = conflicting(title="Mine")

    def refuse() -> None:
        raise InvalidInput("Not so.", field="title")

    assert not (made.validate_on_submit() and made.carry_out(refuse))
    assert (made.title.data, made.text.conflict.mine) == ("Mine", "My text")
    assert "Everything else is saved" not in made.text.errors[0]


def test_a_form_for_something_new_carries_nothing(posted: None) -> None:
    """Where nothing is stored yet, nobody can have changed it."""
    made = Everything(formdata=MultiDict(SENT), meta={"csrf": False})
    assert "loaded" not in made
    assert save(made)[0]


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    return ready_itt()


def editor(client: CheckedClient, itt: InvitationToTender) -> Actor:
    """Somebody who may edit the draft, signed in."""
    user = make_person(Role.COMMISSIONER, authority=itt.authority, display_name="Demo Colleague")
    sign_in(client, user)
    return Actor(user_id=user.id)


def test_two_commissioners_edit_one_page(new_client: Any, itt: InvitationToTender) -> None:
    """Title by one, description by both: the title is saved, both descriptions are shown, the choice is stored."""
    first, second = new_client(), new_client()
    for client in (first, second):
        editor(client, itt)
    address = f"/commissioning/itts/{itt.reference}/draft/service"
    opened = fields_of(second.get(address))
    assert fill(first, address, {"description": "The first person's long description."}).status_code == 302
    answer = second.post(address, data=opened | {"title": "A new title", "description": "The second's words."})
    assert answer.status_code == 409
    db.session.refresh(itt)
    assert (itt.title, itt.description) == ("A new title", "The first person's long description.")
    assert "Demo Colleague changed this at" in errors_of(answer)[0]
    shown = text_of(answer)
    assert "The second's words." in shown
    assert "The first person's long description." in shown
    unchosen = text_of(second.get(f"{address}?earlier=description"))
    assert "while somebody else wrote here, too The second's words." in unchosen
    held = fields_of(answer)
    assert second.post(address, data=held | {"keep-description": "mine"}).status_code == 302
    db.session.refresh(itt)
    assert (itt.title, itt.description) == ("A new title", "The second's words.")


@pytest.mark.parametrize("name", ["description", "title"])
def test_earlier_texts_are_read_and_put_back(client: CheckedClient, itt: InvitationToTender, name: str) -> None:
    """Who replaced a text or a line, and when; put back into the box it is an edit like any other."""
    editor(client, itt)
    was = getattr(itt, name)
    address = f"/commissioning/itts/{itt.reference}/draft/service"
    fill(client, address, {name: "Something quite different."})
    assert "Earlier texts (1)" in text_of(client.get(address))
    shown = client.get(f"{address}?earlier={name}")
    assert "when Demo Colleague changed it" in text_of(shown)
    assert was.split("\n")[0] in text_of(shown)
    link = next(a for a in shown.get_data(as_text=True).split('"') if a.startswith(f"?earlier={name}&amp;put="))
    put = link.partition("#")[0].replace("&amp;", "&")
    assert fill(client, address + put, {}, follow_redirects=False).status_code == 302
    db.session.refresh(itt)
    assert getattr(itt, name) == was


def test_figures_and_what_is_no_draft_keep_nothing(client: CheckedClient, db_session: object) -> None:
    """A number has no earlier text, and somebody's own name is theirs to change."""
    itt = ready_itt()
    editor(client, itt)
    value = f"/commissioning/itts/{itt.reference}/draft/value"
    fill(client, value, {"term_months": "24"})
    fill(client, "/account/name", {"name": "Demo Renamed"})
    assert db.session.scalar(select(func.count()).select_from(EarlierText)) == 0
