"""The provider's profile and documents, over HTTP, and who may download a document."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.joining.evidence import evidence_of
from portal.joining.models import Evidence, ProfileAnswer
from portal.joining.profile import in_order, profile_of
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.joining import (
    CERTIFICATE,
    applicant_of,
    complete_application,
    draft_application,
    make_evidence,
    save,
    submit,
)
from tests.filling import errors_of, fill, press, text_of

Counter = Callable[[], AbstractContextManager[list[str]]]
NewClient = Callable[[], CheckedClient]


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


@pytest.fixture
def signed_in(client: CheckedClient, actor: Actor) -> CheckedClient:
    sign_in(client, db.session.get_one(User, actor.user_id))
    return client


def test_a_document_is_added_dated_replaced_and_removed(signed_in: CheckedClient, actor: Actor) -> None:
    """From the empty list and back to it."""
    assert "You have no documents here yet" in text_of(signed_in.get("/provider/evidence"))
    typed = {"kind": "public_liability", "file": (io.BytesIO(CERTIFICATE), "cover.txt")}
    assert fill(signed_in, "/provider/evidence/add", typed).location == "/provider/evidence"
    (evidence,) = evidence_of(actor.provider_id)
    assert "Does not run out" in text_of(signed_in.get("/provider/evidence"))
    day = clock.today() + timedelta(days=12)
    parts = {"expires_on-day": str(day.day), "expires_on-month": str(day.month), "expires_on-year": str(day.year)}
    fill(signed_in, f"/provider/evidence/{evidence.id}/date", parts)
    assert evidence.expires_on == day
    assert "Runs out soon" in text_of(signed_in.get("/provider/evidence"))
    newer = {"file": (io.BytesIO(CERTIFICATE), "newer.txt")}
    assert fill(signed_in, f"/provider/evidence/{evidence.id}/replace", newer).location == "/provider/evidence"
    (evidence,) = evidence_of(actor.provider_id)
    assert evidence.file_name == "newer.txt"
    press(signed_in, "/provider/evidence", f"/provider/evidence/{evidence.id}/remove")
    assert evidence_of(actor.provider_id) == []


def test_what_is_wrong_stands_beside_its_field(signed_in: CheckedClient, actor: Actor) -> None:
    """No file, no kind, a wrong type; the old document stays where a replacement is refused."""
    assert errors_of(fill(signed_in, "/provider/evidence/add")) == [
        "Choose the document.",
        "Say what the document proves.",
    ]
    typed = {"file": (io.BytesIO(CERTIFICATE), "cover.txt")}
    assert errors_of(fill(signed_in, "/provider/evidence/add", typed)) == [
        "cover.txt was not kept, because something else was refused. Choose it again.",
        "Say what the document proves.",
    ]
    evidence = make_evidence(actor)
    wrong = {"file": (io.BytesIO(b"MZ"), "bad.exe")}
    refused = fill(signed_in, f"/provider/evidence/{evidence.id}/replace", wrong)
    assert errors_of(refused)[0].startswith("bad.exe is of a type that cannot be used.")
    unreal = {"expires_on-day": "31", "expires_on-month": "2", "expires_on-year": "2027"}
    assert errors_of(fill(signed_in, f"/provider/evidence/{evidence.id}/date", unreal)) == [
        "The date must be a real one, such as 4 12 2026."
    ]
    assert evidence_of(actor.provider_id) == [evidence]


@pytest.mark.parametrize(
    ("day", "month", "year", "reason"),
    [("31", "2", "2099", "The date must be a real one, such as 4 12 2026."), ("1", "4", "2020", "That day has passed")],
)
def test_a_file_that_is_refused_for_its_day_is_not_kept(
    signed_in: CheckedClient, actor: Actor, day: str, month: str, year: str, reason: str
) -> None:
    """Neither as a new document nor in the place of one; the page says to choose it again."""
    evidence = make_evidence(actor)
    dated = {"expires_on-day": day, "expires_on-month": month, "expires_on-year": year}
    for address in ("/provider/evidence/add", f"/provider/evidence/{evidence.id}/replace"):
        typed = dated | {"file": (io.BytesIO(CERTIFICATE), "cover.txt"), "kind": "accounts"}
        refused = fill(signed_in, address, {name: typed[name] for name in typed if name != "kind" or "add" in address})
        said = errors_of(refused)
        assert refused.status_code == 422
        assert "cover.txt was not kept, because something else was refused. Choose it again." in said
        assert [message[: len(reason)] for message in said if "cover.txt" not in message] == [reason]
    assert evidence_of(actor.provider_id) == [evidence]


def test_a_lapsed_document_says_so(signed_in: CheckedClient, actor: Actor) -> None:
    """Its last day still holds."""
    make_evidence(actor, expires_on=clock.today() - timedelta(days=1))
    assert "Run out" in text_of(signed_in.get("/provider/evidence"))


def test_the_profile_shows_and_forgets(signed_in: CheckedClient, actor: Actor) -> None:
    """In the words of the question; a blank forgets."""
    assert "Nothing yet" in text_of(signed_in.get("/provider/profile"))
    save(draft_application(actor=actor), actor, {"contact": "Demo Person"})
    assert "Who should we talk to?" in text_of(signed_in.get("/provider/profile"))
    fill(signed_in, "/provider/profile", {"answers-contact_name": "Somebody new"})
    assert [row.value for row in profile_of(actor.provider_id)] == ["Somebody new"]
    fill(signed_in, "/provider/profile", {"answers-contact_name": ""})
    assert list(profile_of(actor.provider_id)) == []


def test_the_profile_keeps_the_order_of_the_questions(actor: Actor) -> None:
    """Not that of the keys; what nobody asks for any more comes last."""
    questions = {"zebra": None, "apple": None}
    said = [ProfileAnswer(key=key) for key in ("apple", "gone", "zebra")]
    assert [answer.key for answer in in_order(said, questions)] == ["zebra", "apple", "gone"]  # type: ignore[arg-type]


def test_a_document_is_downloaded_as_a_file_and_never_shown(signed_in: CheckedClient, actor: Actor) -> None:
    """As an attachment with its name, without a guess at its type, in a sandbox."""
    evidence = make_evidence(actor, name="cover.txt")
    answer = signed_in.get(f"/account/evidence/{evidence.id}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, CERTIFICATE, "text/plain")
    assert answer.headers["Content-Disposition"] == "attachment; filename=cover.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_who_may_download(new_client: NewClient, actor: Actor) -> None:
    """Own people at any time; officers of the lead authority once it was sent; everybody else gets 404."""
    application = complete_application(actor=actor)
    address = f"/account/evidence/{db.session.scalars(select(Evidence.id)).one()}"
    lead = application.framework.authority
    people = {
        "colleague": db.session.get_one(User, applicant_of(application.provider, Role.CONTRIBUTOR).user_id),
        "officer": make_person(Role.COMMISSIONER, authority=lead),
        "opener": make_person(Role.OPENER, authority=lead),
        "elsewhere": make_person(Role.COMMISSIONER),
        "rival": db.session.get_one(User, applicant_of().user_id),
    }
    clients = {name: new_client() for name in people}
    for name, person in people.items():
        sign_in(clients[name], person)

    def statuses() -> dict[str, int]:
        return {name: client.get(address).status_code for name, client in clients.items()}

    assert statuses() == {"colleague": 200, "officer": 404, "opener": 404, "elsewhere": 404, "rival": 404}
    submit(application, actor)
    assert statuses() == {"colleague": 200, "officer": 200, "opener": 404, "elsewhere": 404, "rival": 404}
    assert new_client().get(address).status_code == 302


def test_another_providers_document_is_not_found(signed_in: CheckedClient) -> None:
    """On every page that changes one."""
    evidence = make_evidence(applicant_of())
    for page in ("replace", "date"):
        assert signed_in.get(f"/provider/evidence/{evidence.id}/{page}").status_code == 404


def test_the_lists_take_the_same_statements_for_one_and_three(
    new_client: NewClient, count_statements: Counter, db_session: object
) -> None:
    """No statement a row."""
    counted = []
    for number in (1, 3):
        actor, client = applicant_of(), new_client()
        for _ in range(number):
            make_evidence(actor)
        sign_in(client, db.session.get_one(User, actor.user_id))
        client.get("/provider/evidence")
        with count_statements() as statements:
            page = client.get("/provider/evidence").get_data(as_text=True)
        assert page.count("/replace") == number
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 8, statements
