"""What was typed and not sent: carried through the sign-in page, kept, offered, used or thrown away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.accounts.models import KeptForm, User, UserSession
from portal.accounts.sessions import start_session
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.joining.models import Application
from portal.organisations.models import ContractingAuthority
from portal.tendering.asking import add_question
from portal.tendering.states import QuestionKind
from portal.web.access import signed_in
from portal.web.form_pages import Carried, FormPage
from tests.client import CheckedClient
from tests.factories.accounts import PASSWORD, current_code, make_person, sign_in
from tests.factories.bidding import draft_bid, submitter_of
from tests.factories.frameworks import live_framework
from tests.factories.organisations import make_authority
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.filling import errors_of, fields_of, fill, text_of
from tests.pages import read
from tests.portal.joining.submitted import submitted_application

WORDS = "Which home does the certificate name?\nWe read it twice."
UNSENT = "and it was not sent"


class Desk:
    """An officer who asks a provider something: a form whose text is not a draft of anything."""

    def __init__(self, client: CheckedClient) -> None:
        self.application: Application = submitted_application(live_framework())
        framework = self.application.framework
        self.officer = make_person(Role.COMMISSIONER, authority=framework.authority)
        self.client = client
        self.address = f"/commissioning/frameworks/{framework.reference}/applications/{self.application.reference}/ask"
        sign_in(client, self.officer)
        self.held = fields_of(client.get(self.address))

    def send(self, **typed: Any) -> TestResponse:
        """Press the button of the page that was opened first."""
        return self.client.post(self.address, data=self.held | {"question": WORDS} | typed)

    def asked(self) -> str:
        """What the provider was asked."""
        return self.application.clarification


@pytest.fixture
def desk(client: CheckedClient) -> Desk:
    return Desk(client)


def expire() -> None:
    """Nobody has opened a page for an hour."""
    db.session.execute(update(UserSession).values(last_seen_at=clock.now() - timedelta(minutes=61)))


def give_password(client: CheckedClient, page: TestResponse, person: User, **fields: str) -> TestResponse:
    """Sign in on the page that was answered; the page that then opens (a second factor's, where one is asked for)."""
    action = next(found for found in _actions(page) if found.startswith("/sign-in"))
    typed = {"email": person.email, "password": PASSWORD}
    opened = client.post(action, data=fields_of(page, action=action) | typed | fields)
    while opened.location:
        opened = client.get(opened.location)
    return opened


def sign_in_on(client: CheckedClient, page: TestResponse, person: User) -> TestResponse:
    """Sign in on the page that was answered, with the second factor; the page that then opens."""
    opened = give_password(client, page, person)
    if not opened.request.path.startswith("/sign-in/code"):
        return opened
    code = fields_of(opened) | {"factor_code": current_code()}
    return client.get(client.post(_actions(opened)[0], data=code).location)


def _actions(page: TestResponse) -> list[str]:
    return [str(form["action"]) for form in read(page.get_data(as_text=True)).select("main form")]


def kept() -> int:
    return db.session.scalar(select(func.count(KeptForm.id))) or 0


def use(client: CheckedClient, page: TestResponse, address: str) -> TestResponse:
    """Press "Use it"."""
    held = {key: fields_of(page, action=address)[key] for key in ("csrf_token", "form_page")}
    return client.post(address, data=held | {"form_use": "1"})


def test_a_session_that_ended_loses_nothing(desk: Desk) -> None:
    """The sign-in page says what happened and carries the text, which is offered where it was typed, and sent there."""
    expire()
    page = desk.send()
    assert page.status_code == 401
    said = text_of(page)
    assert "You have been signed out. That happens after an hour without opening a page" in said
    assert "What you sent was not carried out, and what you typed is not lost" in said
    assert "certificate" not in page.get_data(as_text=True)
    assert (kept(), desk.asked()) == (0, "")
    back = sign_in_on(desk.client, page, desk.officer)
    assert back.request.path == desk.address
    assert UNSENT in text_of(back)
    assert (kept(), desk.asked()) == (1, "")
    form = use(desk.client, back, desk.address)
    assert (form.status_code, fields_of(form)["question"].split(), desk.asked()) == (200, WORDS.split(), "")
    sent = desk.client.post(desk.address, data=fields_of(form))
    assert (sent.status_code, desk.asked(), kept()) == (302, WORDS, 0)


def test_a_cookie_that_is_gone_loses_nothing(desk: Desk) -> None:
    """The form itself knows whose page it was."""
    desk.client.delete_cookie("fairlot")
    page = desk.send()
    assert page.status_code == 401
    assert "You are not signed in in this browser any more." in text_of(page)
    back = sign_in_on(desk.client, page, desk.officer)
    assert WORDS.split("\n")[0] in text_of(back)


def test_a_wrong_password_first_loses_nothing(desk: Desk) -> None:
    """The text travels on with the page that says so."""
    expire()
    page = desk.send()
    action = _actions(page)[0]
    wrong = desk.client.post(
        action, data=fields_of(page, action=action) | {"email": desk.officer.email, "password": "wrong"}
    )
    assert wrong.status_code == 422
    assert "what you typed is not lost" in text_of(wrong)
    assert UNSENT in text_of(sign_in_on(desk.client, wrong, desk.officer))


def test_a_second_factor_that_is_awaited_loses_nothing(desk: Desk) -> None:
    """Sent between password and code: kept at once, since the person is known, and offered after the code."""
    token = start_session(user_id=desk.officer.id, now=clock.now())
    with desk.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    page = desk.send()
    assert page.location.startswith("/sign-in/code?next=/commissioning")
    answer = fill(desk.client, page.location, {"factor_code": current_code()})
    assert UNSENT in text_of(desk.client.get(answer.location))


def test_the_old_page_of_somebody_who_signed_in_again(desk: Desk) -> None:
    """Its token is of the session before: the form comes back with what was typed, nothing is done, and it is kept."""
    sign_in(desk.client, desk.officer)
    with desk.client.session_transaction() as cookie:
        cookie.pop("csrf_token")
    form = desk.send()
    assert form.status_code == 200
    assert "This page was open for too long, so nothing was sent." in form.text
    assert fields_of(form)["question"].split() == WORDS.split()
    assert (desk.asked(), kept()) == ("", 1)
    assert desk.client.post(desk.address, data=fields_of(form)).status_code == 302
    assert (desk.asked(), kept()) == (WORDS, 0)


def test_another_person_does_not_see_it(desk: Desk) -> None:
    """Neither after signing in on the page that carries it, nor when they are signed in already."""
    colleague = make_person(Role.COMMISSIONER, authority=desk.application.framework.authority)
    expire()
    page = desk.send()
    assert "belongs to somebody else, so it is not shown" in give_password(desk.client, page, colleague).text
    assert kept() == 0
    sign_in(desk.client, colleague)
    assert UNSENT not in text_of(desk.client.get(desk.address))
    page = desk.send()
    assert page.status_code == 401
    assert "This page was opened by somebody who is not signed in here now." in text_of(page)
    assert (kept(), desk.asked()) == (0, "")


def test_after_an_hour_it_is_not_kept(desk: Desk) -> None:
    """And the next page says so; what was not sealed here is not kept either."""
    own = Carried(FormPage(desk.officer.id, desk.address, desk.address), {"question": [WORDS]}, ())
    for carried in (own.seal(clock.now() - timedelta(minutes=61)), "made-up"):
        expire()
        opened = give_password(desk.client, desk.send(), desk.officer, form_carried=carried or "")
        assert "More than an hour has passed" in opened.text
        assert kept() == 0


def test_what_is_too_long_to_travel_is_said(desk: Desk) -> None:
    """Over 256 kB: how to save it, before signing in."""
    expire()
    page = desk.send(question="word " * 60_000)
    assert "it is too long to travel with this page. Go back with your browser’s Back button" in text_of(page)
    assert "form_carried" not in fields_of(page)


def test_files_are_named_to_be_chosen_again(client: CheckedClient) -> None:
    """On the sign-in page, and where the text is offered; their bytes are nowhere kept."""
    person = make_person(Role.SUBMITTER)
    sign_in(client, person)
    address = "/provider/evidence/add"
    held = fields_of(client.get(address))
    expire()
    page = client.post(address, data=held | {"expires_on-day": "31", "file": (BytesIO(b"%PDF-1.7 x"), "../policy.pdf")})
    assert "You will have to choose again: policy.pdf." in text_of(page)
    assert "Choose again: policy.pdf." in text_of(sign_in_on(client, page, person))


def test_a_form_of_files_alone_names_them_on_its_page(client: CheckedClient) -> None:
    """Beside the box that the file was chosen for and no other, until one arrives or nobody needs it."""
    actor, commissioner = submitter_of(), make_commissioner()
    itt = ready_itt(actor=commissioner)
    add_question(
        itt=itt,
        prompt="Your certificate",
        guidance="",
        kind=QuestionKind.FILES,
        settings={},
        criterion=None,
        required=True,
        actor=commissioner,
    )
    publish(itt, commissioner)
    bid = draft_bid(itt, actor=actor)
    person = db.session.get_one(User, actor.user_id)
    sign_in(client, person)
    address = f"/provider/bids/{bid.reference}/documents"
    first, second = (box["name"] for box in read(client.get(address).text).select("main input[type=file]"))
    held = fields_of(client.get(address), action=address)
    expire()
    page = client.post(address, data=held | {second: (BytesIO(b"words"), "../policy.txt")})
    assert "You will have to choose again: policy.txt." in text_of(page)
    opened = sign_in_on(client, page, person)
    assert opened.request.path == address
    [named] = read(opened.text).select(".fl-kept")
    assert "You chose a file at" in named.text
    assert "Choose again: policy.txt." in text_of(opened)
    form = named.find_next("form", attrs={"enctype": "multipart/form-data"})
    assert form.select_one(f'input[name="{second}"]') is not None
    assert form.select_one(f'input[name="{first}"]') is None
    again = {control["name"]: control.get("value", "") for control in form.select("input[type=hidden]")}
    assert client.post(address, data=again | {second: (BytesIO(b"words"), "policy.txt")}).status_code == 302
    assert "Choose again" not in text_of(client.get(address))
    assert kept() == 0


def test_files_are_named_once_the_words_are_in_the_form_again(client: CheckedClient) -> None:
    """Whoever has pressed “Use it” still reads which file is missing."""
    person = make_person(Role.SUBMITTER)
    sign_in(client, person)
    address = "/provider/evidence/add"
    held = fields_of(client.get(address))
    expire()
    page = client.post(address, data=held | {"expires_on-day": "31", "file": (BytesIO(b"%PDF-1.7 x"), "policy.pdf")})
    opened = sign_in_on(client, page, person)
    use = read(opened.text).select_one(".fl-kept button[name=form_use]")
    fields = {one["name"]: one.get("value", "") for one in use.find_parent("form").select("input")}
    taken = client.post(address, data=fields | {"form_use": "1"})
    assert "What you typed is in the form again" in taken.text
    assert "Choose again: policy.pdf." in text_of(taken)


def test_a_page_that_was_asked_for_says_so_and_comes_back(client: CheckedClient) -> None:
    """Never a bare sign-in page: why it is here, and where it leads."""
    page = client.get(client.get("/provider/bids").location)
    assert "Sign in to go on to the page that you asked for." in text_of(page)
    person = make_person(Role.CONTRIBUTOR)
    assert sign_in_on(client, page, person).request.path == "/provider/bids"
    expire()
    page = client.get(client.get("/provider/bids").location)
    assert "You have been signed out. That happens after an hour" in text_of(page)


def test_a_button_pressed_too_late_leads_back_to_its_page(desk: Desk) -> None:
    """A form without text: it was not done, and the page it stood on opens after signing in."""
    expire()
    referer = {"Referer": f"http://localhost{desk.address}"}
    page = desk.client.post("/sign-out", data={"csrf_token": desk.held["csrf_token"]}, headers=referer)
    assert "What you pressed was not done. Sign in, and press it again." in text_of(page)
    assert sign_in_on(desk.client, page, desk.officer).request.path == desk.address


def test_what_is_refused_is_kept(desk: Desk) -> None:
    """Whoever leaves a form that came back finds it again; what they changed since is not thrown away unasked."""
    refused = desk.send(version="0")
    assert (refused.status_code, kept()) == (409, 1)
    assert fields_of(refused)["question"].split() == WORDS.split()
    assert UNSENT not in text_of(refused)
    assert UNSENT in text_of(desk.client.get(desk.address))


def test_it_can_be_thrown_away(desk: Desk) -> None:
    """By its person alone."""
    desk.send(version="0")
    page = desk.client.get(desk.address)
    action = next(found for found in _actions(page) if "throw-away" in found)
    sign_in(desk.client, make_person(Role.COMMISSIONER))
    other = desk.client.get("/account/password")
    assert desk.client.post(action, data={"csrf_token": fields_of(other)["csrf_token"]}).status_code == 404
    sign_in(desk.client, desk.officer)
    token = fields_of(desk.client.get(desk.address))["csrf_token"]
    answer = desk.client.post(action, data={"csrf_token": token, "next": desk.address})
    assert (answer.location, kept()) == (desk.address, 0)
    page = desk.client.get(desk.address)
    assert "is thrown away" in page.text
    assert UNSENT not in text_of(page)


def test_everything_unsent_stands_on_one_page(desk: Desk) -> None:
    """Also what was typed on a page that has gone: to be copied, opened, thrown away."""
    assert "Nothing" in text_of(desk.client.get("/account/unsent"))
    desk.send(version="0")
    page = desk.client.get("/account/unsent")
    assert WORDS.split("\n")[0] in text_of(page)
    assert f'href="{desk.address}"' in page.text
    answer = desk.client.post(_actions(page)[0], data=fields_of(page, action=_actions(page)[0]))
    assert (answer.location, kept()) == ("/account/unsent", 0)


def test_what_was_used_up_elsewhere_is_said(desk: Desk) -> None:
    """Two tabs: thrown away in one, "Use it" in the other."""
    desk.send(version="0")
    page = desk.client.get(desk.address)
    db.session.execute(KeptForm.__table__.delete())
    answer = use(desk.client, page, desk.address)
    assert answer.location == desk.address
    assert "This was thrown away or sent already." in desk.client.get(answer.location).text


def test_sending_at_once_costs_no_statement(
    desk: Desk, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """A form of which nothing was kept asks the database nothing about it."""
    with count_statements() as statements:
        assert desk.send().status_code == 302
    assert [one for one in statements if "kept_form" in one] == []


def test_a_failure_of_the_server_keeps_it(fresh_app: Flask) -> None:
    """The page of the failure is not the end of the text, and what the request had changed is undone."""

    def fail() -> str:
        make_authority("Half done")
        raise RuntimeError("broken")

    fresh_app.add_url_rule("/fail", "fail", signed_in(fail), methods=["POST"])
    fresh_app.extensions["csrf"].exempt(f"{__name__}.fail")
    with fresh_app.app_context():
        client, person = fresh_app.test_client(), make_person(Role.CONTRIBUTOR)
        sign_in(client, person)
        page = FormPage(person.id, "/fail", "/fail").seal()
        assert client.post("/fail", data={"form_page": page, "reason": WORDS}).status_code == 500
        assert (kept(), db.session.scalar(select(func.count(ContractingAuthority.id)))) == (1, 0)


def test_a_visitors_form_comes_back_as_well(client: CheckedClient) -> None:
    """Registering with an expired token: all is there but the password, nobody is registered, nothing is kept."""
    held = fields_of(client.get("/register"))
    client.delete_cookie("fairlot")
    typed = {"name": "Demo Person", "email": "demo@people.example", "password": "three random words"}
    form = client.post("/register", data=held | typed)
    assert form.status_code == 200
    assert "This page was open for too long, so nothing was sent." in form.text
    back = fields_of(form)
    assert (back["name"], back["email"], back["password"]) == ("Demo Person", "demo@people.example", "")
    assert (kept(), db.session.scalar(select(func.count(User.id)))) == (0, 0)
    assert errors_of(form) == []


def test_a_form_that_no_page_of_ours_showed_is_refused(desk: Desk) -> None:
    """Without its token and without a page of one's own nothing is kept either (W-01)."""
    for page in ("", "made-up", desk.held["form_page"][:-8] + "AAAAAAAA"):
        answer = desk.client.post(desk.address, data={"question": WORDS, "form_page": page})
        assert answer.status_code == 400
    assert (kept(), desk.asked()) == (0, "")
