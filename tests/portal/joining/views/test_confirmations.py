"""The confirmation of an application is a signed file that anybody can check, on the page that checks receipts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.models import Event
from portal.core.permissions import Actor
from portal.extensions import db
from portal.joining.models import Application
from portal.joining.submitting import version_of
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.joining import applicant_of, sent_application
from tests.filling import fill, text_of
from tests.portal.joining.views.test_provider import person_of

CHECK = "/check-a-receipt"


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


@pytest.fixture
def sent(actor: Actor) -> Application:
    return sent_application(actor=actor)


def downloaded(client: CheckedClient, sent: Application, actor: Actor) -> bytes:
    """The file, by the link on the page that says that the application is sent."""
    sign_in(client, person_of(actor))
    page = f"/provider/applications/{sent.reference}/receipt/1"
    assert f'href="{page}.json"' in client.get(page).text
    answer = client.get(f"{page}.json")
    assert f"confirmation-{sent.reference}-1.json" in answer.headers["Content-Disposition"]
    return answer.data


def checked(client: CheckedClient, document: bytes) -> str:
    return text_of(fill(client, CHECK, {"receipt": (io.BytesIO(document), "confirmation.json")}))


def test_anybody_checks_what_arrived_and_when(
    client: CheckedClient, new_client: Any, sent: Application, actor: Actor
) -> None:
    """Whose, to which lot, when, and the fingerprints; not a word of what was answered."""
    document = downloaded(client, sent, actor)
    assert document == client.get(f"/provider/applications/{sent.reference}/receipt/1.json").data
    body, version = json.loads(document)["body"], version_of(sent)
    page = checked(new_client(), document)
    assert "The receipt is genuine" in page
    said = (sent.provider.name, f"{sent.reference}, version 1", sent.framework.title, body["received_at"])
    assert [word for word in (*said, version.content_hash) if word not in page] == []
    assert [file["sha256"] for file in body["files"]] == [
        answer["evidence"]["sha256"] for _, answer in sorted(version.answers.items()) if "evidence" in answer
    ]
    values = [answer["value"] for answer in version.answers.values() if "evidence" not in answer]
    assert [value for value in values if len(value) > 3 and value in document.decode()] == []


def test_it_names_its_entry_in_the_ledger(client: CheckedClient, sent: Application, actor: Actor) -> None:
    """Chain, position and hash are those of the submission, with the same fingerprint."""
    body = json.loads(downloaded(client, sent, actor))["body"]
    ledger = body["ledger"]
    place = (Event.chain == ledger["chain"], Event.seq == ledger["position"])
    event = db.session.scalars(select(Event).where(*place)).one()
    assert (event.kind, event.hash.hex()) == ("application_submitted", ledger["hash"])
    assert event.data["content_hash"] == body["content_hash"]


@pytest.mark.parametrize("part", ["provider", "received_at", "content_hash", "version", "lot", "files"])
def test_a_changed_one_is_not_genuine(client: CheckedClient, sent: Application, actor: Actor, part: str) -> None:
    """Whatever was changed."""
    document = json.loads(downloaded(client, sent, actor))
    document["body"][part] = "something else"
    page = checked(client, json.dumps(document).encode())
    assert "The receipt is not genuine" in page
    assert "The signature does not match" in page


def test_it_is_its_provider_s_alone(client: CheckedClient, sent: Application, actor: Actor) -> None:
    """Nobody else finds it, and no version that was not sent has one."""
    downloaded(client, sent, actor)
    assert client.get(f"/provider/applications/{sent.reference}/receipt/2.json").status_code == 404
    sign_in(client, person_of(applicant_of()))
    assert client.get(f"/provider/applications/{sent.reference}/receipt/1.json").status_code == 404
