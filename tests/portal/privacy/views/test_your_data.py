"""The pages of one's own data, and of requests for erasure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.browser import ARRIVED_COOKIE, DEVICE_COOKIE
from portal.accounts.granting import propose_role
from portal.accounts.models import User
from portal.audit.models import Event
from portal.core.permissions import Role
from portal.core.words import london_date
from portal.extensions import db
from portal.notifications.letters_of_roles import role_proposed
from portal.organisations.models import ContractingAuthority
from portal.privacy.keeping import hold_back
from portal.privacy.young_people import KEPT_FOR, KIND, WITHOUT_OUTCOME, keeping_of, past_young_people
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.evaluation import LOCAL, YOUNG, moderated_evaluation, scoring_itt
from tests.factories.organisations import make_authority
from tests.filling import errors_of, fill, press, text_of

NAME, OTHER = "Demo Unmistakable", "Demo Third Person"


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """An authority with two administrators."""
    return make_authority()


@pytest.fixture
def person(authority: ContractingAuthority) -> User:
    """An administrator there."""
    return make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority, display_name=NAME)


def test_the_export_holds_ones_own_data_and_nobody_elses(
    client: CheckedClient, authority: ContractingAuthority, person: User
) -> None:
    """Account, roles, inbox and acts are in both files; a colleague whom a letter names is somebody else (G-03)."""
    colleague = make_person(Role.COMMISSIONER, authority=authority, display_name=OTHER)
    proposer = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    db.session.flush()
    propose_role(person=colleague, role=Role.OPENER, authority=authority, actor=actor_of(proposer))
    role_proposed(db.session.scalars(select(Event)).one())
    sign_in(client, person)
    answer = client.get("/account/your-data/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fairlot-your-data.json"'
    document = json.loads(answer.text)
    assert (document["account"]["name"], document["account"]["email"]) == (NAME, person.email)
    assert [role["role"] for role in document["roles"]] == ["authority_administrator"]
    assert document["inbox"][0]["subject"] == "A role waits for a second person: somebody else"
    text = client.get("/account/your-data/data.txt").text
    for hidden in (OTHER, colleague.email, proposer.display_name, "password_hash", "argon2"):
        assert hidden not in answer.text + text
    assert NAME in text
    assert "personal_data_exported" in client.get("/account/your-data/data.json").text


def test_asking_and_deciding(
    client: CheckedClient, new_client: Callable[[], CheckedClient], authority: ContractingAuthority, person: User
) -> None:
    """What the law keeps is said before asking; another administrator finds the request and erases; nobody is named."""
    sign_in(client, person)
    shown = text_of(client.get("/account/your-data/erasure"))
    for said in ("Procurement Act 2023 s.98", "art 17(3)(b)", "Erased person"):
        assert said in shown
    assert errors_of(fill(client, "/account/your-data/erasure")) == ["Tick the box if you want to be erased."]
    assert fill(client, "/account/your-data/erasure", {"understood": "y"}).location == "/account/your-data"
    assert "You have asked to be erased" in text_of(client.get("/account/your-data"))
    checker = new_client()
    sign_in(checker, make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    assert NAME in text_of(checker.get("/account/erasures"))
    address = (
        f"/account/erasures/{db.session.scalars(select(Event.object_id).where(Event.kind == 'erasure_asked')).one()}"
    )
    assert "another administrator decides" in text_of(client.get(address))
    assert errors_of(fill(checker, address, {"verdict": "refuse", "note": ""})) != []
    assert fill(checker, address, {"verdict": "erase"}).location == "/account/erasures"
    assert client.get("/account").status_code == 302, "signed out"
    for path in ("/account/erasures", "/account/colleagues", "/account/inbox", "/account/roles"):
        assert NAME not in checker.get(path).text
    assert checker.get(address).status_code == 409


def test_a_request_is_taken_back(client: CheckedClient, person: User) -> None:
    """One press, and nothing was erased."""
    sign_in(client, person)
    fill(client, "/account/your-data/erasure", {"understood": "y"})
    page = "/account/your-data"
    assert press(client, page, "/account/your-data/erasure/withdraw").location == page
    assert "Ask to be erased" in text_of(client.get(page))


def test_a_facilitator_asks_for_a_young_person(client: CheckedClient) -> None:
    """From the page of cards; the young person sees their own data and is sent to the adult for the rest."""
    evaluation = moderated_evaluation(1)
    seat = evaluation.scorers(YOUNG)[0]
    sign_in(client, evaluation.moderator(YOUNG).user)
    address = f"/panel/{seat.panel.id}/members/{seat.member.id}/erasure"
    assert address in client.get(f"/panel/{seat.panel.id}/cards").text
    assert fill(client, address, {"understood": "y"}).location == f"/panel/{seat.panel.id}/cards"
    sign_in(client, seat.user)
    assert "Ask the adult who helps your group." in text_of(client.get("/account/your-data"))
    assert client.get("/account/your-data/erasure").status_code == 403
    assert client.get("/account/your-data/data.json").status_code == 200


def test_only_administrators_see_requests(client: CheckedClient, authority: ContractingAuthority) -> None:
    """Others are refused."""
    sign_in(client, make_person(Role.COMMISSIONER, authority=authority))
    assert client.get("/account/erasures").status_code == 403


@pytest.mark.parametrize("path", ["/privacy", "/privacy/young-people", "/cookies", "/terms"])
def test_public_pages_are_there_and_linked(client: CheckedClient, path: str, db_session: object) -> None:
    """A stranger reads them."""
    assert client.get(path).status_code == 200


def test_every_cookie_that_is_set_is_named(app: Flask, client: CheckedClient, db_session: object) -> None:
    """The page lists the session's, the known browser's and the one that clears the browser's copies (PECR reg 6)."""
    page = text_of(client.get("/cookies"))
    for name in (app.config["SESSION_COOKIE_NAME"], DEVICE_COOKIE, ARRIVED_COOKIE):
        assert f" {name} " in page


def test_registering_says_what_becomes_of_name_and_address(client: CheckedClient, db_session: object) -> None:
    """Beside the fields, with the way to the whole notice; the footer leads there from every page."""
    page = client.get("/register").text
    assert "you can ask for them to be erased" in page
    assert page.count('href="/privacy"') == 2


def test_a_young_person_reads_until_when_their_name_is_kept(client: CheckedClient) -> None:
    """The last day, as the job keeps it: on that day the alias is past its time, the day before it is not."""
    evaluation = scoring_itt(1)
    young, closed = evaluation.scorers(YOUNG)[0], evaluation.itt.closes_at
    assert closed is not None
    kept = keeping_of(young.user.id)
    assert kept is not None
    assert kept.until == closed + WITHOUT_OUTCOME + KEPT_FOR
    day = timedelta(days=1)
    looked = (kept.until - KEPT_FOR - day, kept.until - KEPT_FOR + day)
    past = [young.user.id in db.session.scalars(past_young_people(then)).all() for then in looked]
    assert past == [False, True]
    sign_in(client, young.user)
    told = f"For you that is by {london_date(kept.until)} at the latest."
    assert told in text_of(client.get("/privacy/young-people"))
    assert keeping_of(evaluation.scorers(LOCAL)[0].user.id) is None
    administrator = make_person(Role.PLATFORM_ADMINISTRATOR)
    hold_back(key=KIND, reason="A court has asked for it today.", actor=actor_of(administrator))
    page = text_of(client.get("/privacy/young-people"))
    assert told not in page
    assert "so we keep it until they are done." in page
