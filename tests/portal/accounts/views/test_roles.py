"""One administrator with as many accounts as they like, over HTTP: nothing that takes two people is theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import current_app
from sqlalchemy import select

from portal.accounts.models import RoleGrant, User
from portal.accounts.passwords import hash_password
from portal.accounts.second_factor import sealed_secret
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import FACTOR_SECRET, PASSWORD, actor_of, make_person, person_at, sign_in
from tests.factories.bidding import close_now, submitted_bid
from tests.factories.organisations import make_authority
from tests.factories.tendering import published_itt
from tests.filling import errors_of, fields_of, fill, text_of

EVERYTHING = ["opener", "approver", "commissioner", "authority_administrator"]


@pytest.fixture
def authority(db_session: object) -> ContractingAuthority:
    """An authority that has published, with one administrator beside the one who attacks."""
    return make_authority(administrators=1)


def ghost(administrator: CheckedClient, client: CheckedClient, number: int) -> User:
    """An account that the administrator invites and joins themselves, with every role of two people."""
    email = f"ghost-{number}@people.example"
    typed = {"name": f"Demo Ghost {number}", "email": email, "roles": EVERYTHING}
    assert fill(administrator, "/account/colleagues/invite", typed).location == "/account/colleagues"
    person = person_at(email)
    person.password_hash = hash_password(PASSWORD)
    person.totp_sealed = sealed_secret(FACTOR_SECRET, user_id=person.id, keys=current_app.extensions["keys"])
    sign_in(client, person)
    return person


def test_two_accounts_of_one_administrator_open_and_decide_nothing(
    new_client: Callable[[], CheckedClient], authority: ContractingAuthority
) -> None:
    """Neither the administrator nor a ghost confirms any of the roles, and without them the bids stay sealed."""
    attacker = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    itt = published_itt(authority=authority)
    submitted_bid(itt)
    close_now(itt)
    browser = new_client()
    sign_in(browser, attacker)
    ghosts = [(new_client(), number) for number in (1, 2)]
    people = [ghost(browser, client, number) for client, number in ghosts]
    waiting = db.session.scalars(select(RoleGrant.id)).all()
    assert len(waiting) == len(EVERYTHING) * len(people)
    for client in (browser, *(client for client, _ in ghosts)):
        token = fields_of(client.get("/account/password"))["csrf_token"]
        for role_id in waiting:
            address = f"/account/roles/{role_id}"
            answer = client.post(address, data={"csrf_token": token, "verdict": "confirm"})
            assert answer.status_code == 403
        client.post(f"/commissioning/itts/{itt.reference}/opening", data={"csrf_token": token})
    assert [actor_of(person).roles for person in people] == [frozenset(), frozenset()]
    db.session.refresh(itt)
    assert itt.status is IttStatus.PUBLISHED


def test_an_invited_colleague_joins_while_the_roles_wait(
    new_client: Callable[[], CheckedClient], authority: ContractingAuthority
) -> None:
    """Every page says so: the list of colleagues, the colleague's account, and the list of roles that wait."""
    first = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    second = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority)
    mine, theirs, other = new_client(), new_client(), new_client()
    sign_in(mine, first)
    sign_in(other, second)
    person = ghost(mine, theirs, 1)
    assert "Opener (waits for a second person)" in text_of(mine.get("/account/colleagues"))
    assert "Waiting for a second person" in text_of(theirs.get("/account"))
    assert "Somebody else has to" in text_of(mine.get("/account/roles"))
    assert "(4)" in text_of(other.get("/account"))
    for number, role_id in enumerate(db.session.scalars(select(RoleGrant.id).order_by(RoleGrant.role)).all()):
        address = f"/account/roles/{role_id}"
        assert "Not given yet: this role" in text_of(other.get(address))
        assert errors_of(fill(other, address, {"verdict": "refuse"})) == [
            "Say why: the other administrators read it. Use words, and at least 20 characters."
        ]
        given = {"verdict": "refuse", "note": "Nobody here knows this person."} if number else {"verdict": "confirm"}
        assert fill(other, address, given).location == "/account/roles"
    assert actor_of(person).authority_roles == {Role.APPROVER}
    assert "No role waits." in text_of(other.get("/account/roles"))


def test_the_platform_s_administrator_finds_what_waits_for_nobody_else(
    new_client: Callable[[], CheckedClient], db_session: object
) -> None:
    """The second administrator of an authority is confirmed there; until then the authority's pages say what to do."""
    authority = make_authority(administrators=0)
    mine, theirs, platform = new_client(), new_client(), new_client()
    sign_in(mine, make_person(Role.AUTHORITY_ADMINISTRATOR, authority=authority))
    assert "Nothing can be published or opened here yet" in text_of(mine.get("/account/colleagues"))
    person = ghost(mine, theirs, 1)
    sign_in(platform, make_person(Role.PLATFORM_ADMINISTRATOR))
    wanted = select(RoleGrant.id).where(RoleGrant.role == Role.AUTHORITY_ADMINISTRATOR)
    address = f"/account/roles/{db.session.scalars(wanted).one()}"
    assert address in platform.get("/account/roles").get_data(as_text=True)
    assert fill(platform, address, {"verdict": "confirm"}).location == "/account/roles"
    assert actor_of(person).authority_roles == {Role.AUTHORITY_ADMINISTRATOR}
    assert "Nothing can be published" not in text_of(mine.get("/account/colleagues"))
    commissioner = make_person(Role.COMMISSIONER, authority=authority)
    sign_in(theirs, commissioner)
    assert theirs.get("/account/roles").status_code == 403


GONE = {
    "email": "heir@people.example",
    "name": "Demo Heir",
    "asked": "Demo Trustee wrote to us on paper: the chair of the trustees.",
    "checked": "I called the number in the charity register and spoke with them.",
}


def test_two_of_the_platform_replace_an_administrator_who_is_gone(client: CheckedClient, db_session: object) -> None:
    """The second reads who asked and how it was checked; the organisation's own people and officers reach nothing."""
    gone = make_person(Role.PROVIDER_ADMINISTRATOR)
    first, second = (make_person(Role.PLATFORM_ADMINISTRATOR) for _ in range(2))
    sign_in(client, first)
    assert "An administrator is gone" in text_of(client.get("/account/roles"))
    wrong = fill(client, "/account/roles/successor", GONE | {"former": "nobody@people.example"})
    assert errors_of(wrong) == ["Nobody with this address administrates an organisation here."]
    assert fields_of(wrong)["asked"] == GONE["asked"]
    assert fill(client, "/account/roles/successor", GONE | {"former": gone.email}).location == "/account/roles"
    waiting = db.session.scalars(select(RoleGrant)).one()
    address = f"/account/roles/{waiting.id}"
    assert "Somebody else has to confirm it" in text_of(client.get(address))
    for nobody in (gone, make_person(Role.AUTHORITY_ADMINISTRATOR)):
        sign_in(client, nobody)
        assert client.get("/account/roles/successor").status_code == 403
        assert client.get(address).status_code in (403, 404)
    sign_in(client, second)
    shown = text_of(client.get(address))
    assert GONE["asked"] in shown
    assert GONE["checked"] in shown
    assert fill(client, address, {"verdict": "confirm"}).location == "/account/roles"
    assert actor_of(person_at("heir@people.example")).roles == {Role.PROVIDER_ADMINISTRATOR}
